"""Workbooks under real workers: killed with signal 9 half way, gone on with, every row once; and the same row twice at one moment."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from tests.beside import a_worker
from tests.files import office
from tests.workflows.workbooks.books import checked, sent, standings, work, written
from tests.workflows.workbooks.rows import a_loan
from workflows import jobs
from workflows.models import Draft, Job, JobStatus, Workbook
from workflows.work import WORK
from workflows.workbooks.accepting import accept
from workflows.workbooks.kinds.drafted import key_of

pytestmark = [pytest.mark.django_db(transaction=True)]
WORKER = """
from workflows import jobs
from workflows.work import WORK
jobs.run(WORK, seconds=60)
"""
ROWS, BLOCK = 900, 30
PATIENCE = 60


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("workflows.workbooks.sending.BLOCK", BLOCK)
    monkeypatch.setattr("workflows.workbooks.accepting.BLOCK", BLOCK)


def killed_half_way(job: Job) -> None:
    """Let a worker do some blocks and not all, and kill it."""
    with a_worker(WORKER) as worker:
        worker.until(Job.objects.filter(pk=job.pk, done__gte=2).exists)
        worker.kill()
    job.refresh_from_db()
    assert 0 < job.done < job.total and job.status == JobStatus.RUNNING
    assert jobs.run(WORK) == 0, "the lost worker's lease still holds"


def gone_on_with(job: Job) -> None:
    until = time.monotonic() + PATIENCE
    while Job.objects.filter(pk=job.pk, status__in=jobs.OPEN).exists() and time.monotonic() < until:
        Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
        if not jobs.run(WORK):
            time.sleep(0.05)
    job.refresh_from_db()
    assert (job.status, job.done, job.refused, job.failed) == (JobStatus.FINISHED, job.total, 0, 0)


@pytest.mark.slow
def test_a_check_that_is_killed_half_way_judges_every_row_once():
    at = office("dic", "Agra")
    book = sent("loans", at, written("loans", at, [a_loan(n) for n in range(1, ROWS + 1)]))
    killed_half_way(book.checking)
    assert 0 < book.rows.count() < ROWS and book.rows.count() % BLOCK == 0
    gone_on_with(book.checking)
    assert standings(book) == dict.fromkeys(range(2, ROWS + 2), "good")
    assert not Workbook.objects.get(pk=book.pk).busy


@pytest.mark.slow
def test_an_acceptance_that_is_killed_half_way_makes_every_draft_once():
    at = office("dic", "Agra")
    book = checked("loans", at, [a_loan(n) for n in range(1, ROWS + 1)])
    job = accept(book, by=book.by, only_good=True)
    killed_half_way(job)
    made = Draft.objects.count()
    assert 0 < made < ROWS and made == book.rows.filter(standing="accepted").count()
    gone_on_with(job)
    assert set(standings(book).values()) == {"accepted"}
    assert {key_of(row) for row in book.rows.all()} == set(Draft.objects.values_list("key", flat=True))
    assert Draft.objects.count() == ROWS


@pytest.mark.postgres
def test_the_same_row_accepted_from_two_workbooks_at_one_moment_makes_one_draft():
    at = office("dic", "Agra")
    for round_ in range(3):
        rows = [a_loan(n) for n in range(1 + 40 * round_, 41 + 40 * round_)]
        books = [checked("loans", at, rows, name=name) for name in ("one.xlsx", "two.xlsx")]
        first = accept(books[0], by=books[0].by, only_good=True)
        # A second officer's job, as the database sees it: both are open at the same moment.
        Workbook.objects.filter(pk=books[0].pk).update(busy=False)
        second = accept(books[1], by=books[1].by, only_good=True)
        gate = Barrier(2)

        def run(_number: int, gate: Barrier = gate) -> None:
            gate.wait(10)
            try:
                jobs.run(WORK)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, range(2)))
        work()
        for job in (first, second):
            job.refresh_from_db()
            assert (job.status, job.failed) == (JobStatus.FINISHED, 0)
        assert Draft.objects.count() == 40 * (round_ + 1)
        assert sorted({*standings(books[0]).values(), *standings(books[1]).values()}) == ["accepted", "present"]
