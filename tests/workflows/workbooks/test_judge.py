"""The form made once and asked row after row says of each what a form made for that row alone says."""

# ruff: noqa: S311 -- chance here chooses what to type

import io
from random import Random
from typing import Any

import pytest
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import translation

from tests.files import office
from tests.processes.freight_files import numbers_of
from tests.workflows.workbooks.books import holder_of, written
from tests.workflows.workbooks.rows import a_claim, a_loan
from workflows.forms.rows import CellError
from workflows.sheets import reading
from workflows.workbooks.judge import PAPER, Judged
from workflows.workbooks.kinds import KINDS
from workflows.workbooks.shapes import Shape

pytestmark = pytest.mark.django_db

ROWS = 80
TYPED: dict[str, dict[str, list[Any]]] = {
    "loans": {
        "name": ["Sita Devi", "राम प्रकाश", None, "x" * 130, "a\u202eb"],
        "category": ["general", "sc", "obc", "nobody", None],
        "date_of_birth": ["14-05-1990", "1850-01-01", "31-02-1990", "2999-01-01"],
        "mobile": ["98765 43210", "+919876543210", "12345"],
        "aadhaar": ["2345 6789 0123", "", "1"],
        "bank_account": ["BARB0AGRAXX 30012340001", "BARB0AGRAXX", None],
        "project_cost": [2400000, 2500000, "24 लाख", 0, -1, "many"],
        "working_capital": ["5 लाख", None, "1.234"],
        "bank": ["Bank of Baroda", "Bank of Nowhere", None],
        "ifsc": ["BARB0SANJAY", "barb0sanjay", "SBIN0SANJAY", "SANJAY"],
        "product_words": ["Leather purses", None],
        "tags_artisan": ["yes", "no", "perhaps"],
        "declarations_affidavit": ["हाँ", "", "नहीं"],
    },
    "freight": {
        "unit": ["Exporter 1", None, "a\u202eb"],
        "mode": ["By air", "By sea", "by foot", None],
        "gateway": ["Delhi air cargo", "Nowhere", None],
        "gstin": [numbers_of(4)["gstin"], "", "09ZZZ"],
        "lines_bill_number": ["4500001", "000/45-1", "?", None],
        "lines_port_code": ["INDEL4", "in del 4", "DELHI"],
        "lines_exported_on": ["2999-01-01", "01-01-2020", "31-02-2026", None],
        "lines_kilograms": ["500", "1,200.5", "0", None],
        "lines_freight": ["3 लाख", -1, "many", None],
    },
}
MADE = {"loans": (a_loan, "Agra"), "freight": (a_claim, "Moradabad")}


def a_row(kind: str, chance: Random, number: int) -> dict[str, Any]:
    typed = TYPED[kind]
    changed = chance.sample(sorted(typed), chance.choice([0, 0, 1, 2, 5]))
    return MADE[kind][0](number, **{key: chance.choice(typed[key]) for key in changed})


def of_its_own(kind: Any, at: Any, officer: Any, shape: Shape, row: Judged) -> tuple[dict[str, str], Any]:
    """Return what is wrong by column, and the record, of a form that nothing but this row was ever asked."""
    form = kind.form(at, officer)
    form.data, form.is_bound = shape.data({**row.values, **row.numbers}), True
    form.instance.validate_constraints = form.validate_constraints = form.validate_unique = lambda **_told: None
    faults: dict[str, list[str]] = {}
    for name, errors in form.errors.as_data().items():
        if not name.startswith(PAPER):
            for error in errors:
                part = error.column if isinstance(error, CellError) else ""
                faults.setdefault("" if name == NON_FIELD_ERRORS else shape.key_of(name, part), []).extend(error.messages)
    return {key: " ".join(dict.fromkeys(texts)) for key, texts in faults.items()}, form.instance


def columns(record: Any) -> dict[str, Any]:
    return {column.attname: getattr(record, column.attname) for column in record._meta.concrete_fields}


@pytest.mark.parametrize(("key", "seed"), [("loans", 0), ("loans", 1), ("freight", 0), ("freight", 1)])
def test_every_row_is_judged_as_by_a_form_of_its_own(key, seed):
    kind, at, chance = KINDS[key], office("dic", MADE[key][1]), Random(seed)
    officer = holder_of(at)
    content = written(key, at, [a_row(key, chance, number) for number in range(1, ROWS + 1)])
    judge = kind.judge(at, officer)
    wrong = 0
    lines = list(reading.rows(io.BytesIO(content), kind.sheet(at, officer)))
    kind.prepare(judge, lines)
    for line in lines:
        row = judge.judged(line)
        record = judge.form.instance
        at_cells = {key for key, cell in line.cells.items() if cell.fault and key not in {**row.values, **row.numbers}}
        for language in ("en", "hi"):
            with translation.override(language):
                expected, own = of_its_own(kind, at, officer, judge.shape, row)
            told = row.faults.get(language, {})
            assert {key: text for key, text in told.items() if key not in at_cells} == {
                key: text for key, text in expected.items() if key not in at_cells
            }, line.number
            assert at_cells <= told.keys()
        assert columns(record) == columns(own), line.number
        wrong += bool(row.faults)
    assert 10 < wrong < ROWS - 10
