"""Rows as they are kept: numbers of persons concealed, until what the row became says it."""

import json

from programme import identity
from workflows.models import WorkbookRow


def sealed(numbers: dict[str, str]) -> str:
    """Return numbers of persons and units, each concealed."""
    return json.dumps({key: identity.conceal(number) for key, number in numbers.items()}) if numbers else ""


def said_by(row: WorkbookRow) -> dict[str, str]:
    """Return all that a row says, numbers of persons among it."""
    return {**row.values, **{key: identity.reveal(number) for key, number in concealed_in(row).items()}}


def concealed_in(row: WorkbookRow) -> dict[str, str]:
    """Return the numbers of a row, each concealed as a draft keeps it."""
    if row.sealed and not row.sealed.startswith("{"):
        # Judged when all numbers of a row were still concealed together.
        return {key: identity.conceal(number) for key, number in json.loads(identity.reveal(row.sealed) or "{}").items()}
    return dict(json.loads(row.sealed or "{}"))
