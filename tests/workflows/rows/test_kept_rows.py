"""Lines of a record: child rows keep their key, an objection opens them, history says what changed in them."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from programme.models import District, ExhibitionProposal, Holiday
from tests.files import office as office_of
from tests.files import officer, take, waiting
from tests.workflows.rows.lines import Desk, Inputs, a_container, opened, sent
from workflows.authority import Refusal
from workflows.forms.fields import DayField, TextField
from workflows.forms.records import RecordForm
from workflows.forms.rows import Column, Line, RowsField, lines_of, save_lines
from workflows.history import note_sheet
from workflows.models import Case
from workflows.shown import changes_shown

# Lines kept as rows of their own

HOLIDAYS = [
    Column("date", DayField(label="Date")),
    Column("name_en", TextField(label="Name")),
    Column("state", forms.ModelChoiceField(District._meta.get_field("state").related_model.objects.all(), label="State")),
]


def holidays_of(name: str) -> tuple[District, list[Line]]:
    """Return a district with two holidays of its own, and these as lines."""
    place = District.objects.get(name_en=name, state__short="UP")
    for day, title in ((date(2030, 1, 1), "First"), (date(2030, 2, 2), "Second")):
        Holiday.objects.create(state=place.state, district=place, date=day, name_en=title)
    return place, lines_of(place, "holiday_set", RowsField(HOLIDAYS, label="Holidays"))


def test_child_rows_stay_change_come_and_go(db: None) -> None:
    agra, (first, second) = holidays_of("Agra")
    changed = Line(second | {"name_en": "Second, moved"}, pk=second.pk)
    new = Line({"date": date(2030, 3, 3), "name_en": "Third", "state": agra.state})
    save_lines(agra, "holiday_set", [changed, new])
    rows = list(agra.holiday_set.order_by("pk").values_list("pk", "name_en"))
    assert rows[0] == (second.pk, "Second, moved") and rows[1][1] == "Third"
    assert first.pk not in [pk for pk, _name in rows] and len(rows) == 2


def test_a_line_that_stays_as_it_is_costs_no_write(db: None) -> None:
    agra, lines = holidays_of("Agra")
    with CaptureQueriesContext(connection) as asked:
        save_lines(agra, "holiday_set", lines)
    assert not [query["sql"] for query in asked if query["sql"].startswith(("INSERT", "UPDATE"))]


def test_what_was_read_before_is_not_shown_after(db: None) -> None:
    agra, lines = holidays_of("Agra")
    read = District.objects.prefetch_related("holiday_set").get(pk=agra.pk)
    save_lines(read, "holiday_set", lines[:1])
    assert [row.name_en for row in read.holiday_set.all()] == ["First"]


@pytest.mark.parametrize("forged", ["of another record", "twice"])
def test_a_forged_row_is_refused_and_nothing_is_written(forged: str, db: None) -> None:
    agra, lines = holidays_of("Agra")
    _mathura, others = holidays_of("Mathura")
    wrong = others if forged == "of another record" else [lines[0], lines[0]]
    with pytest.raises(Refusal):
        save_lines(agra, "holiday_set", wrong)
    assert lines_of(agra, "holiday_set", RowsField(HOLIDAYS, label="Holidays")) == lines


class HolidaysForm(RecordForm):
    """A record form of a district, whose holidays are rows of their own."""

    holiday_set = RowsField(HOLIDAYS, label="Holidays")

    class Meta:
        model = District
        fields = ["name_hi"]


def holidays_form(place: District, data: dict[str, str] | None = None) -> HolidaysForm:
    movement: Any = SimpleNamespace(case=SimpleNamespace(record=place, head="", open_questions=[]), returns_to="")
    return HolidaysForm(data, office=office_of("dm", "Agra"), officer=officer("dm.agra"), norm=None, papers=[], movement=movement)


def test_a_record_form_shows_child_rows_and_writes_them_back_by_their_key(db: None) -> None:
    agra, (first, second) = holidays_of("Agra")
    shown = holidays_form(agra)["holiday_set"].lines
    assert [line.pk for line in shown] == [first.pk, second.pk, None, None, None]
    page = Inputs("".join(cell.html for line in shown for cell in line.cells)).values
    back = {**page, "name_hi": agra.name_hi, "holiday_set-rows": "5", "holiday_set-1-id": str(first.pk), "holiday_set-2-id": str(second.pk)}
    back |= {"holiday_set-1-remove": "yes", "holiday_set-2-name_en": "Moved", "holiday_set-4-name_en": "Fourth"}
    back |= {"holiday_set-4-date": "०४-०४-२०३०", "holiday_set-4-state": str(agra.state_id)}
    form = holidays_form(agra, back)
    assert form.is_valid(), form["holiday_set"].faults()
    form.save()
    assert list(agra.holiday_set.order_by("pk").values_list("name_en", "date")) == [
        ("Moved", date(2030, 2, 2)),
        ("Fourth", date(2030, 4, 4)),
    ]
    assert agra.holiday_set.get(name_en="Moved").pk == second.pk


def test_a_record_form_refuses_the_row_of_another_record(db: None) -> None:
    agra, (_first, _second) = holidays_of("Agra")
    _mathura, (other, _another) = holidays_of("Mathura")
    forged = {"holiday_set-rows": "1", "holiday_set-1-id": str(other.pk), "holiday_set-1-name_en": "x", "name_hi": "आगरा"}
    form = holidays_form(agra, forged | {"holiday_set-1-date": "2030-01-01", "holiday_set-1-state": str(agra.state_id)})
    assert form["holiday_set"].faults() == [("id_holiday_set", "Holidays: Line 1 is no line of this record. Open the form again.")]


# On a file: signed, returned, corrected, read


def test_signed_lines_stand_in_the_record_and_line_by_line_in_its_history(client_for: Desk, with_lines: None) -> None:
    case = opened(client_for, a_container(), {}, a_container(bill="SB 1002", freight="₹ ८०,०००"))
    assert [line["freight"] for line in case.record.lines] == ["120000.00", "80000.00"]
    told = {label: (old, new) for label, old, new in told_of(case, 1)}
    assert told["lines, line 2"][0] == "—"
    assert "Shipping bill no.: SB 1002" in told["lines, line 2"][1] and "Freight (₹): ₹80,000" in told["lines, line 2"][1]


def told_of(case: Case, paragraph: int) -> list[tuple[str, str, str]]:
    """Return what a paragraph says was changed, to a reader of English."""
    with translation.override("en"):
        return note_sheet(case).paragraphs[paragraph - 1].changes


def corrected(client_for: Desk, case: Case, data: dict[str, Any], about: str = "lines") -> Any:
    """Return the file for one objection and sign the answer."""
    take(case, "returned", text="See the objection.", about_1=about, objection_1="Check it.")
    address = reverse("step", args=[waiting(case).pk])
    page = client_for("dm.agra").get(address).content.decode()
    seen = Inputs(page).values["seen"]
    return page, client_for("dm.agra").post(address, {"seen": seen, "action": "submit", **data})


def test_an_objection_to_the_lines_opens_them_alone_and_history_says_what_changed(client_for: Desk, with_lines: None) -> None:
    case = opened(client_for, a_container(), a_container(bill="SB 1002"), a_container(bill="SB 1003"))
    answer = sent(a_container(freight="1,10,000"), a_container(bill="SB 1003"), a_container(bill="SB 1004"))
    page, response = corrected(client_for, case, answer)
    assert page.index("Check it.") < page.index('name="lines-1-bill"') and 'name="venue"' not in page
    assert Inputs(page).values["lines-1-freight"] == "1,20,000"
    assert response.status_code == 302
    assert [line["bill"] for line in Case.objects.get().record.lines] == ["SB 1001", "SB 1003", "SB 1004"]
    changes = told_of(Case.objects.get(), 3)
    assert ("lines, line 3", "—") in [(label, old) for label, old, _new in changes]
    assert any("Freight (₹): ₹1,10,000" in new for _label, _old, new in changes)


def test_closed_lines_are_read_as_a_table_and_cannot_be_changed(client_for: Desk, with_lines: None) -> None:
    case = opened(client_for, a_container(size="20"), a_container(bill="SB <2>"))
    forged = sent(a_container(bill="forged"))
    page, response = corrected(client_for, case, {"venue": "Another hall", "stalls": "9", **forged}, about="venue")
    assert "lines-1-bill" not in page and "SB &lt;2&gt;" in page and "20 feet" in page and "₹2,40,000" in page
    assert response.status_code == 302
    record = Case.objects.get().record
    assert [line["bill"] for line in record.lines] == ["SB 1001", "SB <2>"]
    assert (record.venue, record.stalls) == ("Another hall", 60), "a closed field keeps the record's word, whatever was sent"


BEFORE = [{"bill": "SB 1", "freight": "100.00"}, {"bill": "SB 2", "freight": "200.00"}, {"bill": "SB 3", "freight": "", "size": None}]
CHANGED: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str, str]]]] = {
    "one cell": (
        [BEFORE[0], BEFORE[1] | {"freight": "250.00"}, BEFORE[2]],
        [("lines, line 2", "Freight (₹): ₹200", "Freight (₹): ₹250")],
    ),
    "a line taken from the middle": (
        [BEFORE[0], BEFORE[2]],
        [("lines, line 2 before", "Shipping bill no.: SB 2 · Freight (₹): ₹200", "—")],
    ),
    "a line put at the end": ([*BEFORE, {"bill": "2026-04-31"}], [("lines, line 4", "—", "Shipping bill no.: 2026-04-31")]),
    "a line taken away and the next one changed": (
        [BEFORE[0], BEFORE[2] | {"freight": "300.00"}],
        [
            ("lines, line 2", "Freight (₹): —", "Freight (₹): ₹300"),
            ("lines, line 2 before", "Shipping bill no.: SB 2 · Freight (₹): ₹200", "—"),
        ],
    ),
    "a line taken away and another put there": (
        [BEFORE[0], {"bill": "SB 9"}, BEFORE[2]],
        [("lines, line 2", "—", "Shipping bill no.: SB 9"), ("lines, line 2 before", "Shipping bill no.: SB 2 · Freight (₹): ₹200", "—")],
    ),
    "all lines": (
        [],
        [
            (f"lines, line {n} before", told, "—")
            for n, told in enumerate(
                ["Shipping bill no.: SB 1 · Freight (₹): ₹100", "Shipping bill no.: SB 2 · Freight (₹): ₹200", "Shipping bill no.: SB 3"], 1
            )
        ],
    ),
    "nothing but the way of being empty": ([BEFORE[0], BEFORE[1], {"bill": "SB 3", "freight": None}], []),
}


@pytest.mark.parametrize("what", CHANGED)
def test_history_says_which_line_changed_and_how(what: str, with_lines: None) -> None:
    after, told = CHANGED[what]
    assert changes_shown(ExhibitionProposal, "lines", BEFORE, after) == told


def test_lines_that_name_their_row_are_compared_with_that_row(monkeypatch: pytest.MonkeyPatch) -> None:
    old = [{"id": n, "name_en": name, "date": "2030-01-01"} for n, name in ((1, "First"), (2, "Second"), (3, "Third"))]
    new = [old[1] | {"date": "2030-02-02"}, old[2], {"id": 4, "name_en": "Fourth", "date": "2030-01-01"}]
    monkeypatch.setattr(District, "LINES", {"holiday_set": {"date": "Date", "name_en": "Name"}}, raising=False)
    assert changes_shown(District, "holiday_set", old, new) == [
        ("Holidays, line 1", "Date: 01-01-2030", "Date: 02-02-2030"),
        ("Holidays, line 3", "—", "Date: 01-01-2030 · Name: Fourth"),
        ("Holidays, line 1 before", "Date: 01-01-2030 · Name: First", "—"),
    ]
