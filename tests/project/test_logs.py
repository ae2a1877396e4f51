import json
import logging

import pytest
from django.urls import reverse

from project.logs import JsonLines


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
    assert facts["request"] == response.headers["X-Request-Id"]
    assert facts["officer"]
    assert "Ramesh" not in line
