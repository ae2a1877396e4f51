"""A form that arrives after the sign-in has ended: nothing is signed, nothing typed is lost, and nobody else gets it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse

from programme.calendar import today
from programme.models import Officer, Posting
from tests.files import a_file, office, officer, take, waiting
from tests.workflows.seated import a_claim, in_place, ready
from workflows.models import Case, Draft, Noting, SignIn
from workflows.pages import kept

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
WORDS = "Recommended with two conditions."
Browser = Callable[..., "Desk"]


class Desk:
    """A browser that keeps its cookies, checks of forged forms switched on."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def token(self) -> str:
        """Return the token that a page opened now would carry."""
        page = self.client.get(reverse("inbox"), follow=True).content.decode()
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)

    def sign_in(self, username: str, **more) -> object:
        token = more.pop("token", None) or self.token()
        typed = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": token, **more}
        answer = self.client.post(reverse("sign_in"), typed)
        self.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return answer

    def send(self, address: str, typed: dict, token: str, page: str = ""):
        headers = {"referer": f"http://testserver{page}"} if page else {}
        return self.client.post(address, {**typed, "csrfmiddlewaretoken": token}, headers=headers)

    def carried(self, answer) -> dict[str, str]:
        """Return what the page on which to sign in again carries in hidden fields."""
        page = answer.content.decode()
        form = page[page.index('action="/sign-in/"') :]
        found = {name: re.search(rf'name="{name}" value="([^"]*)"', form) for name in ("next", "kept", "csrfmiddlewaretoken")}
        return {name: match.group(1) for name, match in found.items() if match}

    def sign_in_again(self, answer, username: str):
        carried = self.carried(answer)
        return self.sign_in(username, token=carried.pop("csrfmiddlewaretoken"), **carried)

    def read(self, address: str) -> str:
        return self.client.get(address, follow=True).content.decode()


@pytest.fixture
def desk() -> Desk:
    for person in Officer.objects.filter(username__in=["odop.cell", "epb", "dm.agra", "administrator", "dic.agra", "dic.moradabad"]):
        person.set_password(PASSWORD)
        person.save()
    return Desk()


def the_session_ends() -> None:
    SignIn.objects.all().delete()


def a_decision(case: Case, **typed) -> dict:
    return {"outcome": "recommended", "amount_recommended": "11,00,000", "text": WORDS, "seen": case.head, "action": "sign", **typed}


def asked_again(desk: Desk, case: Case, **typed):
    """Open the file as the cell, let the session end, and press Sign."""
    desk.sign_in("odop.cell")
    token, page = desk.token(), reverse("file", args=[case.pk])
    the_session_ends()
    return desk.send(reverse("decide", args=[waiting(case).pk]), a_decision(case, **typed), token, page)


def test_the_words_come_back_on_the_form_and_are_signed_once_by_a_press(desk) -> None:
    case = a_file()
    answer = asked_again(desk, case)
    page = answer.content.decode()
    assert answer.status_code == 401 and "Your sign-in had ended" in page and WORDS not in page
    assert Noting.objects.filter(case=case).count() == 1

    back = desk.sign_in_again(answer, "odop.cell")
    assert (back.status_code, back.url) == (302, reverse("file", args=[case.pk]))
    page = desk.read(back.url)
    assert WORDS in page and 'value="11,00,000"' in page and re.search(r'value="recommended"[^>]*checked', page)
    assert "You are signed in again. Nothing was signed." in page
    assert Noting.objects.filter(case=case).count() == 1, "brought back is not signed"
    assert WORDS not in desk.read(back.url), "they come back once"

    assert desk.send(reverse("decide", args=[waiting(case).pk]), a_decision(case), desk.token()).status_code == 302
    assert Noting.objects.get(case=case, paragraph=2).officer == officer("odop.cell")


