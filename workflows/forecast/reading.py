"""A season of action plans as it stands in the database, brought to a course. Eight queries, whatever the number of districts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from programme.calendar import is_working_day, today
from programme.models import ActionPlan, Charge, District, Holiday, Norm, Office, Posting, Season, State
from programme.zone import IST
from workflows.flows import ActionPlanFlow
from workflows.forecast.course import Course
from workflows.forecast.days import Calendar
from workflows.forecast.measuring import History, Rule, Standing, course_of
from workflows.forecast.stays import Stay
from workflows.models import Case, Movement, Outcome
from workflows.nodes import DISTRICT, Step

# So many seasons are measured, this one among them: how a State worked longer ago says little of how it works now.
SEASONS = 4
AHEAD = timedelta(days=400)
# Where neither the process nor the norm names working days for a step.
USUAL_DAYS = 10


@dataclass(frozen=True)
class Read:
    """A season that was opened, its course, its districts by number, and which of them have no plan yet.

    A plan that is not opened counts in the course as if it were opened on its first day.
    """

    season: Season
    course: Course
    districts: dict[int, District]
    not_opened: frozenset[int]


def rules_of(flow: Any, norm: Norm) -> list[Rule]:
    """Return the human steps of a process in the order of its road, with the days of the norm."""
    steps = [node for node in flow.in_order() if isinstance(node, Step)]
    return [_rule(step, norm.rules) for step in sorted(steps, key=lambda step: step.is_correction)]


def _rule(step: Step, rules: dict[str, Any]) -> Rule:
    closes = None
    if step.window:
        name, days = step.window
        closes = int(rules.get(name, days))
    days = rules.get("days", {}).get(step.name, step.days) or closes or USUAL_DAYS
    return Rule(step.name, step.level != DISTRICT, step.is_correction, closes, int(days))


def read(state: State, year: str, on: date) -> Read | None:
    """Return the season of ``year`` as it was known at the beginning of ``on``, or now; ``None`` where it was not opened.

    Raises ``Norm.DoesNotExist`` when no norm of action plans is in force.
    """
    seasons = list(Season.objects.filter(state=state, year__lte=year).order_by("-year")[:SEASONS])
    if not seasons or seasons[0].year != year:
        return None
    season, rules = seasons[0], rules_of(ActionPlanFlow, Norm.in_force(ActionPlanFlow.scheme, state, on))
    districts = {district.pk: district for district in state.districts.order_by("name_en")}
    calendars = _calendars(state, districts, min(one.deadline for one in seasons) - timedelta(days=300), max(on, season.deadline) + AHEAD)
    plans = list(ActionPlan.objects.filter(season__in=seasons).select_related("season"))
    moment = timezone.now() if on == today() else datetime.combine(on, time.min, IST)
    stays, now = _stays(plans, moment)
    vacant = _vacant(state, districts, on)
    live = {plan.district_id: plan for plan in plans if plan.season_id == season.pk and not plan.dropped}
    begun = {(stay.season, stay.place) for stay in stays}
    opened = {pk: plan for pk, plan in live.items() if (year, pk) in begun}
    standings = [_standing(opened[pk], now.get(opened[pk].pk), moment, calendars[pk], vacant[pk]) if pk in opened
                 else Standing(pk, rules[0].key, calendars[pk], on, vacant=vacant[pk]) for pk in districts]  # fmt: skip
    history = History(year, on, {one.year: one.deadline for one in seasons}, calendars[0], stays, calendars)
    course = course_of(history, rules, standings, vacant[0])
    return Read(season, course, districts, frozenset(districts) - frozenset(opened))


def _calendars(state: State, districts: dict[int, District], first: date, last: date) -> dict[int, Calendar]:
    """Return the working days of each district, and under 0 the State's, which most districts share."""
    own = set(Holiday.objects.filter(state=state).exclude(district=None).values_list("district", flat=True))
    whole = Calendar.of(first, last, lambda day: is_working_day(day, state))

    def of(district: District) -> Calendar:
        return Calendar.of(first, last, lambda day: is_working_day(day, state, district))

    return {0: whole, **{pk: of(district) if pk in own else whole for pk, district in districts.items()}}


