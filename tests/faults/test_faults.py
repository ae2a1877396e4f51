"""A small run of ``make faults``, and the proof that it can fail: the same work without the protection of its rows."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.broker import MISSING, PROGRAM, a_server
from tests.faults.faults import BROKER_KILLED, CHILD
from tests.faults.run import run
from workflows.management.commands.load_demonstration import load_crowd

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def everybody() -> None:
    """Somebody behind every desk at which a file will wait."""
    load_crowd()


def test_background_work_survives_workers_and_beats_that_are_killed_and_doubled(tmp_path: Path) -> None:
    report = run(faults=12, seed=2, broker=settings.CELERY_BROKER_URL, folder=tmp_path, share=0.1)
    assert report.well, report.as_text()
    assert report.in_transaction > 0, report.as_text()


def test_without_its_locks_the_same_work_is_lost_and_doubled(tmp_path: Path) -> None:
    strike = {"only": CHILD, "at": "run_jobs"}
    report = run(faults=5, seed=2, broker=settings.CELERY_BROKER_URL, folder=tmp_path, share=0.1, without_locks=True, **strike)
    assert report.lost + report.doubled > 0 and not report.well, report.as_text()


@pytest.mark.skipif(not PROGRAM, reason=MISSING)
def test_a_broker_that_is_killed_and_started_with_nothing_in_it_loses_no_work(tmp_path: Path) -> None:
    with a_server() as server:
        report = run(faults=3, seed=4, broker=server.address, folder=tmp_path, share=0.1, only=BROKER_KILLED, server=server)
    assert report.well and report.injected == {BROKER_KILLED: 3}, report.as_text()
