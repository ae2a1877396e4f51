"""Minutes under real workers: one that is killed with signal 9 wherever it stands, and two that end the same sitting."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from tests.beside import a_worker
from tests.workflows.seated import a_claim, chair, draft, in_place, ready, signed
from workflows import jobs
from workflows.authority import Overtaken
from workflows.models import Job, Sitting
from workflows.record.verifier import verify
from workflows.sittings import signing
from workflows.work import WORK

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = """
import tests.workflows.seated
from workflows import jobs
from workflows.work import WORK
jobs.run(WORK, seconds=60)
"""
PATIENCE = 30


@pytest.fixture(autouse=True)
def committee() -> Iterator[None]:
    with in_place():
        yield


def finish(sitting: Sitting) -> None:
    """Run until the work has ended; a killed worker's locks take the database a moment to let go."""
    until = time.monotonic() + PATIENCE
    while Job.objects.filter(pk=sitting.job_id, status__in=jobs.OPEN).exists() and time.monotonic() < until:
        Job.objects.filter(pk=sitting.job_id).update(leased_until=timezone.now() - timedelta(seconds=1))
        if not jobs.run(WORK):
            time.sleep(0.05)


def each_file_moved_once(sitting: Sitting, cases: list) -> None:
    sitting.refresh_from_db()
    assert sitting.state == "done"
    assert set(sitting.items.values_list("state", flat=True)) == {"done"}
    assert [case.notings.filter(step="sit").count() for case in cases] == [1] * len(cases)
    assert [case.movements.filter(disposed=None).count() for case in cases] == [1] * len(cases)
    assert verify().findings == []


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.0, 0.03, 0.07])
def test_a_worker_killed_with_signal_nine_leaves_each_file_once(moment: float) -> None:
    cases = [a_claim(f"{n},000") for n in range(1, 31)]
    sitting = ready(*cases)
    signed(sitting)
    sitting.refresh_from_db()
    with a_worker(WORKER) as worker:
        worker.until(Job.objects.filter(pk=sitting.job_id, done__gt=0).exists)
        time.sleep(moment)
        worker.kill()
    done = Job.objects.get(pk=sitting.job_id).done
    assert 0 < done < 30
    assert sitting.items.filter(state="done").count() == done == sum(case.notings.filter(step="sit").count() for case in cases)
    finish(sitting)
    each_file_moved_once(sitting, cases)


def together(*acts) -> list:
    """Start every act at the same moment, each with its own connection; return what each gave or raised."""
    gate = Barrier(len(acts))

    def run(act):
        gate.wait(10)
        try:
            return act()
        except Overtaken as overtaken:
            return overtaken
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.postgres
def test_two_workers_end_one_sitting_and_move_no_file_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=-1))  # every lease has run out as soon as it is given
    cases = [a_claim(f"{n},000") for n in range(1, 7)]
    sitting = ready(*cases)
    signed(sitting)
    sitting.refresh_from_db()
    together(*[lambda: jobs.run(WORK)] * 3)
    finish(sitting)
    each_file_moved_once(sitting, cases)


@pytest.mark.postgres
def test_minutes_signed_twice_at_the_same_moment_are_signed_once() -> None:
    case = a_claim()
    sitting = ready(case)
    seen = draft(sitting)
    answers = together(*[lambda: signing.sign(sitting, by=chair(), seen=seen)] * 2)
    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert sum(isinstance(answer, Overtaken) for answer in answers) == 1
    assert Job.objects.count() == 1
    sitting.refresh_from_db()
    finish(sitting)
    each_file_moved_once(sitting, [case])
