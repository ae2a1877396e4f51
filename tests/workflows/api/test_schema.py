"""The description of the interface is the interface: kept current, and every answer is one that it allows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.utils import translation

from project.wsgi import application
from tests.files import a_file, take
from tests.processes.loan_files import a_loan
from tests.workflows.api.calls import V1, key_of
from workflows.api import schema
from workflows.models import AccessToken
from workflows.tokens import Resource

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed (requirements-dev.txt)")
hypothesis = pytest.importorskip("hypothesis")

# So many calls by chance an address; every border of every parameter is tried besides. More with --hypothesis-profile=many.
CALLS = 12
DESCRIPTION = Path(settings.BASE_DIR, "docs", "openapi.yaml")


def test_the_description_in_the_documents_is_current() -> None:
    with translation.override("en"):
        said = schema.as_yaml()
    assert said == DESCRIPTION.read_text(encoding="utf-8"), "Run manage.py make_docs and commit what it writes."


def test_every_operation_says_how_it_is_read_and_how_it_refuses() -> None:
    with translation.override("en"):
        described = schema.described()
    assert described["openapi"].startswith("3.1")
    for path, operations in described["paths"].items():
        assert path.startswith(V1) and set(operations) == {"get"}, path
        said = operations["get"]
        assert said["summary"] and {"token": []} in said["security"], path
        assert {"200", "304", "400", "401", "403", "404", "429"} <= set(said["responses"]), path
        assert all(parameter["description"] for parameter in said.get("parameters", [])), path


def test_a_token_can_be_limited_to_every_resource_there_is() -> None:
    assert Resource.values == ["files", "movements", "notings", "orders", "registers", "reports"]


@pytest.fixture
def kept_open() -> Iterator[None]:
    """The server closes its connection after each answer; here it is the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def searched() -> Any:
    """Return the description of the documents, with how much is tried: always the same calls, more of them by the profile "many"."""
    many = hypothesis.settings.get_current_profile_name() == "many"
    calls = hypothesis.settings.default.max_examples if many else CALLS
    how = {"seed": 2026, "generation": {"max-examples": calls, "deterministic": True, "database": "none"}}
    found = schemathesis.openapi.from_path(DESCRIPTION, config=schemathesis.config.SchemathesisConfig.from_dict(how))
    found.app = application
    return found


@pytest.fixture
def key(db: None, kept_open: None) -> str:
    """A token that reads everything of a State with some files."""
    take(a_file(), "returned", text="The basis is not given."), a_loan(at="release")
    return key_of("odop.cell")


@searched().parametrize()
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_every_answer_is_one_that_the_description_allows(case: Any, key: str) -> None:
    AccessToken.objects.update(calls=0)
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"})
