"""A district's action plan through one season: opened for all, drafted and corrected on a phone in Hindi, adopted, reported on."""

from collections.abc import Callable

import pytest

from programme.models import ActionPlan, Activity, District
from tests.journeys.walking import SUBMIT, Walk, waiting_step
from tests.processes.plan_files import STRATEGY, an_activity, close_window, lines, msme
from workflows.models import Case
from workflows.record.verifier import verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MORE = "button[value='more:activities']"


def test_the_plan_of_agra_is_opened_drafted_corrected_adopted_and_reported_on(walk: Callable[[int], Walk]) -> None:
    desk, phone = walk(1280), walk(390)
    case = open_season(desk)
    draft(phone, case)
    add_sections(phone, case)
    sign(desk, case)
    desk.become("odop.cell")
    desk.decide(
        case, "returned", text="Please put right.", about_1="activities", kind_1="amount", objection_1="The amount of line 2 is too high."
    )
    phone.become("dic.agra")
    phone.write(case, **{"activities-2-amount": "3,00,000"})
    if waiting_step(case) == "sign":
        sign(desk, case)
    desk.become("odop.cell")
    desk.decide(case, "recommended")
    phone.become("principal.secretary")
    phone.decide(case, "approved")
    phone.become("dic.agra")
    phone.open(case)
    report(phone, case)
    desk.become("odop.cell")
    desk.visit("/season/", "season-adopted")

    plan = ActionPlan.read(case.record_id)
    assert plan.adopted_on and [str(line.amount) for line in plan.activities.order_by("pk")] == ["1250000.00", "300000.00", "200000.00"]
    assert Activity.objects.filter(plan=plan, updates__progress=40).count() == 1
    assert verify().findings == []


def open_season(desk: Walk) -> Case:
    desk.become("odop.cell")
    desk.visit("/season/", "season")
    desk.press("form[action='/season/open/'] button")
    desk.watch_the_work("opening")
    assert Case.objects.count() == District.objects.filter(state__short="UP").count()
    desk.visit("/season/", "season-opened")
    assert desk.page.locator("form[action='/season/open/']").count() == 0, "every district has its plan"
    return Case.objects.get(district__name_en="Agra")


def draft(phone: Walk, case: Case) -> None:
    first = an_activity(department=msme())
    second = an_activity("Design clinic", department=msme(), topic="", amount="४,५०,०००", ends_on="2026-11-01")
    phone.become("dic.agra")
    phone.start_writing(case)
    before = phone.page.locator("input[name$='-title']").count()
    phone.fill({**STRATEGY, **lines(first, second)})
    phone.press(MORE)
    phone.look("more-lines")
    assert phone.page.locator("input[name$='-title']").count() > before
    assert phone.value("activities-2-title") == "Design clinic", "what was typed stands"
    phone.refused(SUBMIT, "activities-2-topic")
    phone.fill({"activities-2-topic": first["topic"]})
    phone.refused(SUBMIT, "activities-2-ends_on")
    assert phone.value("activities-2-amount") == "४,५०,०००", "as it was typed"
    phone.fill({"activities-2-ends_on": first["ends_on"]})
    assert phone.press(SUBMIT) == 200
    phone.look("drafted")


def add_sections(phone: Walk, case: Case) -> None:
    """Two departments add to the plan, one a line and one none; the time of the others runs out."""
    phone.become("handloom.agra")
    phone.write(case, **lines(an_activity("Looms for 40 weavers", amount="2,00,000")))
    phone.become("agriculture.agra")
    phone.write(case)
    assert close_window(case) == 3
    assert waiting_step(case) == "sign"


def sign(desk: Walk, case: Case) -> None:
    desk.become("dm.agra")
    with desk.without_script():
        desk.decide(case, "submitted")


def report(phone: Walk, case: Case) -> None:
    activity = Activity.objects.filter(plan=case.record_id).first()
    assert activity is not None
    phone.visit(f"/plans/{case.pk}/activities/", "activities")
    name = f"activity-{activity.pk}"
    section = f"[aria-labelledby={name}]"
    phone.page.click(f"{section} summary")
    told = {"status": "under_way", "progress": "140", "evidence": "भूमि मिल गई है।"}
    phone.fill({f"{name}-{field}": value for field, value in told.items()})
    phone.refused(f"{section} button", f"{name}-progress")
    assert phone.value(f"{name}-evidence") == told["evidence"], "what was typed stands"
    phone.fill({f"{name}-progress": "40"})
    phone.attach_to(f"input[name='{name}-paper']", "photograph")
    assert phone.press(f"{section} button") == 200
    phone.look("reported")
