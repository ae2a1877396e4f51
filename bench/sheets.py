"""Lists out and workbooks in: ``python -m bench.sheets [--rows N] [--read N] [--rounds N]``."""

import argparse
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from bench.measuring import Task, compare, print_table
from workflows.sheets import reading, templates
from workflows.sheets.columns import Column, Sheet, Type
from workflows.sheets.lists import write_csv, write_list

STOCK = "openpyxl, write-only"
COLUMNS = (
    Column("number", "File number", "पत्रावली संख्या", Type.IDENTIFIER, width=22),
    Column("subject", "Subject", "विषय", Type.TEXT, width=44),
    Column("process", "Process", "प्रक्रिया", Type.TEXT, width=24),
    Column("district", "District", "जनपद", Type.TEXT, width=18),
    Column("amount", "Amount", "राशि", Type.RUPEES, width=16),
    Column("opened", "Opened on", "आरंभ तिथि", Type.DATE, width=13),
    Column("office", "Where it is", "कहाँ है", Type.TEXT, width=36),
    Column("step", "Step", "चरण", Type.TEXT, width=24),
    Column("days", "Days", "दिवस", Type.WHOLE, width=10),
    Column("late", "Beyond time", "समय-सीमा पार", Type.YES_NO, width=12),
)
SHEET = Sheet("bench", "Files", "पत्रावलियाँ", COLUMNS)
FORMATS = {Type.RUPEES: "#,##0.00", Type.DATE: "DD-MM-YYYY"}


def lines(rows: int) -> Iterator[dict[str, Any]]:
    """Yield lines as a list of files has them, in both scripts."""
    first = date(2026, 4, 1)
    for n in range(rows):
        yield {
            "number": f"UP/LON/2026-27/{n:06}",
            "subject": f"चर्म शिल्प इकाई क्रमांक {n}, आगरा" if n % 2 else f"Leather unit no. {n}, Agra",
            "process": "Loan with margin money",
            "district": "गौतम बुद्ध नगर" if n % 3 else "Agra",
            "amount": Decimal(100_000 + n * 125) / 4,
            "opened": first + timedelta(days=n % 300),
            "office": "Deputy Commissioner Industries, Gautam Buddha Nagar",
            "step": "Scrutiny",
            "days": n % 90,
            "late": n % 7 == 0,
        }


def write_stock(rows: int) -> int:
    """Write the same lines with openpyxl, styled alike as far as a stream of it allows."""
    book = Workbook(write_only=True)
    page = book.create_sheet("List")
    page.freeze_panes = "A2"
    page.append([column.label_en for column in COLUMNS])
    for line in lines(rows):
        cells = []
        for column in COLUMNS:
            cell = WriteOnlyCell(page, ("Yes" if line["late"] else "No") if column.key == "late" else line[column.key])
            cell.number_format = FORMATS.get(column.type, "General")
            cells.append(cell)
        page.append(cells)
    with TemporaryFile() as file:
        book.save(file)
    return rows


def write_xlsx(rows: int) -> int:
    with TemporaryFile() as file:
        return write_list(file, COLUMNS, lines(rows), title="Files", language="en")


def write_plain(rows: int) -> int:
    with TemporaryFile() as file:
        return write_csv(file, COLUMNS, lines(rows), language="en")


def filled(rows: int) -> BytesIO:
    """Return a template with so many lines filled in."""
    file = BytesIO()
    templates.write(SHEET, file, rows=lines(rows), entry_rows=rows)
    file.seek(0)
    return file


def read(file: BytesIO) -> int:
    """Read and judge every cell; a fault here would be a fault of the bench."""
    count = 0
    for row in reading.rows(file, SHEET):
        assert not row.faults, row.faults
        count += 1
    return count


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=100_000)
    asked.add_argument("--read", type=int, default=10_000)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    settings.configure(USE_TZ=True, TIME_ZONE="Asia/Kolkata", USE_I18N=False)
    tasks = [
        Task(STOCK, given.rows, write_stock),
        Task("list as .xlsx", given.rows, write_xlsx),
        Task("list as .xlsx, a tenth of it", given.rows // 10, write_xlsx),
        Task("list as .csv", given.rows, write_plain),
        Task("workbook read and parsed", given.read, read, filled),
    ]
    print_table(compare(tasks, given.rounds), against=STOCK)


if __name__ == "__main__":
    main()
