"""Verifying the whole record, or some files of it, as one moment saw it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import timezone
from viewflow.workflow.models import Process

from workflows.models import Case, Enclosure, Leaf, Noting, OrderPaper, RegisterLine, Sitting
from workflows.record import triggers
from workflows.record.entry_checks import check_registers, check_what_is_left
from workflows.record.findings import Finding, finding
from workflows.record.minutes import check_minutes, check_texts
from workflows.record.notes import notes_in
from workflows.record.paragraphs import COLUMNS, check_file
from workflows.record.reading import all_rows, among, rows, snapshot
from workflows.record.sealer import WINDOW
from workflows.record.seals import check_log
from workflows.record.sharing import shared
from workflows.record.standing import File, Paper, files, papers_of, surroundings
from workflows.record.stored import wrong_in

CHUNK = 1_000  # Files held in memory at once; their paragraphs are streamed.


class UnknownFile(Exception):
    """No file has this number."""


@dataclass
class Report:
    """What was read and what was found."""

    files: int = 0
    paragraphs: int = 0
    sealed: int = 0
    lines: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def add(self, part: "Report") -> None:
        """Add what was read and found in a part of the files."""
        self.files += part.files
        self.paragraphs += part.paragraphs
        self.findings += part.findings


def verify(case_numbers: Iterable[str] | None = None, anchors: Iterable[str] = (), *, processes: int = 1) -> Report:
    """Check files (all, or those numbered), the whole log of seals, the database's guards, and anchors kept outside.

    ``anchors`` are texts that hold signed notes. All files are shared out between ``processes``, where there can be several.
    Raise ``UnknownFile`` for a number that no file has.
    """
    report = Report()
    with shared(_share, processes if case_numbers is None else 1) as shares, snapshot():
        report.findings += check_guards()
        cases = _cases(case_numbers)
        if shares:
            shares.begin()
        else:
            _read(cases, report)
        beside = [*_beside(every=case_numbers is None), *check_log(note for text in anchors for note in notes_in(text))]
        for part in shares.parts() if shares else ():
            report.add(part)
        report.findings += beside
        report.lines = RegisterLine.objects.count() if case_numbers is None else 0
        report.sealed = Leaf.objects.count()
    report.findings = list(dict.fromkeys(report.findings))
    return report


def _share(share: int, of: int) -> Iterator[Report]:
    """Check a share of all files, and yield a report of each part of it."""
    now = timezone.now()
    for chunk in islice(_chunks(files(_cases(None))), share, None, of):
        part = Report()
        part.findings += _check_chunk(chunk, now, part)
        yield part


def _beside(*, every: bool) -> Iterator[Finding]:
    """Return what is wrong with minutes, with what no file leads to and with registers."""
    yield from check_texts(Sitting.objects.all())
    if every:
        yield from _strays()
        yield from check_registers()
    yield from _hidden()


def verify_files(cases: QuerySet[Case]) -> Report:
    """Check some files, their papers, orders and minutes; the log of seals is left to ``check_log`` and ``check_seals_of``."""
    report = Report()
    with snapshot():
        _read(cases.order_by("pk"), report)
        report.findings += check_minutes(cases)
    report.findings = list(dict.fromkeys(report.findings))
    return report


def check_guards() -> list[Finding]:
    """Return what the database no longer refuses."""
    return [finding("guard", name=name) for name in triggers.missing()]


def check_what_lies_about() -> list[Finding]:
    """Return what no file leads to: paragraphs without one, those that the sealer will never look for, minutes that decided on none."""
    return [*_strays(), *_hidden(), *check_what_is_left(), *check_texts(Sitting.objects.filter(items=None))]


def _read(cases: QuerySet[Case], report: Report) -> None:
    now = timezone.now()
    for chunk in _chunks(files(cases)):
        report.findings += _check_chunk(chunk, now, report)


def _cases(numbers: Iterable[str] | None) -> QuerySet[Case]:
    cases = Case.objects.order_by("pk")
    if numbers is None:
        return cases
    wanted = set(numbers)
    found = cases.filter(number__in=wanted)
    if unknown := wanted - set(found.values_list("number", flat=True)):
        raise UnknownFile(", ".join(sorted(unknown)))
    return found


def _chunks(cases: Iterator[File]) -> Iterator[list[File]]:
    while chunk := list(islice(cases, CHUNK)):
        yield chunk


def _check_chunk(cases: list[File], now: datetime, report: Report) -> Iterator[Finding]:
    keys = {case.pk for case in cases}
    papers = papers_of(keys)
    around = surroundings(cases, papers)
    paragraphs = Noting.objects.filter(among("case", keys)).order_by("case_id", "paragraph").values_list(*COLUMNS)
    grouped = ((pk, group) for pk, group in groupby(rows(paragraphs), key=itemgetter(1)) if pk in keys)
    case_id, group = next(grouped, (None, iter(())))
    for case in cases:
        report.files += 1
        if case.pk == case_id:
            yield from check_file(around[case.pk], _counted(group, report), now)
            case_id, group = next(grouped, (None, iter(())))
        else:
            yield from check_file(around[case.pk], (), now)
    yield from _check_papers(cases, papers)


def _counted(read: Iterable[tuple[Any, ...]], report: Report) -> Iterator[tuple[Any, ...]]:
    for row in read:
        report.paragraphs += 1
        yield row


def _check_papers(cases: list[File], papers: list[Paper]) -> Iterator[Finding]:
    """Every paper received, replaced ones too, and every printing of an order must still lie in the store as it was."""
    numbers = {case.pk: case.number for case in cases}
    storage = Enclosure.stored.field.storage
    for paper in papers:
        if wrong := wrong_in(storage, paper.stored, paper.sha256):
            yield finding(wrong, numbers[paper.case_id], name=paper.name)
    storage = OrderPaper.stored.field.storage
    columns = ("order__case_id", "order__number", "language", "stored", "sha256")
    printed = OrderPaper.objects.filter(among("order__case", numbers)).order_by("order__case_id", "pk").values_list(*columns)
    for case_id, order, language, stored, sha256 in all_rows(printed):
        if case_id in numbers and (wrong := wrong_in(storage, stored, sha256)):
            yield finding(wrong, numbers[case_id], name=OrderPaper.named(order, language))


def _strays() -> Iterator[Finding]:
    """Paragraphs whose file is gone."""
    case, process = Case.objects.filter(pk=OuterRef("case_id")), Process.objects.filter(pk=OuterRef("case_id"))
    rows = Noting.objects.filter(~Exists(case) | ~Exists(process))
    for pk, paragraph in rows.values_list("pk", "paragraph").iterator(chunk_size=CHUNK):
        yield finding("stray", paragraph=paragraph, row=pk)


def _hidden() -> Iterator[Finding]:
    """Paragraphs too far back for the sealer to look for them, and without a place in the log."""
    newest = Leaf.objects.aggregate(id=Max("noting_id"))["id"] or 0
    rows = Noting.objects.filter(~Exists(Leaf.objects.filter(noting=OuterRef("pk"))), pk__lte=newest - WINDOW)
    for number, paragraph in rows.values_list("case__number", "paragraph").iterator(chunk_size=CHUNK):
        yield finding("unsealed", number or "", paragraph)
