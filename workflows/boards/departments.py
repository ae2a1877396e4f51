"""The board of a department: what waits at its offices, and what its activities in the action plans have come to.

Counted are the files that the reader may read, so that each figure is the length of a list that opens to him.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from programme.calendar import today
from programme.models import Activity, ActivityStatus, ActivityUpdate, Department, Officer
from programme.models.naming import by_language
from programme.powers import Power
from workflows.authority import capacities
from workflows.boards.board import Holder, holder
from workflows.flows import ActionPlanFlow
from workflows.models import Case
from workflows.reports import pendency
from workflows.reports.declaring import Asked
from workflows.scopes import Scope
from workflows.sight import visible_to

LATE = "late"


@dataclass(frozen=True)
class ActivityLine:
    """One activity of an adopted or running plan; ``file`` is that of its plan. ``late`` is past its last day and not ended."""

    title: str
    district: str
    ends_on: date
    status: str
    late: bool
    file: int

    @property
    def status_title(self) -> str:
        return str(ActivityStatus(self.status).label)


@dataclass(frozen=True)
class DepartmentBoard:
    department: Department
    holders: list[Holder]
    activities: list[ActivityLine]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many activities stand how; the late ones are among those not begun and under way."""
        found = Counter(line.status for line in self.activities)
        return {**{status: found[status] for status in ActivityStatus.values}, LATE: sum(line.late for line in self.activities)}

    def of(self, standing: str) -> list[ActivityLine]:
        """Return the activities of a standing, all of them for a word that names none."""
        if standing == LATE:
            return [line for line in self.activities if line.late]
        return [line for line in self.activities if standing not in ActivityStatus.values or line.status == standing]


def found(officer: Officer, code: str) -> Department:
    """Return a department of a State that the officer reads whole, or his own; raise ``Department.DoesNotExist``."""
    held = capacities(officer)
    states = {capacity.office.state_id for capacity in held if Power.SEE_STATE in capacity.powers}
    own = {capacity.office.designation.department_id for capacity in held if capacity.powers}
    rows = Department.objects.filter(Q(state__in=states) | Q(pk__in=own), code=code).select_related("state").order_by("pk")
    department = rows.first()
    if department is None:
        raise Department.DoesNotExist
    return department


def department_board(officer: Officer, department: Department, year: str) -> DepartmentBoard:
    """Return the board as this officer may read it. Two queries."""
    readable = visible_to(officer)
    rows = pendency.by_post_of(Q(case__in=readable, office__designation__department=department))
    asked = Asked(Scope(frozenset(), frozenset()))
    return DepartmentBoard(department, [holder(row, asked) for row in rows], _activities(readable, department, year))


def _activities(readable: QuerySet[Case], department: Department, year: str) -> list[ActivityLine]:
    latest = ActivityUpdate.objects.filter(activity=OuterRef("pk")).order_by("-pk").values("status")[:1]
    plans = readable.filter(kind=ActionPlanFlow.slug)
    rows = Activity.objects.filter(
        department=department, plan__season__year=year, plan__dropped=False, plan__in=plans.values("record_id")
    ).annotate(told=Subquery(latest), file=Subquery(plans.filter(record_id=OuterRef("plan")).values("pk")[:1]))
    columns = ("title", "ends_on", "told", "file", "plan__district__name_en", "plan__district__name_hi")
    return [_line(row) for row in rows.order_by("plan__district__name_en", "ends_on", "pk").values(*columns)]


def _line(row: dict[str, Any]) -> ActivityLine:
    status = row["told"] or ActivityStatus.NOT_BEGUN.value
    late = row["ends_on"] < today() and status in {ActivityStatus.NOT_BEGUN, ActivityStatus.UNDER_WAY}
    return ActivityLine(row["title"], by_language(row, "plan__district__name"), row["ends_on"], status, late, row["file"])
