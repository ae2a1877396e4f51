"""Workbooks for tests: written as people write them, sent through the real door, checked and accepted by real work."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from programme.models import Office, Officer
from tests.files import holder_of
from workflows import jobs
from workflows.models import Job, Workbook
from workflows.work import WORK
from workflows.workbooks.accepting import accept
from workflows.workbooks.kinds import KINDS
from workflows.workbooks.sending import receive


def written(kind: str, at: Office, rows: Iterable[Mapping[str, Any]], *, headings: Mapping[str, str] | None = None) -> bytes:
    """Return a workbook with the English headings of the kind over some rows, values by column key."""
    sheet = KINDS[kind].sheet(at, None)
    book = openpyxl.Workbook()
    page = book.active
    page.append([(headings or {}).get(column.key, column.label_en) for column in sheet.columns])
    for row in rows:
        page.append([row.get(column.key) for column in sheet.columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sent(kind: str, at: Office, content: bytes, *, by: Officer | None = None, name: str = "register.xlsx") -> Workbook:
    """Send a workbook as the officer of the office."""
    return receive(SimpleUploadedFile(name, content), KINDS[kind], at, by=by or holder_of(at))


def work() -> None:
    """Do all the long work there is."""
    while jobs.run(WORK):
        pass


def checked(kind: str, at: Office, rows: Iterable[Mapping[str, Any]], **told: Any) -> Workbook:
    """Send rows as a workbook and let them be checked."""
    book = sent(kind, at, written(kind, at, rows), **told)
    work()
    return Workbook.objects.get(pk=book.pk)


def accepted(book: Workbook, *, only_good: bool = False) -> Job:
    """Accept a workbook as its officer and let the work be done."""
    job = accept(book, by=book.by, only_good=only_good)
    work()
    job.refresh_from_db()
    return job


def standings(book: Workbook) -> dict[int, str]:
    return dict(book.rows.order_by("number").values_list("number", "standing"))


def faults(book: Workbook, number: int, language: str = "en") -> dict[str, str]:
    found: dict[str, str] = book.rows.get(number=number).faults.get(language, {})
    return found
