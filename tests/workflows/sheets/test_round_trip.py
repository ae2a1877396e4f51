"""What a template or a list writes is read back equal, whatever it is."""

import io
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.sheets import answering, cells, lists, reading, templates
from workflows.sheets.columns import Column, Type

from .books import PLAN

LETTERS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"])
    | st.sampled_from("कखगज़ड़ािी्ंँ\u200c\u200d\u200b\u00a0=+-@'\"_x000D_x0041_&<>\n\t ०१२₹"),
    max_size=40,
)


def texts(kind: Type):
    """What a cell of text becomes when it is read, which is what a form or a workbook has stored."""
    column = Column("x", "x", "x", kind)
    return LETTERS.map(lambda text: cells.parse(column, text)).filter(lambda cell: cell.value).map(lambda cell: cell.value)


VALUES = {
    "district": st.sampled_from([choice.value for choice in PLAN.columns[0].choices]),
    "activity": texts(Type.TEXT),
    "amount": st.decimals(min_value=0, max_value=10**9, places=2),
    "finish": st.none() | st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31)),
    "people": st.none() | st.integers(min_value=0, max_value=100_000),
    "weight": st.none() | st.decimals(min_value=-(10**6), max_value=10**6, places=3),
    "account": st.none() | texts(Type.IDENTIFIER),
    "first": st.none() | st.booleans(),
    "remarks": st.none() | texts(Type.LONG_TEXT),
}
ROWS = st.lists(st.fixed_dictionaries(VALUES), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(ROWS)
def test_what_a_template_is_given_is_read_back_equal(rows):
    file = io.BytesIO()
    templates.write(PLAN, file, rows=rows, entry_rows=6)
    assert [row.values for row in reading.rows(file, PLAN)] == rows


@settings(max_examples=60, deadline=None)
@given(ROWS, st.sampled_from(["", "hi", "en"]))
def test_what_a_list_is_given_is_read_back_equal(rows, language):
    file = io.BytesIO()
    lists.write_list(file, PLAN.columns, rows, title="x", language=language)
    assert [row.values for row in reading.rows(file, PLAN)] == rows


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_an_answer_changes_no_value(rows):
    file, back = io.BytesIO(), io.BytesIO()
    templates.write(PLAN, file, rows=rows, entry_rows=6)
    answering.write_back(file, back, PLAN, {5: {"amount": "Look again."}})
    assert [(row.number, row.values) for row in reading.rows(back, PLAN)] == list(enumerate(rows, start=5))


@given(st.sampled_from(list(Type)), LETTERS | st.floats() | st.booleans() | st.dates() | st.times() | st.timedeltas() | st.integers())
def test_no_cell_is_an_error_and_each_has_a_value_or_a_fault(kind, found):
    column = Column("x", "x", "x", kind, choices=PLAN.columns[0].choices)
    cell = cells.parse(column, found)
    assert (cell.value is None) == (cell.fault is not None or cell is cells.EMPTY)
    assert cell.fault is None or "%(" not in str(cell.fault).replace(cell.raw, "")


@given(st.sampled_from([Type.RUPEES, Type.DECIMAL]), st.decimals(min_value=0, max_value=10**9, places=2))
def test_an_amount_is_read_the_same_from_its_figure_and_from_its_text(kind, amount):
    column = Column("x", "x", "x", kind)
    assert cells.parse(column, float(amount)).value == cells.parse(column, f"{amount:f}").value == Decimal(amount)
