"""Exceptions of likeness: the same number of a person, family or account, or the same address, where nothing should be in common."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.identity import IdentityKind, ending
from programme.models import FreightClaim, IdentityMark, LoanApplication
from workflows.audit.kinds import Hit, Kind, in_window
from workflows.audit.window import Window
from workflows.flows import FreightFlow, LoanFlow
from workflows.models import Case

# A number of these kinds is one family's or one account's; several applicants of one process do not share it.
SHARED_BY_NOBODY = [IdentityKind.FAMILY_ID.value, IdentityKind.BANK_ACCOUNT.value]
# An exporter claims again and again, under the same numbers.
CLAIMS_AGAIN = FreightClaim._meta.label_lower
OPENED_BY = ("office__designation", "office__district")


def _elsewhere() -> QuerySet[IdentityMark]:
    """Return the marks of another record with the number of the outer one: of another process, or one that no two applicants share."""
    other = IdentityMark.objects.filter(kind=OuterRef("kind"), digest=OuterRef("digest")).exclude(file_number="")
    process = ~Q(record_kind=OuterRef("record_kind"))
    shared = Q(kind__in=SHARED_BY_NOBODY, record_kind=OuterRef("record_kind")) & ~Q(record_id=OuterRef("record_id"))
    return other.filter(process | (shared & ~Q(record_kind=CLAIMS_AGAIN)))


def same_number(window: Window) -> QuerySet[Case]:
    marks = IdentityMark.objects.filter(Exists(_elsewhere()), in_window(window, "made_at"))
    return Case.objects.filter(number__in=marks.values("file_number")).select_related("district", *OPENED_BY).order_by("-pk")


def _told_numbers(cases: list[Case], window: Window) -> list[Hit]:
    marks = IdentityMark.objects.filter(Exists(_elsewhere()), file_number__in=[case.number for case in cases]).order_by("pk")
    own: dict[str, list[IdentityMark]] = {}
    same = Q(pk__in=[])
    for mark in marks:
        own.setdefault(mark.file_number, []).append(mark)
        same |= Q(kind=mark.kind, digest=mark.digest)
    others: dict[tuple[str, str], list[IdentityMark]] = {}
    for mark in IdentityMark.objects.filter(same).exclude(file_number="").order_by("pk"):
        others.setdefault((mark.kind, mark.digest), []).append(mark)
    named = {mark.file_number for found in others.values() for mark in found}
    # A file of another State exists for nobody here.
    readable = set(Case.objects.filter(state=window.state, number__in=named).values_list("number", flat=True))
    return [_number_hit(case, own.get(case.number, []), others, readable) for case in cases]


def _number_hit(case: Case, own: list[IdentityMark], others: dict[Any, list[IdentityMark]], readable: set[str]) -> Hit:
    facts = []
    for mark in own:
        there = [other for other in others[mark.kind, mark.digest] if other.file_number != case.number]
        files = [other.file_number if other.file_number in readable else _("a file of another State") for other in there]
        said = [
            f"{number} ({other.get_role_display()}, {other.get_standing_display()})" for number, other in zip(files, there, strict=True)
        ]
        facts.append((f"{mark.get_kind_display()} {ending(mark.last_four)} ({mark.get_role_display()})", ", ".join(said)))
    return Hit(case, case.office, case.created, facts, [1], case.amount)


def same_address(window: Window) -> QuerySet[Case]:
    lower = Lower("address")
    loans = LoanApplication.objects.annotate(low=lower).exclude(address="")
    claims = FreightClaim.objects.annotate(low=lower).exclude(address="")
    loans_there = loans.filter(Exists(claims.filter(low=OuterRef("low"))))
    claims_there = claims.filter(Exists(loans.filter(low=OuterRef("low"))))
    rows = Case.objects.filter(
        Q(kind=LoanFlow.slug, record_id__in=loans_there.values("pk")) | Q(kind=FreightFlow.slug, record_id__in=claims_there.values("pk"))
    )
    return rows.select_related("district", *OPENED_BY).order_by("-pk")


def _told_addresses(cases: list[Case], window: Window) -> list[Hit]:
    return [_address_hit(case, window) for case in cases]


def _address_hit(case: Case, window: Window) -> Hit:
    other, flow = (FreightClaim, FreightFlow) if case.kind == LoanFlow.slug else (LoanApplication, LoanFlow)
    same = other.objects.annotate(low=Lower("address")).filter(low=case.record.address.lower())
    files = Case.objects.filter(kind=flow.slug, record_id__in=same.values("pk"), state=window.state).order_by("pk")
    said = ", ".join(files.values_list("number", flat=True)) or _("a file of another State")
    return Hit(case, case.office, case.created, [(_("The same address stands in"), said)], [1], case.amount)


KINDS = [
    Kind(
        "same-number",
        gettext_lazy("The same person, family, account or unit elsewhere"),
        gettext_lazy(
            "A number of the file stands in a file of another process as well, or its family ID or bank account in another file of the same"
            " process. Numbers are compared by their keyed hashes; a claim of freight subsidy by the same exporter is none."
        ),
        same_number,
        _told_numbers,
        case="",
        rare=True,
    ),
    Kind(
        "same-address",
        gettext_lazy("The same address in two schemes"),
        gettext_lazy("A loan and a freight claim name the same address, letter for letter. The address itself is read in the file."),
        same_address,
        _told_addresses,
        case="",
        when="created",
        rare=True,
    ),
]