@dataclass(frozen=True)
class _Now:
    """Where a plan waits: of the stays of one step taken together, when the first began and when the clock ends them."""

    step: str
    received: date
    closes: date | None


def _stays(plans: list[ActionPlan], moment: datetime) -> tuple[list[Stay], dict[int, _Now]]:
    """Return the stays of the plans as they stood at ``moment``, those taken together as one, and where each plan waits."""
    by_plan = {plan.pk: plan for plan in plans}
    cases = dict(Case.objects.filter(kind=ActionPlanFlow.slug, record_id__in=by_plan).values_list("pk", "record_id"))
    rows = Movement.objects.filter(case__in=cases, received__lt=moment).order_by("pk")
    rounds: dict[tuple[int, str, int], list[Movement]] = {}
    for row in rows.only("case_id", "step", "came_from_id", "received", "disposed", "outcome", "wakes"):
        rounds.setdefault((row.case_id, row.step, row.came_from_id or row.pk), []).append(row)
    stays, now = [], {}
    for (case, step, _from), together in rounds.items():
        plan = by_plan[cases[case]]
        received = min(_day(row.received) for row in together)
        left = [row for row in together if row.disposed is None or row.disposed >= moment]
        last = max(together, key=lambda row: (row.disposed or moment, row.pk))
        ended = None if left else _day(last.disposed)
        stays.append(Stay(plan.season.year, plan.district_id, step, received, ended, "" if left else _how(last.outcome)))
        if left:
            now[plan.pk] = _Now(step, received, max((_day(row.wakes) for row in left if row.wakes), default=None))
    return stays, now


def _how(outcome: str) -> str:
    """Say whether an end tells how long the step takes: an officer's forward or a return does, the clock and the administrator do not."""
    if outcome == Outcome.RETURN:
        return "returned"
    return "passed" if Outcome(outcome).is_forward else ""


def _standing(plan: ActionPlan, here: _Now | None, moment: datetime, calendar: Calendar, vacant: frozenset[str]) -> Standing:
    submitted = _day(plan.submitted_at) if plan.submitted_at and plan.submitted_at < moment else None
    if here is None:
        return Standing(plan.district_id, "", calendar, _day(moment), submitted=submitted, adopted=plan.adopted_on)
    return Standing(plan.district_id, here.step, calendar, here.received, here.closes, vacant, submitted)


def _vacant(state: State, districts: Iterable[int], on: date) -> dict[int, frozenset[str]]:
    """Return the steps that nobody could take on a day, by district, and under 0 those of the offices for the whole State.

    A step that many take together goes on without an answer of those who have no holder.
    """
    live = Posting.objects.filter(Posting.in_force(on), office__designation__state=state, officer__is_active=True)
    live = live.exclude(charge=Charge.ASSISTANT)
    holding: set[tuple[int | None, str]] = set()
    for posting in live.select_related("office__designation"):
        holding |= {(posting.office.district_id, power) for power in posting.powers}
    steps = [node for node in ActionPlanFlow.in_order() if isinstance(node, Step) and not node.together]
    found = {pk: frozenset(s.name for s in steps if s.level == DISTRICT and (pk, s.power) not in holding) for pk in districts}
    return {**found, 0: frozenset(s.name for s in steps if s.level != DISTRICT and (None, s.power) not in holding)}


def holders_of(state: State) -> dict[str, Office]:
    """Return the office at which each step for the whole State waits, by the step's name."""
    offices = Office.objects.filter(designation__state=state, district=None).select_related("designation")
    steps = [node for node in ActionPlanFlow.in_order() if isinstance(node, Step) and node.level != DISTRICT]
    return {step.name: office for step in steps for office in offices if step.power in office.designation.powers}


def _day(moment: Any) -> date:
    return timezone.localdate(moment, IST)
