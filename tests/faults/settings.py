"""The tests' settings with a queue, a mailbox and a haste of the run's own, for workers and beats that are started to be killed."""

import os

from tests.settings import *  # noqa: F403

QUEUE = os.environ["FAULTS_QUEUE"]
CELERY_TASK_DEFAULT_QUEUE = QUEUE
EMAIL_BACKEND = "tests.faults.mailbox.Mailbox"
if CELERY_BROKER_URL.startswith("redis"):  # noqa: F405
    CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "global_keyprefix": f"{QUEUE}:"}  # noqa: F405
# A day's worth of beats in minutes: what the product asks for every five or sixty seconds is asked for every one or two.
CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": min(2, entry["schedule"]), "options": {"expires": 5}}
    for name, entry in CELERY_BEAT_SCHEDULE.items()  # noqa: F405
    if isinstance(entry["schedule"], int)
}
