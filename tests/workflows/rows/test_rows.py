"""Lines inside a form: kept as typed, refused at the cell, kept in plain form."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.models import Product
from tests.files import proposal_data
from tests.workflows.rows.lines import (
    Desk,
    Inputs,
    a_container,
    a_small_form,
    new_address,
    saved,
    sent,
)
from workflows.forms.rows import Column, RowsField, to_plain
from workflows.models import Case, Draft

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
