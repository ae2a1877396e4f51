"""The districts that no story tells: their plans go on in groups, so that the season's board stands as in a real autumn."""

from collections.abc import Container
from typing import Any

from programme.models import Activity, ActivityStatus, State
from programme.plans import report_progress
from workflows.clock import sweep
from workflows.demonstration.plan import TELLING
from workflows.demonstration.story import Story
from workflows.demonstration.walk import as_if, holder, morning, take
from workflows.flows import ActionPlanFlow
from workflows.models import Case, Movement
from workflows.postings import derive
from workflows.record.sealer import seal

# How many districts did what, in the order of their names; and so many days ago.
IN_TIME, LATE, UNSIGNED, ASKING = 6, 3, 2, 4
DRAFTED, CLOSED, SIGNED, SIGNED_LATE, ASKED, REPORTED = 60, 32, 30, 19, 7, 3


def tell_crowd(state: State, told: Container[int]) -> int:
    """Let plans of the State go on, but those of the districts ``told``; return how many did. The rest stay as they were opened."""
    opened = Case.objects.filter(kind=ActionPlanFlow.slug, state=state, ending="").order_by("district__name_en")
    cases = [case for case in opened if case.district_id not in told][: IN_TIME + LATE + UNSIGNED + ASKING]
    closed = cases[: IN_TIME + LATE + UNSIGNED]
    _step(closed, DRAFTED)
    with as_if(morning(CLOSED, 0)):
        sweep(limit=10 * len(cases))
    _step(cases[:IN_TIME], SIGNED)
    _step(cases[IN_TIME : IN_TIME + LATE], SIGNED_LATE)
    _step(cases[len(closed) :], ASKED)
    _report()
    derive()
    seal()
    return len(cases)


def _step(cases: list[Case], days_ago: int) -> None:
    """Take the step at which each file waits, all on one morning."""
    stays = Movement.objects.filter(case__in=cases, disposed=None).select_related("case__district__state", "office__designation__state")
    with as_if(morning(days_ago, 0)):
        for stay in stays.select_related("office__district").order_by("pk"):
            district: Any = stay.case.district
            take(stay, Story(ActionPlanFlow.slug, district, days_ago, ""), TELLING)


def _report() -> None:
    """Report on the first activity of every adopted plan."""
    with as_if(morning(REPORTED, 0)):
        for case in Case.objects.filter(kind=ActionPlanFlow.slug, ending="adopted"):
            activity = Activity.objects.select_related("plan").filter(plan=case.record_id).first()
            if activity:
                office = ActionPlanFlow.draft.office_for(case)
                words = "भूमि का चयन कर हस्तांतरण हेतु प्रस्ताव भेजा गया।"
                status = ActivityStatus.UNDER_WAY
                report_progress(activity, by=holder(office), office=office, progress=20, status=status, evidence=words)