def test_somebody_else_who_signs_in_gets_nothing_and_is_told_so(desk) -> None:
    case = a_file()
    Posting.objects.create(officer=officer("epb"), office=office("odop_cell"), charge="additional", starts_on=today())
    back = desk.sign_in_again(asked_again(desk, case), "epb")
    assert back.url == reverse("file", args=[case.pk])
    page = desk.read(back.url)
    assert "It was not kept" in page and WORDS not in page
    assert WORDS not in desk.read(reverse("inbox"))


def test_a_wrong_password_loses_nothing(desk) -> None:
    case = a_file()
    carried = desk.carried(asked_again(desk, case))
    again = desk.client.post(reverse("sign_in"), {**carried, "username": "odop.cell", "password": "wrong"})
    assert again.status_code == 422 and desk.carried(again)["kept"] == carried["kept"]
    assert WORDS in desk.read(desk.sign_in_again(again, "odop.cell").url)


def test_a_half_written_proposal_comes_back_without_the_numbers_of_persons(desk) -> None:
    desk.sign_in("dic.moradabad")
    token, address = desk.token(), desk.client.get(reverse("begin", args=["freight"])).url
    the_session_ends()
    typed = {"unit": "Brass of Moradabad", "pan": "ABCDE1234F", "address": "Peetal Nagari, Phase 2", "action": "submit"}
    answer = desk.send(address, typed, token, address)
    assert answer.status_code == 401
    blob = signing.loads(desk.carried(answer)["kept"], salt=kept.SALT)
    assert "pan" not in blob["typed"] and "ABCDE1234F" not in str(blob)
    page = desk.read(desk.sign_in_again(answer, "dic.moradabad").url)
    assert "Peetal Nagari, Phase 2" in page and "ABCDE1234F" not in page
    assert not Draft.objects.exists() and not Case.objects.exists()


def test_a_withdrawal_comes_back_and_is_not_carried_out(desk) -> None:
    case = a_file()
    desk.sign_in("dm.agra")
    token = desk.token()
    the_session_ends()
    typed = {"withdraw-text": "The dates have moved.", "withdraw-seen": case.head}
    answer = desk.send(reverse("withdraw", args=[case.pk]), typed, token, reverse("file", args=[case.pk]))
    assert "The dates have moved." in desk.read(desk.sign_in_again(answer, "dm.agra").url)
    case.refresh_from_db()
    assert not case.ending


def test_what_a_convener_typed_during_a_sitting_comes_back_and_is_not_saved(desk) -> None:
    with in_place():
        sitting = ready(a_claim())
        desk.sign_in("dic.agra")
        token, address = desk.token(), reverse("sitting", args=[sitting.pk])
        the_session_ends()
        answer = desk.send(address, {"held_on": today(), "place": "Vikas Bhawan, second floor"}, token, address)
        assert "Vikas Bhawan, second floor" in desk.read(desk.sign_in_again(answer, "dic.agra").url)
        place = sitting.place
        sitting.refresh_from_db()
        assert sitting.place == place != "Vikas Bhawan, second floor"


def test_an_appointment_comes_back_and_is_not_made(desk) -> None:
    desk.sign_in("dm.agra")
    token, address = desk.token(), reverse("appoint_link", args=[office("dm", "Agra").pk])
    the_session_ends()
    typed = {
        "officer": officer("cdo.agra").pk,
        "starts_on": today(),
        "ends_on": today() + timedelta(days=2),
        "only": ["sign_plan"],
        "upto": "5",
    }
    answer = desk.send(address, {**typed, "order_number": "No. 7 of 2026"}, token, address)
    assert "No. 7 of 2026" in desk.read(desk.sign_in_again(answer, "dm.agra").url)
    assert not Posting.objects.filter(officer=officer("cdo.agra"), starts_on=today()).exists()


def test_words_that_no_form_takes_up_are_shown_to_be_copied(desk) -> None:
    case = a_file()
    answer = asked_again(desk, case)
    take(case, "recommended")
    page = desk.read(desk.sign_in_again(answer, "odop.cell").url)
    assert WORDS in page and "What you had typed" in page and 'id="decision"' not in page


