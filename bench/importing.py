"""P8: a workbook of loan applications sent through the real door, and read, judged and stored by the real long work."""

import io
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from stdnum import verhoeff

from bench.clocks import server_pid, server_seconds
from bench.measuring import Task, compare
from bench.reading import use
from bench.table import Line
from programme.models import Office, Posting
from workflows import jobs
from workflows.models import RowStanding, Workbook, WorkbookRow
from workflows.work import WORK
from workflows.workbooks.accepting import accept
from workflows.workbooks.kinds import KINDS
from workflows.workbooks.sending import receive

ROWS, FEW = 10_000, 1_000
KIND = KINDS["loans"]
BORN = date(1970, 1, 1)
SAME = {
    "gender": "male", "category": "general", "residence": "in this district", "tags_artisan": "yes", "activity": "industry",
    "product_words": "Leather purses", "own_contribution": "₹2,40,000", "working_capital": "5 लाख", "bank": "Bank of Baroda",
    "branch": "Sanjay Place", "ifsc": "BARB0SANJAY", "declarations_no_default": "हाँ", "declarations_no_other_scheme": "हाँ",
    "declarations_affidavit": "हाँ",
}  # fmt: skip


def lines(_small: str, large: str, _rounds: int) -> list[Line]:
    use(large)
    wall, own, server = _imported(ROWS)
    connection.close()

    def work(rows: int) -> int:
        use(large)
        _imported(rows)
        return rows

    grown = compare([Task(str(rows), rows, work) for rows in (FEW, ROWS)], 1)
    less, more = (grown[str(rows)][0].megabytes for rows in (FEW, ROWS))
    use(large)
    told = f"applications read, judged and stored as drafts: {own:.1f} s CPU, {server:.1f} the database's, {wall:.1f} s in all"
    return [
        Line("P8", f"{ROWS:,} {told}", ROWS / (own + server), 2_000, "rows/s CPU", more=True),
        Line("P8", f"memory for {ROWS:,}, the most of one workbook; {less:.0f} MB for {FEW:,}", more, 150, "MB"),
    ]


def _imported(count: int) -> tuple[float, float, float]:
    """Import so many rows of applicants whom nobody imported before; return seconds, and those of both processors' work."""
    at = Office.objects.get(designation__code="dic", designation__state__short="UP", district__name_en="Agra")
    officer = Posting.objects.select_related("officer").get(office=at, charge="regular", ends_on=None).officer
    # Every import adds a row at least for each of its applicants, so nobody comes twice.
    newest = WorkbookRow.objects.order_by("-pk").first()
    content = _written(at, count, newest.pk if newest else 0)
    pid = server_pid()
    before, wall, cpu = server_seconds(pid), time.perf_counter(), time.process_time()
    book = receive(SimpleUploadedFile("applications.xlsx", content), KIND, at, by=officer)
    _work()
    accept(Workbook.objects.get(pk=book.pk), by=officer, only_good=True)
    _work()
    taken = time.perf_counter() - wall, time.process_time() - cpu, server_seconds(pid) - before
    accepted = book.rows.filter(standing=RowStanding.ACCEPTED).count()
    assert accepted == count, (accepted, book.rows.exclude(standing=RowStanding.ACCEPTED).first())
    return taken


def _work() -> None:
    while jobs.run(WORK):
        pass


def _written(at: Office, count: int, first: int) -> bytes:
    sheet, book, out = KIND.sheet(at, None), openpyxl.Workbook(write_only=True), io.BytesIO()
    page = book.create_sheet()
    page.append([column.label_en for column in sheet.columns])
    for row in _applicants(count, first):
        page.append([row.get(column.key) for column in sheet.columns])
    book.save(out)
    return out.getvalue()


def _applicants(count: int, first: int) -> Iterator[dict[str, Any]]:
    for n in range(first + 1, first + count + 1):
        stem = f"2{n:010d}"
        own = {"aadhaar": stem + verhoeff.calc_check_digit(stem), "bank_account": f"BARB0AGRAXX {30012340000 + n}"}
        person = {"name": f"Ram Prakash {n}", "guardian_name": f"Shyam Lal {n % 900}", "mobile": f"9{n % 1_000_000_000:09d}"}
        place = {
            "date_of_birth": BORN + timedelta(days=n % 9_000),
            "address": f"House {n}, Lohamandi, Agra",
            "unit_name": f"Leather works {n}",
        }
        more = n % 500 * 1_000
        yield SAME | own | person | place | {"project_cost": 2_400_000 + more, "term_loan": 1_660_000 + more}
