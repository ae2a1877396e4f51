"""Exceptions of what was asked and granted: objections, waivers, last days, certificates, ceilings."""

import json
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from programme.calendar import today
from programme.models import CeilingEntry, FreightLine, Norm
from programme.models.freight import SCHEMES
from programme.models.norms import NormStatus
from programme.money import rupees
from workflows.audit.kinds import POST, Hit, Kind, in_window
from workflows.audit.window import Window
from workflows.flows import FLOWS, ExhibitionFlow, FreightFlow
from workflows.letters.letter import field_label
from workflows.models import Case, Movement, Noting, Objection, ObjectionKind
from workflows.templatetags.words import digits_day

EDGE = Decimal("0.95")
# The steps of an exhibition that wait for report and utilisation certificate.
CERTIFYING = ["report", "certify"]
WAIVED = '"waived":{"'
OPENED_BY = ("office__designation", "office__district")


# --- objections ---------------------------------------------------------------------------------------------------------


def _objections() -> QuerySet[Objection]:
    rows = Objection.objects.filter(taken_back_in=None)
    return rows.select_related("case__district", "noting__office__designation", "noting__office__district", "answered_in").order_by("-pk")


def repeated(window: Window) -> QuerySet[Objection]:
    return _objections().filter(repeated=True)


def late_objections(window: Window) -> QuerySet[Objection]:
    return _objections().filter(late=True)


def _told_objections(objections: list[Objection], window: Window) -> list[Hit]:
    same = Q(pk__in=[])
    for objection in objections:
        same |= Q(case=objection.case_id, to=objection.to)
    earlier: dict[tuple[int, str], list[int]] = {}
    for row in Objection.objects.filter(same, taken_back_in=None).select_related("noting").order_by("pk"):
        earlier.setdefault((row.case_id, row.to), []).append(row.noting.paragraph)
    hits = []
    for objection in objections:
        paragraph = objection.noting.paragraph
        before = sorted({n for n in earlier[objection.case_id, objection.to] if n < paragraph})
        facts = [
            (_("About"), field_label(objection.case.flow_class.record, objection.to)),
            (_("Kind of fault"), str(ObjectionKind(objection.code).label) if objection.code else "—"),
            (_("Objection"), objection.text),
        ]
        hits.append(
            Hit(objection.case, objection.noting.office, objection.noting.written_at, facts, [*before, paragraph], objection.case.amount)
        )
    return hits


# --- waivers and last days ----------------------------------------------------------------------------------------------


def waived(window: Window) -> QuerySet[Case]:
    has = Q(pk__in=[])
    for slug, flow in FLOWS.items():
        has |= Q(kind=slug, record_id__in=flow.record.objects.exclude(waivers={}).values("pk"))
    return Case.objects.filter(has).select_related("district", *OPENED_BY).order_by("-pk")


def _told_waived(cases: list[Case], window: Window) -> list[Hit]:
    said: dict[int, dict[str, Noting]] = {}
    rows = Noting.objects.filter(case__in=[case.pk for case in cases], body__contains=WAIVED).order_by("paragraph")
    for noting in rows:
        for kind in json.loads(noting.body)["waived"]:
            said.setdefault(noting.case_id, {}).setdefault(kind, noting)
    return [_waiver(case, said.get(case.pk, {})) for case in cases]


def _waiver(case: Case, said: dict[str, Noting]) -> Hit:
    facts = []
    for kind, noting in said.items():
        by = json.loads(noting.body)["waived"][kind]
        facts.append((field_label(case.flow_class.record, f"paper:{kind}"), by["text"]))
    return Hit(case, case.office, case.created, facts, sorted({noting.paragraph for noting in said.values()}), case.amount)


def admitted_late(window: Window) -> QuerySet[Case]:
    """Return the freight claims that were not registered as time-barred although a line of them came after its last day."""
    barred: list[int] = []
    norms = Norm.objects.filter(scheme__in=SCHEMES.values()).exclude(status=NormStatus.DRAFT)
    for norm in norms:
        days = norm.rules.get("claim_days")
        if days is not None:
            lines = FreightLine.objects.filter(exported_on__lt=F("claim__claimed_on") - timedelta(days=int(days)))
            lines = lines.filter(claim__time_barred=False, claim__claimed_on__gte=window.first, claim__claimed_on__lte=window.last)
            files = Case.objects.filter(kind=FreightFlow.slug, norm=norm, record_id__in=lines.values("claim"))
            barred += files.values_list("pk", flat=True)
    return Case.objects.filter(pk__in=barred).exclude(ending="rejected").select_related("district", "norm", *OPENED_BY).order_by("-pk")


def _told_barred(cases: list[Case], window: Window) -> list[Hit]:
    hits = []
    for case in cases:
        claim, days = case.record, int(case.norm.rules["claim_days"])
        late = [line for line in claim.admissible_lines() if line.exported_on + timedelta(days=days) < claim.claimed_on]
        facts = [(_("Claimed on"), digits_day(claim.claimed_on)), (_("Norm"), str(case.norm))]
        facts += [
            (
                str(line),
                _("exported %(day)s, last day %(last)s")
                % {"day": digits_day(line.exported_on), "last": digits_day(line.exported_on + timedelta(days=days))},
            )
            for line in late or claim.lines.all()
        ]
        hits.append(Hit(case, case.office, case.created, facts, [1], case.amount))
    return hits


