"""Accepting the good rows of a workbook: each becomes its draft or record once, whoever sends it again."""

from collections import defaultdict
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.bilingual import LANGUAGES, in_both
from programme.models import Officer
from workflows import jobs
from workflows.authority import Overtaken, Refusal
from workflows.jobs import REFUSALS, Done, Work
from workflows.models import Job, JobRow, JobStatus, RowStanding, RowStatus, Workbook, WorkbookRow
from workflows.workbooks.checking import RELATED, accepted_before, alike
from workflows.workbooks.kind import Kind, Writer
from workflows.workbooks.kinds import KINDS
from workflows.workbooks.sending import BLOCK, nothing_collected, settle, sweep_one

ACCEPT = "workbook-accept"
# Where each row is an act with a line in a history, others write sooner.
ACTS = 250
TO_CORRECT = (RowStanding.WRONG, RowStanding.REFUSED)


def accept(book: Workbook, *, by: Officer, only_good: bool) -> Job:
    """Ask for the acceptance of the good rows, as long work in the officer's name.

    Without ``only_good`` it is all rows or none: refused while a row is to be corrected, and undone as a whole when one cannot be.
    Raises ``Refusal`` when the officer may not, ``Overtaken`` when it is being done already.
    """
    if book.by_id != by.pk:
        raise Refusal(_("This workbook belongs to another officer."))
    KINDS[book.kind].check(by, book.office)
    settle(by)
    with transaction.atomic():
        if not _taken_up(book):
            raise Overtaken(_("This workbook is being worked on at this moment. Look again."))
        book.refresh_from_db()
        good = list(book.rows.filter(standing=RowStanding.GOOD).order_by("number").values_list("number", flat=True))
        _refuse_without_rows(book, good, only_good)
        most = BLOCK if KINDS[book.kind].is_drafted else min(BLOCK, ACTS)
        step = most if only_good else len(good)
        rows = [_asked(book, good[n : n + step]) for n in range(0, len(good), step)]
        told = {"workbook": book.pk, "kind": book.kind, "only_good": only_good}
        key, state = f"{ACCEPT}/{book.pk}/{timezone.now().isoformat()}", book.office.designation.state
        book.accepting = jobs.start(ACCEPT, by=by, key=key, rows=rows, args=told, state=state)
        book.save(update_fields=["accepting"])
    return book.accepting


def _taken_up(book: Workbook) -> bool:
    """Take the workbook up, as the only one of its officer; ``False`` when somebody was faster."""
    try:
        with transaction.atomic():
            return Workbook.objects.filter(pk=book.pk, busy=False, swept_at=None).update(busy=True) == 1
    except IntegrityError:
        return False


def _refuse_without_rows(book: Workbook, good: list[int], only_good: bool) -> None:
    check = book.checking
    if check is None or check.status != JobStatus.FINISHED:
        raise Refusal(_("The rows are not all checked yet."))
    if not good:
        raise Refusal(_("There is no good row to accept."))
    unread, wrong = check.refused + check.failed, book.rows.filter(standing__in=TO_CORRECT)
    if not only_good and (unread or wrong.exists()):
        raise Refusal(_("Some rows are to be corrected, so all cannot be accepted. Accept the good ones, or send a corrected workbook."))


def _asked(book: Workbook, numbers: list[int]) -> JobRow:
    said = {"first": numbers[0], "last": numbers[-1]}
    named = in_both(lambda: _("Rows %(first)s to %(last)s") % said, "name")
    return JobRow(key=str(numbers[0]), args={"workbook": book.pk, **said}, **named)


@nothing_collected()
def accept_block(row: JobRow) -> Done:
    """Accept a block of rows for the officer; a row that cannot be is refused alone, or with all others where it is all or none."""
    book = Workbook.objects.select_related(*RELATED).get(pk=row.args["workbook"])
    kind = KINDS[book.kind]
    kind.check(book.by, book.office)
    numbers = (row.args["first"], row.args["last"])
    good = book.rows.select_for_update().filter(standing=RowStanding.GOOD, number__range=numbers).order_by("number")
    rows = list(good.defer("title", "faults", "sentence_en", "sentence_hi", "became"))
    accepting = partial(_accept_rows, kind, rows, book, alone=row.job.args["only_good"] and not kind.is_drafted)
    try:
        with transaction.atomic():
            count = accepting()
    except IntegrityError:
        # The same row of another workbook was accepted at this very moment; now it can be read.
        count = accepting()
    if not row.job.rows.filter(status=RowStatus.WAITING).exclude(pk=row.pk).exists():
        _end(book)
    said = in_both(partial(_accepted, count))
    return Done(sentence_en=said["text_en"], sentence_hi=said["text_hi"])


