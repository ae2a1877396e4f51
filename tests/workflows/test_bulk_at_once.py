"""Hundreds of real files under one signature, and the worker killed with signal 9 half way."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from tests.beside import a_worker
from tests.files import officer
from tests.workflows.bulk_files import exhibitions, signed, stays_of
from workflows import bulk, steps
from workflows.authority import Overtaken
from workflows.models import Case, Job, JobStatus, Movement, Noting, Outcome
from workflows.record import sealer
from workflows.record.verifier import verify

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WORKER = """
from workflows import jobs
from workflows.work import WORK
while jobs.run(WORK):
    pass
"""


def decide_alone(stay: Movement) -> None:
    form = stay.node.form_class.unchanged(stay, officer("odop.cell"), outcome=Outcome.RECOMMEND, text="", seen=stay.case.head)
    assert form.is_valid()
    steps.decide(stay, by=officer("odop.cell"), form=form)


def decided_once(cases: list[Case]) -> int:
    """Return how many of the files were decided; fail where one was decided twice, or its record and its place disagree."""
    pks = [case.pk for case in cases]
    counted = Noting.objects.filter(case__in=pks, outcome="recommended").values("case").annotate(times=Count("pk"))
    assert all(row["times"] == 1 for row in counted)
    assert Movement.objects.filter(case__in=pks, step="scrutinise", outcome="recommended").count() == len(counted)
    assert Movement.objects.filter(case__in=pks, disposed=None).count() == len(cases), "every file waits at one place"
    return len(counted)


def test_as_many_files_as_may_be_are_decided_once_each_though_the_worker_is_killed_twice() -> None:
    count = 150 if settings.ON_SQLITE else bulk.MOST
    cases = exhibitions(count, amount_asked="1,00,000")
    stays = stays_of(cases)
    found = bulk.preview(stays, Outcome.RECOMMEND, by=officer("odop.cell"))
    assert (len(found.lines), found.left_out, found.amount) == (count, [], 100_000 * count)
    job = signed(stays, "recommended", by=officer("odop.cell"), text="As proposed.")
    for killed_after in (count // 4, count // 2):
        with a_worker(WORKER) as worker:
            worker.until(Job.objects.filter(pk=job.pk, done__gte=killed_after).exists)
            worker.kill()
        job.refresh_from_db()
        assert killed_after <= job.done < count and job.status == JobStatus.RUNNING
        assert decided_once(cases) == job.done == job.rows.filter(status="done").count()
        Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    with a_worker(WORKER) as worker:
        worker.end()
    job.refresh_from_db()
    assert (job.status, job.done, job.refused, job.failed) == (JobStatus.FINISHED, count, 0, 0)
    assert decided_once(cases) == count
    # A slow machine takes longer over this than a paragraph may wait for its seal.
    sealer.seal()
    assert verify().findings == []


@pytest.mark.postgres
def test_a_file_decided_on_its_own_page_while_the_work_runs_is_decided_once() -> None:
    cases = exhibitions(40)
    stays = stays_of(cases)
    job = signed(stays, "recommended", by=officer("odop.cell"))
    with a_worker(WORKER) as worker:
        worker.until(Job.objects.filter(pk=job.pk, done__gte=2).exists)
        for stay in reversed(stays):
            with suppress(Overtaken):
                decide_alone(stay)
        worker.end()
    job.refresh_from_db()
    assert job.status == JobStatus.FINISHED and job.refused > 0 and job.failed == 0
    assert decided_once(cases) == len(cases)
