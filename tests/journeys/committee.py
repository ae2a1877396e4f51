"""A committee of Agra sits on one file: the Deputy Commissioner Industries convenes, the District Magistrate signs the minutes."""

from decimal import Decimal

from programme.calendar import today
from tests.journeys.walking import Walk
from workflows.models import Case, Sitting

SAVE = ".kept button"


def hold(convener: Walk, chair: Walk, case: Case, amount: Decimal) -> Sitting:
    """Let the committee recommend the file in a sitting, with the amount that is computed for it."""
    sitting = call(convener, case)
    decide(convener, sitting, amount)
    chair.become("dm.agra")
    chair.visit("/sittings/", "sittings")
    chair.visit(f"/sittings/{sitting.pk}/minutes/", "minutes")
    chair.shows(amount)
    assert chair.press(".decision button") == 200
    chair.watch_the_work("minutes-signed")
    chair.visit(f"/sittings/{sitting.pk}/", "sitting-result")
    chair.shows(amount)
    chair.visit(f"/sittings/{sitting.pk}/minutes/", "minutes-kept")
    sitting.refresh_from_db()
    assert sitting.state == "done", "its file has moved"
    return sitting


def call(convener: Walk, case: Case) -> Sitting:
    """Call a sitting without the file, and put the file on its agenda afterwards."""
    convener.become("dic.agra")
    convener.open(case)
    convener.press("a[href*='/sittings/new/']")
    convener.look("call")
    convener.page.uncheck("input[name=files]")
    convener.fill({"held_on": today()})
    convener.refused(".form .actions button", "place")
    convener.fill({"place": "Collectorate, Agra"})
    assert convener.press(".form .actions button") == 200
    convener.look("sitting-called")
    convener.open(case)
    assert convener.press("button[name=movement]") == 200
    convener.look("on-the-agenda")
    return Sitting.objects.get(state="called")


def decide(convener: Walk, sitting: Sitting, amount: Decimal) -> None:
    for member in convener.page.locator("input[name=present]").all():
        member.check()
    item = sitting.items.get()
    convener.page.check(f"input[name='item{item.pk}-outcome'][value=rejected]")
    convener.refused(SAVE, f"item{item.pk}-text")
    convener.page.check(f"input[name='item{item.pk}-outcome'][value=recommended]")
    assert convener.press(SAVE) == 200
    convener.look("decided")
    convener.shows(amount)
