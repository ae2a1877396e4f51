"""Each unfit set of switches stops the start with one sentence. Run as a State would meet it: in a process of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

FIT = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "Zq8-unlikely-to-be-guessed-but-only-for-this-test-4471-xyz",
    "RECORD_KEYS": "2026:" + "c4" * 32,
    "IDENTITY_KEY": "9b3e5f0c1d2a48677c61f4e8a0b59d13" * 2,
    "FACTOR_KEYS": "bm90LXNvLXNlY3JldC1idXQtMzItYnl0ZXMtbG9uZyE=",
    "RECORD_ORIGIN": "odop.up.example/karyapravah",
    "ALLOWED_HOSTS": "odop.up.example",
    "PUBLIC_URL": "https://odop.up.example",
    "ORDER_KEY_FILE": "/etc/karyapravah/order.key",
    "ORDER_CERTIFICATE_FILE": "/etc/karyapravah/order.crt",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:5432/nothing",
    "CELERY_BROKER_URL": "amqp://nobody@127.0.0.1:5672//",
}
UNFIT = {
    "no secret key": ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
    "Django's default secret key": ({"SECRET_KEY": "django-insecure-" + "a1b2c3d4e5" * 5}, "SECRET_KEY is a default"),
    "the demonstration's secret key": ({"SECRET_KEY": "demonstration-" + "a1b2c3d4e5" * 5}, "SECRET_KEY is a default"),
    "a short secret key": ({"SECRET_KEY": "short1234567890"}, "SECRET_KEY is too short"),
    "one letter many times": ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too short or too plain"),
    "debug": ({"DEBUG": "true"}, "DEBUG is on"),
    "the demonstration switched on": ({"DEMONSTRATION": "true"}, "DEMONSTRATION does not fit ENVIRONMENT=production"),
    "an unknown environment": ({"ENVIRONMENT": "staging"}, "ENVIRONMENT is 'staging'"),
    "no record key": ({"RECORD_KEYS": ""}, "RECORD_KEYS is missing"),
    "a short record key": ({"RECORD_KEYS": "2026:abcd"}, "which is not id:hex of 32 bytes"),
    "a record key that is not hex": ({"RECORD_KEYS": "2026:" + "zz" * 32}, "which is not id:hex of 32 bytes"),
    "the demonstration's record key": ({"RECORD_KEYS": "demonstration-1:" + "c4" * 32}, "RECORD_KEYS holds a test's or a demonstration's"),
    "no identity key": ({"IDENTITY_KEY": ""}, "IDENTITY_KEY is missing"),
    "a short identity key": ({"IDENTITY_KEY": "9b3e5f0c1d2a4867"}, "IDENTITY_KEY is too short or too plain"),
    "an identity key that is not hex": ({"IDENTITY_KEY": "zz" * 32}, "IDENTITY_KEY is too short or too plain"),
    "one byte many times": ({"IDENTITY_KEY": "c4" * 32}, "IDENTITY_KEY is too short or too plain"),
    "the demonstration's identity key": (
        {"IDENTITY_KEY": "demonstration-" + "9b3e5f0c1d2a4867" * 4},
        "IDENTITY_KEY is a test's or a demonst",
    ),
    "the tests' identity key": ({"IDENTITY_KEY": "test-" + "0f1e2d3c4b5a6978" * 4}, "IDENTITY_KEY is a test's or a demonstration's"),
    "no factor key": ({"FACTOR_KEYS": ""}, "FACTOR_KEYS is missing"),
    "a short factor key": ({"FACTOR_KEYS": "c2hvcnQ="}, "FACTOR_KEYS holds a key that is not 32 bytes"),
    "a factor key that is not base64": ({"FACTOR_KEYS": "!" * 44}, "FACTOR_KEYS holds a key that is not 32 bytes"),
    "the demonstration's factor key": (
        {"FACTOR_KEYS": "demonstration-bm90LXNvLXNlY3JldC1idXQtMzItYnl0ZXMtbG9uZyE="},
        "FACTOR_KEYS holds a test's or a demonstration's",
    ),
    "no name for the record": ({"RECORD_ORIGIN": "karyapravah.demonstration"}, "RECORD_ORIGIN is missing"),
    "no public address": ({"PUBLIC_URL": ""}, "PUBLIC_URL is missing"),
    "half a public address": ({"PUBLIC_URL": "odop.up.example"}, "PUBLIC_URL is missing"),
    "a signing key without its certificate": ({"ORDER_CERTIFICATE_FILE": ""}, "ORDER_KEY_FILE and ORDER_CERTIFICATE_FILE belong together"),
    "no hosts": ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing"),
    "every host": ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is missing or open to all"),
}


def start(switches: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "VAR_DIR": os.environ["VAR_DIR"], "DJANGO_SETTINGS_MODULE": "project.settings", **switches}
    words = [sys.executable, *command]
    return subprocess.run(words, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("case", UNFIT)
def test_production_refuses_to_start_with(case: str) -> None:
    change, sentence = UNFIT[case]
    started = start({**FIT, **change}, "-c", "import project.settings")
    assert started.returncode != 0
    last = started.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert sentence in last


def test_a_demonstration_cannot_be_declared_production_halfway() -> None:
    started = start({**FIT, "ENVIRONMENT": "demonstration", "DEMONSTRATION": "false"}, "-c", "import project.settings")
    assert "DEMONSTRATION does not fit ENVIRONMENT=demonstration" in started.stderr


def test_production_with_fit_switches_passes_the_deployment_checks() -> None:
    started = start(FIT, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert started.returncode == 0, started.stderr
    assert "no issues" in started.stdout


def test_production_without_a_signing_key_is_warned_and_starts() -> None:
    unsigned = {**FIT, "ORDER_KEY_FILE": "", "ORDER_CERTIFICATE_FILE": ""}
    warned = start(unsigned, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert warned.returncode != 0 and "Orders leave as PDF without a digital signature." in warned.stderr
    assert start(unsigned, "manage.py", "check").returncode == 0


def test_the_database_takes_its_write_lock_when_a_transaction_begins() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own switch")
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_on_sqlite_what_was_said_to_be_signed_is_on_the_disk() -> None:
    pragmas = "[cursor.execute(f'PRAGMA {name}').fetchone()[0] for name in ('journal_mode', 'synchronous', 'foreign_keys')]"
    program = f"import django; django.setup(); from django.db import connection; cursor = connection.cursor(); print({pragmas})"
    shown = start({"ENVIRONMENT": "test", "SECRET_KEY": FIT["SECRET_KEY"]}, "-c", program)
    assert shown.stdout.strip().endswith("['wal', 2, 1]"), shown.stderr


@pytest.mark.django_db
@pytest.mark.postgres
def test_postgresql_never_waits_for_ever() -> None:
    with connection.cursor() as cursor:
        limits = [cursor.execute(f"SHOW {name}").fetchone()[0] for name in ("lock_timeout", "statement_timeout")]
    assert limits == ["5s", "15s"]


def test_passwords_are_hashed_with_argon2_in_production() -> None:
    shown = start(FIT, "-c", "from project.settings import PASSWORD_HASHERS; print(PASSWORD_HASHERS[0])")
    assert shown.stdout.strip().endswith("Argon2PasswordHasher")
