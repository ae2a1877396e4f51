"""What a version gives at every border of its rules: a rupee below, at and above it. Shown before the version is published."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from programme.models import Norm
from programme.norms.entitlement import entitled
from programme.norms.inputs import BadInput
from programme.norms.schemes import scheme_of
from programme.norms.sheet import Entitlement, plain


@dataclass(frozen=True)
class Border:
    """One row: what was asked, and what comes of it."""

    inputs: dict[str, Any]
    entitlement: Entitlement

    @property
    def asked(self) -> str:
        return ", ".join(f"{name} {_short(value)}" for name, value in self.inputs.items())

    @property
    def given(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.entitlement.printed().items())


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


def _short(value: Any) -> str:
    return str(int(value)) if isinstance(value, Decimal) and value == value.to_integral_value() else str(plain(value))
