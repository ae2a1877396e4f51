"""Lines inside a form: kept as typed, refused at the cell, given to the record, read in its history."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from programme.models import District, ExhibitionProposal, Holiday, Product
from tests.files import PDF, a_draft, an_allotment, officer, proposal_data, take, waiting
from tests.files import office as office_of
from tests.journeys.test_exhibition import Walk
from workflows.authority import Refusal
from workflows.flows import ExhibitionFlow
from workflows.forms.exhibition import ProposalForm
from workflows.forms.fields import DayField, NumberField, RupeeField, TextField
from workflows.forms.rows import CellError, Column, Line, RowsField, lines_of, save_lines, to_plain
from workflows.history import _changes, note_sheet
from workflows.models import Case, Draft

LABELS = {"bill": "Shipping bill no.", "exported_on": "Export date", "size": "Size", "packages": "Packages", "freight": "Freight (₹)"}
Desk = Callable[[str], Client]


def container_columns() -> list[Column]:
    return [
        Column("bill", TextField(label="Shipping bill no.", max_length=30), "wide"),
        Column("exported_on", DayField(label="Export date")),
        Column("size", forms.ChoiceField(label="Size", choices=[("20", "20 feet"), ("40", "40 feet")])),
        Column("packages", NumberField(label="Packages", required=False), "narrow"),
        Column("freight", RupeeField(label="Freight (₹)", error_messages={"required": "Write the amount."})),
    ]


class ContainersForm(ProposalForm):
    """The proposal of an exhibition with lines of containers, which no exhibition has."""

    lines = RowsField(container_columns(), label="Containers", max_rows=8)
    sections = [*ProposalForm.sections, ("Containers", ["lines"])]

    class Meta(ProposalForm.Meta):
        pass

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for line in data.get("lines", []):
            if line["freight"] > 900000:
                self.add_error("lines", CellError("No container costs that much.", line=line.n, column="freight"))
        return data


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def with_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an exhibition hold lines of containers as JSON, in a text it has anyway."""
    as_text = property(
        lambda record: json.loads(record.outcome_report or "[]"), lambda record, lines: setattr(record, "outcome_report", json.dumps(lines))
    )
    facts = ExhibitionProposal.facts
    monkeypatch.setattr(ExhibitionProposal, "lines", as_text, raising=False)
    monkeypatch.setattr(ExhibitionProposal, "LINES", {"lines": LABELS}, raising=False)
    monkeypatch.setattr(ExhibitionProposal, "facts", lambda record: facts(record) | {"outcome_report": "", "lines": record.lines})
    for node in (ExhibitionFlow.propose, ExhibitionFlow.correct):
        monkeypatch.setattr(node, "form_class", ContainersForm)


def sent(*lines: dict[str, Any], rows: int | None = None) -> dict[str, Any]:
    """Return lines as a browser sends them."""
    cells = {f"lines-{n}-{part}": value for n, line in enumerate(lines, 1) for part, value in line.items()}
    return {"lines-rows": str(len(lines) if rows is None else rows), **cells}


def a_container(**changes: Any) -> dict[str, Any]:
    return {"bill": "SB 1001", "exported_on": "2026-04-01", "size": "40", "packages": "", "freight": "1,20,000", **changes}


