"""Objections: which may be raised again, which could have come the first time, and how many of each an office raises."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from workflows.changes import touched_since
from workflows.models import Case, Noting, Objection, Outcome


class Raised(NamedTuple):
    """One objection as an officer raises it: the field's name or ``paper:`` and its kind, what kind of fault, his words."""

    to: str
    code: str
    text: str


class Marks(NamedTuple):
    """What must be said of an objection to be fair to those who were sent back."""

    repeated: bool
    late: bool


@dataclass(frozen=True)
class Tally:
    """How many objections, how many of them on a point objected to before, how many that could have come the first time."""

    raised: int = 0
    repeated: int = 0
    late: int = 0


COUNTS = {
    "n_raised": Count("pk"),
    "n_repeated": Count("pk", filter=Q(repeated=True)),
    "n_late": Count("pk", filter=Q(late=True)),
}


def standing(case: Any) -> QuerySet[Objection]:
    """Return the file's objections; those of a return that was pulled back were never raised."""
    return Objection.objects.filter(case=case, taken_back_in=None)


def marks_of(case: Case, step: str, raised: Iterable[Raised]) -> list[Marks]:
    """Return, for each objection raised now at ``step``, whether the point was objected to before and whether it comes late.

    It comes late when this step returned the file before, without naming the point, and nobody has changed it since.
    """
    known, first = set(standing(case).values_list("to", flat=True)), _first_return(case, step)
    marks = []
    for objection in raised:
        repeated = objection.to in known
        late = not repeated and first is not None and not touched_since(case, first, objection.to)
        marks.append(Marks(repeated, late))
    return marks


def _first_return(case: Case, step: str) -> int | None:
    """Return the paragraph in which the step first returned the file, ``None`` when it never did; what was pulled back is left out."""
    pulled = taken_back(case)
    returns = case.notings.filter(step=step, outcome=Outcome.RETURN).order_by("paragraph").values_list("paragraph", flat=True)
    return next((paragraph for paragraph in returns if paragraph not in pulled), None)


def taken_back(case: Case) -> set[int]:
    """Return the paragraphs whose sending was pulled back: each is the one before the paragraph that says so."""
    pulled = Noting.objects.filter(case=case, outcome=Outcome.PULL_BACK)
    return {paragraph - 1 for paragraph in pulled.values_list("paragraph", flat=True)}


def tally(objections: Iterable[Objection]) -> Tally:
    """Count objections that were read, as of one file."""
    rows = list(objections)
    return Tally(raised=len(rows), repeated=sum(row.repeated for row in rows), late=sum(row.late for row in rows))


def tally_by_step(objections: QuerySet[Objection]) -> dict[tuple[str, str, int], Tally]:
    """Count objections by process, step and office (its number) that raised them; those of a pulled-back return are left out."""
    raised_by = ("case__kind", "noting__step", "noting__office")
    rows: Any = objections.filter(taken_back_in=None).values(*raised_by).annotate(**COUNTS).order_by(*raised_by)
    return {tuple(row[name] for name in raised_by): _counted(row) for row in rows}


def _counted(row: dict[str, Any]) -> Tally:
    return Tally(raised=row["n_raised"], repeated=row["n_repeated"], late=row["n_late"])
