"""A decision is typed, the sign-in ends, Sign is pressed: the words are there after signing in again, and are signed once."""

from collections.abc import Callable

import pytest

from programme.calendar import today
from tests.files import a_file, office, officer
from tests.journeys.walking import SIGN, Walk, waiting_step
from workflows.models import Case, Draft, Noting, SignIn
from workflows.postings import appoint_assistant
from workflows.record.verifier import verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "Two conditions · दो शर्तें।"


def sign_in_again(walk: Walk, username: str) -> None:
    """Press the person on the page that asks to sign in again; nothing else leads on."""
    with walk.page.expect_navigation():
        walk.page.locator(f"button[value='{username}']").evaluate("button => button.click()")


def decide_signed_out(walk: Walk, case: Case) -> None:
    walk.open(case)
    walk.choose("recommended", amount_recommended="11,00,000", text=WORDS)
    SignIn.objects.all().delete()
    assert walk.press(SIGN) == 401
    walk.look("sign-in-again")
    assert Noting.objects.filter(case=case).count() == 1


def words_are_back(walk: Walk, case: Case) -> None:
    assert walk.page.url.endswith(f"/files/{case.pk}/")
    assert walk.value("text") == WORDS and walk.value("amount_recommended") == "11,00,000"
    assert walk.page.is_checked("input[name=outcome][value=recommended]")


@pytest.mark.parametrize("width", [390, 1280])
def test_what_was_typed_is_there_after_signing_in_again_and_is_signed_once(width: int, walk: Callable[[int], Walk]) -> None:
    case, each = a_file(), walk(width)
    each.become("odop.cell")
    decide_signed_out(each, case)
    sign_in_again(each, "odop.cell")
    words_are_back(each, case)
    each.look("words-are-back")
    assert each.press(SIGN) == 200
    assert waiting_step(case) == "concur"
    assert Noting.objects.filter(case=case, outcome="recommended").count() == 1
    assert verify().findings == []


def test_it_needs_no_script_and_a_signed_out_person_is_not_replaced_by_another(walk: Callable[[int], Walk]) -> None:
    case, desk = a_file(), walk(1280)
    desk.become("odop.cell")
    with desk.without_script():
        decide_signed_out(desk, case)
        desk.press("button[value='director']")
        assert WORDS not in desk.page.content()
        desk.press("form[action$='sign-out/'] button")
    assert waiting_step(case) == "scrutinise"


def test_an_assistant_prepares_and_the_officer_signs_what_he_finds(walk: Callable[[int], Walk]) -> None:
    case, phone = a_file(), walk(390)
    appoint_assistant(officer("manager.agra"), office("odop_cell"), by=officer("odop.cell"), starts_on=today())
    phone.become("manager.agra")
    phone.open(case)
    phone.choose("recommended", amount_recommended="12,00,000", text=WORDS)
    phone.press("#decision button[value=save]")
    phone.look("prepared")
    phone.become("odop.cell")
    phone.open(case)
    words = Draft.objects.get()
    assert words.prepared_by == officer("manager.agra") and phone.value("text") == WORDS
    assert phone.press(SIGN) == 200
    assert Noting.objects.get(case=case, paragraph=2).prepared_by == officer("manager.agra")


def test_a_decision_saves_itself_while_it_is_typed(walk: Callable[[int], Walk]) -> None:
    case, desk = a_file(), walk(1280)
    desk.become("odop.cell")
    desk.page.clock.install()
    desk.open(case)
    desk.choose("recommended", text=WORDS)
    desk.page.clock.run_for(21_000)
    desk.page.wait_for_selector("#decision input[name=draft]:not([value=''])", state="attached")
    assert Draft.objects.get().typed["text"] == [WORDS]
    SignIn.objects.all().delete()
    desk.page.fill("[name=text]", WORDS + " More.")
    desk.page.clock.run_for(21_000)
    desk.page.locator("#decision [data-autosave-said]", has_text="signed out").wait_for()
