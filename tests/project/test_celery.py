"""Background work through the folder that stands in for a broker, with a real worker beside the test."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.conf import settings

from project.celery import app
from tests.beside import database_address
from workflows.models import Pulse
from workflows.notices import wake
from workflows.pages.health import SWEEPS

PATIENCE = 120


@pytest.fixture
def worker(transactional_db: None) -> Iterator[subprocess.Popen[bytes]]:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_address()}
    command = [sys.executable, "-m", "celery", "-A", "project", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    yield process
    process.terminate()
    process.wait(timeout=20)


def wait_for(names: set[str]) -> set[str]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        seen = names & set(Pulse.objects.values_list("name", flat=True))
        if seen == names:
            return seen
        time.sleep(0.3)
    return names & set(Pulse.objects.values_list("name", flat=True))


@pytest.mark.slow
def test_a_wake_up_reaches_a_worker_and_the_worker_shows_that_it_lives(worker: subprocess.Popen[bytes]) -> None:
    wake()
    at_once = {"expire_postings", "seal", "check_obstacles", *SWEEPS}
    assert wait_for({"worker", "drain", *at_once}) == {"worker", "drain", *at_once}


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.slow
@pytest.mark.parametrize("broker", ["amqp://nobody@127.0.0.1:9//", "amqp://nobody@127.0.0.1:{silent}//", "redis://127.0.0.1:9/0"])
def test_a_broker_that_does_not_answer_neither_fails_nor_holds_up_the_request(broker: str, silent_port: int) -> None:
    program = (
        "import django, time; django.setup()\nfrom workflows.notices import wake\nt = time.monotonic(); wake(); print(time.monotonic() - t)"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "CELERY_BROKER_URL": broker.format(silent=silent_port)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 15, "a request does not wait for a broker's own patience"
    assert "broker unreachable" in done.stderr


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert scheduled <= set(app.tasks)


def test_code_that_asks_for_the_current_app_gets_the_configured_one() -> None:
    assert current_app.conf.accept_content == ["json"]
    assert current_app.main == "karyapravah"
