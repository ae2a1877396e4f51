"""What a version gives at every border of its rules: a rupee below, at and above it. Shown before the version is published."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from programme.models import Norm
from programme.money import rupees
from programme.norms import labels, wording
from programme.norms.entitlement import entitled
from programme.norms.inputs import BadInput
from programme.norms.schemes import scheme_of
from programme.norms.sheet import Entitlement


@dataclass(frozen=True)
class Border:
    """One row: what was asked, and what comes of it."""

    inputs: dict[str, Any]
    entitlement: Entitlement

    @property
    def asked(self) -> str:
        return "; ".join(f"{labels.INPUTS[name]}: {_asked(value)}" for name, value in self.inputs.items())

    @property
    def given(self) -> str:
        return "; ".join(f"{labels.AMOUNTS[name]}: {labels.written(value)}" for name, value in self.entitlement.amounts.items())


def border_table(norm: Norm) -> list[Border]:
    """Return the rows of a version, the inputs of each scheme's borders; empty where nothing is computed. Its rules must be sound."""
    scheme = scheme_of(norm.scheme)
    if scheme is None or scheme.probes is None:
        return []
    return [row for inputs in scheme.probes(norm.rules) if (row := _row(norm, inputs))]


def _row(norm: Norm, inputs: dict[str, Any]) -> Border | None:
    """A border so high that no claim can reach it has no row."""
    try:
        return Border(inputs, entitled(norm, inputs))
    except BadInput:
        return None


def falls(rows: list[Border], asked: str, given: str) -> list[tuple[Border, Border]]:
    """Return neighbouring rows where more was asked and less is given."""
    lines = [row for row in rows if asked in row.inputs]
    lines.sort(key=lambda row: Decimal(row.inputs[asked]))
    return [(before, after) for before, after in pairwise(lines) if after.entitlement.amounts[given] < before.entitlement.amounts[given]]


def _asked(value: Any) -> str:
    if isinstance(value, Decimal):
        return rupees(value).removeprefix("₹")
    if isinstance(value, list):
        return ", ".join(_asked(part) for part in value)
    if isinstance(value, dict):
        return " / ".join(_asked(part) for part in value.values())
    return str(wording.WORDS.get(value, value)) if isinstance(value, str) else labels.written(value)
