"""A clock that is put back by an hour: nothing is lost, nothing is done twice, and the record says the times it was told."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp

from programme.zone import IST
from tests.files import a_file, take, waiting
from tests.processes.plan_files import at_moment, drafted, opened, write
from tests.workflows.door import a_browser, sign_in, with_factor, with_password
from tests.workflows.long_work import TABLE, letters, written
from workflows import factors, jobs, tasks
from workflows.clock import sweep
from workflows.models import Checkpoint, Escalation, Job, JobStatus, Leaf, Message, Movement, Notice, Noting, Outcome, Telephone
from workflows.record.sealer import seal
from workflows.record.verifier import verify

pytestmark = pytest.mark.django_db

# What the clock says, and what it says after it was put right.
ELEVEN = datetime(2026, 11, 16, 11, 0, tzinfo=IST)
TEN, HOUR = ELEVEN - timedelta(hours=1), timedelta(hours=1)


@contextmanager
def minutes(after: datetime, count: int) -> Iterator[None]:
    with at_moment(after + timedelta(minutes=count)):
        yield


def sealed_and_sound() -> bool:
    """Seal what is left, as the worker does every minute, and say that nothing is wrong with the record."""
    seal()
    return verify().findings == []


def test_numbers_and_paragraphs_go_on_where_they_were_and_the_record_verifies() -> None:
    with at_moment(ELEVEN):
        first, second = a_file(), a_file(district="Mathura")
    with minutes(TEN, 1):
        third = a_file(district="Mathura")
        take(first, "recommended")
    with minutes(ELEVEN, 2):
        fourth = a_file()
        take(second, "recommended")
    serial = [int(case.number.rpartition("/")[2]) for case in (first, second, third, fourth)]
    assert serial == list(range(serial[0], serial[0] + 4))
    for case in (first, second, third, fourth):
        said = list(Noting.objects.filter(case=case).order_by("pk").values_list("paragraph", flat=True))
        assert said == list(range(1, len(said) + 1)), case.number
    # A paragraph bears what the clock said; their order is that of their numbers.
    times = list(first.notings.order_by("paragraph").values_list("written_at", flat=True))
    assert times[0] == ELEVEN and times[1] == TEN + timedelta(minutes=1)
    assert sealed_and_sound()


def test_no_stay_ends_before_it_began_and_one_that_the_clock_would_end_so_was_held_for_no_day() -> None:
    with at_moment(ELEVEN):
        case = a_file()
    due = waiting(case).due
    with minutes(TEN, 5):
        take(case, "returned", text="The basis of the stall rate is not given.")
    stay = case.movements.get(step="scrutinise")
    assert stay.disposed == stay.received == ELEVEN and (stay.days_held, stay.days_late, stay.due) == (0, 0, due)
    assert waiting(case).received == stay.disposed and sealed_and_sound()


def test_seals_follow_one_another_although_the_later_bears_the_earlier_time() -> None:
    with at_moment(ELEVEN):
        case = a_file()
        assert seal() is not None and seal() is None
    with minutes(TEN, 1):
        take(case, "recommended")
        assert seal() is not None and seal() is None
    with minutes(ELEVEN, 1):
        a_file(district="Mathura")
        assert seal() is not None
    times = list(Checkpoint.objects.order_by("size").values_list("made_at", flat=True))
    assert times == [ELEVEN, TEN + timedelta(minutes=1), ELEVEN + timedelta(minutes=1)]
    places = list(Leaf.objects.order_by("index").values_list("index", flat=True))
    assert places == list(range(Checkpoint.objects.order_by("size").last().size)) and verify().findings == []


def test_a_window_that_the_clock_closed_stays_closed_and_one_not_yet_closed_waits_its_time() -> None:
    with at_moment(TEN):
        closed, open_yet = opened("Agra"), opened("Mathura")
        for case in (closed, open_yet):
            write(case, **drafted())
    Movement.objects.filter(case=closed, step="contribute").update(wakes=TEN + HOUR / 2)
    Movement.objects.filter(case=open_yet, step="contribute").update(wakes=ELEVEN + HOUR / 2)
    windows = Movement.objects.filter(case=closed, step="contribute")
    with at_moment(ELEVEN):
        ended = sweep()
    with minutes(TEN, 1):
        assert sweep() == 0
    with minutes(ELEVEN, 1):
        assert sweep() == 0
    assert ended == windows.filter(outcome=Outcome.SILENT).count() == windows.count() > 0
    assert Noting.objects.filter(case=closed, step="contribute").count() == ended
    waits = Movement.objects.filter(case=open_yet, step="contribute", disposed=None).count()
    with minutes(ELEVEN, 31):
        assert sweep() == waits > 0 and sweep() == 0
    assert sealed_and_sound()


def test_what_was_told_of_a_day_is_told_once_when_the_clock_goes_back_over_its_midnight() -> None:
    midnight = datetime(2026, 11, 24, 0, 0, tzinfo=IST)
    with at_moment(ELEVEN):
        case = a_file()
    Movement.objects.filter(case=case, disposed=None).update(due=datetime(2026, 11, 18, 18, tzinfo=IST))

    def told(moment: datetime) -> tuple[int, int, int]:
        with at_moment(moment):
            tasks.remind()
            tasks.escalate()
            tasks.tell_due()
            tasks.mail_digests()
        return Notice.objects.count(), Escalation.objects.count(), Message.objects.count()

    before = told(midnight - HOUR / 2)
    once = told(midnight + HOUR / 2)
    assert told(midnight - HOUR / 2) == once >= before
    assert told(midnight + HOUR / 2) == once
    later = told(midnight + timedelta(days=14))
    assert later > once and told(midnight + timedelta(days=14) - HOUR) == later


def test_work_whose_worker_died_waits_for_its_lease_by_the_new_clock_and_is_then_done_once() -> None:
    with at_moment(ELEVEN):
        job = letters(3)
        Job.objects.filter(pk=job.pk).update(leased_until=ELEVEN + jobs.LEASE)
    with minutes(TEN, 1):
        done = jobs.run(TABLE)
    with at_moment(ELEVEN + 2 * jobs.LEASE):
        done += jobs.run(TABLE)
        assert done == 3 and jobs.run(TABLE) == 0
    assert written() == ["r1", "r2", "r3"] and Job.objects.get(pk=job.pk).status == JobStatus.FINISHED


def test_the_door_shut_by_wrong_passwords_stays_shut_and_opens_at_the_time_it_said() -> None:
    with_password("dm.agra")
    now = timezone.now()
    with at_moment(now + HOUR), patch("axes.handlers.proxy.now", timezone.now):
        answers = [sign_in(a_browser(), "dm.agra", "not the password").status_code for _time in range(5)]
    assert answers == [422] * 4 + [429]
    for moment, status in ((now, 429), (now + HOUR / 2, 429), (now + HOUR + timedelta(minutes=2), 302)):
        with at_moment(moment), patch("axes.handlers.proxy.now", timezone.now):
            assert sign_in(a_browser(), "dm.agra").status_code == status, moment - now


def test_who_signed_in_before_stays_signed_in_and_no_longer_than_he_was_given() -> None:
    with_password("dm.agra")
    client, now = a_browser(), timezone.now()
    with at_moment(now + HOUR):
        sign_in(client, "dm.agra")
    with at_moment(now):
        assert client.get(reverse("inbox")).status_code == 200
    with at_moment(now + timedelta(days=30)):
        assert client.get(reverse("inbox")).status_code == 302


def test_a_code_of_an_earlier_time_than_the_last_one_taken_is_refused_and_a_recovery_code_opens() -> None:
    who, codes = with_factor("principal.secretary")
    device = Telephone.objects.get(user=who)
    # The last code was taken while the clock was an hour ahead.
    Telephone.objects.filter(pk=device.pk).update(last_t=int(time.time()) // device.step + 3600 // device.step)
    assert not factors.accepts(who, f"{totp(device.bin_key):06}")
    assert factors.accepts(who, codes[0]) and not factors.accepts(who, codes[0])
