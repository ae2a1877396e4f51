"""The product's own settings, in an environment where nothing has to be given and nothing is left behind."""

import atexit
import hashlib
import os
import shutil
import tempfile

from kombu import Queue

os.environ["ENVIRONMENT"] = "test"
if "VAR_DIR" not in os.environ:
    # Programs that tests start inherit the folder, and with it the database.
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="karyapravah-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)
# Each of several test processes has a folder of its own in it; the programs it starts inherit that one.
process = os.environ.get("PYTEST_XDIST_WORKER", "")
if process and os.path.basename(os.environ["VAR_DIR"]) != process:
    os.environ["VAR_DIR"] = os.path.join(os.environ["VAR_DIR"], process)
    os.makedirs(os.environ["VAR_DIR"], exist_ok=True)

from project.settings import *  # noqa: E402, F403 -- the folder above has to be named first

# Whatever else uses the broker at this moment, its workers hear nothing of these tests, and the tests nothing of theirs.
CELERY_TASK_DEFAULT_QUEUE = "test-" + hashlib.sha256(os.environ["VAR_DIR"].encode()).hexdigest()[:12]
CELERY_TASK_QUEUES = [Queue(CELERY_TASK_DEFAULT_QUEUE, expires=1800)]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; the real one has its own test
# The database is put back between tests, which a connection kept open in another thread would not survive.
DATABASE["CONN_MAX_AGE"] = 0  # noqa: F405
# Tests kill programs, never the machine: waiting for the disk at every commit would show nothing and take half of the time.
if ON_SQLITE:  # noqa: F405
    DATABASE["OPTIONS"]["init_command"] = DATABASE["OPTIONS"]["init_command"].replace("synchronous=FULL", "synchronous=OFF")  # noqa: F405
elif not os.environ.get("COMMITS_WAIT"):
    DATABASE["OPTIONS"]["options"] += " -c synchronous_commit=off"  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 -- the static server complains about a folder that is not there