# --- certificates and ceilings ------------------------------------------------------------------------------------------


def uncertified(window: Window) -> QuerySet[Movement]:
    rows = Movement.objects.filter(disposed=None, case__kind=ExhibitionFlow.slug, step__in=CERTIFYING)
    return rows.select_related("case__district", *POST).order_by("received", "pk")


def _told_uncertified(stays: list[Movement], window: Window) -> list[Hit]:
    hits = []
    for stay in stays:
        order = stay.case.order
        age = (today() - timezone.localdate(stay.received)).days
        facts = [(_("Waits for"), stay.node.title), (_("Pending for"), ngettext("%(n)s day", "%(n)s days", age) % {"n": age})]
        facts.append((_("Due"), digits_day(stay.due) or "—"))
        if order:
            facts.append((_("Order"), f"{order.number} · {digits_day(order.issued_on)}"))
        hits.append(
            Hit(stay.case, stay.office, stay.received, facts, [order.noting.paragraph] if order else [], order.amount if order else None)
        )
    return hits


def near_a_ceiling(window: Window) -> QuerySet[Case]:
    full = CeilingEntry.objects.filter(in_window(window, "made_at"), freed=None, use__used__gte=F("use__ceiling") * EDGE)
    return Case.objects.filter(number__in=full.values("file_number")).select_related("district", *OPENED_BY).order_by("-pk")


def _told_ceilings(cases: list[Case], window: Window) -> list[Hit]:
    entries: dict[str, list[CeilingEntry]] = {}
    full = CeilingEntry.objects.filter(file_number__in=[case.number for case in cases], freed=None, use__used__gte=F("use__ceiling") * EDGE)
    for entry in full.select_related("use").order_by("pk"):
        entries.setdefault(entry.file_number, []).append(entry)
    orders = _orders_of(cases)
    return [Hit(case, case.office, case.created, _ceilings(entries[case.number]), orders.get(case.pk, []), case.amount) for case in cases]


def _ceilings(entries: Iterable[CeilingEntry]) -> list[tuple[str, str]]:
    facts = []
    for entry in entries:
        use = entry.use
        others = use.entries.filter(freed=None).exclude(pk=entry.pk).order_by("pk").values_list("file_number", flat=True)
        facts += [
            (_("Scheme and year"), f"{use.scheme} · {use.year}"),
            (_("Used of the ceiling"), f"{rupees(use.used)} / {rupees(use.ceiling)} ({use.used / use.ceiling * 100:.1f} %)"),
            (_("Asked here · granted here"), f"{rupees(entry.asked)} · {rupees(entry.amount)}"),
            (_("Other files"), ", ".join(others) or "—"),
        ]
    return facts


def _orders_of(cases: list[Case]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for case, paragraph in Noting.objects.filter(order__case__in=[case.pk for case in cases]).values_list("case", "paragraph"):
        found.setdefault(case, []).append(paragraph)
    return found


KINDS = [
    Kind(
        "repeated-objections",
        gettext_lazy("Objections raised again"),
        gettext_lazy("The same field or paper of a file was objected to a second time. The paragraphs are those of all objections to it."),
        repeated,
        _told_objections,
        office="noting__office__",
        when="noting__written_at",
    ),
    Kind(
        "late-objections",
        gettext_lazy("Objections that could have come the first time"),
        gettext_lazy("The step had returned the file before without naming the point, and nobody had changed it since."),
        late_objections,
        _told_objections,
        office="noting__office__",
        when="noting__written_at",
    ),
    Kind(
        "waived",
        gettext_lazy("Papers waived"),
        gettext_lazy("A required paper was let pass, with the reason given. The window is that of the opening of the file."),
        waived,
        _told_waived,
        case="",
        when="created",
    ),
    Kind(
        "admitted-late",
        gettext_lazy("Time-barred claims admitted"),
        gettext_lazy(
            "A freight claim that was not registered as time-barred although, by the rules it is judged by, one of its lines was claimed"
            " after its last day. The page refuses this; what stands here came past it."
        ),
        admitted_late,
        _told_barred,
        case="",
    ),
    Kind(
        "uncertified",
        gettext_lazy("Reports and utilisation certificates that are pending"),
        gettext_lazy("Money of an exhibition was sanctioned, and its report or certificate is still awaited; the longest pending first."),
        uncertified,
        _told_uncertified,
        when="received",
    ),
    Kind(
        "near-ceiling",
        gettext_lazy("Ceilings that are nearly used up"),
        gettext_lazy(
            "A beneficiary has had 95 % or more of the ceiling of a scheme for the year; each file that took of it in the window."
        ),
        near_a_ceiling,
        _told_ceilings,
        case="",
    ),
]
