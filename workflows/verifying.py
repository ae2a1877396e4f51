"""Checking the record from inside: one file while its reader waits, everything as long work whose findings are kept with its rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.bilingual import in_both
from programme.models import Officer, State, entry_models
from programme.powers import Power
from workflows import authority, jobs
from workflows.authority import Refusal
from workflows.jobs import Done, Work
from workflows.models import Case, Checkpoint, Job, JobRow, Leaf, Noting
from workflows.record import verifier
from workflows.record.entry_checks import check_register
from workflows.record.findings import Finding, finding
from workflows.record.seals import check_log, check_seals_of

KIND = "verify_record"
# On SQLite nobody writes while a row is done, so that a row is little.
FILES, ENTRIES, PLACES = 100, 500, 20_000
# Findings kept of one row: where a thousand files are broken, the first tell what happened.
KEPT = 200


@dataclass(frozen=True)
class Checked:
    """One paragraph and what was found of it, with its place in the log; ``None`` while it waits for its seal."""

    noting: Noting
    leaf: int | None
    findings: list[Finding]


@dataclass(frozen=True)
class Sheet:
    """What was found of one file: paragraph by paragraph, and beside them of the file itself and of its seals."""

    paragraphs: list[Checked]
    beside: list[Finding]

    @property
    def ok(self) -> bool:
        return not self.beside and not any(checked.findings for checked in self.paragraphs)

    @property
    def waiting(self) -> int:
        """How many paragraphs are not sealed yet."""
        return sum(checked.leaf is None for checked in self.paragraphs)


def verify_file(case: Case) -> Sheet:
    """Check one file: its paragraphs, personal data, state, papers, orders, minutes, and the seals that first covered it."""
    found = verifier.verify_files(Case.objects.filter(pk=case.pk)).findings
    notings = list(case.notings.select_related("office__designation", "office__district", "leaf").order_by("paragraph"))
    leaves = {noting.pk: noting.leaf.index if hasattr(noting, "leaf") else None for noting in notings}
    found += check_seals_of(leaf for leaf in leaves.values() if leaf is not None)
    numbers = {noting.paragraph for noting in notings}
    rows = [Checked(n, leaves[n.pk], [f for f in found if f.file == case.number and f.paragraph == n.paragraph]) for n in notings]
    beside = [f for f in found if f.file != case.number or f.paragraph not in numbers]
    return Sheet(rows, list(dict.fromkeys(beside)))


def start(*, by: Officer) -> Job:
    """Set the checking of everything going, for the States that ``by`` audits; raise ``Refusal`` for anybody who audits none."""
    states = {office.state_id: office.designation.state for office in authority.offices_with(by, Power.AUDIT)}
    if not states:
        raise Refusal(_("Only an auditor has the whole record verified."))
    home: State = next(iter(states.values()))
    key = f"{KIND}/{by.pk}/{timezone.now():%Y%m%d%H%M%S%f}"
    return jobs.start(KIND, by=by, key=key, rows=_rows(sorted(states)), args={"states": sorted(states)}, state=home)


def runs(states: Iterable[int]) -> Any:
    """Return the checks of everything that were set going in these States, the newest first."""
    return Job.objects.filter(kind=KIND, state__in=list(states)).select_related("by").order_by("-pk")


def _rows(states: list[int]) -> Iterator[JobRow]:
    yield JobRow(key="base", **in_both(lambda: _("Guards of the database, and what lies about"), "name"), args={"part": "base"})
    for after, upto in _parts_of_log():
        said = {"first": after + 1, "last": upto}
        named = in_both(lambda said=said: _("Seals over paragraphs %(first)s to %(last)s") % said, "name")  # type: ignore[misc]
        yield JobRow(key=f"log/{after}", args={"part": "log", "after": after, "upto": upto}, **named)
    numbers = list(Case.objects.filter(state__in=states).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), FILES):
        block = numbers[start : start + FILES]
        said = {"first": start + 1, "last": start + len(block)}
        named = in_both(lambda said=said: _("Files %(first)s to %(last)s") % said, "name")  # type: ignore[misc]
        yield JobRow(key=f"files/{start}", args={"part": "files", "first": block[0], "last": block[-1]}, **named)
    yield from _parts_of_registers(states)


def _parts_of_registers(states: list[int]) -> Iterator[JobRow]:
    for register, model in entry_models().items():
        rows: Any = model
        numbers = list(rows.objects.filter(**{f"{model.STATE}__in": states}).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(numbers), ENTRIES):
            block = numbers[start : start + ENTRIES]
            said = {"register": register, "first": start + 1, "last": start + len(block)}
            named = in_both(lambda said=said: _("Register %(register)s, entries %(first)s to %(last)s") % said, "name")  # type: ignore[misc]
            args = {"part": "register", "register": register, "first": block[0], "last": block[-1]}
            yield JobRow(key=f"register/{register}/{start}", args=args, **named)


def _parts_of_log() -> Iterator[tuple[int, int]]:
    """Yield from which seal to which the log is read in one row; the last row stands open, for what has been sealed since."""
    after = 0
    for size in Checkpoint.objects.order_by("size").values_list("size", flat=True).iterator():
        if size - after >= PLACES:
            yield after, size
            after = size
    newest = Leaf.objects.aggregate(top=Max("index"))["top"]
    if newest is not None and newest >= after:
        yield after, newest + 1


def _check_row(row: JobRow) -> Done:
    officer = row.job.by
    if officer is None or not any(office.state_id in row.job.args["states"] for office in authority.offices_with(officer, Power.AUDIT)):
        raise Refusal(_("Only an auditor has the whole record verified."))
    paragraphs, found = _checked(row)
    kept = [[each.kind, each.file, each.paragraph, each.words] for each in found[:KEPT]]
    JobRow.objects.filter(pk=row.pk).update(args=row.args | {"findings": kept, "count": len(found), "paragraphs": paragraphs})
    said = in_both(lambda: _told(paragraphs, len(found)), "sentence")
    return Done(sentence_en=said["sentence_en"], sentence_hi=said["sentence_hi"])


def _checked(row: JobRow) -> tuple[int, list[Finding]]:
    part = row.args
    if part["part"] == "base":
        return 0, [*verifier.check_guards(), *verifier.check_what_lies_about()]
    if part["part"] == "log":
        upto = None if Checkpoint.objects.filter(size__gt=part["upto"]).first() is None else part["upto"]
        return part["upto"] - part["after"], list(dict.fromkeys(check_log(after=part["after"], upto=upto)))
    if part["part"] == "register":
        return 0, list(check_register(part["register"], first=part["first"], last=part["last"], states=row.job.args["states"]))
    report = verifier.verify_files(Case.objects.filter(pk__gte=part["first"], pk__lte=part["last"], state__in=row.job.args["states"]))
    return report.paragraphs, _once_more(report.findings)


def _once_more(found: list[Finding]) -> list[Finding]:
    """Read files of which something was found again, with their rows locked: an act may have gone on while they were read."""
    numbers = {each.file for each in found}
    locked = Case.objects.select_for_update(of=("self",)).filter(number__in=numbers)
    suspected = list(locked.order_by("pk").values_list("pk", flat=True)) if numbers else []
    beside = [each for each in found if not each.file]
    return [*verifier.verify_files(Case.objects.filter(pk__in=suspected)).findings, *beside] if suspected else found


def _told(paragraphs: int, count: int) -> str:
    said = {"paragraphs": paragraphs, "count": count}
    if not count:
        return _("%(paragraphs)s paragraphs read. Everything is as it was written.") % said
    return (
        ngettext("%(paragraphs)s paragraphs read. %(count)s finding.", "%(paragraphs)s paragraphs read. %(count)s findings.", count) % said
    )


def findings_of(job: Job) -> tuple[list[Finding], int]:
    """Return what a run has found so far, in the reader's language, and how much more there is than was kept."""
    found, more = [], 0
    for args in job.rows.order_by("position").values_list("args", flat=True).iterator():
        kept = args.get("findings", [])
        found += [finding(kind, file, paragraph, **words) for kind, file, paragraph, words in kept]
        more += args.get("count", 0) - len(kept)
    return found, more


VERIFYING = Work(title=lambda _job: _("Verification of the whole record"), act=_check_row, may_be_cancelled=True)
