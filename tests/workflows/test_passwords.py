"""An officer changes his own password: who he is is asked, the rules hold, what was open elsewhere ends, and he is told."""

import pytest
from axes.models import AccessAttempt
from django.conf import settings as switches
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from programme.models import Officer
from tests.files import officer
from tests.workflows.door import PASSWORD, a_browser, sign_in, with_password
from workflows.models import DoorAct, DoorKind, Message, SignIn

pytestmark = pytest.mark.django_db
NEW = "warp and weft of Agra"


def change(client: Client, password: str = PASSWORD, new: str = NEW, again: str | None = None):
    sent = {"password": password, "new_password1": new, "new_password2": new if again is None else again}
    return client.post(reverse("password"), sent)


@pytest.fixture
def desk() -> Client:
    with_password("dm.agra")
    Officer.objects.filter(username="dm.agra").update(name_en="Ramesh Chandra Gupta")
    client = a_browser()
    sign_in(client, "dm.agra")
    return client


def test_the_new_password_opens_the_old_one_does_not_and_other_sign_ins_are_ended(desk: Client) -> None:
    elsewhere = a_browser()
    sign_in(elsewhere, "dm.agra")
    before = desk.session.session_key
    assert change(desk).url == reverse("me")
    assert desk.get(reverse("me")).status_code == 200 and desk.session.session_key != before
    assert elsewhere.get(reverse("me")).status_code == 302
    assert [row.session_key for row in SignIn.objects.filter(officer=officer("dm.agra"))] == [desk.session.session_key]
    assert sign_in(a_browser(), "dm.agra").status_code == 422
    assert sign_in(a_browser(), "dm.agra", NEW).status_code == 302


def test_it_stands_on_record_and_the_officer_is_told_in_his_language(desk: Client) -> None:
    who = officer("dm.agra")
    who.email, who.language = "dm.agra@karyapravah.example", "hi"
    who.save()
    change(desk)
    act = DoorAct.objects.get(kind=DoorKind.PASSWORD)
    assert act.officer == act.by == who
    mail = Message.objects.get(address=who.email)
    assert "/sign-in/" in mail.text and NEW not in mail.text and PASSWORD not in mail.text
    assert "You changed it last on" in desk.get(reverse("password")).content.decode()


def test_an_officer_without_an_address_is_mailed_nothing(desk: Client) -> None:
    change(desk)
    assert DoorAct.objects.filter(kind=DoorKind.PASSWORD).exists() and not Message.objects.exists()


REFUSED = {
    "a wrong present password": ({"password": "guess"}, "This is not your password."),
    "two that differ": ({"again": "warp and weft of Agre"}, "The two password fields didn’t match."),
    "a short one": ({"new": "short77"}, "This password is too short"),
    "digits alone": ({"new": "918273645546372819"}, "This password is entirely numeric."),
    "a common one": ({"new": "1q2w3e4r5t6y"}, "This password is too common."),
    "his name": ({"new": "ramesh chandra gupta1"}, "too similar to the"),
    "the one he has": ({"new": PASSWORD}, "This is the password you have."),
    "nothing": ({"new": ""}, "This field is required."),
    "a NUL": ({"new": "warp and weft\x00of Agra"}, "Null characters are not allowed."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nothing_is_changed_for(case: str, desk: Client) -> None:
    sent, sentence = REFUSED[case]
    answer = change(desk, **sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert NEW not in page and PASSWORD not in page, "no password is shown back"
    assert officer("dm.agra").check_password(PASSWORD) and not DoorAct.objects.exists()


def test_wrong_present_passwords_shut_the_door_as_they_do_at_the_sign_in(desk: Client) -> None:
    for _time in range(switches.AXES_FAILURE_LIMIT):
        change(desk, password="guess")
    assert "Too many wrong passwords" in change(desk).content.decode()
    assert AccessAttempt.objects.exists() and officer("dm.agra").check_password(PASSWORD)


def test_an_auditor_changes_his_own(db: None) -> None:
    with_password("auditor")
    client = a_browser()
    sign_in(client, "auditor")
    assert change(client).status_code == 302 and officer("auditor").check_password(NEW)


def test_the_people_of_a_demonstration_have_none(client_for, settings) -> None:
    settings.DEMONSTRATION = True
    client = client_for("dm.agra")
    assert client.get(reverse("password")).status_code == 200
    assert change(client).status_code == 403


def test_nobody_is_recorded_as_having_changed_the_password_of_another() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DoorAct.objects.create(kind=DoorKind.PASSWORD, officer=officer("dm.agra"), by=officer("administrator"))
