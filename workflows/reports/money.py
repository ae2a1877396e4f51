"""What became of the budget: allotted, committed, sanctioned, released, used, and for what a certificate is still awaited.

Everything is added up from the budget ledger and the sanction orders, never from a running total.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.utils.translation import gettext_lazy

from programme.asking import Asked as Question
from programme.asking import Given, one_of
from programme.models import Allotment, EntryKind, LedgerEntry, Released
from programme.models.naming import by_language
from workflows.flows import VERSIONS
from workflows.models import Case, Order, OrderKind
from workflows.reports.declaring import Asked, Report, Row, money
from workflows.sheets.columns import Column, Type

CERTIFICATE = "utilisation_certificate"
# Files of these processes answer for what was released with a certificate.
CERTIFIED = sorted({flow.slug for flow in VERSIONS.values() if CERTIFICATE in flow.record.PAPERS})
HEAD = ("head__code", "head__name_en", "head__name_hi", "head__scheme", "year")


def _sums(entry: str, *, briefly: bool = False) -> dict[str, Any]:
    """Return what is added up over ledger entries that are reached by the way ``entry``; ``briefly`` what was committed and spent alone."""

    def of(kind: EntryKind) -> Q:
        return Q(**{f"{entry}kind": kind})

    amount = f"{entry}amount"
    kinds = {"made": EntryKind.COMMITMENT, "given_back": EntryKind.GIVEN_BACK, "paid": EntryKind.RELEASE}
    moved = {name: Sum(amount, filter=of(kind)) for name, kind in kinds.items()}
    if briefly:
        return moved
    number = OuterRef(f"{entry}file_number")
    ordered = Order.objects.filter(case__number=number, kind=OrderKind.SANCTION).order_by("-pk").values("amount")[:1]
    answers = Exists(Case.objects.filter(number=number, kind__in=CERTIFIED))
    certified = Exists(LedgerEntry.objects.filter(kind=EntryKind.UTILISATION, file_number=number))
    awaited = of(EntryKind.RELEASE) & Q(answers) & ~Q(certified)
    return {
        **moved,
        "ordered": Sum(Subquery(ordered), filter=of(EntryKind.COMMITMENT)),
        "used": Sum(amount, filter=of(EntryKind.UTILISATION)),
        "recovered": Sum(amount, filter=of(EntryKind.RECOVERY)),
        "awaited": Count(f"{entry}pk", filter=awaited),
        "awaited_for": Sum(amount, filter=awaited),
    }


def _figures(found: Mapping[str, Any], *, briefly: bool = False) -> Row:
    moved = {"committed": money(found["made"]) - money(found["given_back"]), "released": money(found["paid"])}
    if briefly:
        return moved
    return {
        **moved,
        "sanctioned": money(found["ordered"]),
        "utilised": money(found["used"]),
        "recovered": money(found["recovered"]),
        "certificates_pending": found["awaited"],
        "certificates_pending_for": money(found["awaited_for"]),
    }


def by_head(asked: Asked, *, briefly: bool = False) -> list[Row]:
    """Return a row for each head that was allotted money in the year, ``briefly`` with what a board shows. One query."""
    found = (_BRIEFLY if briefly else _HEADS)(briefly, states=list(asked.scope.states), year=asked.year)
    return [_of_head(row._asdict(), briefly) for row in found]


def _heads(briefly: bool) -> QuerySet[Allotment, Any]:
    heads = Allotment.objects.filter(one_of("head__state", Given("states")), year=Given("year")).order_by("head__code")
    sums = _as_maintained() if briefly else _sums("entries__")
    found = heads.values(*HEAD, "pk", given=F("allotted")).annotate(**sums)
    return found.values_list(*HEAD, "pk", "given", *sums, named=True)


def _as_maintained() -> dict[str, Any]:
    """Return what a board shows of an allotment: what is committed and released, as every line of the ledger wrote it beside it."""
    released = Released.objects.filter(allotment=OuterRef("pk")).order_by().values("allotment")
    return {"made": F("committed"), "given_back": Value(0), "paid": Subquery(released.annotate(sum=Sum("amount")).values("sum"))}


_HEADS, _BRIEFLY = Question(_heads, planned_anew=True), Question(_heads)


def _of_head(found: Mapping[str, Any], briefly: bool) -> Row:
    figures = _figures(found, briefly=briefly)
    free = money(found["given"]) - figures["committed"]
    return {**_head(found, ""), "allotted": money(found["given"]), "free": free, **figures}


def _head(found: Mapping[str, Any], way: str) -> Row:
    return {
        "head": found[f"{way}head__code"],
        "name": by_language(found, f"{way}head__name"),
        "scheme": found[f"{way}head__scheme"],
        "year": found[f"{way}year"],
    }


def by_district(asked: Asked, *, briefly: bool = False) -> list[Row]:
    """Return a row for each head and district that had money of it in the year; the file says the district. Two queries."""
    district = Case.objects.filter(asked.scope.files(), number=OuterRef("file_number")).values("district")[:1]
    places = {place.pk: place for place in asked.places}
    wanted = {asked.district} & set(places) if asked.district else set(places)
    entries = LedgerEntry.objects.filter(allotment__year=asked.year).annotate(place=Subquery(district)).filter(place__in=wanted)
    columns = [f"allotment__{name}" for name in HEAD]
    found = entries.values("place", *columns).annotate(**_sums("", briefly=briefly))
    rows = [{"district": places[row["place"]].name, **_head(row, "allotment__"), **_figures(row, briefly=briefly)} for row in found]
    return sorted(rows, key=lambda row: (row["district"], row["head"]))


def _rupees(key: str, en: str, hi: str, help_en: str = "", help_hi: str = "") -> Column:
    return Column(key, en, hi, Type.RUPEES, unit_en="₹", unit_hi="₹", help_en=help_en, help_hi=help_hi, width=18)


NAMED = (
    Column("head", "Head of account", "लेखा शीर्षक", Type.IDENTIFIER, width=24),
    Column("name", "Name", "नाम", width=34),
    Column("scheme", "Scheme", "योजना", width=20),
    Column("year", "Financial year", "वित्तीय वर्ष", width=12),
)
FIGURES = (
    _rupees("committed", "Committed", "वचनबद्ध"),
    _rupees("sanctioned", "Sanctioned", "स्वीकृत"),
    _rupees("released", "Released", "अवमुक्त"),
    _rupees("utilised", "Utilised", "उपयोग की गई"),
    _rupees("recovered", "Recovered", "वसूल की गई"),
    Column("certificates_pending", "Certificates pending", "लंबित उपयोगिता प्रमाण-पत्र", Type.WHOLE, width=14),
    _rupees("certificates_pending_for", "Released without certificate", "बिना प्रमाण-पत्र अवमुक्त"),
)
ALL = tuple(column.key for column in FIGURES)
# The year is chosen over the table, and the head stands for its scheme.
UNSHOWN = frozenset({"scheme", "year"})
ABOUT = gettext_lazy(
    "Committed is what sanctions took from the allotment, less what a cancelled file gave back; sanctioned is what the orders say; "
    "a certificate is pending from the release until it is accepted."
)

BUDGET = Report(
    key="budget",
    title=gettext_lazy("Budget by head"),
    about=ABOUT,
    columns=(*NAMED, _rupees("allotted", "Allotted", "आवंटित"), *FIGURES[:1], _rupees("free", "Left", "शेष"), *FIGURES[1:]),
    rows=by_head,
    asks=("year",),
    summed=("allotted", "free", *ALL),
    of_states=True,
    unshown=UNSHOWN,
)
BUDGET_OF_DISTRICTS = Report(
    key="budget-by-district",
    title=gettext_lazy("Budget by district"),
    about=ABOUT,
    columns=(Column("district", "District", "जनपद", width=22), *NAMED, *FIGURES),
    rows=by_district,
    asks=("year", "district"),
    summed=ALL,
    unshown=UNSHOWN,
)
