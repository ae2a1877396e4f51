"""The product's own settings, in an environment where nothing has to be given and nothing is left behind."""

import atexit
import os
import shutil
import tempfile

os.environ["ENVIRONMENT"] = "test"
if "VAR_DIR" not in os.environ:
    # Programs that tests start inherit the folder, and with it the database.
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="karyapravah-test-")
    atexit.register(shutil.rmtree, os.environ["VAR_DIR"], ignore_errors=True)

from project.settings import *  # noqa: F403 -- the folder above has to be named first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed; the real one has its own test
# The database is put back between tests, which a connection kept open in another thread would not survive.
DATABASE["CONN_MAX_AGE"] = 0  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 -- the static server complains about a folder that is not there
