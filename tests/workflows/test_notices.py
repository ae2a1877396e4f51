"""What offices are told: in the list of whoever holds them today, and at once by mail for what cannot wait."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings as configured
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import today
from programme.models import Officer
from tests.files import a_file, office, officer, take
from tests.processes.plan_files import at_moment, opened
from workflows import inbox, notices
from workflows.models import Message, Notice, NoticeKind, Outcome
from workflows.postings import join

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


def in_english(client: Client) -> Client:
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"
    return client


def address(username: str, **changes: object) -> Officer:
    Officer.objects.filter(username=username).update(**{"email": f"{username}@up.example", **changes})
    return officer(username)


def some(count: int, post: str = "dm", district: str | None = "Agra", kind: NoticeKind = NoticeKind.QUESTION) -> None:
    for number in range(count):
        notices.tell(kind, office(post, district), lambda: "Asked.", key=f"{post}/{district}/{kind}/{number}")


def test_a_returned_file_is_in_the_list_of_the_office_and_leads_to_it(client_for: Desk):
    case = a_file(at="correct")
    page = in_english(client_for("dm.agra")).get(reverse("notices"))
    [(notice, new, led)] = page.context["rows"]
    assert (notice.kind, notice.case, new, led) == (NoticeKind.RETURNED, case, True, reverse("file", args=[case.pk]))
    assert f"{case.number} (Exhibition proposal) now stands as: Returned with objection" in page.content.decode()
    for other in ("dm.mathura", "dic.agra", "dm.agra.earlier", "principal.secretary"):
        assert case.number not in client_for(other).get(reverse("notices")).content.decode()


def test_reading_the_list_marks_nothing_and_the_button_marks_what_the_page_showed(client_for: Desk):
    some(2)
    client = client_for("dm.agra")
    client.get(reverse("notices"))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("notices"))
    assert [q["sql"] for q in asked if re.match(r"INSERT|UPDATE|DELETE", q["sql"])] == [] and len(asked) <= 9
    assert page.context["tabs"][2].badge == 2 and officer("dm.agra").notices_read == 0
    shown = page.context["newest"]
    some(1, kind=NoticeKind.ANSWER)
    assert client.post(reverse("read_notices"), {"upto": shown}).status_code == 302
    after = client.get(reverse("notices"))
    assert [new for _notice, new, _led in after.context["rows"]] == [True, False, False]
    assert after.context["tabs"][2].badge == 1


@pytest.mark.parametrize("upto", ["", "x", "-1", "9" * 30, "0"])
def test_what_is_marked_as_read_is_never_beyond_what_the_office_was_told(upto: str, client_for: Desk):
    some(1)
    assert client_for("dm.agra").post(reverse("read_notices"), {"upto": upto}).status_code == 302
    assert client_for("dm.agra").post(reverse("read_notices"), {"upto": "9" * 18}).status_code == 302
    newest = Notice.objects.get().pk
    assert officer("dm.agra").notices_read == newest
    some(1, post="dm", district="Mathura")
    client_for("dm.agra").post(reverse("read_notices"), {"upto": Notice.objects.latest("pk").pk})
    assert officer("dm.agra").notices_read == newest


def test_the_list_goes_with_the_office_and_not_with_the_person(client_for: Desk):
    some(1)
    successor = officer("dm.agra.earlier")
    officer("dm.agra").postings.update(starts_on=today() - timedelta(days=9), ends_on=today() - timedelta(days=1))
    join(successor, office("dm", "Agra"), charge="regular", starts_on=today(), by=None)
    assert client_for("dm.agra").get(reverse("notices")).context["rows"] == []
    assert [new for _n, new, _l in client_for("dm.agra.earlier").get(reverse("notices")).context["rows"]] == [True]


def test_the_counter_costs_no_question_of_its_own(client_for: Desk):
    some(3)
    with CaptureQueriesContext(connection) as asked:
        counts = inbox.counts(officer("dm.agra"))
    assert counts.unread == 3 and sum("workflows_notice" in query["sql"] for query in asked) == 1


def test_the_newest_come_first_by_pages_and_cost_the_same_however_many(client_for: Desk):
    some(60)
    client, asked = client_for("dm.agra"), []
    client.get(reverse("notices"))
    for page in ("1", "3"):
        with CaptureQueriesContext(connection) as queries:
            rows = client.get(reverse("notices"), {"page": page}).context["rows"]
        asked.append(len(queries))
        assert [row[0].pk for row in rows] == sorted((row[0].pk for row in rows), reverse=True)
    assert asked[0] == asked[1]


def test_a_return_is_mailed_at_once_to_each_holder_in_his_own_language():
    address("dm.agra", language="hi")
    address("dm.lucknow", language="en")
    join(officer("dm.lucknow"), office("dm", "Agra"), charge="link", starts_on=today(), ends_on=today(), by=None)
    case = a_file(at="correct")
    assert notices.drain() == 2
    sent = {message.to[0]: message for message in mail.outbox}
    english, hindi = sent["dm.lucknow@up.example"], sent["dm.agra@up.example"]
    assert english.subject == f"{case.number}: Returned to me" and "now stands as" in english.body
    assert "Returned" not in hindi.subject and "आपत्ति सहित वापस" in hindi.body
    for one in (english, hindi):
        assert case.subject not in one.subject + one.body and case.record.nodal_officer not in one.body
        assert re.findall(r"https?://\S+", one.body) == [f"{configured.PUBLIC_URL}/sign-in/"]


def test_an_office_whose_holders_have_no_address_is_told_itself_in_both_languages():
    case = a_file(at="correct")
    message = Message.objects.get()
    assert message.address == office("dm", "Agra").email and message.subject.count(case.number) == 2
    assert "now stands as" in message.text and "साइन इन" in message.text


def test_a_kind_left_out_is_not_mailed_and_stands_in_the_list():
    address("dm.agra", unmailed=[NoticeKind.RETURNED])
    a_file(at="correct")
    assert not Message.objects.exists() and notices.mine(officer("dm.agra")).count() == 1


def test_a_link_officer_is_not_mailed_of_files_above_what_he_was_appointed_for():
    address("dm.lucknow")
    link = join(officer("dm.lucknow"), office("dm", "Agra"), charge="link", starts_on=today(), ends_on=today(), by=None)
    link.upto = Decimal(1000)
    link.save()
    a_file(at="correct")
    assert not Message.objects.exists()


def test_the_mail_goes_to_who_holds_the_office_today():
    address("dm.agra.earlier")
    address("cdo.agra")
    a_file(at="correct")
    assert Message.objects.get().address == office("dm", "Agra").email


def test_what_was_told_once_is_told_and_mailed_once():
    case = a_file(at="correct")
    for _again in range(2):
        notices.tell_of(Outcome.RETURN, case, office("dm", "Agra"), paragraph=2)
    assert Notice.objects.count() == Message.objects.count() == 1


def test_nothing_is_told_of_an_act_that_was_undone():
    case = a_file()
    with pytest.raises(Exception, match="text"):
        take(case, "returned", text="")
    assert not Notice.objects.exists() and not Message.objects.exists()


def test_a_mail_that_fails_is_tried_again_after_longer_and_longer_pauses(monkeypatch: pytest.MonkeyPatch):
    a_file(at="correct")
    monkeypatch.setattr("workflows.notices.EmailMessage.send", lambda *_args: 1 / 0)
    now, tries = timezone.now(), []
    for minute in range(0, 600):
        with at_moment(now + timedelta(minutes=minute)):
            before = Message.objects.get().attempts
            notices.drain()
            tries += [minute] if Message.objects.get().attempts > before else []
    assert tries == [0, 3, 8, 17, 34, 67, 132, 261] and Message.objects.get().attempted_at is not None


def test_a_mail_that_left_twice_carries_one_name():
    a_file(at="correct")
    notices.drain()
    Message.objects.update(sent_at=None, leased_until=None)
    notices.drain()
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second and configured.RECORD_ORIGIN in first


def test_a_mail_that_says_nothing_true_any_more_does_not_leave():
    notices.put("old", address="a@up.example", subject="-", text="-", stale_at=timezone.now() - timedelta(seconds=1))
    assert notices.drain() == 0 and not mail.outbox


def test_a_drain_leaves_the_worker_to_others_when_its_time_is_over():
    for number in range(3):
        notices.put(str(number), address="a@up.example", subject="-", text="-")
    assert notices.drain(seconds=-1) == 0


def test_the_settings_are_kept_and_the_page_speaks_the_chosen_language(client_for: Desk):
    client = client_for("dm.agra")
    sent = {"language": "en", "digest_hour": "17", "mailed": ["returned", "escalated"]}
    page = client.post(reverse("me"), sent, follow=True)
    person = officer("dm.agra")
    assert (person.language, person.digest_hour) == ("en", 17)
    assert set(NoticeKind.values) - set(person.unmailed) == {"returned", "escalated"}
    assert "Your settings are kept." in page.content.decode() and '<html lang="en">' in page.content.decode()
    assert page.content.decode().count(" checked") == 3


@pytest.mark.parametrize("wrong", [
    {"digest_hour": "24"}, {"digest_hour": "x"}, {"language": "fr"}, {"language": ""}, {"mailed": ["everything"]},
])  # fmt: skip
def test_settings_that_cannot_be_are_refused_at_their_field(wrong: dict, client_for: Desk):
    answer = client_for("dm.agra").post(reverse("me"), {"language": "hi", "digest_hour": "9", "mailed": [], **wrong})
    assert answer.status_code == 422 and [fault.place for fault in answer.context["faults"]] != []
    assert (officer("dm.agra").digest_hour, officer("dm.agra").unmailed) == (9, [])


def test_a_notice_of_no_file_leads_the_state_to_the_board_and_a_district_nowhere(client_for: Desk):
    opened("Agra")
    some(1, "principal_secretary", None)
    some(1)
    assert client_for("principal.secretary").get(reverse("notices")).context["rows"][0][2] == reverse("season")
    assert client_for("dm.agra").get(reverse("notices")).context["rows"][0][2] == ""
