"""Every sanctioned amount computed again, from the inputs and under the version its file has stored, and held against what was written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programme.bilingual import in_both
from programme.models import EntryKind, LedgerEntry, Norm, Office, Officer
from programme.norms.entitlement import entitled
from programme.norms.inputs import BadInput
from programme.norms.sheet import plain
from programme.powers import Power
from workflows import authority, jobs
from workflows.flows import FLOWS
from workflows.jobs import Done, Work
from workflows.models import AmountDifference, Case, Job, JobRow, Order, OrderKind

KIND = "recompute"
CHUNK = 200
# Files of one row of the work: some seconds, after which its mark is written.
BLOCK = 100
WHAT = {
    "version": gettext_lazy("the version of the rules"),
    "unreadable": gettext_lazy("the stored computation, which cannot be read"),
    "rule": gettext_lazy("the inputs under the stored version"),
    "inputs": gettext_lazy("the inputs of the record"),
    "amounts": gettext_lazy("the amounts of the derivation"),
    "steps": gettext_lazy("the steps of the derivation"),
    "sanctioned": gettext_lazy("the amount sanctioned"),
    "released": gettext_lazy("the amount released"),
    "order": gettext_lazy("the amount of the order"),
    "sealed": gettext_lazy("the paragraph that issued the order"),
    "commitment": gettext_lazy("the commitment in the ledger"),
    "release": gettext_lazy("the release in the ledger"),
}


@dataclass(frozen=True)
class Difference:
    """One thing of one file that is not what the stored version gives; ``stored`` and ``derived`` are plain data."""

    file: str
    what: str
    stored: Any
    derived: Any

    @property
    def sentence(self) -> str:
        """Say it in the reader's language."""
        said = {"file": self.file, "what": WHAT[self.what], "stored": written(self.stored), "derived": written(self.derived)}
        return _("%(file)s, %(what)s: %(stored)s stands there, %(derived)s is derived.") % said


@dataclass
class Recomputed:
    """How many sanctioned files were computed again, which processes compute nothing, and what was found."""

    files: int = 0
    skipped: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


def recompute(scheme: str = "") -> Recomputed:
    """Compute every sanctioned file again, of one scheme or of all; raise ``LookupError`` when no process computes the scheme."""
    flows = [flow for flow in FLOWS.values() if not scheme or scheme in {flow.scheme, *flow.record.OTHER_SCHEMES}]
    if scheme and not any(flow.record.COMPUTED for flow in flows):
        raise LookupError(scheme)
    found = Recomputed(skipped=[str(flow.process_title) for flow in flows if not flow.record.COMPUTED])
    for flow in flows:
        for case in _sanctioned(flow, scheme).iterator(chunk_size=CHUNK) if flow.record.COMPUTED else ():
            found.files += 1
            found.differences += of_file(case)
    return found


def _sanctioned(flow: Any, scheme: str = "") -> QuerySet[Case]:
    ordered = Order.objects.filter(kind=OrderKind.SANCTION).values("case")
    cases = Case.objects.filter(kind=flow.slug, pk__in=ordered).select_related("norm").order_by("pk")
    return cases.filter(norm__scheme=scheme) if scheme else cases


# --- as long work -------------------------------------------------------------------------------------------------------


def start(office: Office, *, by: Officer, key: str) -> Job:
    """Ask for every sanctioned file of the office's State to be computed again; raise ``Refusal`` when the officer reads no State there."""
    authority.check(by, Power.SEE_STATE, office)
    state = office.designation.state
    computing = [flow for flow in FLOWS.values() if flow.record.COMPUTED]
    keys = [pk for flow in computing for pk in _sanctioned(flow).filter(state=state).values_list("pk", flat=True)]
    rows = [_block(first, keys[first : first + BLOCK], office) for first in range(0, len(keys), BLOCK)]
    return jobs.start(KIND, by=by, key=f"{KIND}/{key}", rows=rows, args={"files": len(keys)}, state=state)


