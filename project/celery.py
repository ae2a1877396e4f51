"""The Celery application, and the pulse by which its two programs are seen to be alive."""

import logging
import os
import threading
import time
from pathlib import Path

from celery import Celery
from celery.signals import beat_init, worker_ready
from django.db import DatabaseError, connection
from django.utils import timezone

from project.lifeline import follow_parent

logger = logging.getLogger(__name__)
PULSE_EVERY = 20
# Written without the models, which the beat does not load.
PULSE = "INSERT INTO workflows_pulse (name, at) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
FOUND_AGAIN = (
    "expire_postings", "seal", "end_by_clock", "sweep_stuck_files", "check_obstacles", "tell_due", "escalate", "remind", "mail_digests",
)  # fmt: skip

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
app = Celery("karyapravah")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads of the web server other than the one that imported this would otherwise send through an app of no settings.
app.set_default()


@app.on_after_configure.connect
def make_folders(sender: Celery, **kwargs: object) -> None:
    """Make the folders of the filesystem transport, which does not make its own."""
    for name, folder in sender.conf.broker_transport_options.items():
        if name in {"data_folder_in", "control_folder"}:
            Path(folder).mkdir(parents=True, exist_ok=True)


@worker_ready.connect
def worker_is_up(**kwargs: object) -> None:
    begin("worker")
    # What fell due while no worker ran is done now, not at the next turn of the clock.
    for task in FOUND_AGAIN:
        app.send_task(f"workflows.tasks.{task}", retry=False)


@beat_init.connect
def beat_is_up(**kwargs: object) -> None:
    begin("beat")


def begin(name: str) -> None:
    """Keep the ``Pulse`` row ``name`` fresh from a thread of its own, and stop when ``serve`` is gone."""
    follow_parent()
    threading.Thread(target=_beat_on, args=(name,), name=f"pulse of {name}", daemon=True).start()


def _beat_on(name: str) -> None:
    while True:
        try:
            with connection.cursor() as cursor:
                cursor.execute(PULSE, [name, connection.ops.adapt_datetimefield_value(timezone.now())])
        except DatabaseError as error:
            logger.warning("pulse of %s not written: %s", name, type(error).__name__)
        finally:
            connection.close()
        time.sleep(PULSE_EVERY)
