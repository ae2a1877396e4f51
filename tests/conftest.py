from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from programme.kept import forget
from programme.models import Officer
from tests import pristine
from workflows.letters.signing import make_order_key
from workflows.management.commands.load_demonstration import load_cast
from workflows.management.commands.setup import compile_messages
from workflows.pages.account import BACKEND
from workflows.record.keys import make_seal_key

# How long a search for faults goes on with --hypothesis-profile=many.
settings.register_profile("many", max_examples=1000, deadline=None)
# A machine that does much at once is slow, not wrong.
settings.register_profile("usual", deadline=None)
settings.load_profile("usual")
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if Path(path).exists()), "")

TransactionTestCase._fixture_teardown = pristine.put_back


@pytest.fixture(scope="session", autouse=True)
def hindi_catalogue() -> None:
    """Hindi is read in Hindi, also in a clone that was never set up."""
    compile_messages()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, hindi_catalogue: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The State and the cast, loaded once; each test begins with exactly these."""
    with django_db_blocker.unblock():
        make_seal_key()
        make_order_key()
        call_command("load_state", verbosity=0)
        load_cast()
        pristine.keep()
    yield
    with django_db_blocker.unblock():
        pristine.throw_away()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


@pytest.fixture(autouse=True)
def readers_language() -> Iterator[None]:
    """Sentences are compared in English, whatever the language of the installation."""
    with translation.override("en"):
        yield


@pytest.fixture
def client_for(db: None) -> Callable[[str], Client]:
    """Return a browser's worth of client, signed in as the officer of that user name."""

    def sign_in(username: str) -> Client:
        client = Client()
        client.force_login(Officer.objects.get(username=username), backend=BACKEND)
        return client

    return sign_in


@contextmanager
def a_chromium() -> Iterator[Browser]:
    """The machine's own Chromium, or a skip that says it is missing.

    It is driven by an event loop in this thread, under which no order could be signed and Django finds another connection.
    """
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    # A thread that runs an event loop has other connections than before it ran one: what is open would outlive the file it was opened on,
    # and the next test would read there what no other program sees.
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
        connections.close_all()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser that ends with its journey."""
    with a_chromium() as browser:
        yield browser


@pytest.fixture(autouse=True)
def needs_postgres(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL=postgres://…")
