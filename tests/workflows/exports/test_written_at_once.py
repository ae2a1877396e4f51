"""A worker that is killed with signal 9 while it writes a long list: the next one writes it from its beginning, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.beside import a_worker
from tests.files import propose
from tests.workflows.exports.reading import csv_lines
from tests.workflows.exports.written import asked_list
from workflows import jobs
from workflows.models import Job, JobStatus, WrittenList
from workflows.work import WORK

pytestmark = pytest.mark.django_db(transaction=True)
SLOW_WORKER = """
import time
from workflows import jobs
from workflows.exports import keeping
from workflows.work import WORK
keeping.TELL_EVERY, keeping.CHUNK, tell = 0, 1, keeping._tell
def slowly(*args):
    tell(*args)
    time.sleep(0.3)
keeping._tell = slowly
jobs.run(WORK, seconds=60)
"""


@pytest.mark.slow
def test_a_worker_killed_while_it_writes_leaves_one_list_in_the_end() -> None:
    for district in ("Agra", "Mathura", "Lucknow", "Varanasi"):
        propose(district)
    written = asked_list("odop.cell")
    with a_worker(SLOW_WORKER) as worker:
        worker.until(WrittenList.objects.filter(written__gt=1).exists)
        worker.kill()
    job = Job.objects.get()
    assert job.status == JobStatus.RUNNING and jobs.run(WORK) == 0, "the lost worker's lease still holds"
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert jobs.run(WORK) == 1
    written.refresh_from_db()
    assert (written.written, written.lines, len(csv_lines(written.stored.read()))) == (4, 4, 4)
    job.refresh_from_db()
    assert (job.status, job.done) == (JobStatus.FINISHED, 1)
    written.stored.delete(save=False)