class Inputs(HTMLParser):
    """The inputs of a page by name, with the value each would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.labelled: set[str] = set()
        self.ids: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "label" and said.get("for"):
            self.labelled.add(said["for"] or "")
        if tag == "select":
            self.select = name
            self.values.setdefault(name, "")
        if tag == "option" and "selected" in said:
            self.values[self.select] = said.get("value") or ""
        if tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.values[name] = said.get("value") or ""
        if tag in ("input", "select"):
            self.ids[name] = said.get("id") or ""

    def lines(self) -> dict[str, str]:
        return {name: value for name, value in self.values.items() if name.startswith("lines-")}


def new_address() -> str:
    return reverse("draft", args=["exhibition", uuid4()])


def saved(client: Client, address: str, lines: dict[str, Any], action: str = "save") -> Inputs:
    """Save lines in a draft and return what the page shows afterwards."""
    client.post(address, {**lines, "action": action})
    return Inputs(client.get(address).content.decode())


def opened(client_for: Desk, *lines: dict[str, Any]) -> Case:
    """Sign a proposal with these lines through the page."""
    an_allotment()
    draft = a_draft(officer("dm.agra"), office_of("dm", "Agra"), ("proposal_letter", "cost_estimate"))
    address = reverse("draft", args=["exhibition", draft.key])
    response = client_for("dm.agra").post(address, {**proposal_data(), **sent(*lines), "action": "submit"})
    assert response.status_code == 302, re.findall(r'class="faults".*?</div>', response.content.decode(), re.DOTALL)
    return Case.objects.get()


# Typing, saving and coming back


def test_a_fresh_form_shows_blank_lines_with_a_label_on_every_input(client_for: Desk, with_lines: None) -> None:
    page = client_for("dm.agra").get(new_address()).content.decode()
    inputs = Inputs(page)
    assert inputs.values["lines-rows"] == "3"
    cells = [name for name in inputs.ids if re.fullmatch(r"lines-\d-\w+", name)]
    assert len(cells) == 3 * 5
    assert {inputs.ids[name] for name in cells} <= inputs.labelled
    assert "lines-1-remove" not in page, "there is nothing to remove on a blank line"


def test_half_typed_lines_come_back_letter_by_letter(client_for: Desk, with_lines: None) -> None:
    half = {"bill": "  एसबी/१२ ", "exported_on": "३१-02", "size": "", "packages": "दस", "freight": "₹ १,२०,"}
    shown = saved(client_for("dm.agra"), new_address(), sent({}, half, rows=3)).lines()
    assert {part: shown[f"lines-2-{part}"] for part in half} == half
    assert shown["lines-1-bill"] == "" and shown["lines-rows"] == "3"


def test_more_lines_saves_the_draft_and_leads_back_to_the_table(client_for: Desk, with_lines: None) -> None:
    client, address = client_for("dm.agra"), new_address()
    response = client.post(address, {**sent({"bill": "SB 1"}, {}, {}), "action": "more:lines", "title": "अधूरा"})
    assert response.url == f"{address}#id_lines"
    page = client.get(address).content.decode()
    assert 'id="id_lines"' in page and 'value="अधूरा"' in page
    shown = Inputs(page).lines()
    assert (shown["lines-rows"], shown["lines-1-bill"]) == ("6", "SB 1")


def test_more_lines_stops_at_the_most_there_may_be_and_says_so(client_for: Desk, with_lines: None) -> None:
    client, address = client_for("dm.agra"), new_address()
    assert saved(client, address, sent(rows=6), "more:lines").values["lines-rows"] == "8"
    assert saved(client, address, sent(rows=8), "more:lines").values["lines-rows"] == "8", "a press too many changes nothing"
    client.post(reverse("set_language"), {"language": "en"})
    page = client.get(address).content.decode()
    assert "Not more than 8 lines." in page and 'value="more:lines"' not in page


def test_a_full_table_comes_back_with_blank_lines_below(client_for: Desk, with_lines: None) -> None:
    shown = saved(client_for("dm.agra"), new_address(), sent(a_container(), a_container())).lines()
    assert shown["lines-rows"] == "5"


def test_a_line_ticked_for_removal_is_gone_after_saving(client_for: Desk, with_lines: None) -> None:
    lines = sent({"bill": "first"}, {"bill": "second", "remove": "yes"}, {"bill": "third"})
    shown = saved(client_for("dm.agra"), new_address(), lines).lines()
    assert [shown[f"lines-{n}-bill"] for n in (1, 2)] == ["first", "third"]
    assert "second" not in shown.values()


def test_the_clock_saves_a_tick_without_acting_on_it(client_for: Desk, with_lines: None) -> None:
    client, address = client_for("dm.agra"), new_address()
    client.post(address, {**sent({"bill": "first", "remove": "yes"}), "action": "autosave"})
    assert Draft.objects.get().typed["lines-1-bill"] == ["first"]
    client.post(address, {**sent({"bill": "first"}), "action": "autosave"})
    assert "lines-1-remove" not in Draft.objects.get().typed


def test_a_draft_keeps_only_so_many_lines_and_so_long_cells(client_for: Desk, with_lines: None) -> None:
    lines = sent(*[{"bill": "क" * 5000, "nonsense": "x"}] * 40)
    client_for("dm.agra").post(new_address(), {**lines, "action": "save"})
    kept = Draft.objects.get().typed
    assert len([name for name in kept if name.endswith("-bill")]) == 8 + 3
    assert max(len(value[0]) for value in kept.values()) == 4000
    assert not [name for name in kept if "nonsense" in name]


@pytest.mark.parametrize("count", ["", "-1", "1e3", "9" * 5000, "²", "\x00"])
def test_a_count_that_is_none_does_no_harm(count: str, client_for: Desk, with_lines: None) -> None:
    client, address = client_for("dm.agra"), new_address()
    assert client.post(address, {"lines-rows": count, "lines-1-bill": "x", "action": "save"}).status_code == 302
    assert client.get(address).status_code == 200


# Refusing


def test_a_fault_stands_at_its_cell_with_a_link_from_the_summary(client_for: Desk, with_lines: None) -> None:
    lines = sent(a_container(), a_container(freight="", exported_on="३१-०२-२०२६"), {}, a_container(freight="बारह"))
    response = client_for("dm.agra").post(new_address(), {**proposal_data(), **lines, "action": "submit"})
    page = response.content.decode()
    assert response.status_code == 422 and not Case.objects.exists()
    places = re.findall(r'href="#(id_lines[^"]*)"', page)
    assert places == ["id_lines-2-exported_on", "id_lines-2-freight", "id_lines-4-freight"]
    for place in places:
        assert re.search(rf'id="{place}"[^>]* aria-describedby="{place}_error"', page) and f'id="{place}_error"' in page
    assert page.count("Write the amount.") == 2, "once in the summary, once at the cell"
    typed = Inputs(page).lines()
    assert (typed["lines-2-exported_on"], typed["lines-4-freight"], typed["lines-1-size"]) == ("३१-०२-२०२६", "बारह", "40")


def test_the_summary_names_line_and_column() -> None:
    bound = a_small_form(sent(a_container(), a_container(freight="")))["lines"]
    assert bound.faults() == [("id_lines-2-freight", "Line 2, Freight (₹): Write the amount.")]


def test_a_form_may_refuse_a_cell_itself(client_for: Desk, with_lines: None) -> None:
    lines = sent({}, a_container(freight="9,00,001"))
    response = client_for("dm.agra").post(new_address(), {**proposal_data(), **lines, "action": "submit"})
    assert response.status_code == 422
    assert 'href="#id_lines-2-freight"' in response.content.decode()


def test_the_fifty_first_line_is_refused_with_a_sentence_and_kept() -> None:
    form = a_small_form(sent(*[a_container(bill=f"SB {n}") for n in range(51)]), max_rows=50)
    assert form["lines"].faults() == [("id_lines", "Containers: Not more than 50 lines.")]
    assert form["lines"].lines[50].cells[0].html.count('value="SB 50"') == 1


def test_too_few_lines_are_refused_and_blank_or_removed_ones_do_not_count() -> None:
    lines = sent(a_container(), {"bill": " "}, a_container(remove="yes", freight="nothing"))
    assert a_small_form(lines, min_rows=2)["lines"].faults() == [("id_lines", "Containers: Write at least 2 lines.")]
    assert a_small_form(lines, min_rows=1)["lines"].faults() == []


def test_a_line_of_another_record_is_refused() -> None:
    form = a_small_form(sent(a_container(id="7"), a_container(id="8"), a_container(id="7"), a_container(id="x")))
    form.fields["lines"].ids = frozenset({7})
    assert [text for _place, text in form["lines"].faults()] == [
        f"Containers: Line {n} is no line of this record. Open the form again." for n in (2, 3, 4)
    ]


def test_an_amount_in_devanagari_counts_in_the_total_and_half_an_amount_does_not() -> None:
    lines = sent(
        a_container(freight="₹ १,२०,०००"), a_container(freight="बारह"), a_container(freight="30,000.50"), {"freight": "5", "remove": "y"}
    )
    assert {column.name: total for column, total in a_small_form(lines)["lines"].totals}["freight"] == "₹1,50,000.50"


# What was typed, what it means, how it is kept


def a_small_form(data: dict[str, Any] | None, *, initial: Any = None, **bounds: int) -> Any:
    class SmallForm(forms.Form):
        lines = RowsField(container_columns(), label="Containers", **bounds)

    return SmallForm(data, initial={"lines": initial})


DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")
FIGURES = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999"), places=2)


@st.composite
def containers(draw: st.DrawFn) -> dict[str, str]:
    """A sound line as somebody might type it."""
    day, amount = draw(st.dates(min_value=date(2000, 1, 1))), draw(FIGURES)
    typed = {
        "bill": draw(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30)),
        "exported_on": draw(st.sampled_from(["%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"])),
        "size": draw(st.sampled_from(["20", "40"])),
        "packages": draw(st.sampled_from(["", "0", "17"])),
        "freight": draw(st.sampled_from(["{0:f}", "₹ {0:f}", "Rs.{0:f}/-"])).format(amount),
    }
    typed["exported_on"] = day.strftime(typed["exported_on"])
    if draw(st.booleans()):
        typed |= {name: typed[name].translate(DEVANAGARI) for name in ("exported_on", "packages", "freight")}
    return typed


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(containers(), st.just({})), max_size=6))
def test_what_is_typed_kept_and_shown_again_means_the_same(typed: list[dict[str, str]]) -> None:
    first = a_small_form(sent(*typed))
    assert first.is_valid(), first["lines"].faults()
    cleaned = first.cleaned_data["lines"]
    assert len(cleaned) == len([line for line in typed if line])
    plain = json.loads(json.dumps(to_plain(cleaned)))
    again = a_small_form(None, initial=first.fields["lines"].from_plain(plain))
    page = "".join(cell.html for line in again["lines"].lines for cell in line.cells)
    second = a_small_form(Inputs(page).lines() | {"lines-rows": str(len(again["lines"].lines))})
    assert second.is_valid(), second["lines"].faults()
    assert second.cleaned_data["lines"] == cleaned
    assert to_plain(second.cleaned_data["lines"]) == plain


def test_plain_lines_hold_money_dates_and_codes_as_text() -> None:
    form = a_small_form(sent({}, a_container(freight="६,२५,०००", exported_on="१४-११-२०२६", packages="७")))
    assert form.is_valid()
    assert to_plain(form.cleaned_data["lines"]) == [
        {"bill": "SB 1001", "exported_on": "2026-11-14", "size": "40", "packages": 7, "freight": "625000.00"}
    ]
    assert form.cleaned_data["lines"][0].n == 2, "a line knows where it stood"


def test_a_choice_is_empty_until_it_is_made() -> None:
    assert a_small_form(sent({"size": ""}, {"size": "40"}))["lines"].faults()[0][0] == "id_lines-2-bill"


def test_a_choice_of_rows_is_read_once_for_the_whole_table(db: None) -> None:
    class ProductsForm(forms.Form):
        lines = RowsField([Column("product", forms.ModelChoiceField(Product.objects.all(), label="Product"))], label="Products")

    chosen = list(Product.objects.all()[:10])
    form = ProductsForm(sent(*[{"product": str(product.pk)} for product in chosen]))
    assert form.is_valid() and [line["product"] for line in form.cleaned_data["lines"]] == chosen
    assert to_plain(form.cleaned_data["lines"])[0] == {"product": chosen[0].pk}
    with CaptureQueriesContext(connection) as asked:
        assert len(form["lines"].lines) == 13
    assert len(asked) == 1


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
    assert _changes(ExhibitionProposal, "lines", BEFORE, after) == told


def test_lines_that_name_their_row_are_compared_with_that_row(monkeypatch: pytest.MonkeyPatch) -> None:
    old = [{"id": n, "name_en": name, "date": "2030-01-01"} for n, name in ((1, "First"), (2, "Second"), (3, "Third"))]
    new = [old[1] | {"date": "2030-02-02"}, old[2], {"id": 4, "name_en": "Fourth", "date": "2030-01-01"}]
    monkeypatch.setattr(District, "LINES", {"holiday_set": {"date": "Date", "name_en": "Name"}}, raising=False)
    assert _changes(District, "holiday_set", old, new) == [
        ("Holidays, line 1", "Date: 01-01-2030", "Date: 02-02-2030"),
        ("Holidays, line 3", "—", "Date: 01-01-2030 · Name: Fourth"),
        ("Holidays, line 1 before", "Date: 01-01-2030 · Name: First", "—"),
    ]


# As people see it


@pytest.fixture
def screens(chromium: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Callable[[int], Walk]]:
    settings.DEMONSTRATION = True
    for kind in ("proposal_letter", "cost_estimate"):
        (tmp_path / f"{kind}.pdf").write_bytes(PDF)
    walks: list[Walk] = []

    def at(width: int) -> Walk:
        walks.append(Walk(chromium, live_server.url, width, tmp_path))
        return walks[-1]

    yield at
    for each in walks:
        each.context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_lines_are_written_on_a_phone_and_at_a_desk(width: int, screens: Callable[[int], Walk], with_lines: None) -> None:
    an_allotment()
    walk = screens(width)
    walk.become("dm.agra", "en" if width > 390 else "hi")
    walk.page.goto(f"{walk.address}/new/exhibition/")
    walk.fill({name: value for name, value in proposal_data().items() if name != "districts_shown"})
    walk.look("blank-lines")
    typed = a_container(freight="१,२०,०००")
    walk.fill({f"lines-1-{name}": value for name, value in typed.items()})
    walk.fill({"lines-2-bill": "SB 1002", "lines-2-freight": "बारह"})
    walk.page.click("button[value='more:lines']")
    assert walk.page.url.endswith("#id_lines")
    assert walk.page.locator("#id_lines").evaluate("table => table.getBoundingClientRect().top") < 60, "the page is at the table"
    walk.look("more-lines")
    walk.page.click("button[value=submit]")
    walk.look("faults")
    walk.page.click(".faults a[href='#id_lines-2-freight']")
    assert walk.page.evaluate("document.activeElement.name") == "lines-2-freight"
    walk.page.check("[name=lines-2-remove]")
    walk.attach(("proposal_letter", "cost_estimate"))
    walk.page.click("button[value=submit]")
    case = Case.objects.get()
    assert [line["freight"] for line in case.record.lines] == ["120000.00"]
    take(case, "returned", text="See.", about_1="venue", objection_1="Which hall?")
    walk.page.goto(f"{walk.address}/steps/{waiting(case).pk}/")
    walk.look("closed-lines")
    walk.page.goto(f"{walk.address}/files/{case.pk}/history/")
    walk.look("history")
