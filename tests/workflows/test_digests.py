"""The daily mail: once a day at the officer's hour, in his language, without a word that is personal."""

import re
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.conf import settings as configured
from django.core import mail

from programme.calendar import today
from programme.models import ActionPlan, Officer, Season
from programme.zone import IST
from tests.files import a_file, office, officer, take, waiting
from tests.processes.loan_files import apply
from tests.processes.plan_files import at_moment, opened
from workflows import digests, notices, tasks
from workflows.models import Incident, Message, Movement, NoticeKind
from workflows.postings import join, relieve

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 2)  # a Wednesday


def at(day: date, hour: int, minute: int = 5) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=IST)


@pytest.fixture
def cell() -> Officer:
    """The officer of the ODOP cell, who reads English and has his mail at nine."""
    Officer.objects.filter(username="odop.cell").update(email="cell@up.example", language="en", digest_hour=9)
    return officer("odop.cell")


def made(*moments: datetime) -> list[Message]:
    for moment in moments:
        with at_moment(moment):
            tasks.mail_digests()
    return list(Message.objects.filter(key__startswith="digest/").order_by("pk"))


def due_on(case, day: date) -> None:
    Movement.objects.filter(case=case, disposed=None).update(due=at(day, 18, 0))


def three_files() -> list:
    cases = [a_file(district=name) for name in ("Agra", "Mathura", "Lucknow")]
    for case, day in zip(cases, (DAY + timedelta(days=30), DAY - timedelta(days=8), DAY + timedelta(days=2)), strict=True):
        due_on(case, day)
    return cases


def test_one_mail_a_day_leaves_at_the_officers_hour_however_many_beats(cell):
    three_files()
    assert made(at(DAY, 8, 59)) == []
    [message] = made(at(DAY, 9), at(DAY, 9), at(DAY, 9, 6), at(DAY, 23))
    assert (message.key, message.address) == (f"digest/{DAY}/{cell.pk}", "cell@up.example")
    assert len(made(at(DAY + timedelta(days=1), 9))) == 2


def test_the_late_files_stand_first_then_by_the_day_they_are_due(cell):
    in_time, late, soon = three_files()
    [message] = made(at(DAY, 9))
    text = message.text
    assert text.index(late.number) < text.index(soon.number) < text.index(in_time.number)
    assert "Files that wait for you: 3. Beyond time 1, due in 3 working days 1, in time 1." in text
    assert f"- {late.number} · Exhibition proposal · Scrutiny · Mathura · due on 24-11-2026 · 7 working days late" in text
    assert message.subject == "Karyapravah, 02-12-2026: waiting 3, beyond time 1"


def test_the_mail_is_in_the_officers_language(cell):
    three_files()
    Officer.objects.filter(pk=cell.pk).update(language="hi")
    [message] = made(at(DAY, 9))
    assert "मथुरा" in message.text and not re.search(r"\b(files|late|working|due)\b", message.text + message.subject)


def test_no_name_of_an_applicant_and_no_number_of_a_person_is_in_it():
    case = apply()
    holder = waiting(case).office.postings.get(ends_on=None).officer
    Officer.objects.filter(pk=holder.pk).update(email="dic@up.example", language="en")
    notices.tell(NoticeKind.QUESTION, waiting(case).office, lambda: f"Is {case.record.name} known?", key="q", case=case)
    [message] = made(at(today(), 23))
    said = message.subject + message.text
    assert case.number in said and "A question to my office:\n- " + case.number in said
    assert case.subject not in said and case.record.name not in said
    assert not re.search(r"UP/", message.subject)


def test_the_only_link_leads_to_signing_in(cell):
    three_files()
    [message] = made(at(DAY, 9))
    assert re.findall(r"https?://\S+", message.text) == [f"{configured.PUBLIC_URL}/sign-in/"]


def test_nothing_to_say_is_no_mail_also_when_something_comes_later_that_day(cell):
    assert made(at(DAY, 9)) == []
    three_files()
    assert made(at(DAY, 15)) == []
    assert len(made(at(DAY + timedelta(days=1), 9))) == 1


def test_a_worker_that_was_down_at_the_hour_sends_it_the_same_day_and_the_next_day_only_once(cell):
    three_files()
    assert len(made(at(DAY, 16))) == 1
    following = DAY + timedelta(days=1)
    assert len(made(at(following, 2), at(following, 14), at(following, 15))) == 2


def test_a_mail_that_did_not_leave_on_its_day_does_not_leave_the_next(cell):
    three_files()
    made(at(DAY, 9))
    following = DAY + timedelta(days=1)
    made(at(following, 9))
    with at_moment(at(following, 9)):
        assert notices.drain() == 1
    assert "03-12-2026" in mail.outbox[0].subject


def test_a_changed_hour_brings_no_second_mail(cell):
    three_files()
    made(at(DAY, 9))
    Officer.objects.filter(pk=cell.pk).update(digest_hour=17)
    assert len(made(at(DAY, 17))) == 1


