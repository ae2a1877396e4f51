"""No administrator alone leads himself, or somebody whose password he knows, to a power that sanctions or administers."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from programme.calendar import today
from programme.models import Officer, Posting
from tests.files import holder_of, office, officer
from tests.workflows.door import with_factor
from workflows import authority, factors, passwords, postings
from workflows.authority import Refusal
from workflows.models import DoorAct, DoorKind

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password of his"


def vacated(post: str, district: str | None = None):
    """Return an office whose holder left yesterday."""
    at = office(post, district)
    postings.relieve(Posting.objects.get(office=at, charge="regular", ends_on=None), on=today() - timedelta(days=1), by=None)
    return at


def newcomer(by: str = "administrator") -> Officer:
    """Return somebody new in the State who was given a password."""
    made = Officer(username="new.officer", name_en="New Officer", name_hi="नये अधिकारी")
    made.set_password(PASSWORD)
    made.save()
    passwords.given(made, by=officer(by))
    return made


def post(who: Officer, at, by: str, **more):
    return postings.join(who, at, charge="additional", starts_on=today(), by=officer(by), **more)


@pytest.mark.parametrize("charge", ["regular", "additional", "link", "assistant"])
def test_an_administrator_does_not_post_himself_in_any_charge(charge: str) -> None:
    at, himself = vacated("director"), officer("administrator")
    typed = Posting(officer=himself, office=at, charge=charge, starts_on=today(), ends_on=today() + timedelta(days=5))
    with pytest.raises((Refusal, ValidationError), match=r"Another administrator|cannot name yourself"):
        postings.post(typed, by=himself)
    assert authority.offices_with(himself, "sanction_loan") == []


def test_an_administrator_does_not_lengthen_his_own_charge() -> None:
    mine = Posting.objects.get(officer__username="administrator.second")
    with pytest.raises(Refusal, match="Another administrator"):
        postings.relieve(mine, on=today() + timedelta(days=9000), by=officer("administrator.second"))
    postings.relieve(mine, on=today(), by=officer("administrator"))


def test_who_decides_is_given_no_charge_of_audit_or_set_up_and_the_other_way_round() -> None:
    for who, at in (("administrator.second", vacated("director")), ("dm.agra", office("administrator")), ("auditor", office("dm", "Agra"))):
        with pytest.raises(ValidationError, match="must stay different persons"):
            post(officer(who), at, "administrator")


def test_the_administrator_of_another_state_and_whoever_administers_nothing_post_nobody() -> None:
    for by in ("administrator.hp", "principal.secretary", "dm.mathura", "auditor"):
        with pytest.raises(Refusal, match="Only the programme administrator"):
            post(officer("dm.mathura"), office("dm", "Agra"), by)
        with pytest.raises(Refusal, match="Only the programme administrator"):
            postings.relieve(Posting.objects.get(officer__username="dm.agra"), on=today(), by=officer(by))


def test_whoever_gave_the_password_does_not_post_to_a_power_that_sanctions_and_a_second_administrator_does() -> None:
    at, who = vacated("director"), newcomer()
    post(who, office("ldm", "Agra"), "administrator")
    with pytest.raises(Refusal, match="You gave New Officer the password"):
        post(who, at, "administrator")
    assert not authority.may(who, "sanction_loan", at)
    post(who, at, "administrator.second")
    assert authority.may(who, "sanction_loan", at)


def test_that_the_new_officer_changed_his_password_since_changes_nothing_as_the_giver_may_have_done_it() -> None:
    at, who = vacated("director"), newcomer()
    passwords.change(who, PASSWORD + "s")
    with pytest.raises(Refusal, match="the password"):
        post(who, at, "administrator")


def test_whoever_posted_him_gives_no_password_to_an_officer_without_a_second_factor() -> None:
    at, who = vacated("director"), newcomer("administrator.second")
    post(who, at, "administrator")
    with pytest.raises(Refusal, match="You posted New Officer"):
        passwords.given(who, by=officer("administrator"))
    passwords.given(who, by=officer("administrator.second"))


def test_password_and_second_factor_are_not_renewed_by_the_same_administrator() -> None:
    first, second = officer("administrator"), officer("administrator.second")
    with_factor("director")
    director = officer("director")
    passwords.given(director, by=first)
    with pytest.raises(Refusal, match="You gave"):
        factors.reset(director, by=first, reason="Lost.")
    assert factors.is_set(director)
    factors.reset(director, by=second, reason="Lost.")
    with pytest.raises(Refusal, match="took away his second factor"):
        passwords.given(director, by=second)


def test_nobody_is_given_a_password_by_himself_or_from_another_state() -> None:
    for by, who in (("administrator", "administrator"), ("administrator.hp", "dm.agra"), ("dm.mathura", "dm.agra")):
        with pytest.raises(Refusal):
            passwords.given(officer(who), by=officer(by))


def in_english(client):
    client.cookies["django_language"] = "en"
    return client


def typed_password(client, who: Officer):
    address = reverse("admin:auth_user_password_change", args=[who.pk])
    return client.post(address, {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}, follow=True)


def test_the_set_up_page_notes_who_gave_a_password_and_refuses_with_a_sentence(client_for) -> None:
    client, dm = in_english(client_for("administrator")), officer("dm.agra")
    typed_password(client, dm)
    dm.refresh_from_db()
    assert dm.check_password(PASSWORD) and DoorAct.objects.get(officer=dm, kind=DoorKind.GIVEN).by.username == "administrator"
    himself = officer("administrator")
    answer = typed_password(client, himself)
    himself.refresh_from_db()
    assert "Another administrator has to do this for you." in answer.content.decode() and not himself.check_password(PASSWORD)


def test_a_new_officer_of_the_set_up_page_was_given_his_password_by_whoever_entered_him(client_for) -> None:
    typed = {"username": "new.officer", "name_en": "New", "name_hi": "नये", "language": "hi", "email": "", "usable_password": "true"}
    client_for("administrator").post(reverse("admin:programme_officer_add"), {**typed, "password1": PASSWORD, "password2": PASSWORD})
    assert DoorAct.objects.get(officer__username="new.officer").kind == DoorKind.GIVEN


def test_the_set_up_page_refuses_to_post_oneself_with_a_sentence(client_for) -> None:
    himself, at = officer("administrator"), vacated("director")
    typed = {"officer": himself.pk, "office": at.pk, "charge": "additional", "starts_on": today().isoformat()}
    answer = in_english(client_for("administrator")).post(reverse("admin:programme_posting_add"), typed, follow=True)
    assert "Another administrator has to do this for you." in answer.content.decode()
    assert holder_of(office("finance")) and not Posting.objects.filter(officer=himself, office=at).exists()
