"""The inbox, the clock beside each file, mail, and what is stuck."""

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from programme.calendar import add_working_days, today
from programme.models import Designation, Norm, Posting, State
from programme.norms.publishing import publish
from programme.zone import IST
from tests.files import a_file, office, officer, take, waiting
from workflows import feasibility, inbox, notices, tasks
from workflows.deadlines import standing
from workflows.models import Incident, Message, Movement
from workflows.postings import join, relieve
from workflows.record import sealer
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db


def test_an_officer_finds_the_files_of_his_offices_first_due_first():
    first, second = a_file(at="approve"), a_file(at="approve", district="Mathura")
    Movement.objects.filter(pk=waiting(second).pk).update(due=timezone.now() - timedelta(days=2))
    assert [m.case_id for m in inbox.waiting(officer("principal.secretary"))] == [second.pk, first.pk]
    assert not inbox.waiting(officer("odop.cell"))


def test_the_counts_are_those_of_the_filtered_lists():
    for district, days in (("Agra", -3), ("Mathura", 1), ("Lucknow", 40)):
        case = a_file(at="approve", district=district)
        Movement.objects.filter(pk=waiting(case).pk).update(due=timezone.now() + timedelta(days=days))
    secretary = officer("principal.secretary")
    counts = inbox.counts(secretary)
    assert (counts.late, counts.soon, counts.in_time, counts.all) == (1, 1, 1, 3)
    for kind in inbox.FILTERS:
        assert inbox.waiting(secretary, standing=kind).count() == getattr(counts, kind)


@pytest.mark.parametrize(("words", "found"), [("0001", 1), ("आगरा", 1), ("agra exhibition", 1), ("mathura", 0), ("%", 0)])
def test_the_inbox_is_searched_by_number_subject_and_district(words, found):
    a_file(at="approve")
    assert inbox.waiting(officer("principal.secretary"), q=words).count() == found


def test_the_charge_banner_has_its_files_in_the_same_list():
    case = a_file(at="correct", district="Mathura")
    assert [m.case_id for m in inbox.waiting(officer("dm.mathura"))] == [case.pk]
    join(officer("dm.lucknow"), office("dm", "Mathura"), charge="link", starts_on=today(), ends_on=today(), by=None)
    assert [m.case_id for m in inbox.waiting(officer("dm.lucknow"))] == [case.pk]


def at(days: int, hour: int = 12) -> datetime:
    """Return an hour of 2 November 2026, a Monday without holiday near it, and some days on."""
    return datetime(2026, 11, 2, hour, tzinfo=IST) + timedelta(days=days)


@pytest.mark.parametrize(
    ("now", "kind", "days", "text"),
    [
        (at(0), "soon", 2, "2 working days left"),
        (at(2, 17), "soon", 0, "Due today"),
        (at(2, 19), "late", 1, "1 working day late"),
        (at(3), "late", 1, "1 working day late"),
        (at(4), "late", 2, "2 working days late"),
    ],
)
def test_a_file_stands_against_its_clock_in_working_days(now, kind, days, text):
    movement = waiting(a_file())
    movement.due = add_working_days(at(0).date(), 2, movement.case.state)
    stands = standing(movement, now)
    assert (stands.kind, stands.days, stands.text) == (kind, days, text)


def test_arrival_sets_the_due_date_from_the_working_days_of_the_step():
    case = a_file()
    movement = waiting(case)
    assert movement.due == add_working_days(movement.received, 7, case.state, case.district)


def test_the_norms_own_days_come_before_the_flows():
    norm = Norm.in_force("EXHIBITION", State.objects.get(short="UP"), today())
    norm.pk, norm.version, norm.status, norm.applies_from = None, "concurrence in two days", "draft", today()
    norm.rules = {**norm.rules, "days": {"concur": 2}}
    norm.save()
    publish(norm, by=officer("administrator"))
    case = a_file(at="scrutinise")
    assert case.norm == norm
    take(case, "recommended")
    movement = waiting(case)
    assert movement.due == add_working_days(movement.received, 2, case.state, case.district)


def test_the_report_is_due_after_the_exhibition_not_after_the_order():
    case = a_file(at="report")
    assert waiting(case).due == add_working_days(case.record.ends_on, 15, case.state, case.district)


def test_mail_leaves_once_in_both_languages_and_names_nobody():
    case = a_file(at="correct")
    assert notices.drain() == 1
    assert notices.drain() == 0
    sent = mail.outbox[0]
    assert sent.to == [office("dm", "Agra").email]
    assert case.number in sent.subject and "9876543210" not in sent.body
    assert Message.objects.get().sent_at is not None


