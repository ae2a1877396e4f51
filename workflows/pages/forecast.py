"""Will we make it: what is to be expected of every district's plan and of every office on its way, and what would change it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from programme.calendar import financial_year, today
from programme.models import District, Norm, Office, State
from programme.powers import Power
from workflows.authority import Refusal, offices_with
from workflows.flows import ActionPlanFlow
from workflows.forecast import reading
from workflows.forecast.course import Stage
from workflows.forecast.outlook import Band, Outlook, Prospect, Queue, foresee
from workflows.forecast.whatif import WhatIf
from workflows.forms.forecast import WhatIfForm
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only

YEAR = re.compile(r"20\d\d-\d\d", re.ASCII)
# Width of a row's drawing, in the units of its own axis.
WIDE = 240
LIKELY, UNLIKELY = 0.8, 0.5


@dataclass(frozen=True)
class Bar:
    """A band drawn on the axis of days: left end, width, middle and the last day, in units of the drawing."""

    left: int
    width: int
    middle: int | None
    last_day: int


@dataclass(frozen=True)
class Row:
    """One district: where its plan is, what is expected, and what was expected before the what-if (``None`` without one)."""

    district: District
    prospect: Prospect
    before: Prospect | None
    where: str
    worst: str
    never_submitted: str
    never_adopted: str
    bar: Bar | None
    happened: date | None

    @property
    def percent(self) -> int:
        return round(100 * self.prospect.in_time)

    @property
    def percent_before(self) -> int | None:
        return round(100 * self.before.in_time) if self.before else None

    @property
    def tag(self) -> str:
        return "ok" if self.prospect.in_time >= LIKELY else "late" if self.prospect.in_time < UNLIKELY else "soon"


@dataclass(frozen=True)
class StageRow:
    """One step: what was measured of it and how much waits; ``queue`` is ``None`` at a step of the districts."""

    title: str
    office: Office | None
    stage: Stage
    waiting: int
    queue: Queue | None
    before: Queue | None

    @property
    def measured(self) -> bool:
        return bool((self.stage.rate or self.stage.table).measured)  # type: ignore[union-attr]

    @property
    def closed(self) -> int:
        return (self.stage.rate or self.stage.table).closed  # type: ignore[union-attr]

    @property
    def has_ceiling(self) -> bool:
        return bool(self.stage.rate and self.stage.rate.measured and self.stage.rate.ceiling < float("inf"))


@only(*SAFE)
@for_officers
def forecast(request: OfficerRequest) -> HttpResponse:
    """Show the forecast of one season: of every district to who reads the State, of his own to who reads a district."""
    state, own = _whose(request)
    year = _year(request.GET.get("year", ""))
    context: dict[str, Any] = {"year": year, "whole_state": own is None}
    now = _read(state, year, today())
    if now is None:
        return show(request, "forecast.html", context, tab="season")
    form = _form(request, state, year, now)
    asked = form.is_valid()
    on = form.cleaned_data["on"] if asked else today()
    known = now if on == today() else _read(state, year, on)
    what_if = _what_if(form) if asked else WhatIf()
    context |= {"form": form, "faults": filling.faults(form), "what_if": what_if, "on": on, "is_past": on < today()}
    if known is not None:
        context |= _shown(state, known, what_if, own, now)
    return show(request, "forecast.html", context, tab="season", status=422 if context["faults"] else 200)


def _read(state: State, year: str, on: date) -> reading.Read | None:
    try:
        return reading.read(state, year, on)
    except Norm.DoesNotExist:
        raise Refusal(_("No norms of this scheme are in force in your State yet. Ask the programme administrator.")) from None


def _whose(request: OfficerRequest) -> tuple[State, frozenset[int] | None]:
    """Return the State, and the districts whose plans the officer reads; ``None`` for all of them. Raises ``Refusal``."""
    whole = offices_with(request.user, Power.SEE_STATE)
    if whole:
        return whole[0].designation.state, None
    offices = offices_with(request.user, Power.SEE_DISTRICT)
    if not offices:
        raise Refusal(_("This page is for offices that read every file of the State or of a district."))
    return offices[0].designation.state, frozenset(office.district_id for office in offices if office.district_id)


def _year(asked: str) -> str:
    return asked if YEAR.fullmatch(asked) else financial_year(today())


def _form(request: OfficerRequest, state: State, year: str, read: reading.Read) -> WhatIfForm:
    offices = [(stage.key, _title(stage.key)) for stage in read.course.road if stage.shared]
    asked = request.GET.copy()
    asked.setdefault("times", "1")
    asked.setdefault("on", today().isoformat())
    first = date(int(year[:4]), 4, 1)
    return WhatIfForm(asked, state=state, today=today(), first=first, offices=offices)


def _what_if(form: WhatIfForm) -> WhatIf:
    data = form.cleaned_data
    return WhatIf(
        hands=(data["hands"], float(data["times"] or 1), float(data["plus"])) if data["hands"] and form.has_changed_hands else None,
        cleared=(data["clears"], data["clears_on"]) if data["clears"] else None,
        closed=(data["closed_from"], data["closed_to"]) if data["closed_from"] else None,
        filled=data["filled"],
    )


def _title(step: str) -> str:
    return str(ActionPlanFlow.instance.node(step).task_title)


# --- what is shown ------------------------------------------------------------------------------------------------------


def _shown(state: State, read: reading.Read, what_if: WhatIf, own: frozenset[int] | None, now: reading.Read) -> dict[str, Any]:
    """Return what stands on the page; before and after where something is supposed."""
    plain = foresee(read.course)
    after = foresee(what_if.of(read.course)) if what_if else plain
    before = plain if what_if else None
    happened = {plan.place: plan.submitted for plan in now.course.plans}
    axis = _axis(after, own)
    rows = [_row(read, p, before.prospects[n] if before else None, axis, happened) for n, p in enumerate(after.prospects)]
    rows = [row for row in rows if own is None or row.district.pk in own]
    submitted = sum(plan.submitted is not None for plan in read.course.plans)
    return {
        "season": read.season,
        "over": read.course.today > read.course.last_day,
        "nothing_open": not any(plan.at for plan in read.course.plans if plan.place not in read.not_opened),
        "not_opened": len(read.not_opened),
        "rows": sorted(rows, key=_most_in_danger),
        "stages": _stages(state, after, before),
        "outlook": after,
        "before": before,
        "submitted": submitted,
        "count": len(read.course.plans),
        "in_time": round(after.in_time),
        "in_time_before": round(before.in_time) if before else None,
        "not_measured": any(not (stage.rate or stage.table).measured for stage in after.course.road),  # type: ignore[union-attr]
        "wide": WIDE,
    }


def _most_in_danger(row: Row) -> tuple[Any, ...]:
    """The plans that can still miss the day come first, those with the least chance before; then those that are submitted."""
    middle = row.prospect.submitted.middle
    return row.prospect.plan.submitted is not None, row.prospect.in_time, -(middle or date.max).toordinal(), row.district.name


def _axis(outlook: Outlook, own: frozenset[int] | None) -> tuple[date, date]:
    """Return the first and the last day that the rows' drawings reach."""
    course = outlook.course
    shown = [p.submitted for p in outlook.prospects if p.plan.submitted is None and (own is None or p.plan.place in own)]
    ends = [day for band in shown for day in (band.late or band.middle or band.early,) if day]
    return course.today, max([course.last_day, course.today, *ends])


