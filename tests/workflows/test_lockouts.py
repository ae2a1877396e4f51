"""Wrong passwords shut the door for one user name from one address, for longer each time, and say until when."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.files import officer
from tests.workflows.door import a_browser, later, sign_in, with_password
from workflows import lockouts
from workflows.authority import Refusal
from workflows.models import DoorAct, DoorKind

pytestmark = pytest.mark.django_db
SHUT = "Too many wrong passwords came for this user name from your network."


def wrong(username: str, times: int = 5, **more):
    answers = [sign_in(a_browser(), username, "not the password", **more) for _time in range(times)]
    return answers[-1]


def test_the_fifth_wrong_password_shuts_the_door_and_the_page_says_until_when() -> None:
    with_password("dm.agra")
    assert wrong("dm.agra", 4).status_code == 422
    answer = wrong("dm.agra", 1)
    page = answer.content.decode()
    assert answer.status_code == 429 and SHUT in page
    clock = re.search(r"opens again at (\d\d:\d\d:\d\d)", page).group(1)
    assert clock == timezone.localtime(lockouts._until(5, AccessAttempt.objects.get().attempt_time)).strftime("%H:%M:%S")


def test_the_right_password_does_not_open_a_shut_door_and_after_the_pause_it_does() -> None:
    with_password("dm.agra")
    wrong("dm.agra")
    assert sign_in(a_browser(), "dm.agra").status_code == 429
    assert AccessAttempt.objects.get().failures_since_start == 5, "what comes while it is shut does not count"
    later(minutes=1.1)
    assert sign_in(a_browser(), "dm.agra").status_code == 302
    assert not AccessAttempt.objects.exists(), "a sign-in ends the count"


def test_each_further_wrong_password_shuts_for_twice_as_long_up_to_an_hour() -> None:
    minutes = [int(lockouts.pause_after(failures).total_seconds() / 60) for failures in (0, 4, 5, 6, 7, 8, 10, 11, 50)]
    assert minutes == [0, 0, 1, 2, 4, 8, 32, 60, 60]
    with_password("dm.agra")
    wrong("dm.agra")
    later(minutes=1.1)
    assert wrong("dm.agra", 1).status_code == 429
    later(minutes=1.1)
    assert sign_in(a_browser(), "dm.agra").status_code == 429, "the second pause is longer"
    later(minutes=1.1)
    assert sign_in(a_browser(), "dm.agra").status_code == 302


def test_a_colleague_at_the_same_address_and_the_officer_at_another_come_in() -> None:
    with_password("dm.agra")
    with_password("dic.agra")
    wrong("dm.agra", REMOTE_ADDR="10.1.1.1")
    assert sign_in(a_browser(), "dic.agra", REMOTE_ADDR="10.1.1.1").status_code == 302
    assert sign_in(a_browser(), "dm.agra", REMOTE_ADDR="10.1.1.2").status_code == 302


def test_another_browser_or_cookie_does_not_open_a_shut_door() -> None:
    with_password("dm.agra")
    for number in range(5):
        sign_in(a_browser(), "dm.agra", "wrong", headers={"user-agent": f"Browser/{number}"})
    assert sign_in(a_browser(), "dm.agra", headers={"user-agent": "Another"}).status_code == 429


def test_an_unknown_user_name_is_answered_word_for_word_like_a_known_one() -> None:
    with_password("dm.agra")

    def said(username: str) -> list[tuple[int, str]]:
        answers = [sign_in(a_browser(), username, "wrong") for _time in range(6)]
        pages = [(answer.status_code, answer.content.decode().replace(username, "WHO")) for answer in answers]
        return [(status, re.sub(r'\d\d:\d\d:\d\d|value="\w{64}"|Last updated.*', "", page)) for status, page in pages]

    known, unknown = said("dm.agra"), said("nobody.anywhere")
    assert [status for status, _page in known] == [422] * 4 + [429] * 2
    assert known == unknown


def test_an_unknown_user_name_costs_the_server_one_hash_as_a_known_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with_password("dm.agra")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, password, salt: hashed.append(password) or encode(self, password, salt))
    counts = []
    for username in ("dm.agra", "nobody.anywhere"):
        hashed.clear()
        sign_in(a_browser(), username, "wrong")
        counts.append(len(hashed))
    assert counts == [1, 1]


def test_behind_a_proxy_the_address_is_what_the_proxy_wrote_last(settings) -> None:
    def came(forwarded: str) -> str | None:
        return lockouts.address_of(RequestFactory().get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded))

    assert came("203.0.113.9") == "127.0.0.1", "without a proxy the header is anybody's word"
    settings.BEHIND_TLS_PROXY = True
    assert came("198.51.100.1, 203.0.113.9") == "203.0.113.9"
    assert came("203.0.113.9, not an address") is None
    assert came("2001:db8:1:2:3:4:5:6") == came("2001:db8:1:2::9") == "2001:db8:1:2::"


def test_a_made_up_forwarded_address_does_not_open_a_shut_door(settings) -> None:
    settings.BEHIND_TLS_PROXY = True
    with_password("dm.agra")
    for number in range(5):
        sign_in(a_browser(), "dm.agra", "wrong", HTTP_X_FORWARDED_FOR=f"10.9.9.{number}, 203.0.113.9")
    assert sign_in(a_browser(), "dm.agra", HTTP_X_FORWARDED_FOR="10.9.9.77, 203.0.113.9").status_code == 429
    assert sign_in(a_browser(), "dm.agra", HTTP_X_FORWARDED_FOR="203.0.113.10").status_code == 302


def test_what_was_typed_before_is_not_kept_with_the_count() -> None:
    data = {"username": "dm.agra", "password": "wrong-Marker", "kept": "sealed-Marker", "next": "/files/?q=Marker"}
    a_browser().post(reverse("sign_in") + "?next=/files/?q=Marker", data)
    kept = AccessAttempt.objects.get()
    assert "Marker" not in kept.post_data + kept.get_data + kept.path_info


def test_the_administrator_sees_who_is_shut_out_and_opens_with_a_record(client_for) -> None:
    with_password("dm.agra")
    wrong("dm.agra")
    wrong("nobody.anywhere")
    wrong("dc.bilaspur")
    administrator = client_for("administrator")
    administrator.cookies["django_language"] = "en"
    page = administrator.get(reverse("doors")).content.decode()
    assert "(dm.agra)" in page and "5 wrong passwords from 127.0.0.1" in page
    assert "nobody.anywhere" not in page and "dc.bilaspur" not in page, "an administrator looks after the officers of his State"
    assert administrator.post(reverse("lift_lock", args=[officer("dm.agra").pk])).status_code == 302
    assert sign_in(a_browser(), "dm.agra").status_code == 302
    act = DoorAct.objects.get()
    assert (act.kind, act.officer, act.by) == (DoorKind.LOCK_LIFTED, officer("dm.agra"), officer("administrator"))


def test_nobody_opens_his_own_door_and_no_other_administrator_one_of_another_state() -> None:
    wrong("administrator")
    with pytest.raises(Refusal, match="Another administrator"):
        lockouts.lift(officer("administrator"), by=officer("administrator"))
    with pytest.raises(Refusal, match="of his State"):
        lockouts.lift(officer("dc.bilaspur"), by=officer("administrator"))
    with pytest.raises(Refusal, match="of his State"):
        lockouts.lift(officer("dm.agra"), by=officer("odop.cell"))
    with pytest.raises(IntegrityError), transaction.atomic():
        DoorAct.objects.create(kind=DoorKind.LOCK_LIFTED, officer=officer("administrator"), by=officer("administrator"))


def test_what_was_done_at_the_door_is_never_changed_or_deleted() -> None:
    act = DoorAct.objects.create(kind=DoorKind.LOCK_LIFTED, officer=officer("dm.agra"), by=officer("administrator"))
    with pytest.raises(IntegrityError), transaction.atomic():
        DoorAct.objects.update(reason="otherwise")
    with pytest.raises(IntegrityError), transaction.atomic():
        act.delete()


def test_counts_are_forgotten_after_a_day() -> None:
    wrong("dm.agra")
    later(minutes=24 * 60 + 1)
    assert wrong("dm.agra", 1).status_code == 422
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(days=2))
    lockouts.forget_old()
    assert not AccessAttempt.objects.exists()
