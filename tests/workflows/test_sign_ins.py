"""Sessions: a new key at each sign-in, a list of one's own, an end with charge, password and account."""

from datetime import timedelta

import pytest
from django.conf import settings as switches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import today
from programme.models import Office, Officer, Posting
from tests.files import officer
from tests.workflows.door import PASSWORD, a_browser, code_of, sign_in, with_factor, with_password
from workflows import postings, sign_ins
from workflows.models import SignIn

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def is_inside(client) -> bool:
    return client.get(reverse("inbox")).status_code == 200


def planted(client) -> str:
    """Give the browser a session key that somebody else knows."""
    store = sign_ins.SessionStore()
    store.create()
    client.cookies[switches.SESSION_COOKIE_NAME] = store.session_key
    return store.session_key


def test_a_session_key_that_somebody_planted_opens_nothing_after_the_sign_in() -> None:
    with_password("dm.agra")
    client, thief = a_browser(), a_browser()
    key = planted(client)
    sign_in(client, "dm.agra")
    thief.cookies[switches.SESSION_COOKIE_NAME] = key
    assert is_inside(client) and not is_inside(thief)
    assert client.session.session_key != key and not SignIn.objects.filter(pk=key).exists()


def test_the_second_step_changes_the_key_once_more() -> None:
    who, _codes = with_factor("principal.secretary")
    client, thief = a_browser(), a_browser()
    keys = [planted(client)]
    sign_in(client, "principal.secretary")
    keys.append(client.session.session_key)
    client.post(reverse("sign_in_code"), {"code": code_of(who)})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3 and is_inside(client)
    for key in keys[:2]:
        thief.cookies[switches.SESSION_COOKIE_NAME] = key
        assert not is_inside(thief)


def test_a_session_says_whose_it_is_since_when_and_from_where() -> None:
    who = with_password("dm.agra")
    sign_in(a_browser(), "dm.agra", REMOTE_ADDR="10.1.1.7", headers={"user-agent": FIREFOX})
    row = SignIn.objects.get(officer=who)
    assert (row.address, row.browser) == ("10.1.1.7", "Firefox · Linux")
    assert timezone.now() - row.begun_at < timedelta(minutes=1) and row.seen_at == row.begun_at


def test_an_officer_lists_his_own_sign_ins_and_ends_one_or_all_others() -> None:
    with_password("dm.agra")
    with_password("dic.agra")
    here, second, third, other = a_browser(), a_browser(), a_browser(), a_browser()
    for client, name in ((here, "dm.agra"), (second, "dm.agra"), (third, "dm.agra"), (other, "dic.agra")):
        sign_in(client, name, headers={"user-agent": FIREFOX})
    page = here.get(reverse("sign_ins"))
    assert len(page.context["places"]) == 3 and [place.here for place in page.context["places"]] == [True, False, False]
    assert not any(place.row.session_key in page.content.decode() for place in page.context["places"]), "no key stands on a page"
    handle = sign_ins._handle(second.session.session_key)
    here.post(reverse("end_sign_in"), {"which": handle})
    assert is_inside(here) and not is_inside(second) and is_inside(third)
    here.post(reverse("end_sign_in"), {"which": "others"})
    assert is_inside(here) and not is_inside(third) and is_inside(other)


def test_nobody_ends_the_sign_in_of_somebody_else() -> None:
    with_password("dm.agra")
    with_password("dic.agra")
    mine, his = a_browser(), a_browser()
    sign_in(mine, "dm.agra")
    sign_in(his, "dic.agra")
    mine.post(reverse("end_sign_in"), {"which": sign_ins._handle(his.session.session_key)})
    mine.post(reverse("end_sign_in"), {"which": his.session.session_key})
    assert is_inside(his)


def test_a_transfer_ends_the_sign_ins_of_the_officer(client_for) -> None:
    moved, other = client_for("dm.mathura"), client_for("dic.agra")
    assert is_inside(moved)
    vacant = Office.objects.filter(designation__code="dm", designation__state__short="UP", postings=None).first()
    postings.transfer(officer("dm.mathura"), vacant, on=today(), by=officer("administrator"))
    assert not is_inside(moved) and is_inside(other)


def test_a_posting_that_ended_overnight_ends_the_sign_ins_with_its_powers(client_for) -> None:
    client = client_for("dm.mathura")
    is_inside(client)
    yesterday = today() - timedelta(days=1)
    Posting.objects.filter(officer=officer("dm.mathura")).update(ends_on=yesterday)
    postings.expire()
    assert not is_inside(client)


def test_relieving_somebody_at_the_end_of_today_lets_him_work_till_then(client_for) -> None:
    client = client_for("dm.mathura")
    posting = Posting.objects.get(officer=officer("dm.mathura"), charge="regular")
    postings.relieve(posting, on=today(), by=officer("administrator"))
    assert is_inside(client)


def test_a_disabled_officer_is_outside_at_once_and_his_sign_ins_are_gone(client_for) -> None:
    client, administrator = client_for("dm.agra"), client_for("administrator")
    is_inside(client)
    who = officer("dm.agra")
    administrator.post(f"/setup/programme/officer/{who.pk}/change/", {"username": who.username, "name_en": who.name_en, "language": "hi"})
    who.refresh_from_db()
    assert not who.is_active and not is_inside(client) and not SignIn.objects.filter(officer=who).exists()


def test_a_new_password_ends_the_sign_ins_of_the_old_one(client_for) -> None:
    client, administrator = client_for("dm.agra"), client_for("administrator")
    is_inside(client)
    address = f"/setup/programme/officer/{officer('dm.agra').pk}/password/"
    administrator.post(address, {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD})
    assert officer("dm.agra").check_password(PASSWORD)
    assert not is_inside(client) and sign_ins.places_of(officer("dm.agra"), None) == []


def test_sign_ins_whose_time_is_over_are_forgotten(client_for) -> None:
    client = client_for("dm.agra")
    is_inside(client)
    SignIn.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert sign_ins.places_of(officer("dm.agra"), None) == []
    sign_ins.forget_ended()
    assert not SignIn.objects.exists()


def test_a_page_asks_the_database_no_more_for_whoever_gave_a_second_factor(client_for) -> None:
    def statements(client) -> int:
        client.get(reverse("inbox"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(reverse("inbox"))
        return len(asked)

    plain = statements(client_for("principal.secretary"))
    who, _codes = with_factor("principal.secretary")
    client = a_browser()
    sign_in(client, "principal.secretary")
    client.post(reverse("sign_in_code"), {"code": code_of(who)})
    assert statements(client) == plain


def test_a_session_of_an_officer_who_is_deleted_goes_with_him() -> None:
    nobody = Officer.objects.create_user("new.officer", password=PASSWORD, name_en="New")
    sign_in(a_browser(), "new.officer")
    assert SignIn.objects.filter(officer=nobody).exists()
    nobody.delete()
    assert not SignIn.objects.exists()
