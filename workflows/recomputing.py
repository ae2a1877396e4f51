"""Every sanctioned amount computed again, from the inputs and under the version its file has stored, and held against what was written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import EntryKind, LedgerEntry, Norm
from programme.norms.entitlement import entitlement
from programme.norms.inputs import BadInput
from programme.norms.sheet import plain
from workflows.flows import FLOWS
from workflows.models import Case, Order, OrderKind

CHUNK = 200
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
        said = {"file": self.file, "what": WHAT[self.what], "stored": _written(self.stored), "derived": _written(self.derived)}
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
        for case in _sanctioned(flow, scheme) if flow.record.COMPUTED else ():
            found.files += 1
            found.differences += _of_file(case)
    return found


def _sanctioned(flow: Any, scheme: str) -> Iterator[Case]:
    ordered = Order.objects.filter(kind=OrderKind.SANCTION).values("case")
    cases = Case.objects.filter(kind=flow.slug, pk__in=ordered).select_related("norm").order_by("pk")
    yield from (cases.filter(norm__scheme=scheme) if scheme else cases).iterator(chunk_size=CHUNK)


def _of_file(case: Case) -> list[Difference]:
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
    return entitlement(norm.scheme, norm.rules, stored.get("inputs", {}), version=norm.version).stored()


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


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
