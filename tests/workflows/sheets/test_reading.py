"""The table is found and read in what people make of a workbook."""

import io
import subprocess
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import which

import pytest
from openpyxl import Workbook, load_workbook

from workflows.sheets import guard, reading, templates
from workflows.sheets.columns import Column, Sheet, Type
from workflows.sheets.refusals import Unreadable
from workflows.sheets.structures import MOST_KEPT, from_kept

from .books import DISTRICTS, GOOD, HEADINGS, PLAN, book, packed, parts, rows, saved, workbook

GOOD_VALUES = {
    "district": "118",
    "activity": "Marble training",
    "amount": Decimal(1850000),
    "finish": date(2027, 1, 15),
    "people": 40,
    "weight": Decimal("12.5"),
    "account": "000123456789",
    "first": True,
    "remarks": "one",
}
SHORT = ["District", "Activity", "Amount asked"]
LIBREOFFICE = which("soffice")


def read(file: io.BytesIO) -> list[reading.Row]:
    return list(reading.rows(file, PLAN))


def refused(file: io.BytesIO) -> Unreadable:
    with pytest.raises(Unreadable) as error:
        reading.rows(file, PLAN)
    return error.value


def convert(content: bytes, folder: Path, kind: str = "xlsx") -> Path:
    """Let LibreOffice open a workbook and save it anew."""
    (folder / "in").mkdir()
    (folder / "in" / "book.xlsx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    order = [str(LIBREOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(folder / "in" / "book.xlsx")]
    subprocess.run(order, check=True, capture_output=True, timeout=120)
    return folder / f"book.{kind}"


def test_a_plain_table_is_read_with_every_type():
    [row] = read(book([HEADINGS, GOOD]))
    assert (row.number, row.values, row.faults, row.hidden) == (2, GOOD_VALUES, {}, False)


@pytest.mark.parametrize(
    ("headings", "why"),
    [
        ([column.label_hi for column in PLAN.columns], "Hindi"),
        ([f"{column.label_hi} / {column.label_en} *" for column in PLAN.columns], "both, with a star"),
        ([f" {column.label_en.upper()}\n" for column in PLAN.columns], "capitals and line breaks"),
        ([unicodedata.normalize("NFD", column.label_hi) for column in PLAN.columns], "decomposed letters"),
        ([column.label_hi[:3] + "\u200d\u200b" + column.label_hi[3:] for column in PLAN.columns], "joiners"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_headings_are_found_however_they_are_written(headings, why):
    assert [row.values for row in read(book([headings, GOOD]))] == [GOOD_VALUES], why


def test_columns_may_change_places_and_others_stand_between_them():
    lines = [["No", *reversed(SHORT), "Our note"], [1, 500, "x", "Agra", "=not ours"]]
    [row] = read(book(lines))
    assert (row.values["district"], row.values["amount"], row.values["remarks"]) == ("118", Decimal(500), None)


def test_letterhead_blank_rows_and_totals_are_stepped_over():
    lines = [
        ["Office of the District Magistrate"], [], ["Plan 2026-27"], SHORT, [1, 2, 3], ["Agra", "x", 5], [], [" ", "\u200b"],
        ["Noida", "y", 6], ["कुल योग", None, 11], [None, None, "=SUM(C5:C9)"],
    ]  # fmt: skip
    assert [(row.number, row.values["amount"]) for row in read(book(lines))] == [(6, 5), (9, 6)]


@pytest.mark.parametrize("label", ["Total", "कुल", "योग", "जोड़"])
def test_a_filled_row_is_no_total_whatever_its_first_text(label):
    headings = ["Activity", "District", "Amount asked", "Finish by", "First time"]
    for beside in (["Agra", 5], [None, 5, date(2027, 1, 15)], [None, 5, None, True]):
        assert len(read(book([headings, ["x", "Agra", 1], [label, *beside]]))) == 2
    for beside in ([None, 5], ["", "=SUM(C2:C2)"], ["—", 5.5]):
        assert len(read(book([headings, ["x", "Agra", 1], [label, *beside]]))) == 1


def test_a_row_that_holds_more_than_a_sum_is_no_total():
    [row] = read(book([SHORT, ["Agra", "x", "=SUM(1,2)"]]))
    assert "formula" in row.faults["amount"]


def test_a_formula_is_a_fault_even_below_all_values():
    found = read(book([SHORT, ["Agra", "x", 1], [None, None, "=A1*2"]]))
    assert [sorted(row.faults) for row in found] == [[], ["activity", "amount", "district"]]


def test_headings_in_two_rows_under_a_merged_one_are_found():
    made = Workbook()
    page = made.active
    page.append(["जनपद", "Work", None])
    page.append([None, "गतिविधि", "माँगी गई राशि"])
    page.append(["Agra", "x", 5])
    page.merge_cells("A1:A2")
    page.merge_cells("B1:C1")
    [row] = read(saved(made))
    assert (row.number, row.values["district"], row.values["amount"]) == (3, "118", 5)


def test_hidden_and_filtered_rows_are_read_and_say_so():
    made = load_workbook(book([SHORT, ["Agra", "x", 1], ["Agra", "y", 2]]))
    made.active.row_dimensions[2].hidden = True
    made.active.auto_filter.ref = "A1:C3"
    assert [(row.values["amount"], row.hidden) for row in read(saved(made))] == [(1, True), (2, False)]


def test_what_was_seen_once_is_kept_and_the_rows_are_read_by_it():
    made = load_workbook(book([SHORT, ["Agra", "x", "=A1*2"], ["Agra", "y", 1], ["Agra", "z", "#N/A"], [None, None, "=SUM(C2:C4)"]]))
    made.active["C4"].data_type = "e"
    made.active.row_dimensions[3].hidden = True
    file = saved(made)
    scanned = guard.check(file)
    assert from_kept(scanned.kept()) == scanned
    found = list(reading.rows(file, PLAN, from_kept(scanned.kept())))
    assert found == read(file)
    assert [(sorted(row.faults), row.hidden) for row in found] == [(["amount"], False), ([], True), (["amount"], False)]


def test_a_workbook_of_very_many_formulas_is_looked_through_again():
    scanned = guard.check(book([SHORT, *([["Agra", "x", "=A1*2"]] * (MOST_KEPT + 1))]))
    assert scanned.kept() == "" and from_kept("") is None


def test_the_sheet_with_the_table_is_found_among_several():
    others = {"Notes": [["District", "Telephone"], ["Agra", "5"]], "Plan": [SHORT, ["Agra", "x", 7]]}
    [row] = read(book([["Dear colleague"]], sheets=others))
    assert row.values["amount"] == 7


def test_rows_on_two_sheets_are_refused_naming_both():
    error = refused(book([SHORT, ["Agra", "x", 1]], sheets={"ग्रामीण": [["Dear colleague"], SHORT, ["Noida", "y", 2]], "Empty": [SHORT]}))
    assert error.messages == ["These sheets hold rows: Sheet1, ग्रामीण. Put them on one sheet."]


def test_rows_on_one_sheet_are_read_beside_others_that_are_empty_or_hidden():
    empty = {"Mine": [SHORT, ["Agra", "x", 1]], "Sums": [SHORT, ["Total", None, 1]]}
    made = load_workbook(book([HEADINGS], sheets={**empty, "Old": [SHORT, ["Noida", "y", 2]]}))
    made["Old"].sheet_state = "hidden"
    assert [row.values["district"] for row in read(saved(made))] == ["118"]


def test_a_template_is_found_by_its_hidden_row_even_when_a_heading_was_rewritten():
    file = io.BytesIO()
    templates.write(PLAN, file, rows=[GOOD_VALUES], entry_rows=3)
    made = load_workbook(file)
    page = made[templates.ENTRY_SHEET]
    page["B3"], page["B4"] = "शहर", "Town"
    page.insert_cols(3)
    page["C4"] = "Ours"
    assert [row.values for row in read(saved(made))] == [GOOD_VALUES]


def test_missing_headings_are_named():
    error = refused(book([["District", "Remarks"], ["Agra", "x"]]))
    assert error.code == "headings"
    assert "गतिविधि / Activity; माँगी गई राशि / Amount asked" in error.messages[0]


def test_a_heading_that_stands_there_twice_is_named():
    error = refused(book([[*SHORT, "District"], ["Agra", "x", 1, "Noida"]]))
    assert error.code == "twice" and "जनपद / District" in error.messages[0]


def test_an_account_number_that_became_a_figure_is_a_fault_and_text_is_kept_whole():
    found = read(book([[*SHORT, "Account number"], ["Agra", "x", 1, 12345678901234567890], ["Agra", "x", 1, "00012345678901234567"]]))
    assert "lost digits" in found[0].faults["account"]
    assert found[1].values["account"] == "00012345678901234567"


def test_an_error_of_the_spreadsheet_is_a_fault_of_its_cell():
    line = '<row r="2"><c r="A2" t="inlineStr"><is><t>Agra</t></is></c><c r="B2" t="e"><v>#N/A</v></c><c r="C2"><v>5</v></c></row>'
    [row] = read(io.BytesIO(packed(parts(rows(SHORT) + line))))
    assert sorted(row.faults) == ["activity"] and "error" in row.faults["activity"]


def test_a_workbook_from_1904_keeps_its_days():
    content = parts(rows([*SHORT, "Finish by"], ["Agra", "x", 1, 44940]), **{"xl/workbook.xml": workbook('<workbookPr date1904="1"/>')})
    [row] = read(io.BytesIO(packed(content)))
    assert row.values["finish"] == date(2027, 1, 15)


def test_texts_inside_the_cells_and_no_styles_are_read_as_google_sheets_writes_them():
    [row] = read(io.BytesIO(packed(parts(rows(SHORT, ["Agra", "संगमरमर &amp; शिल्प", 5])))))
    assert row.values["activity"] == "संगमरमर & शिल्प"


def test_names_of_elements_may_have_a_prefix():
    plain = parts(rows(SHORT, ["Agra", "x", 5]))["xl/worksheets/sheet1.xml"]
    prefixed = str(plain).replace("<", "<x:").replace("<x:/", "</x:").replace('xmlns="', 'xmlns:x="')
    [row] = read(io.BytesIO(packed(parts(**{"xl/worksheets/sheet1.xml": prefixed}))))
    assert row.values["amount"] == 5


def test_the_file_may_be_a_path_and_rows_come_one_by_one(tmp_path):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(book([HEADINGS, GOOD, GOOD]).getvalue())
    found = reading.rows(path, PLAN)
    assert next(found).number == 2 and next(found).number == 3 and next(found, None) is None


@pytest.mark.slow
@pytest.mark.skipif(not LIBREOFFICE, reason="LibreOffice (soffice) is not installed")
def test_a_workbook_saved_by_libreoffice_is_read_the_same(tmp_path):
    file = io.BytesIO()
    templates.write(PLAN, file, rows=[GOOD_VALUES, {**GOOD_VALUES, "remarks": "एक\nदो"}], entry_rows=20)
    found = list(reading.rows(convert(file.getvalue(), tmp_path), PLAN))
    assert [row.values for row in found] == [GOOD_VALUES, {**GOOD_VALUES, "remarks": "एक\nदो"}]


SAMAGAM = Sheet(
    "samagam",
    "Samagam schedule",
    "समागम कार्यक्रम",
    (
        Column("district", "District", "जनपद", Type.CHOICE, required=True, choices=DISTRICTS, other_labels=("जनपद का नाम",)),
        Column("start", "From", "प्रारम्भ", Type.DATE, required=True, other_labels=("दिनांक से",)),
        Column("end", "To", "समाप्ति", Type.DATE, required=True, other_labels=("दिनांक तक",)),
    ),
)


def test_a_schedule_with_broken_lines_and_old_spellings_is_read():
    lines = [
        ["समागम\nकार्यक्रम 2019"], ["क्र.\nसं.", "जनपद\nका नाम", "दिनांक\nसे", "दिनांक\nतक"], [1, "गौतमबुद्ध\nनगर ", "12-09-\n2019", "13-09-2019"],
        [2, "फीरोजा\nबाद", date(2019, 9, 16), "१७/०९/२०१९"], [3, "संत रविदास\nनगर", "16.9.2019", 43725],
    ]  # fmt: skip
    found = [(row.values["district"], row.values["start"], row.values["end"]) for row in reading.rows(book(lines), SAMAGAM)]
    assert found == [
        ("144", date(2019, 9, 12), date(2019, 9, 13)),
        ("143", date(2019, 9, 16), date(2019, 9, 17)),
        ("179", date(2019, 9, 16), date(2019, 9, 17)),
    ]
