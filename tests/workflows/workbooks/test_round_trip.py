"""A template filled with what stands, sent back as it is, changes nothing: every row is already present."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from openpyxl import load_workbook

from programme.models import Event, LetterOfIntent, Office, Product
from programme.samagam import load_samagam
from tests.files import an_allotment, office
from tests.processes.freight_files import file_claim
from tests.processes.loan_files import apply
from tests.processes.plan_files import a_plan
from tests.workflows.registers.entries import entered
from tests.workflows.sheets.test_reading import LIBREOFFICE, convert
from tests.workflows.sheets.test_templates import drop_downs
from tests.workflows.workbooks.books import accepted, checked, sent, standings, work
from tests.workflows.workbooks.rows import a_loan
from workflows.models import Workbook
from workflows.registers.every import REGISTERS
from workflows.sheets import reading, templates
from workflows.workbooks.kinds import KINDS

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def loans() -> Office:
    apply()
    at = office("dic", "Agra")
    accepted(checked("loans", at, [a_loan(50), a_loan(51)]))
    return at


def freight() -> Office:
    file_claim()
    return office("dic", "Moradabad")


def activities() -> Office:
    at = office("dic", "Agra")
    a_plan(at="draft")
    row = {
        "activities_topic": "Finance",
        "activities_title": "Loan fair",
        "activities_department": "MSME",
        "activities_starts_on": date(2026, 5, 1),
        "activities_ends_on": date(2026, 5, 3),
        "activities_amount": "1 लाख",
    }
    row["activities_department"] = next(iter(KINDS["activities"].sheet(at, None).column("activities_department").choices)).en
    accepted(checked("activities", at, [row, {**row, "activities_title": "Second fair"}]))
    return at


def products() -> Office:
    return office("dic", "Agra")


def samagam() -> Office:
    load_samagam(settings.BASE_DIR / "fixtures")
    return office("odop_cell")


def letters() -> Office:
    at = samagam()
    event = Event.objects.get(district__name_en="Agra")
    product = Product.objects.filter(district=event.district).first()
    said = {"seller": "Agra Leather", "buyer": "A buyer of Lyon", "amount": Decimal("1250000.50"), "dated": date(2019, 9, 16)}
    LetterOfIntent.objects.create(event=event, product=product, **said)
    return at


def entry_of(register: str) -> Office:
    entered(register)
    return office("odop_cell")


def administrator() -> Office:
    an_allotment()
    return office("administrator")


STANDING: dict[str, Callable[[], Office]] = {
    "loans": loans, "freight": freight, "activities": activities, "products": products, "samagam": samagam, "letters": letters,
    "events": samagam, "postings": administrator, "holidays": administrator, "allotments": administrator,
}  # fmt: skip


STANDING |= {key: partial(entry_of, key) for key in REGISTERS if key not in STANDING}
# One register stands for all of them where another program opens the book.
BOOKS = sorted(STANDING.keys() - REGISTERS.keys() | {"letters", "events"})


def filled(kind: str, at: Office) -> tuple[bytes, list[dict[str, Any]]]:
    rows, out = list(KINDS[kind].rows(at)), io.BytesIO()
    templates.write(KINDS[kind].sheet(at, None), out, rows=rows, entry_rows=len(rows) + 20)
    return out.getvalue(), rows


def test_every_kind_has_its_round_trip():
    assert STANDING.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(STANDING))
def test_what_stands_sent_back_is_already_present(kind):
    at = STANDING[kind]()
    content, rows = filled(kind, at)
    assert rows
    book = sent(kind, at, content)
    work()
    book = Workbook.objects.get(pk=book.pk)
    found = standings(book)
    wrong = {row.number: row.faults for row in book.rows.exclude(standing="present")}
    assert len(found) == len(rows) and set(found.values()) == {"present"}, wrong


def drop_downs_of(book: Any) -> dict[str, str]:
    page = load_workbook(book)[templates.ENTRY_SHEET]
    return {place: formula.replace("'", "").replace("$", "") for place, formula in drop_downs(page).items()}


def read_values(book: Any, kind: str, at: Office) -> list[dict[str, Any]]:
    return [{key: cell.value for key, cell in row.cells.items()} for row in reading.rows(book, KINDS[kind].sheet(at, None))]


@pytest.mark.slow
@pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", BOOKS)
def test_libreoffice_saves_the_template_of_every_kind_with_its_drop_downs_and_rows(kind, tmp_path):
    at = STANDING[kind]()
    content, rows = filled(kind, at)
    saved = convert(content, tmp_path)
    assert drop_downs_of(saved) == drop_downs_of(io.BytesIO(content)) != {}
    as_saved, as_written = (read_values(book, kind, at) for book in (saved, io.BytesIO(content)))
    assert as_saved == as_written and len(as_saved) == len(rows)
