"""The second factor from the first key to a code at the sign-in, a grave act that asks again, and the administrator's help."""

import re
from collections.abc import Callable

import pytest
from axes.models import AccessAttempt

from tests.files import a_file, officer
from tests.journeys.walking import SIGN, Walk
from tests.workflows.door import code_of
from workflows import factors
from workflows.models import Noting, SignIn
from workflows.pages import proof
from workflows.sign_ins import SessionStore

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOSS = "principal.secretary"
BUTTON = "main form button"


def set_up(walk: Walk) -> str:
    """Set up the second factor as the page leads, and return a recovery code that it showed."""
    walk.visit("/me/", "me")
    walk.press("a[href='/me/factor/']")
    walk.look("factor")
    walk.press(f"{BUTTON}[value=begin]")
    walk.look("factor-key")
    assert walk.page.locator("img.key").evaluate("picture => picture.complete && picture.naturalWidth > 0"), "the picture is shown"
    walk.fill({"code": "000000"})
    walk.refused(f"{BUTTON}[value=confirm]", "code")
    walk.fill({"code": code_of(officer(BOSS))})
    walk.press(f"{BUTTON}[value=confirm]")
    walk.look("factor-codes")
    codes = re.findall(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b", walk.page.inner_text("main"))
    assert len(codes) == factors.CODES
    return codes[0]


def sign_in_with(walk: Walk, code: str) -> None:
    walk.press("header form[action='/sign-out/'] button")
    with walk.page.expect_navigation():
        walk.page.locator(f"button[value='{BOSS}']").evaluate("button => button.click()")
    walk.look("sign-in-code")
    walk.fill({"code": code})
    assert walk.press(f"{BUTTON}:not([name])") == 200
    walk.visit("/me/sign-ins/", "sign-ins")


def an_hour_passes() -> None:
    for row in SignIn.objects.exclude(officer=None):
        store = SessionStore(row.session_key)
        store[proof.PROVED] = 0
        store.save()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_second_factor_is_set_up_asked_for_and_asked_again_before_a_large_sanction(width: int, walk: Callable[[int], Walk]) -> None:
    case, each = a_file(at="approve"), walk(width)
    each.become(BOSS)
    code = set_up(each)
    sign_in_with(each, code)
    an_hour_passes()
    each.open(case)
    each.choose("sanctioned", text="Two conditions · दो शर्तें।")
    assert each.press(SIGN) == 401
    each.look("prove")
    assert Noting.objects.filter(case=case, outcome="sanctioned").count() == 0
    each.fill({"code": code_of(officer(BOSS))})
    each.press(BUTTON)
    assert each.value("text") == "Two conditions · दो शर्तें।"
    each.look("words-are-back")
    assert each.press(SIGN) == 200
    assert Noting.objects.filter(case=case, outcome="sanctioned").count() == 1


@pytest.mark.parametrize("width", [390, 1280])
def test_a_door_is_shut_opened_by_the_administrator_and_a_lost_factor_taken_away(width: int, walk: Callable[[int], Walk]) -> None:
    factors.begin(officer(BOSS))
    factors.confirm(officer(BOSS), code_of(officer(BOSS)))
    each = walk(width)
    for _time in range(5):
        each.page.goto(f"{each.address}/sign-in/")
        each.fill({"username": "dm.agra", "password": "guess"})
        answer = each.press("form[action='/sign-in/'] .button")
    assert answer == 429
    each.look("shut")
    each.become("administrator")
    each.visit("/repair/", "repair")
    each.press("a[href='/repair/sign-ins/']")
    each.look("doors")
    each.press("form[action$='/open/'] button")
    assert not AccessAttempt.objects.exists()
    each.fill({"username": BOSS, "reason": " "})
    each.refused("form[action='/repair/sign-ins/factor/'] button", "reason")
    each.fill({"reason": "He came in person; the telephone was stolen."})
    assert each.press("form[action='/repair/sign-ins/factor/'] button") == 200
    each.look("factor-reset")
    assert not factors.is_set(officer(BOSS))
