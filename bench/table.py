"""One line for each figure of a budget: what was measured, what was allowed, and whether it fell short."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """``more`` says that the budget is a least, not a most; without a figure it was not measured, and ``what`` says why."""

    number: str
    what: str
    measured: float | None
    budget: float | None
    unit: str = ""
    more: bool = False

    @property
    def result(self) -> str:
        if self.measured is None or self.budget is None:
            return "not measured" if self.measured is None else ""
        return "pass" if (self.measured >= self.budget if self.more else self.measured <= self.budget) else "SHORT"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "result": self.result}


def print_table(lines: list[Line]) -> None:
    print(f"\n{'':4} {'measured':>12} {'budget':>12} {'':16} {'':12}")
    for line in sorted(lines, key=lambda line: int(line.number[1:])):
        measured = "" if line.measured is None else f"{line.measured:,.2f}"
        budget = "" if line.budget is None else f"{'≥' if line.more else '≤'} {line.budget:,.6g}"
        print(f"{line.number:4} {measured:>12} {budget:>12} {line.unit:16} {line.result:12} {line.what}")