def _end(book: Workbook) -> None:
    """Set the workbook free; where nothing is left to correct, its contents go at once."""
    Workbook.objects.filter(pk=book.pk).update(busy=False)
    if not book.rows.filter(standing__in=[RowStanding.GOOD, *TO_CORRECT]).exists():
        sweep_one(book)


def _accept_rows(kind: Kind, rows: list[WorkbookRow], book: Workbook, *, alone: bool) -> int:
    """Accept those rows that nobody accepted before, and return how many; ``alone``, one that cannot be is marked and holds up no other."""
    fresh, write = _not_yet(kind, rows), kind.writer(book, by=book.by)
    became = _each(fresh, write) if alone else write(fresh) if fresh else {}
    _mark_accepted(kind, book, became)
    others = [row for row in rows if row.pk not in became]
    WorkbookRow.objects.bulk_update(others, ["standing", "sentence_en", "sentence_hi"], batch_size=100)
    return len(became)


def _mark_accepted(kind: Kind, book: Workbook, became: dict[int, str]) -> None:
    """Say of each row what it became, and empty it."""
    emptied: dict[str, Any] = {"values": {}, "sealed": ""}
    if kind.is_drafted and not book.rows.filter(standing__in=TO_CORRECT).exists():
        # All contents go when the last row is accepted, and the draft says what it is about: no row is written twice.
        emptied["title"] = ""
    made: dict[str, list[int]] = defaultdict(list)
    for number, what in became.items():
        made[what].append(number)
    for what, numbers in made.items():
        WorkbookRow.objects.filter(pk__in=numbers).update(standing=RowStanding.ACCEPTED, became=what, **emptied)


def _not_yet(kind: Kind, rows: list[WorkbookRow]) -> list[WorkbookRow]:
    """Return the rows to write. One that another workbook brought is present; where that one is gone since, it makes room."""
    if not rows:
        return []
    accepted = alike(kind=rows[0].kind, office=rows[0].office_id, prints=[row.fingerprint for row in rows])
    there = kind.still(accepted)
    WorkbookRow.objects.filter(pk__in=[row.pk for row in accepted if row.pk not in there]).update(standing=RowStanding.FREED)
    before = {row.fingerprint: row for row in accepted if row.pk in there}
    for row in rows:
        if row.fingerprint in before:
            row.standing = RowStanding.PRESENT
            for language, text in in_both(partial(accepted_before, before[row.fingerprint]), "sentence").items():
                setattr(row, language, text)
    return [row for row in rows if row.fingerprint not in before]


def _each(rows: list[WorkbookRow], write: Writer) -> dict[int, str]:
    became: dict[int, str] = {}
    for row in rows:
        try:
            with transaction.atomic():
                became |= write([row])
        except REFUSALS as refusal:
            row.standing = RowStanding.REFUSED
            for language, text in _said(refusal, row, write).items():
                setattr(row, f"sentence_{language}", text)
    return became


def _said(refusal: Exception, row: WorkbookRow, write: Writer) -> dict[str, str]:
    """Return the refusal in both languages: what was refused in one is asked once more in the other, and undone."""
    own = "hi" if (translation.get_language() or "").startswith("hi") else "en"
    said = dict.fromkeys(LANGUAGES, jobs.sentence(refusal))
    other = "en" if own == "hi" else "hi"
    with translation.override(other), transaction.atomic():
        try:
            with transaction.atomic():
                write([row])
        except REFUSALS as again:
            said[other] = jobs.sentence(again)
        else:
            transaction.set_rollback(True)
    return said


def _accepted(count: int) -> str:
    return ngettext("%(count)s row accepted.", "%(count)s rows accepted.", count) % {"count": count}


def _title(job: Job) -> str:
    return _("Acceptance of a workbook: %(kind)s") % {"kind": KINDS[job.args["kind"]].title}


ACCEPTING = Work(title=_title, act=accept_block, may_be_cancelled=True)
