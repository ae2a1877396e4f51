"""The description of the interface is the interface: kept current, and every answer is one that it allows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse
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

# What is allowed by its form may still not exist for this reader, such as a district of another State: that is said with 400.
BUT = [schemathesis.checks.positive_data_acceptance]
# Seconds of searching are bounded by so many calls an address.
CALLS = 12


def test_the_description_in_the_documents_is_current() -> None:
    with translation.override("en"):
        said = schema.as_yaml()
    kept = Path(settings.BASE_DIR, "docs", "openapi.yaml").read_text(encoding="utf-8")
    assert said == kept, "Run manage.py make_docs and commit what it writes."


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


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_open")
def test_whatever_is_asked_no_answer_is_a_fault_or_breaks_the_description() -> None:
    a_file(at="report"), take(a_file(), "returned", text="The basis is not given."), a_loan(at="release")
    key = key_of("odop.cell")
    described = schemathesis.openapi.from_wsgi(reverse("openapi"), app=application, headers={"Accept-Language": "en"})
    asked = set()
    for found in described.get_all_operations():
        operation = found.ok()
        asked.add(operation.path)
        for mode in schemathesis.GenerationMode:
            _search(operation, mode, key)
    assert len(asked) >= 13


def _search(operation, mode, key: str) -> None:
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=CALLS, deadline=None, database=None, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck)
    )
    def each(case) -> None:
        AccessToken.objects.update(calls=0)
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=BUT)

    each()
