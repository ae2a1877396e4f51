"""The files that an officer signed last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from programme import known
from programme.asking import Asked, Given
from programme.models import Office, Officer
from workflows.models import Noting

LAST = 5
# One file may have been signed several times among the last.
LOOK_BACK = 3 * LAST


@dataclass(frozen=True)
class Signed:
    """A file that the officer signed: when and how he did so last, and at which offices it waits now, or how it ended."""

    case_id: int
    number: str
    subject: str
    at: datetime
    outcome: str
    ending: str
    offices: list[Office]


def signed_last(officer: Officer) -> list[Signed]:
    """Return the files the officer signed last, the latest first; one query."""
    # The database gives a row for each of his paragraphs and each open stay of its file.
    rows: dict[int, dict[int, list[Any]]] = {}
    for row in _SIGNED(officer=officer.pk):
        rows.setdefault(row.case, {}).setdefault(row.pk, []).append(row)
    last = [next(iter(paragraphs.values())) for paragraphs in rows.values()][:LAST]
    offices = known.offices({row.at for of_the_file in last for row in of_the_file})
    return [_signed(of_the_file, [offices[row.at] for row in of_the_file if row.at]) for of_the_file in last]


def _signed(rows: list[Any], offices: list[Office]) -> Signed:
    row = rows[0]
    ending = str(row.case__flow_class.instance.node(row.case__ending).task_title) if row.case__ending else ""
    return Signed(row.case, row.case__number, row.case__subject, row.written_at, row.outcome, ending, offices)


_OF_A_FILE = ("case", "case__number", "case__subject", "case__flow_class", "case__ending")


def _signed_by() -> QuerySet:
    mine = Noting.objects.filter(officer=Given("officer")).order_by("-written_at")
    return (
        Noting.objects.filter(pk__in=mine.values("pk")[:LOOK_BACK])
        .annotate(stay=FilteredRelation("case__movements", condition=Q(case__movements__disposed=None)))
        .annotate(at=F("stay__office"))
        .order_by("-written_at", "stay__pk")
        .values_list("pk", "written_at", "outcome", *_OF_A_FILE, "at", named=True)
    )


_SIGNED = Asked(_signed_by)
