"""Long work under real workers: several at once, and one that is killed with signal 9 wherever it stands."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.beside import a_worker
from tests.workflows.long_work import TABLE, letters, written
from workflows import jobs
from workflows.models import Job, JobStatus, Pulse

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = """
from tests.workflows.long_work import TABLE
from workflows import jobs
jobs.run(TABLE, seconds=60)
"""
PATIENCE = 30


def everything_is_done_once(job: Job, count: int) -> None:
    job.refresh_from_db()
    assert (job.status, job.done, job.refused, job.failed) == (JobStatus.FINISHED, count, 0, 0)
    assert written() == [f"r{number}" for number in range(1, count + 1)]


def finish(job: Job) -> None:
    """Run until the job has ended; a killed worker's locks take the database a moment to let go."""
    until = time.monotonic() + PATIENCE
    while Job.objects.filter(pk=job.pk, status__in=jobs.OPEN).exists() and time.monotonic() < until:
        Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
        if not jobs.run(TABLE):
            time.sleep(0.05)


def together(runners: int) -> int:
    """Run that many workers from the same moment on, each with its own connection; return how many rows they ended."""
    gate = Barrier(runners)

    def run(_number: int) -> int:
        gate.wait(10)
        try:
            return jobs.run(TABLE)
        finally:
            connection.close()

    with ThreadPoolExecutor(runners) as pool:
        return sum(pool.map(run, range(runners)))


@pytest.mark.postgres
def test_workers_share_out_jobs_and_do_no_row_twice() -> None:
    several = [letters(10, key=f"job {number}") for number in range(4)]
    assert together(4) == 40
    for job in several:
        job.refresh_from_db()
        assert (job.status, job.done) == (JobStatus.FINISHED, 10)
    assert written() == sorted([f"r{n}" for n in range(1, 11)] * 4, key=lambda key: int(key[1:]))


@pytest.mark.postgres
def test_two_workers_at_one_job_do_no_row_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=-1))  # every lease has run out as soon as it is given
    for round_ in range(3):
        job = letters(12, key=f"round {round_}", each={"seconds": 0.005})
        together(3)
        finish(job)
        job.refresh_from_db()
        assert (job.status, job.done) == (JobStatus.FINISHED, 12)
    assert written() == sorted([f"r{n}" for n in range(1, 13)] * 3, key=lambda key: int(key[1:]))


@pytest.mark.postgres
def test_one_job_asked_for_at_the_same_moment_is_one_job() -> None:
    gate = Barrier(4)

    def ask(_number: int) -> int:
        gate.wait(10)
        try:
            return letters(5).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1
    assert Job.objects.get().rows.count() == 5


@pytest.mark.slow
def test_officers_write_while_long_work_runs() -> None:
    letters(120, each={"seconds": 0.02})

    def run() -> None:
        try:
            jobs.run(TABLE)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running, turns = pool.submit(run), 0
        while not running.done():
            with transaction.atomic():
                Pulse.objects.update_or_create(name="officer", defaults={"at": timezone.now()})
            turns += 1
            time.sleep(0.05)
    assert turns >= 10, f"an officer had {turns} turns in the time of 120 rows"


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.02, 0.05, 0.11, 0.2, 0.33])
def test_a_worker_killed_with_signal_nine_loses_nothing_and_doubles_nothing(moment: float) -> None:
    job = letters(40, each={"seconds": 0.01})
    with a_worker(WORKER) as worker:
        worker.until(Job.objects.filter(pk=job.pk, done__gt=0).exists)
        time.sleep(moment)
        worker.kill()
    job.refresh_from_db()
    assert 0 < job.done < 40 and job.status == JobStatus.RUNNING
    assert len(written()) == job.done == job.rows.filter(status="done").count()
    assert jobs.run(TABLE) == 0, "the lost worker's lease still holds"
    finish(job)
    everything_is_done_once(job, 40)