def _block(first: int, cases: list[int], office: Office) -> JobRow:
    place = {"first": first + 1, "last": first + len(cases)}
    named = in_both(lambda: _("Files %(first)s to %(last)s") % place, "name")
    return JobRow(key=str(first), args={"cases": cases, "office": office.pk}, **named)


def _compute_block(row: JobRow) -> Done:
    """Compute one block again and keep what differs, for the officer who asked, if he still reads the State."""
    if row.job.by:
        authority.check(row.job.by, Power.SEE_STATE, Office.objects.select_related("designation__state").get(pk=row.args["office"]))
    cases = Case.objects.filter(pk__in=row.args["cases"]).select_related("norm").order_by("pk")
    found = [(case, difference) for case in cases for difference in of_file(case)]
    rows = [AmountDifference(job=row.job, case=case, what=it.what, stored=it.stored, derived=it.derived) for case, it in found]
    AmountDifference.objects.bulk_create(rows)
    said = in_both(lambda: ngettext("%(count)s difference.", "%(count)s differences.", len(rows)) % {"count": len(rows)}, "sentence")
    return Done(sentence_en=said["sentence_en"], sentence_hi=said["sentence_hi"])


def _title(job: Job) -> str:
    return _("Sanctioned amounts computed again")


COMPUTING = Work(title=_title, act=_compute_block, may_be_cancelled=True)


# --- one file -----------------------------------------------------------------------------------------------------------


def of_file(case: Case) -> list[Difference]:
    """Return what differs in one file. What was changed so far that nothing can be computed from it is a difference too."""
    try:
        return list(_differences(case))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
        return [Difference(case.number, "unreadable", type(fault).__name__, None)]


def _differences(case: Case) -> Iterator[Difference]:
    record, stored = case.record, case.record.derivation
    yield from _unequal(case, version=(stored.get("version"), case.norm.version))
    yield from _unequal(case, inputs=(stored.get("inputs"), _given(record.inputs_now())))
    try:
        derived = _derived(case.norm, stored)
    except BadInput as bad:
        yield Difference(case.number, "rule", stored.get("inputs"), bad.errors)
        return
    amount = derived["amounts"][record.COMPUTED]
    yield from _unequal(case, amounts=(stored.get("amounts"), derived["amounts"]), steps=(stored.get("steps"), derived["steps"]))
    yield from _unequal(case, sanctioned=(plain(record.amount_sanctioned), amount), order=(plain(case.order.amount), amount))
    yield from _sealed(case, amount, derived)
    yield from _ledger(case, amount)


def _derived(norm: Norm, stored: dict[str, Any]) -> dict[str, Any]:
    return entitled(norm, stored.get("inputs", {})).stored()


def _given(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in inputs.items() if value is not None}


def _sealed(case: Case, amount: str, derived: dict[str, Any]) -> Iterator[Difference]:
    body = json.loads(case.order.noting.body)
    said = {"amount": body["order"]["amount"], "derivation": body.get("derivation")}
    yield from _unequal(case, sealed=(said, {"amount": amount, "derivation": derived}))


def _ledger(case: Case, amount: str) -> Iterator[Difference]:
    entries = dict(LedgerEntry.objects.filter(file_number=case.number).values_list("kind", "amount"))
    yield from _unequal(case, commitment=(plain(entries.get(EntryKind.COMMITMENT)), amount))
    if case.record.amount_released is not None:
        yield from _unequal(case, released=(plain(case.record.amount_released), amount))
        yield from _unequal(case, release=(plain(entries.get(EntryKind.RELEASE)), amount))


def _unequal(case: Case, **pairs: tuple[Any, Any]) -> Iterator[Difference]:
    """Yield a difference for each name whose stored and derived values are not the same."""
    yield from (Difference(case.number, what, stored, derived) for what, (stored, derived) in pairs.items() if stored != derived)


def written(value: Any) -> str:
    """Return a stored or derived value as one text."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
