"""Reading a workbook and judging its rows, a block a transaction."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from django.utils.translation import gettext as _

from programme.bilingual import in_both
from workflows.jobs import Done, Work
from workflows.models import Job, JobRow, RowStanding, RowStatus, Workbook, WorkbookRow
from workflows.sheets import reading
from workflows.sheets.reading import Row
from workflows.workbooks.judge import Judged
from workflows.workbooks.kind import Both, Kind, Standing
from workflows.workbooks.kinds import KINDS
from workflows.workbooks.rows import sealed
from workflows.workbooks.sending import content_of
from workflows.workbooks.shapes import Shape
from workflows.writing import stream

RELATED = ("office__designation__state", "office__district", "by")


class Reader:
    """Reads a workbook block after block. A worker that goes on where it left has the sheet open; another one reads up to there."""

    def __init__(self) -> None:
        self.book = self.at = 0
        self.rows: Iterator[Row] = iter(())

    def block(self, book: Workbook, kind: Kind, first: int, count: int | None) -> list[Row]:
        """Return ``count`` filled rows from the ``first`` on, counted from 0; all that are left when it is ``None``."""
        if (self.book, self.at) != (book.pk, first):
            sheet = kind.sheet(book.office, book.by)
            self.rows = islice(reading.rows(io.BytesIO(content_of(book)), sheet), first, None)
        # Should the block be undone, its rows are read anew.
        self.book = 0
        found = list(islice(self.rows, count))
        if count is None:
            self.rows = iter(())
        else:
            self.book, self.at = book.pk, first + count
        return found


READER = Reader()


def check_block(row: JobRow) -> Done:
    """Judge a block of rows for the officer who sent the workbook, and keep them as they were judged."""
    book = Workbook.objects.select_related(*RELATED).get(pk=row.args["workbook"])
    kind = KINDS[book.kind]
    kind.check(book.by, book.office)
    lines = READER.block(book, kind, row.args["first"], row.args["count"])
    judge = kind.judge(book.office, book.by)
    kind.prepare(judge, lines)
    found = judged(book, kind, [judge.judged(line) for line in lines], judge.shape)
    stream(WorkbookRow, found)
    if not row.job.rows.filter(status=RowStatus.WAITING).exclude(pk=row.pk).exists():
        Workbook.objects.filter(pk=book.pk).update(busy=False)
    said = in_both(lambda: _counted(found))
    return Done(sentence_en=said["text_en"], sentence_hi=said["text_hi"])


def judged(book: Workbook, kind: Kind, lines: list[Judged], shape: Shape) -> list[WorkbookRow]:
    """Return the rows as they stand: what is wrong with them, or that they are there already."""
    standing = kind.standing(book.office, shape)
    standing.look(lines)
    before = _Before(book, kind, lines)
    return [_row(book, line, kind.titled(line.values, shape), standing, before) for line in lines]


class _Before:
    """What rows of the same words came to, in this workbook or another of the office."""

    def __init__(self, book: Workbook, kind: Kind, lines: list[Judged]) -> None:
        prints = [line.fingerprint for line in lines]
        self.here = dict(book.rows.filter(fingerprint__in=prints).order_by("-number").values_list("fingerprint", "number"))
        accepted = alike(kind=book.kind, office=book.office_id, prints=prints)
        there = kind.still(accepted)
        self.accepted = {row.fingerprint: row for row in accepted if row.pk in there}

    def said(self, line: Judged, print_: str) -> Both | None:
        """Return, in both languages, which row said the same; ``None`` when none did."""
        accepted, number = self.accepted.get(print_), self.here.get(print_)
        self.here.setdefault(print_, line.number)
        if accepted:
            return in_both(lambda: accepted_before(accepted), "sentence")
        if number:
            return in_both(lambda: _("The same as row %(row)s.") % {"row": number}, "sentence")
        return None


def _row(book: Workbook, line: Judged, title: str, standing: Standing, before: _Before) -> WorkbookRow:
    print_ = line.fingerprint
    said = standing.present(line) or before.said(line, print_)
    stands = RowStanding.PRESENT if said else RowStanding.WRONG if line.faults else RowStanding.GOOD
    return WorkbookRow(
        workbook_id=book.pk,
        kind=book.kind,
        office_id=book.office_id,
        number=line.number,
        title=title,
        standing=stands,
        values=line.values,
        sealed=sealed(line.numbers),
        fingerprint=print_,
        faults={} if said else line.faults,
        **(said or {}),
    )


def alike(*, kind: str, office: int, prints: list[str]) -> list[WorkbookRow]:
    """Return the accepted rows of an office with these fingerprints, with their workbooks.

    Joined with its workbooks, PostgreSQL would go through all accepted rows of each.
    """
    rows = WorkbookRow.objects.filter(fingerprint__in=prints, kind=kind, office=office, standing=RowStanding.ACCEPTED)
    return list(rows.prefetch_related("workbook"))


def accepted_before(row: WorkbookRow) -> str:
    """Say where the same row was accepted before."""
    return _("Accepted before: row %(row)s of “%(name)s”.") % {"name": row.workbook.name, "row": row.number}


def _counted(rows: Iterable[WorkbookRow]) -> str:
    counts = Counter(row.standing for row in rows)
    said = {"good": counts[RowStanding.GOOD], "wrong": counts[RowStanding.WRONG], "present": counts[RowStanding.PRESENT]}
    return _("%(good)s good, %(wrong)s to correct, %(present)s already present.") % said


def _title(job: Job) -> str:
    return _("Check of a workbook: %(kind)s") % {"kind": KINDS[job.args["kind"]].title}


CHECKING = Work(title=_title, act=check_block, may_be_cancelled=True)