def test_set_up_asks_to_sign_in_again_and_shows_the_words(desk) -> None:
    desk.sign_in("administrator")
    token, address = desk.token(), "/setup/programme/holiday/add/"
    the_session_ends()
    answer = desk.send(address, {"name_en": "Day of the fair", "date": today(), "name_hi": ""}, token, address)
    assert answer.status_code == 401
    assert "Day of the fair" in desk.read(desk.sign_in_again(answer, "administrator").url)


def test_a_page_older_than_the_officers_own_sign_in_comes_back_on_the_form(desk) -> None:
    case = a_file()
    desk.sign_in("odop.cell")
    old, page = desk.token(), reverse("file", args=[case.pk])
    the_session_ends()
    desk.sign_in("odop.cell")
    answer = desk.send(reverse("decide", args=[waiting(case).pk]), a_decision(case), old, page)
    assert answer.status_code == 403 and WORDS in answer.content.decode()
    assert WORDS in desk.read(page) and Noting.objects.filter(case=case).count() == 1


@pytest.mark.parametrize("forged", ["", "x", "a" * 64, "é" * 64])
def test_what_another_site_sends_never_fills_a_form(desk, forged) -> None:
    case = a_file()
    desk.sign_in("odop.cell")
    desk.sign_in("odop.cell", token=desk.token())
    answer = desk.send(reverse("decide", args=[waiting(case).pk]), a_decision(case), forged)
    assert answer.status_code == 403 and WORDS not in desk.read(reverse("file", args=[case.pk]))


def test_the_page_of_somebody_who_signed_in_before_fills_no_form_of_mine(desk) -> None:
    case = a_file()
    Posting.objects.create(officer=officer("epb"), office=office("odop_cell"), charge="additional", starts_on=today())
    desk.sign_in("odop.cell")
    old = desk.token()
    the_session_ends()
    desk.sign_in("epb")
    assert desk.send(reverse("decide", args=[waiting(case).pk]), a_decision(case), old).status_code == 403
    assert WORDS not in desk.read(reverse("file", args=[case.pk]))


@pytest.mark.parametrize("page", ["//evil.example/x", "https://evil.example/x", "javascript:alert(1)", "/\\evil.example"])
def test_it_leads_to_no_other_site(desk, page) -> None:
    case = a_file()
    desk.sign_in("odop.cell")
    token = desk.token()
    the_session_ends()
    address = reverse("decide", args=[waiting(case).pk])
    answer = desk.client.post(address, {**a_decision(case), "csrfmiddlewaretoken": token}, headers={"referer": page})
    assert desk.sign_in_again(answer, "odop.cell").url == address
    assert WORDS in desk.read(address)


def test_a_forged_or_old_parcel_is_thrown_away(desk, monkeypatch) -> None:
    case = a_file()
    carried = desk.carried(asked_again(desk, case))
    forged = carried["kept"][:-3] + "abc"
    assert desk.sign_in("odop.cell", token=carried["csrfmiddlewaretoken"], kept=forged).url == reverse("inbox")
    the_session_ends()
    monkeypatch.setattr(settings, "SESSION_LONGEST", -1)
    desk.sign_in("odop.cell", kept=carried["kept"])
    assert WORDS not in desk.read(reverse("file", args=[case.pk]))


def test_what_is_too_much_or_nobodys_is_shown_to_be_copied_instead(desk) -> None:
    case = a_file()
    desk.client.get(reverse("sign_in"))
    answer = desk.send(reverse("decide", args=[waiting(case).pk]), a_decision(case), desk.token())
    assert answer.status_code == 401 and "kept" not in desk.carried(answer) and WORDS in answer.content.decode()


def test_too_much_is_not_carried(desk, monkeypatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 100)
    answer = asked_again(desk, a_file())
    assert answer.status_code == 401 and "kept" not in desk.carried(answer) and WORDS in answer.content.decode()


def test_a_draft_that_saves_itself_is_told_that_the_sign_in_ended(desk) -> None:
    assert asked_again(desk, a_file(), action="autosave").status_code == 401 and not Draft.objects.exists()
