"""What has to be corrected comes back beside the rows, in the same workbook, with values only."""

import io
from datetime import date

from openpyxl import load_workbook

from workflows.sheets import answering, reading, templates
from workflows.sheets.columns import Sheet

from .books import DISTRICTS, GOOD, HEADINGS, PLAN, book, saved
from .test_reading import GOOD_VALUES

BAD = ["Agraa", "=1+1", "5 lakhx", "31-02-2027"]


def faults(file: io.BytesIO) -> dict[int, dict[str, str]]:
    return {row.number: row.faults for row in reading.rows(file, PLAN) if row.faults}


def answered(file: io.BytesIO, found: dict[int, dict[str, str]] | None = None, sheet: Sheet = PLAN) -> io.BytesIO:
    out = io.BytesIO()
    answering.write_back(file, out, sheet, faults(file) if found is None else found)
    out.seek(0)
    return out


def test_the_sentences_stand_beside_the_row_with_the_name_of_the_column():
    page = load_workbook(answered(book([["Letterhead"], HEADINGS, GOOD, BAD]))).active
    assert page["J2"].value.splitlines()[-1] == "To correct"
    assert page["J3"].value is None
    said = page["J4"].value.splitlines()
    assert said[0].startswith("जनपद / District: “Agraa” is not in the list")
    assert [line.split(":")[0] for line in said] == [
        "जनपद / District", "गतिविधि / Activity", "माँगी गई राशि / Amount asked", "पूर्ण करने की तिथि / Finish by"
    ]  # fmt: skip


def test_faulty_cells_are_coloured_and_the_others_are_not():
    page = load_workbook(answered(book([HEADINGS, GOOD, BAD]))).active
    colours = [page.cell(3, column).fill.fgColor.rgb[-6:] for column in range(1, 6)]
    assert colours[:4] == ["FDE2E1"] * 4 and colours[4] != "FDE2E1"
    assert page["A2"].fill.fgColor.rgb[-6:] != "FDE2E1"


def test_every_row_stands_at_its_own_number_with_all_columns_and_no_formula():
    lines = [
        ["Letterhead"],
        [],
        ["Ours", *HEADINGS],
        ["=HYPERLINK(1)", *GOOD],
        [],
        [date(2026, 1, 1), *GOOD],
        ["Total", None, "=SUM(D4:D6)"],
    ]
    page = load_workbook(answered(book(lines))).active
    assert (page["A1"].value, page["A3"].value, page["B4"].value, page["B6"].value, page["A7"].value) == (
        "Letterhead", "Ours", "Agra", "Agra", "Total"
    )  # fmt: skip
    assert page["A6"].value.date() == date(2026, 1, 1)
    assert not [cell for row in page for cell in row if cell.data_type == "f"]


def test_a_sentence_about_the_whole_row_stands_first():
    page = load_workbook(answered(book([HEADINGS, GOOD]), {2: {"": "This row is already there.", "amount": "Too much."}})).active
    assert page["J2"].value == "This row is already there.\nमाँगी गई राशि / Amount asked: Too much."


def test_drop_downs_come_back_with_the_answer():
    made = load_workbook(answered(book([HEADINGS, BAD])))
    lists = [rule for rule in made.active.data_validations.dataValidation if rule.type == "list"]
    assert [str(rule.sqref) for rule in lists] == ["A2:A102", "H2:H102"]
    assert [cell.value for cell in made["Lists"]["A"]] == [choice.shown for choice in DISTRICTS]


def test_the_answer_to_an_answer_stands_in_the_same_column():
    first = answered(book([HEADINGS, BAD, BAD]))
    made = load_workbook(first)
    for column, value in enumerate(GOOD, start=1):
        made.active.cell(2, column).value = value
    again = answered(saved(made))
    page = load_workbook(again).active
    assert page.max_column == 10 and page["J2"].value is None and page["J3"].value


def test_a_corrected_answer_is_read_like_the_template():
    file = io.BytesIO()
    templates.write(PLAN, file, rows=[{**GOOD_VALUES, "district": "nowhere"}], entry_rows=3)
    back = answered(file)
    made = load_workbook(back)
    page = made.active
    assert page.row_dimensions[1].hidden and page["A1"].value == "karyapravah:plan"
    page["B5"] = "Agra"
    assert [row.values for row in reading.rows(saved(made), PLAN)] == [GOOD_VALUES]
