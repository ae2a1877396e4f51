"""A worker that is killed with signal 9 while it writes a long list: the next one writes it from its beginning, once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests.files import propose
from tests.project.test_celery import postgres_address
from tests.workflows.exports.reading import csv_lines
from tests.workflows.exports.written import asked_list
from workflows import jobs
from workflows.models import Job, JobStatus, WrittenList
from workflows.work import WORK

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30
SLOW_WORKER = """
import time, django; django.setup()
from workflows import jobs
from workflows.exports import keeping
from workflows.work import WORK
keeping.TELL_EVERY, keeping.CHUNK, tell = 0, 1, keeping._tell
def slowly(*args):
    tell(*args)
    time.sleep(0.3)
keeping._tell = slowly
print("up", flush=True)
jobs.run(WORK, seconds=60)
"""


@pytest.fixture
def worker() -> Iterator[subprocess.Popen[str]]:
    address = f"sqlite:///{settings.DATABASE['NAME']}" if settings.ON_SQLITE else postgres_address()
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address}
    process = subprocess.Popen([sys.executable, "-c", SLOW_WORKER], cwd=settings.BASE_DIR, env=env, stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait(timeout=20)


@pytest.mark.slow
def test_a_worker_killed_while_it_writes_leaves_one_list_in_the_end(worker: subprocess.Popen[str]) -> None:
    for district in ("Agra", "Mathura", "Lucknow", "Varanasi"):
        propose(district)
    written = asked_list("odop.cell")
    assert worker.stdout and worker.stdout.readline() == "up\n"
    until = time.monotonic() + PATIENCE
    while not WrittenList.objects.filter(written__gt=1).exists() and time.monotonic() < until:
        time.sleep(0.01)
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=20)
    job = Job.objects.get()
    assert job.status == JobStatus.RUNNING and jobs.run(WORK) == 0, "the lost worker's lease still holds"
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert jobs.run(WORK) == 1
    written.refresh_from_db()
    assert (written.written, written.lines, len(csv_lines(written.stored.read()))) == (4, 4, 4)
    job.refresh_from_db()
    assert (job.status, job.done) == (JobStatus.FINISHED, 1)
    written.stored.delete(save=False)
