"""Real workers and beats, two of each, that were down across the midnight of the last day and come up later: all is told once."""

import time
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db.models import F

from programme.models import Officer, Posting, Season
from programme.zone import IST
from tests.faults.fleet import Fleet
from tests.faults.invariants import broken
from tests.faults.mailbox import taken
from tests.faults.run import environment
from tests.faults.wire import Wire
from tests.files import a_file, office, officer, take, waiting
from tests.processes.plan_files import a_plan, at_moment, drafted, opened, write
from workflows import tasks
from workflows.management.commands.load_demonstration import load_crowd
from workflows.models import Escalation, Message, Movement, Notice, NoticeKind, Noting, Outcome, Pulse

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LAST_SWEEP = datetime(2026, 10, 29, 18, 0, tzinfo=IST)
JUST_AFTER = datetime(2026, 10, 31, 0, 0, 5, tzinfo=IST)
MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=IST)
CLOCK = "FAULTS_CLOCK"
SWEEPS = ("remind", "escalate", "tell_due", "mail_digests", "end_by_clock", "drain")
REMINDED = [date(2026, 10, 12), date(2026, 10, 22), date(2026, 10, 27), date(2026, 10, 29), date(2026, 10, 30)]
MISSED = date(2026, 10, 31)


@pytest.fixture
def world():
    """A season begun in September and swept up to the evening before its last day; then nothing runs any more."""
    load_crowd()
    # Whoever holds an office today held it in September.
    earlier = timedelta(days=90)
    Posting.objects.exclude(ends_on=None).update(starts_on=F("starts_on") - earlier, ends_on=F("ends_on") - earlier)
    Posting.objects.filter(ends_on=None).update(starts_on=F("starts_on") - earlier)
    Officer.objects.filter(username="odop.cell").update(digest_hour=8, email="odop.cell@example.org")
    with at_moment(datetime(2026, 9, 1, 12, tzinfo=IST)):
        asked = opened("Agra")
        write(asked, **drafted())
        in_time, too_late = a_plan(at="sign", district="Mathura"), a_plan(at="sign", district="Ballia")
    with at_moment(datetime(2026, 10, 12, 12, tzinfo=IST)):
        late, tomorrow = a_file(), a_file(district="Mathura")
    Movement.objects.filter(case=asked, step="contribute").update(wakes=datetime(2026, 10, 31, 0, 0, tzinfo=IST))
    # Seven working days beyond the 22nd of October is the 30th; one before Tuesday, the third of November, is Monday.
    Movement.objects.filter(case=late, disposed=None).update(due=datetime(2026, 10, 22, 18, tzinfo=IST))
    Movement.objects.filter(case=tomorrow, disposed=None).update(due=datetime(2026, 11, 3, 18, tzinfo=IST))
    for moment in (datetime(2026, 10, 13, 12, tzinfo=IST), LAST_SWEEP):
        with at_moment(moment):
            tasks.remind()
            tasks.escalate()
            tasks.tell_due()
            tasks.end_by_clock()
    # Signed while nothing ran: the one in time by a microsecond, the other late by none.
    midnight = JUST_AFTER.replace(second=0)
    for case, moment in ((in_time, midnight - timedelta(microseconds=1)), (too_late, midnight)):
        with at_moment(moment):
            take(case, "submitted")
    return asked, late, tomorrow


def come_up(moment: datetime, folder: Path) -> None:
    """Let two workers and two beats run from ``moment`` on until every sweep came to its end twice, then end them with signal 9."""
    queue = f"faults-{uuid4().hex[:10]}"
    told = environment(queue, folder / "mails.txt", settings.CELERY_BROKER_URL, folder, without_locks=False)
    fleet, wire = Fleet({**told, CLOCK: moment.isoformat()}, folder, queue), Wire(settings.CELERY_BROKER_URL, queue, settings.BROKER_DIR)
    try:
        seen: dict[str, set[datetime]] = {name: set() for name in SWEEPS}
        until = time.monotonic() + 240
        while time.monotonic() < until and not all(len(ends) > 1 for ends in seen.values()):
            fleet.keep_up(workers=2, beats=2)
            for name, at in Pulse.objects.filter(name__in=SWEEPS, at__gte=moment).values_list("name", "at"):
                seen[name].add(at)
            time.sleep(0.1)
        assert all(len(ends) > 1 for ends in seen.values()), seen
    finally:
        fleet.end()
        wire.take_away()


def days(kind: NoticeKind, name: str, post: str = "dm") -> list[date]:
    return list(Notice.objects.filter(kind=kind, office=office(post, name)).order_by("on").values_list("on", flat=True))


def check(asked, late, tomorrow, *, listed: list[date]) -> None:
    """Everything that falls into the time without a beat is there once, under its own day."""
    districts = Season.objects.get(deadline=date(2026, 10, 30), state__short="UP").state.districts.count()
    for post in ("dm", "dic"):
        for name in ("Agra", "Mathura", "Ballia", "Varanasi"):
            assert days(NoticeKind.REMINDER, name, post) == REMINDED
    assert Notice.objects.filter(kind=NoticeKind.REMINDER).count() == districts * 2 * 5
    assert days(NoticeKind.MISSED, "Mathura") == [] and days(NoticeKind.MISSED, "Ballia") == [MISSED]
    assert list(Notice.objects.filter(kind=NoticeKind.MISSED).values_list("on", flat=True)) == [MISSED] * (districts - 1)
    lists = Notice.objects.filter(kind=NoticeKind.ESCALATED, key__startswith="season/")
    for post in ("odop_cell", "principal_secretary"):
        assert list(lists.filter(office=office(post)).values_list("on", flat=True)) == listed
    told = Escalation.objects.filter(movement__case=late).values_list("office__designation__code", "days", "on")
    assert list(told) == [("director", 7, date(2026, 10, 30))]
    windows = Movement.objects.filter(case=asked, step="contribute")
    assert all(stay.outcome == Outcome.SILENT for stay in windows)
    silent = Noting.objects.filter(case=asked, step="contribute", outcome=Outcome.SILENT)
    assert silent.count() == windows.count() == 5 and asked.movements.filter(step="sign").count() == 1
    assert broken() == []


def test_a_beat_that_comes_up_on_the_second_of_november_makes_good_everything_once(world, tmp_path):
    asked, late, tomorrow = world
    come_up(MONDAY, tmp_path)
    check(asked, late, tomorrow, listed=[MISSED])
    # Twice started is once told.
    come_up(MONDAY + timedelta(hours=1), tmp_path)
    check(asked, late, tomorrow, listed=[MISSED])
    due = Notice.objects.get(kind=NoticeKind.DUE, case=tomorrow)
    assert (due.on, due.office) == (date(2026, 11, 2), waiting(tomorrow).office)
    digest = Message.objects.get(key=f"digest/2026-11-02/{officer('odop.cell').pk}")
    assert late.number in digest.text and taken(tmp_path / "mails.txt").count(digest.subject) <= 1


def test_a_beat_that_comes_up_five_seconds_after_midnight_tells_the_new_day_and_nothing_of_monday(world, tmp_path):
    asked, late, tomorrow = world
    come_up(JUST_AFTER, tmp_path)
    check(asked, late, tomorrow, listed=[MISSED])
    assert not Notice.objects.filter(kind=NoticeKind.DUE, case=tomorrow).exists()
    come_up(MONDAY, tmp_path)
    check(asked, late, tomorrow, listed=[MISSED])
    assert Notice.objects.filter(kind=NoticeKind.DUE, case=tomorrow).count() == 1
