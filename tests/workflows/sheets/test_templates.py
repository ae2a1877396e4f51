"""A template carries both languages, drop-downs and limits, and every spreadsheet program keeps them."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from workflows.sheets import reading, templates
from workflows.sheets.columns import Choice, Column, Sheet, Type

from .books import PLAN
from .test_reading import GOOD_VALUES, LIBREOFFICE, convert


def written(sheet: Sheet = PLAN, **more: object) -> bytes:
    file = io.BytesIO()
    templates.write(sheet, file, **{"rows": [GOOD_VALUES], "entry_rows": 20, **more})
    return file.getvalue()


def opened(content: bytes):
    return load_workbook(io.BytesIO(content))


def drop_downs(page) -> dict[str, str]:
    return {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"}


def test_headings_stand_in_two_rows_hindi_above_english_and_stay_in_sight():
    page = opened(written(title=["जनपद कार्ययोजना 2026-27 — देय 30 अक्टूबर 2026"]))[templates.ENTRY_SHEET]
    assert [cell.value for cell in page[3]][:4] == ["क्र.", "जनपद *", "गतिविधि *", "माँगी गई राशि (₹) *"]
    assert [cell.value for cell in page[4]][:4] == ["S.No.", "District *", "Activity *", "Amount asked (₹) *"]
    assert page["A2"].value.startswith("जनपद कार्ययोजना 2026-27")
    assert page.freeze_panes == "A5"


def test_the_first_row_names_the_kind_and_the_keys_and_is_hidden():
    page = opened(written())[templates.ENTRY_SHEET]
    assert [cell.value for cell in page[1]] == ["karyapravah:plan", *(column.key for column in PLAN.columns)]
    assert page.row_dimensions[1].hidden


def test_only_the_cells_to_fill_are_open():
    page = opened(written(entry_rows=7))[templates.ENTRY_SHEET]
    assert page.protection.sheet
    assert [page.cell(11, column).protection.locked for column in range(1, 11)] == [True] + [False] * 9
    assert page["B3"].protection.locked and page["B4"].protection.locked


def test_choices_stand_on_a_hidden_sheet_in_both_languages():
    book = opened(written())
    assert book["Lists"].sheet_state == "hidden"
    assert [cell.value for cell in book["Lists"]["A"]] == [choice.shown for choice in PLAN.columns[0].choices]
    assert drop_downs(book[templates.ENTRY_SHEET]) == {"B5:B24": "'Lists'!$A$1:$A$4", "I5:I24": "'Lists'!$B$1:$B$2"}


def test_numbers_are_grouped_in_lakh_and_crore_and_days_are_day_month_year():
    page = opened(written())[templates.ENTRY_SHEET]
    assert page["D5"].number_format.startswith(r"[>=10000000]##\,##\,##\,##0;[>=100000]##\,##\,##0")
    assert (page["E5"].number_format, page["H5"].number_format) == ("dd-mm-yyyy", "@")
    assert ".00" in opened(written(rows=[{"amount": Decimal("5.50")}]))[templates.ENTRY_SHEET]["D5"].number_format


def test_days_and_numbers_have_their_limits():
    rules = {str(rule.sqref)[0]: rule for rule in opened(written())[templates.ENTRY_SHEET].data_validations.dataValidation}
    assert (rules["E"].type, rules["E"].formula1, rules["E"].formula2) == ("date", "43831", "47848")
    assert (rules["D"].type, rules["D"].formula1, rules["D"].formula2) == ("decimal", "0", "1000000000")
    assert (rules["F"].type, rules["F"].formula1, rules["F"].formula2) == ("whole", "0", "100000")
    assert rules["D"].prompt == "बिना GST\nWithout GST"


def test_rows_are_high_enough_for_hindi():
    page = opened(written())[templates.ENTRY_SHEET]
    assert page.row_dimensions[5].height >= 20 and page.row_dimensions[3].height >= 20


def test_instructions_stand_there_in_both_languages():
    page = opened(written())[templates.HELP_SHEET]
    texts = [cell.value for row in page for cell in row if cell.value]
    assert PLAN.instructions_hi[0] in texts and PLAN.instructions_en[0] in texts
    assert any("Amount asked (₹) *" in str(text) and "Without GST" in str(text) for text in texts)


def test_a_text_that_looks_like_a_formula_stays_a_text():
    line = {**GOOD_VALUES, "activity": "=1+1", "remarks": "@x", "account": "-5"}
    content = written(rows=[line])
    page = opened(content)[templates.ENTRY_SHEET]
    assert (page["C5"].data_type, page["C5"].value, page["C5"].quotePrefix) == ("s", "=1+1", True)
    assert [row.values for row in reading.rows(io.BytesIO(content), PLAN)] == [line]


def test_more_rows_than_asked_for_are_all_written():
    content = written(rows=[GOOD_VALUES] * 30, entry_rows=5)
    assert len(list(reading.rows(io.BytesIO(content), PLAN))) == 30


def test_an_empty_template_is_read_as_no_rows():
    assert list(reading.rows(io.BytesIO(written(rows=[])), PLAN)) == []


@pytest.mark.slow
@pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_a_template_and_keeps_its_drop_downs_and_limits(tmp_path):
    many = tuple(Choice(str(number), f"Place {number}", f"स्थान {number}") for number in range(300))
    sheet = replace(PLAN, columns=(*PLAN.columns, Column("place", "Place", "स्थान", Type.CHOICE, choices=many)))
    book = load_workbook(convert(written(sheet), tmp_path))
    page = book[templates.ENTRY_SHEET]
    lists = {place: formula.replace("'", "").replace("$", "") for place, formula in drop_downs(page).items()}
    assert lists == {"B5:B24": "Lists!A1:A4", "I5:I24": "Lists!B1:B2", "K5:K24": "Lists!C1:C300"}
    assert [cell.value for cell in book["Lists"]["C"]][:300] == [choice.shown for choice in many]
    assert book["Lists"].sheet_state == "hidden" and page.row_dimensions[1].hidden and page.protection.sheet
    assert {rule.type for rule in page.data_validations.dataValidation} == {"list", "date", "decimal", "whole", "textLength"}
    assert page["E5"].value.date() == date(2027, 1, 15)


@pytest.mark.slow
@pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_converts_a_template_to_opendocument(tmp_path):
    assert b"content-validation" in _content(convert(written(), tmp_path, "ods"))


def _content(path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read("content.xml")