def test_a_mail_that_fails_waits_and_says_why_and_is_given_up_at_last():
    a_file(at="correct")
    with patch("workflows.notices.EmailMessage.send", side_effect=OSError("no route")):
        for _attempt in range(notices.GIVE_UP_AFTER + 2):
            notices.drain()
            Message.objects.update(leased_until=None)
    message = Message.objects.get()
    assert (message.attempts, message.failure, message.sent_at) == (notices.GIVE_UP_AFTER, "OSError: no route", None)
    incident = Incident.objects.get(key="mail/OSError")
    assert f"The newest is mail {message.pk}." in incident.text_en and message.address not in incident.text_en + incident.text_hi
    Message.objects.update(attempted_at=timezone.now() - timedelta(days=8))
    notices.drain()
    assert Incident.objects.get(key="mail/OSError").closed_at is not None


def test_a_mail_another_worker_holds_is_left_alone():
    a_file(at="correct")
    Message.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert notices.drain() == 0 and not mail.outbox


def test_the_last_of_many_slow_mails_still_goes_out_under_a_lease():
    now, held = timezone.now(), []
    for number in range(4):
        notices.put(f"slow/{number}", address="office@example.org", subject="-", text="-")

    def slow(*_mail):
        held.append(list(Message.objects.filter(sent_at=None, leased_until__gt=clock.return_value).values_list("key", flat=True)))
        clock.return_value += notices.LEASE * 0.9

    with patch.object(timezone, "now", return_value=now) as clock, patch("workflows.notices.EmailMessage.send", side_effect=slow):
        assert notices.drain() == 4
    assert held == [[f"slow/{number}"] for number in range(4)], "a mail was under way that another worker would have taken"


def test_a_vacant_office_raises_an_incident_and_a_new_holder_closes_it():
    case = a_file(at="concur")
    assert feasibility.sweep() == 0
    posting = Posting.objects.get(office=office("finance"))
    relieve(posting, on=today() - timedelta(days=1), by=None)
    assert feasibility.sweep() == 1 and feasibility.sweep() == 1
    incident = Incident.objects.get()
    assert case.number in incident.text_en and incident.closed_at is None
    join(officer("epb"), office("finance"), charge="additional", starts_on=today(), by=None)
    assert feasibility.sweep() == 0
    incident.refresh_from_db()
    assert incident.closed_at is not None


def test_a_step_whose_only_holder_signed_before_raises_an_incident():
    case = a_file(at="scrutinise")
    Posting.objects.filter(office=office("principal_secretary")).delete()
    join(officer("odop.cell"), office("principal_secretary"), charge="additional", starts_on=today(), by=None)
    take(case, "recommended")
    take(case, "concurred")
    assert feasibility.sweep() == 1
    assert "signed or prepared" in Incident.objects.get().text_en


def test_the_days_anchor_is_mailed_once_to_each_address(settings):
    settings.ANCHOR_ADDRESSES = ["finance@up.example", "ag@up.example"]
    a_file()
    tasks.seal()
    tasks.mail_anchor()
    tasks.mail_anchor()
    assert notices.drain() == 2
    assert sorted(sent.to[0] for sent in mail.outbox) == settings.ANCHOR_ADDRESSES[::-1]
    assert all(sent.body == sealer.newest_note() for sent in mail.outbox)


def test_an_anchor_missed_in_the_evening_is_mailed_when_a_worker_is_back(settings):
    settings.ANCHOR_ADDRESSES = ["ag@up.example"]
    a_file()
    tasks.seal()
    for moment in (at(0, 9), at(0, 18), at(0, 19), at(0, 23), at(1, 9), at(2, 9)):
        with patch.object(timezone, "now", return_value=moment):
            tasks.mail_anchor()
    days = [message.key.split("/")[1] for message in Message.objects.filter(key__startswith="anchor/").order_by("pk")]
    assert days == ["2026-11-01", "2026-11-02", "2026-11-03"]


def test_a_tampered_checkpoint_becomes_an_incident_until_the_sealer_works_again():
    a_file()
    with patch("workflows.record.sealer.seal", side_effect=sealer.BrokenSeal("The newest seal was changed.")):
        tasks.seal()
    incident = Incident.objects.get()
    assert (incident.text_en, incident.closed_at) == ("The newest seal was changed.", None)
    tasks.seal()
    incident.refresh_from_db()
    assert incident.closed_at is not None


def test_the_seals_an_auditor_takes_home_verify_the_record(client_for):
    a_file()
    tasks.seal()
    a_file(district="Mathura")
    tasks.seal()
    taken = client_for("auditor").get("/seals/anchors.txt").getvalue().decode()
    assert taken.count("karyapravah") >= 2
    assert verify(anchors=[taken]).findings == []


def test_a_file_can_be_read_while_the_next_office_is_missing(client_for):
    case = a_file(at="scrutinise")
    Designation.objects.filter(state__short="UP", code="finance").update(powers=[])
    page = client_for("odop.cell").get(f"/files/{case.pk}/")
    assert page.status_code == 200
    data = {"outcome": "recommended", "amount_recommended": "1850000", "seen": case.head}
    assert client_for("odop.cell").post(f"/steps/{waiting(case).pk}/decide/", data).status_code == 403
    assert waiting(case).step == "scrutinise"