def test_a_link_officer_has_the_files_of_both_offices_in_one_mail(cell):
    case = a_file(at="correct")
    join(cell, office("dm", "Agra"), charge="link", starts_on=today(), ends_on=DAY, by=None)
    other = a_file(district="Mathura")
    [message] = made(at(DAY, 9))
    assert case.number in message.text and other.number in message.text
    assert "District Magistrate, Agra" in message.text


def test_whoever_was_relieved_or_has_no_address_has_no_mail(cell):
    three_files()
    Officer.objects.filter(pk=cell.pk).update(email="")
    assert made(at(DAY, 9)) == []
    Officer.objects.filter(pk=cell.pk).update(email="cell@up.example")
    relieve(cell.postings.get(), on=today(), by=None)
    assert made(at(DAY, 10)) == []


def test_escalations_stand_before_reminders_and_kinds_left_out_are_not_there(cell):
    at_the_cell = office("odop_cell")
    with at_moment(at(DAY, 7)):
        for kind, text in ((NoticeKind.REMINDER, "Remember."), (NoticeKind.ESCALATED, "Late."), (NoticeKind.CHARGE, "Ram Kumar.")):
            notices.tell(kind, at_the_cell, lambda text=text: text, key=f"{kind}/1")
    Officer.objects.filter(pk=cell.pk).update(unmailed=[NoticeKind.CHARGE])
    [message] = made(at(DAY, 9))
    assert message.text.index("Late under me:\n- Late.") < message.text.index("Reminder of a last day:\n- Remember.")
    assert "Ram Kumar" not in message.text and "A charge was given" not in message.text


def test_what_was_mailed_yesterday_is_not_mailed_again_and_nothing_is_lost_while_the_worker_is_away(cell):
    three_files()

    def told(day: date, hour: int, name: str) -> None:
        with at_moment(at(day, hour)):
            notices.tell(NoticeKind.ESCALATED, office("odop_cell"), lambda: name, key=f"{name}/1")

    told(DAY, 8, "first")
    assert "first" in made(at(DAY, 9))[0].text
    told(DAY, 11, "second")
    later = DAY + timedelta(days=3)
    told(later, 8, "third")
    text = made(at(later, 9))[-1].text
    assert "first" not in text and "second" in text and "third" in text


def test_after_a_downtime_only_the_newest_reminder_is_mailed():
    with at_moment(at(date(2026, 9, 1), 10)):
        opened("Agra")
    Officer.objects.filter(username="dm.agra").update(email="dm@up.example", language="en")
    with at_moment(at(date(2026, 11, 2), 8)):
        tasks.remind()
    [message] = made(at(date(2026, 11, 2), 9))
    season = Season.objects.get()
    assert notices.mine(officer("dm.agra")).filter(kind=NoticeKind.REMINDER).count() == 5
    assert message.text.count(f"Action plan {season.year}") == 2
    assert "30-10-2026 is the last day to submit it" in message.text and "not submitted by the last day" in message.text


def test_a_reminder_that_was_answered_before_the_hour_of_the_mail_is_not_mailed():
    Officer.objects.filter(username="dm.agra").update(email="dm@up.example", language="en")
    with at_moment(at(date(2026, 9, 1), 10)):
        opened("Agra")
    with at_moment(at(date(2026, 10, 29), 1)):
        tasks.remind()
    ActionPlan.objects.update(submitted_at=at(date(2026, 10, 29), 8))
    assert notices.mine(officer("dm.agra")).filter(kind=NoticeKind.REMINDER).exists()
    assert made(at(date(2026, 10, 29), 9)) == []


def test_a_late_file_that_moved_before_the_hour_of_the_mail_is_not_mailed():
    Officer.objects.filter(username="director").update(email="director@up.example", language="en")
    for case in three_files():
        due_on(case, DAY - timedelta(days=20))
    with at_moment(at(DAY, 1)):
        tasks.escalate()
    with at_moment(at(DAY, 8)):
        take(case, "recommended")
    [message] = made(at(DAY, 9))
    assert message.address == "director@up.example" and message.text.count("it still waited there") == 2
    assert case.number not in message.text


def test_a_mail_that_cannot_be_made_becomes_an_incident_and_holds_up_nobody(cell):
    three_files()
    Officer.objects.filter(username="principal.secretary").update(email="ps@up.example")
    real = digests.compose

    def broken(person, now):
        if person == cell:
            raise RuntimeError("Ram Kumar")
        return real(person, now)

    a_file(at="approve", district="Varanasi")
    with patch("workflows.digests.compose", broken):
        assert [message.address for message in made(at(DAY, 9))] == ["ps@up.example"]
    incident = Incident.objects.get(key=f"digest/{cell.pk}")
    assert "Ram Kumar" not in incident.text_en and incident.closed_at is None
    assert len(made(at(DAY, 9, 7))) == 2
    incident.refresh_from_db()
    assert incident.closed_at is not None


def test_an_officer_with_a_hundred_files_asks_no_more_than_one_with_three(cell, django_assert_max_num_queries):
    three_files()
    with at_moment(at(DAY, 9)), django_assert_max_num_queries(9):
        digests.compose(officer("odop.cell"), at(DAY, 9))
