import json
import logging

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from project.logs import JsonLines
from project.requests import one_line_each


def test_a_line_tells_where_an_exception_came_from_and_not_what_it_quotes() -> None:
    try:
        raise ValueError("the words of Ramesh Kumar")
    except ValueError as error:
        record = logging.LogRecord("name", logging.ERROR, __file__, 1, "it failed", (), (type(error), error, error.__traceback__))
    line = JsonLines().format(record)
    assert json.loads(line)["exception"] == "ValueError"
    assert "Ramesh" not in line


@pytest.mark.django_db
def test_a_request_leaves_one_line_with_ids_and_without_what_was_searched(client_for, caplog: pytest.LogCaptureFixture) -> None:
    client = client_for("dm.agra")
    with caplog.at_level(logging.INFO, logger="project.requests"):
        response = client.get(reverse("files"), {"q": "Ramesh Kumar"})
    [record] = [record for record in caplog.records if record.name == "project.requests"]
    line = JsonLines().format(record)
    facts = json.loads(line)
    assert (facts["route"], facts["status"]) == ("files", response.status_code)
    assert facts["officer"]
    assert "Ramesh" not in line


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behind", "given", "taken"),
    [
        (True, "4f2a9c0d1e2b3a4c5d6e7f8091a2b3c4", True),
        (True, "7d444840-9dc0-11d1-b245-5ffdce74fad2", True),
        (True, "a" * 37, False),
        (True, "9812345670", False),
        (True, "4f2a9c0d1e2b3a4c\\r\\nSet-Cookie: x", False),
        (False, "4f2a9c0d1e2b3a4c5d6e7f8091a2b3c4", False),
    ],
)
def test_the_number_of_a_request_is_the_proxys_where_there_is_one(behind: bool, given: str, taken: bool, client, settings) -> None:
    settings.BEHIND_TLS_PROXY = behind
    number = client.get("/healthz", headers={"x-request-id": given}).headers["X-Request-Id"]
    assert (number == given) == taken and len(number) <= 36


def test_every_line_written_during_a_request_carries_its_number() -> None:
    line = logging.LogRecord("name", logging.WARNING, __file__, 1, "late", (), None)
    lines = []

    def view(_request: HttpRequest) -> HttpResponse:
        lines.append(json.loads(JsonLines().format(line)))
        return HttpResponse()

    response = one_line_each(view)(RequestFactory().get("/"))
    assert lines[0]["request"] == response.headers["X-Request-Id"]
    assert "request" not in json.loads(JsonLines().format(line)), "and none outside of one"
