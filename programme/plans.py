"""Action plans of the districts: when they are due, what the machine says of one, how a season stands, how activities go on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.asking import Asked, Given
from programme.calendar import today
from programme.checks import Check, NotAllowed
from programme.kept import as_set_up
from programme.models import ActionPlan, Activity, ActivityUpdate, District, Norm, Office, Officer, Season, State
from programme.models.plans import submitted_late


class NotAdopted(NotAllowed):
    """Progress is reported on what was adopted."""


def deadline_of(norm: Norm, year: str) -> date:
    """Return the last day for the plans of financial year ``year`` ("2026-27"), by the norm's rule ``deadline`` ("10-30")."""
    month, day = (int(part) for part in norm.rules["deadline"].split("-"))
    first = int(year[:4])
    return date(first if month >= 4 else first + 1, month, day)


def season_of(state: State, year: str, norm: Norm) -> Season:
    """Return the State's season of ``year``, begun now where it is not there; a season keeps the last day it began with."""
    return Season.objects.get_or_create(state=state, year=year, defaults={"deadline": deadline_of(norm, year)})[0]


def live_plan(district: District, year: str) -> ActionPlan | None:
    """Return the district's plan of the year that was not withdrawn; ``None`` when none was opened."""
    return ActionPlan.objects.filter(district=district, season__year=year, dropped=False).first()


# --- what the machine says of one ---------------------------------------------------------------------------------------


def machine_checks(plan: ActionPlan, norm: Norm) -> list[Check]:
    """Return the checks in the order they are read. No query of its own when the plan was read with its activities."""
    activities = list(plan.activities.all())
    return [_in_time(plan), *_written(plan), _departments(activities), *_answers(activities)]


def _in_time(plan: ActionPlan) -> Check:
    said = {"day": plan.season.deadline.strftime("%d-%m-%Y")}
    if plan.days_late is not None:
        if plan.days_late:
            return Check("look", _("%(late)s; the last day was %(day)s.") % {"late": submitted_late(plan.days_late), **said})
        return Check("ok", _("Submitted in time; the last day was %(day)s.") % said)
    days = plan.season.days_late(timezone.now())
    if days:
        words = ngettext(
            "Not submitted; the last day, %(day)s, was %(days)s day ago.",
            "Not submitted; the last day, %(day)s, was %(days)s days ago.",
            days,
        )
        return Check("look", words % {"days": days, **said})
    return Check("ok", _("To be submitted by %(day)s.") % said)


def _written(plan: ActionPlan) -> Iterator[Check]:
    for name in ("national_strategy", "international_strategy"):
        if not getattr(plan, name):
            yield Check("look", _("Nothing is written under “%(section)s”.") % {"section": plan.labels[name]})


def _departments(activities: list[Activity]) -> Check:
    departments = {activity.department_id for activity in activities}
    said = {"activities": len(activities), "departments": len(departments)}
    if len(departments) > 1:
        return Check("ok", _("%(activities)s activities of %(departments)s departments.") % said)
    return Check("look", _("No more than one department has an activity in the plan."))


def _answers(activities: list[Activity]) -> Iterator[Check]:
    answering = sum(activity.matter_id is not None for activity in activities)
    if activities and not answering:
        yield Check("look", _("No activity answers a problem or suggestion that was raised."))


# --- how a season stands ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BoardLine:
    """How one district stands. ``standing`` is in_time, late, drafting, not_begun or not_opened.

    ``days`` are whole days after the last day: of the submission, or until today while nothing is submitted.
    """

    district: District
    standing: str
    days: int
    plan: ActionPlan | None = None

    @property
    def submitted_at(self) -> datetime | None:
        return self.plan.submitted_at if self.plan else None

    @property
    def is_missing(self) -> bool:
        return self.standing in {"drafting", "not_begun", "not_opened"}

    @property
    def text(self) -> str:
        """The standing in the reader's language."""
        if self.standing == "late":
            return submitted_late(self.days)
        words = {
            "in_time": _("Submitted in time"),
            "drafting": _("Being drafted"),
            "not_begun": _("Not begun"),
            "not_opened": _("Not opened"),
        }[self.standing]
        if not self.days:
            return words
        late = ngettext("%(standing)s, %(days)s day beyond the last day", "%(standing)s, %(days)s days beyond the last day", self.days)
        return late % {"standing": words, "days": self.days}


def season_board(state: State, year: str, now: datetime | None = None, *, places: Iterable[District] | None = None) -> list[BoardLine]:
    """Return a line for every district of the State, by name, or for the ``places`` alone. Three queries, two with ``places``."""
    now = now or timezone.now()
    season = _season(state.pk, year)
    found = {plan.district_id: plan for plan in _PLANS(season=season.pk)} if season else {}
    districts = state.districts.order_by("name_en") if places is None else places
    return [_line(district, found.get(district.pk), season, now) for district in districts]


@as_set_up
def _season(state: int, year: str) -> Season | None:
    """Return a season as this process knows it; shared, and changed by nobody."""
    return Season.objects.filter(state=state, year=year).first()


_PLANS = Asked(
    lambda: ActionPlan.objects.filter(season=Given("season"), dropped=False).annotate(
        planned=Exists(Activity.objects.filter(plan=OuterRef("pk")))
    )
)


def _line(district: District, plan: Any, season: Season | None, now: datetime) -> BoardLine:
    late = season.days_late(now) if season else 0
    if plan is None or season is None:
        return BoardLine(district, "not_opened", late)
    plan.season = season
    if plan.submitted_at is None:
        begun = plan.national_strategy or plan.international_strategy or plan.planned
        return BoardLine(district, "drafting" if begun else "not_begun", late, plan)
    days = season.days_late(plan.submitted_at)
    return BoardLine(district, "late" if days else "in_time", days, plan)


# --- after adoption -----------------------------------------------------------------------------------------------------


@transaction.atomic
def report_progress(
    activity: Activity, *, by: Officer, office: Office, progress: int, status: str, evidence: str, paper: dict[str, Any] | None = None
) -> ActivityUpdate:
    """Write how far an activity of an adopted plan is; earlier reports stay.

    ``paper`` gives the stored file and its name, type and SHA-256, as the columns of ``ActivityUpdate``. Raises ``NotAdopted``.
    """
    plan = activity.plan
    if plan.adopted_on is None or plan.dropped:
        raise NotAdopted(_("Progress is reported once the plan is adopted."))
    told = {"progress": progress, "status": status, "evidence": evidence, **(paper or {})}
    update = ActivityUpdate(activity=activity, office=office, by=by, at=timezone.now(), **told)
    update.full_clean()
    update.save()
    return update


def tracked(plan: ActionPlan) -> list[Activity]:
    """Return the plan's activities with every report on them; those that are beyond their time first. Two queries."""
    day = today()
    reports = ActivityUpdate.objects.select_related("by", "office__designation", "office__district")
    rows = plan.activities.select_related("department", "matter").prefetch_related(Prefetch("updates", reports))
    return sorted(rows, key=lambda activity: (not activity.is_late(day), activity.pk))