def _row(read: reading.Read, prospect: Prospect, before: Prospect | None, axis: tuple[date, date], happened: dict[int, Any]) -> Row:
    plan = prospect.plan
    where = _("Adopted") if plan.adopted else _("Not opened") if plan.place in read.not_opened else _title(plan.at) if plan.at else "—"
    shown = plan.submitted is None and not prospect.never_submitted
    return Row(
        read.districts[plan.place],
        prospect,
        before,
        where,
        _title(prospect.worst) if prospect.worst else "",
        _title(prospect.never_submitted) if prospect.never_submitted else "",
        _title(prospect.never_adopted) if prospect.never_adopted else "",
        _bar(prospect.submitted, axis, read.course.last_day) if shown else None,
        happened.get(plan.place),
    )


def _bar(band: Band, axis: tuple[date, date], last_day: date) -> Bar:
    first, last = axis
    days = max((last - first).days, 1)

    def at(day: date | None) -> int:
        return WIDE if day is None else round(WIDE * min(max((day - first).days, 0), days) / days)

    left = at(band.early)
    return Bar(left, max(at(band.late) - left, 3), at(band.middle) if band.middle else None, at(last_day))


def _stages(state: State, after: Outlook, before: Outlook | None) -> Iterable[StageRow]:
    offices = reading.holders_of(state)
    plans = after.course.plans
    return [
        StageRow(
            _title(stage.key),
            offices.get(stage.key) if stage.shared else None,
            stage,
            sum(plan.at == stage.key for plan in plans),
            after.queues.get(stage.key),
            before.queues.get(stage.key) if before else None,
        )
        for stage in after.course.stages
    ]
