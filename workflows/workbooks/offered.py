"""Which workbooks an officer may send today."""

from programme.models import Office, Officer
from workflows.workbooks.kind import Kind
from workflows.workbooks.kinds import KINDS


def offers(officer: Officer) -> list[tuple[Kind, Office]]:
    """Return the kinds of workbook the officer may send today, each with the office it is for."""
    return [(kind, office) for kind in KINDS.values() for office in kind.offices(officer)]
