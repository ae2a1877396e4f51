"""How many statements the engine and its pages ask: counts, not times (budgets P1, P2, P4 and P5)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.files import a_file, an_allotment, officer, propose, take, waiting
from workflows.models import Case, Movement
from workflows.steps import decide

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]

# PostgreSQL writes what belongs together in one statement; SQLite, which has none for it, takes eight for what are three there.
ROW_BY_ROW = 6 if connection.vendor == "sqlite" else 0


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements asked inside; savepoints stand for the transaction that a test already has open."""
    said: list[str] = []
    with CaptureQueriesContext(connection) as asked:
        yield said
    said += [query["sql"] for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]


def decided(case: Case, by: str, **typed: str) -> list[str]:
    stay, signer = waiting(case), officer(by)
    form = stay.node.form_class({"seen": stay.case.head, **typed}, movement=stay, officer=signer)
    assert form.is_valid(), form.errors
    with counted() as said:
        decide(stay, by=signer, form=form)
    return said


def test_a_decision_asks_few_statements_and_writes_each_row_once() -> None:
    an_allotment()
    for _warm in range(2):
        said = decided(a_file(at="concur", title=f"{_warm}"), "finance", outcome="concurred")
    assert len(said) <= 10 + ROW_BY_ROW, "\n".join(said)
    with_amount = decided(propose("Agra", title="third"), "odop.cell", outcome="recommended", amount_recommended="1850000")
    assert len(with_amount) <= 11 + ROW_BY_ROW + 1, "\n".join(with_amount)  # the offices of that level may be read for the first time
    written = "\n".join(said)
    for table in ("workflows_noting", "workflows_snapshot", "workflows_indexrow", "viewflow_task", "workflows_movement"):
        assert written.count(f'INSERT INTO "{table}"') == 1, table


def posted(desk: Client, case: Case) -> list[str]:
    stay = waiting(case)
    page = desk.get(reverse("file", args=[case.pk])).content.decode()
    [shown] = re.findall(r'name="shown" value="([^"]+)"', page)[:1]
    with counted() as said:
        sent = desk.post(reverse("decide", args=[stay.pk]), {"outcome": "concurred", "seen": case.head, "shown": unescape(shown)})
    assert sent.status_code == 302 and Movement.objects.get(pk=stay.pk).disposed
    return said


def test_a_decision_sent_from_its_page_is_read_once_under_one_lock(client_for: Desk) -> None:
    an_allotment()
    desk = client_for("finance")
    for _warm in range(2):
        said = posted(desk, a_file(at="concur", title=f"{_warm}"))
    assert len(said) <= 16 + ROW_BY_ROW, "\n".join(said)
    assert sum('FROM "workflows_case"' in line and "viewflow_process" in line for line in said) == 1


def test_the_inbox_and_the_file_ask_few_statements_at_any_length(client_for: Desk) -> None:
    desk = client_for("odop.cell")
    for title in ("first", "second", "third"):
        case = propose("Agra", title=title)
    for address, most in ((reverse("inbox"), 4), (reverse("file", args=[case.pk]), 12), (reverse("history", args=[case.pk]), 10)):
        desk.get(address)
        with counted() as said:
            desk.get(address)
        assert len(said) <= most, "\n".join(said)
        assert not [line for line in said if not line.lstrip("(").startswith("SELECT")]
    for round_trip in range(2):
        take(case, "returned", text=f"Again, {round_trip}")
        take(case, "submitted")
    with counted() as said:
        desk.get(reverse("file", args=[case.pk]))
        desk.get(reverse("file", args=[case.pk]))
    assert len(said) <= 2 * 12 + 2, "\n".join(said)  # who opens it first is written down once


def test_a_file_that_may_be_pulled_back_asks_no_more(client_for: Desk) -> None:
    desk = client_for("dm.agra")
    address = reverse("file", args=[propose("Agra", title="sent").pk])
    assert "pull-title" in desk.get(address).content.decode()
    with counted() as said:
        desk.get(address)
    assert len(said) <= 12, "\n".join(said)
