"""Reading a workbook and judging its rows, a block a transaction."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from programme.asking import Asked, Given, one_of
from programme.bilingual import in_both
from programme.calendar import today
from workflows import marks
from workflows.jobs import Done, Work
from workflows.models import Job, JobRow, RowStanding, RowStatus, Workbook, WorkbookRow
from workflows.sheets import reading
from workflows.sheets.reading import Row
from workflows.workbooks.judge import Judge, Judged
from workflows.workbooks.kind import Both, Kind, Standing
from workflows.workbooks.kinds import KINDS
from workflows.workbooks.rows import sealed
from workflows.workbooks.sending import content_of, nothing_collected, scanned_of
from workflows.workbooks.shapes import Shape
from workflows.writing import stream

RELATED = ("office__designation__state", "office__district", "by")


class Reader:
    """Reads a workbook block after block. A worker that goes on where it left has the sheet open; another one reads up to there.

    The form that judges is kept with the open sheet, whose lists are as old, while set-up and day are the same.
    """

    def __init__(self) -> None:
        self.book = self.at = 0
        self.rows: Iterator[Row] = iter(())
        self.judge: Judge | None = None
        self.judged_under: Any = None

    def block(self, book: Workbook, kind: Kind, first: int, count: int | None) -> list[Row]:
        """Return ``count`` filled rows from the ``first`` on, counted from 0; all that are left when it is ``None``."""
        if (self.book, self.at) != (book.pk, first):
            sheet = kind.sheet(book.office, book.by)
            self.rows = islice(reading.rows(io.BytesIO(content_of(book)), sheet, scanned_of(book)), first, None)
            self.judge = None
        # Should the block be undone, its rows are read anew.
        self.book = 0
        found = list(islice(self.rows, count))
        if count is None:
            self.rows = iter(())
        else:
            self.book, self.at = book.pk, first + count
        return found

    def judge_of(self, book: Workbook, kind: Kind, mark: Any) -> Judge:
        """Return the form that judges the block that was read last; ``mark`` is that of the set-up."""
        under = (mark, today())
        if self.judge is None or self.judged_under != under:
            self.judge, self.judged_under = kind.judge(book.office, book.by), under
        return self.judge


READER = Reader()


@nothing_collected()
def check_block(row: JobRow) -> Done:
    """Judge a block of rows for the officer who sent the workbook, and keep them as they were judged."""
    book = Workbook.objects.select_related(*RELATED).annotate(mark=marks.column()).get(pk=row.args["workbook"])
    kind = KINDS[book.kind]
    kind.check(book.by, book.office)
    lines = READER.block(book, kind, row.args["first"], row.args["count"])
    judge = READER.judge_of(book, kind, book.mark)
    kind.prepare(judge, lines)
    found = judged(book, kind, [judge.judged(line) for line in lines], judge.shape)
    stream(WorkbookRow, found)
    if not row.job.rows.filter(status=RowStatus.WAITING).exclude(pk=row.pk).exists():
        Workbook.objects.filter(pk=book.pk).update(busy=False)
    said = in_both(lambda: _counted(found))
    return Done(sentence_en=said["text_en"], sentence_hi=said["text_hi"])


def judged(book: Workbook, kind: Kind, lines: list[Judged], shape: Shape) -> list[dict[str, Any]]:
    """Return the columns of the rows as they stand: what is wrong with them, or that they are there already."""
    standing = kind.standing(book.office, shape)
    standing.look(lines)
    before = _Before(book, kind, lines)
    return [_row(book, line, kind.titled(line.values, shape), standing, before) for line in lines]


# Planned for their own prints: a plan made for any list would compare each row with the whole of it.
ALIKE_HERE = Asked(
    lambda: WorkbookRow.objects.filter(one_of("fingerprint", Given("prints")), workbook=Given("book")).values_list("fingerprint", "number"),
    planned_anew=True,
)
ALIKE_ACCEPTED = Asked(
    lambda: WorkbookRow.objects.filter(
        one_of("fingerprint", Given("prints")), kind=Given("kind"), office=Given("office"), standing=RowStanding.ACCEPTED
    ),
    planned_anew=True,
)


class _Before:
    """What rows of the same words came to, in this workbook or another of the office."""

    def __init__(self, book: Workbook, kind: Kind, lines: list[Judged]) -> None:
        prints = [line.fingerprint for line in lines]
        self.here = dict(sorted(ALIKE_HERE(book=book.pk, prints=prints), key=itemgetter(1), reverse=True))
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


def _row(book: Workbook, line: Judged, title: str, standing: Standing, before: _Before) -> dict[str, Any]:
    print_ = line.fingerprint
    said = standing.present(line) or before.said(line, print_)
    stands = RowStanding.PRESENT if said else RowStanding.WRONG if line.faults else RowStanding.GOOD
    return {
        "workbook_id": book.pk,
        "kind": book.kind,
        "office_id": book.office_id,
        "number": line.number,
        "title": title,
        "standing": stands,
        "values": line.values,
        "sealed": sealed(line.numbers),
        "fingerprint": print_,
        "faults": {} if said else line.faults,
        **(said or {}),
    }


def alike(*, kind: str, office: int, prints: list[str]) -> list[WorkbookRow]:
    """Return the accepted rows of an office with these fingerprints, with their workbooks.

    Joined with its workbooks, PostgreSQL would go through all accepted rows of each.
    """
    rows = ALIKE_ACCEPTED(prints=prints, kind=kind, office=office)
    prefetch_related_objects(rows, "workbook")
    return rows


def accepted_before(row: WorkbookRow) -> str:
    """Say where the same row was accepted before."""
    return _("Accepted before: row %(row)s of “%(name)s”.") % {"name": row.workbook.name, "row": row.number}


def _counted(rows: Iterable[dict[str, Any]]) -> str:
    counts = Counter(row["standing"] for row in rows)
    said = {"good": counts[RowStanding.GOOD], "wrong": counts[RowStanding.WRONG], "present": counts[RowStanding.PRESENT]}
    return _("%(good)s good, %(wrong)s to correct, %(present)s already present.") % said


def _title(job: Job) -> str:
    return _("Check of a workbook: %(kind)s") % {"kind": KINDS[job.args["kind"]].title}


CHECKING = Work(title=_title, act=check_block, may_be_cancelled=True)
