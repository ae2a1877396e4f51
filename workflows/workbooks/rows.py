"""Rows as they are kept: numbers of persons concealed, until what the row became says it."""

import json

from programme import identity
from workflows.models import WorkbookRow


def sealed(numbers: dict[str, str]) -> str:
    """Return numbers of persons and units in a form that only ``said_by`` reads."""
    return identity.conceal(json.dumps(numbers, ensure_ascii=False)) if numbers else ""


def said_by(row: WorkbookRow) -> dict[str, str]:
    """Return all that a row says, numbers of persons among it."""
    return {**row.values, **json.loads(identity.reveal(row.sealed) or "{}")}
