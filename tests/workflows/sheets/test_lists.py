"""Lists leave as .xlsx and .csv: right types, never a formula of what people typed, any length in the same memory."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from workflows.sheets import lists, reading
from workflows.sheets.columns import Column, Type

from .books import DISTRICTS, PLAN
from .children import in_child
from .test_reading import GOOD_VALUES, LIBREOFFICE, convert

EVIL = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", '=HYPERLINK("http://example.invalid")', "=cmd|' /C calc'!A0"]


def listed(rows, columns=PLAN.columns, **more):
    file = io.BytesIO()
    count = lists.write_list(file, columns, iter(rows), **{"title": "कार्ययोजनाएँ / Plans", **more})
    return count, file


def page_of(file: io.BytesIO):
    return load_workbook(file).active


def in_csv(rows, columns=PLAN.columns, **more) -> list[list[str]]:
    file = io.BytesIO()
    lists.write_csv(file, columns, iter(rows), **more)
    return list(csv.reader(io.StringIO(file.getvalue().decode("utf-8-sig"), newline="")))


def test_headings_are_frozen_filtered_and_in_both_languages():
    count, file = listed([GOOD_VALUES, GOOD_VALUES])
    page = page_of(file)
    assert count == 2
    assert page["A1"].value == "कार्ययोजनाएँ / Plans" and page["C2"].value == "माँगी गई राशि (₹)\nAmount asked (₹)"
    assert page.freeze_panes == "A3" and page.auto_filter.ref == "A2:I4"
    assert page.page_setup.orientation == "landscape" and page.print_title_rows == "$2:$2"


def test_types_are_right_and_grouped_in_lakh_and_crore():
    page = page_of(listed([GOOD_VALUES])[1])
    assert (page["A3"].value, page["C3"].value, page["D3"].value.date()) == ("आगरा / Agra", 1850000, date(2027, 1, 15))
    assert page["C3"].number_format.startswith(r"[>=10000000]##\,##\,##\,##0.00;[>=100000]")
    assert (page["D3"].number_format, page["G3"].number_format, page["G3"].value) == ("dd-mm-yyyy", "@", "000123456789")


@pytest.mark.parametrize("language", ["hi", "en"])
def test_a_list_in_one_language_says_nothing_in_the_other(language):
    page = page_of(listed([GOOD_VALUES], language=language)[1])
    wanted = {"hi": ("जनपद", "आगरा", "हाँ"), "en": ("District", "Agra", "Yes")}[language]
    assert (page["A2"].value, page["A3"].value, page["H3"].value) == wanted


@pytest.mark.parametrize("text", EVIL)
def test_what_people_typed_is_never_a_formula(text):
    columns = [Column("text", text, "x", Type.TEXT), Column("number", "n", "n", Type.RUPEES)]
    _, file = listed([{"text": text, "number": text}], columns, title=text, language="en")
    cells = [cell for row in page_of(file) for cell in row if cell.value is not None]
    assert len(cells) == 5 and {cell.data_type for cell in cells} == {"s"}
    assert in_csv([{"text": text, "number": text}], columns, language="en")[1] == [f"'{text}"] * 2


def test_a_number_longer_than_a_spreadsheet_keeps_is_written_as_text():
    columns = [Column("amount", "a", "a", Type.RUPEES)]
    page = page_of(listed([{"amount": Decimal("12345678901234567.89")}, {"amount": Decimal("-5.50")}], columns)[1])
    assert (page["A3"].value, page["A4"].value) == ("12345678901234567.89", -5.5)
    assert in_csv([{"amount": Decimal("-5.50")}], columns)[1] == ["-5.5"]


def test_a_moment_is_its_day_in_india():
    page = page_of(listed([{"finish": datetime(2027, 1, 14, 20, 0, tzinfo=UTC)}])[1])
    assert page["D3"].value.date() == date(2027, 1, 15)


def test_a_list_without_rows_has_its_headings():
    count, file = listed([])
    assert count == 0 and page_of(file)["A2"].value == "जनपद\nDistrict"
    assert list(reading.rows(file, PLAN)) == []
    assert len(in_csv([])) == 1


def test_a_row_without_any_value_repeats_no_other_row():
    _, file = listed([GOOD_VALUES, {}, {}])
    assert [row.number for row in reading.rows(file, PLAN)] == [3]
    assert page_of(file).max_row == 5


def test_two_columns_of_one_heading_are_refused_and_none_is_lost():
    with pytest.raises(ValueError, match="same heading"):
        listed([{}], [Column("a", "x", "x"), Column("b", "x", "x")])


def test_what_no_workbook_can_hold_is_left_out():
    page = page_of(listed([{"activity": "a\x00b\ud800c\uffff"}])[1])
    assert page["B3"].value == "abc"


def test_csv_begins_with_the_mark_that_excel_needs_and_has_plain_figures():
    file = io.BytesIO()
    assert lists.write_csv(file, PLAN.columns, [GOOD_VALUES], language="hi") == 1
    assert file.getvalue().startswith(b"\xef\xbb\xbf") and not file.closed
    assert in_csv([GOOD_VALUES], language="hi")[1] == [
        "आगरा",
        "Marble training",
        "1850000",
        "15-01-2027",
        "40",
        "12.5",
        "000123456789",
        "हाँ",
        "one",
    ]


def test_a_fault_while_rows_are_read_comes_through():
    def broken():
        yield GOOD_VALUES
        raise KeyError("lost")

    with pytest.raises(KeyError):
        listed(broken())


def many(count: int):
    return ({**GOOD_VALUES, "activity": f"संगमरमर शिल्प प्रशिक्षण {number}", "amount": number} for number in range(count))


def write_many(count: int, path: str) -> int:
    return lists.write_list(path, PLAN.columns, many(count), title="x")


def write_many_csv(count: int, path: str) -> int:
    with open(path, "wb") as file:
        return lists.write_csv(file, PLAN.columns, many(count))


@pytest.mark.parametrize("write", [write_many, write_many_csv])
def test_a_hundred_thousand_rows_take_no_more_memory_than_ten_thousand(write, tmp_path):
    few = in_child(write, 10_000, str(tmp_path / "few"))
    lot = in_child(write, 100_000, str(tmp_path / "lot"))
    assert (few.result, lot.result) == (10_000, 100_000)
    assert lot.megabytes < few.megabytes + 10 and lot.megabytes < 50
    assert lot.seconds < 30


@pytest.mark.slow
@pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_a_list_and_makes_its_rows_high_enough_for_hindi(tmp_path):
    _, file = listed([GOOD_VALUES] * 3)
    path = convert(file.getvalue(), tmp_path)
    page = load_workbook(path).active
    # Without a window LibreOffice keeps no frozen rows of any workbook, so that they are asked of our own file above.
    assert page.auto_filter.ref == "A2:I5"
    assert page.row_dimensions[4].height >= 18
    assert [row.values for row in reading.rows(path, PLAN)] == [GOOD_VALUES] * 3
    assert DISTRICTS[0].shown == page["A3"].value
