"""What a look through a workbook found, and how it is kept for whoever reads the same bytes later."""

import json
from dataclasses import dataclass, field

# A workbook of more marks is looked through again, so that none fills the database with them.
MOST_KEPT = 10_000
Place = tuple[int, int]


@dataclass
class Structure:
    """What a sheet holds besides its values; rows and columns are counted from 1."""

    formulas: dict[Place, bool] = field(default_factory=dict)  # whether it adds up what stands above it
    errors: set[Place] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Scanned:
    """What was seen of a workbook: for each sheet by name its structure, and how days are counted."""

    sheets: dict[str, Structure]
    from_1904: bool

    def kept(self) -> str:
        """Return it as text, empty where there is much of it."""
        marks = sum(len(name) + len(held.formulas) + len(held.errors) + len(held.hidden_rows) for name, held in self.sheets.items())
        if marks > MOST_KEPT:
            return ""
        return json.dumps([self.from_1904, {name: _listed(held) for name, held in self.sheets.items()}])


def from_kept(text: str) -> Scanned | None:
    """Return what ``kept`` was asked of; ``None`` where there was much of it."""
    if not text:
        return None
    from_1904, sheets = json.loads(text)
    return Scanned({name: _structure(*listed) for name, listed in sheets.items()}, from_1904)


def _listed(held: Structure) -> list[list[object]]:
    return [[[*place, adds] for place, adds in held.formulas.items()], [*held.errors], [*held.hidden_rows]]


def _structure(formulas: list[tuple[int, int, bool]], errors: list[Place], hidden_rows: list[int]) -> Structure:
    return Structure({(row, column): adds for row, column, adds in formulas}, {(row, column) for row, column in errors}, {*hidden_rows})
