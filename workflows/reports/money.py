"""What became of the budget: allotted, committed, sanctioned, released, used, and for what a certificate is still awaited.

Everything is added up from the budget ledger and the sanction orders, never from a running total.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy

from programme.models import Allotment, EntryKind, LedgerEntry
from programme.models.naming import by_language
from workflows.flows import VERSIONS
from workflows.models import Case, Order, OrderKind
from workflows.reports.declaring import Asked, Report, Row, money
from workflows.sheets.columns import Column, Type

CERTIFICATE = "utilisation_certificate"
# Files of these processes answer for what was released with a certificate.
CERTIFIED = sorted({flow.slug for flow in VERSIONS.values() if CERTIFICATE in flow.record.PAPERS})
HEAD = ("head__code", "head__name_en", "head__name_hi", "head__scheme", "year")


def _sums(entry: str) -> dict[str, Any]:
    """Return what is added up over ledger entries that are reached by the way ``entry``."""

    def of(kind: EntryKind) -> Q:
        return Q(**{f"{entry}kind": kind})

    number = OuterRef(f"{entry}file_number")
    ordered = Order.objects.filter(case__number=number, kind=OrderKind.SANCTION).order_by("-pk").values("amount")[:1]
    answers = Exists(Case.objects.filter(number=number, kind__in=CERTIFIED))
    certified = Exists(LedgerEntry.objects.filter(kind=EntryKind.UTILISATION, file_number=number))
    awaited = of(EntryKind.RELEASE) & Q(answers) & ~Q(certified)
    amount = f"{entry}amount"
    return {
        "made": Sum(amount, filter=of(EntryKind.COMMITMENT)),
        "given_back": Sum(amount, filter=of(EntryKind.GIVEN_BACK)),
        "ordered": Sum(Subquery(ordered), filter=of(EntryKind.COMMITMENT)),
        "paid": Sum(amount, filter=of(EntryKind.RELEASE)),
        "used": Sum(amount, filter=of(EntryKind.UTILISATION)),
        "recovered": Sum(amount, filter=of(EntryKind.RECOVERY)),
        "awaited": Count(f"{entry}pk", filter=awaited),
        "awaited_for": Sum(amount, filter=awaited),
    }


def _figures(found: Mapping[str, Any]) -> Row:
    return {
        "committed": money(found["made"]) - money(found["given_back"]),
        "sanctioned": money(found["ordered"]),
        "released": money(found["paid"]),
        "utilised": money(found["used"]),
        "recovered": money(found["recovered"]),
        "certificates_pending": found["awaited"],
        "certificates_pending_for": money(found["awaited_for"]),
    }


def _by_head(asked: Asked) -> list[Row]:
    """Return a row for each head that was allotted money in the year. One query."""
    heads = Allotment.objects.filter(head__state__in=asked.scope.states, year=asked.year)
    found = heads.values(*HEAD, "pk", given=F("allotted")).annotate(**_sums("entries__")).order_by("head__code")
    return [_of_head(row) for row in found]


def _of_head(found: Mapping[str, Any]) -> Row:
    figures = _figures(found)
    free = money(found["given"]) - figures["committed"]
    return {**_head(found, ""), "allotted": money(found["given"]), "free": free, **figures}


def _head(found: Mapping[str, Any], way: str) -> Row:
    return {
        "head": found[f"{way}head__code"],
        "name": by_language(found, f"{way}head__name"),
        "scheme": found[f"{way}head__scheme"],
        "year": found[f"{way}year"],
    }


def _by_district(asked: Asked) -> list[Row]:
    """Return a row for each head and district that had money of it in the year; the file says the district. Two queries."""
    district = Case.objects.filter(asked.scope.files(), number=OuterRef("file_number")).values("district")[:1]
    places = {place.pk: place for place in asked.places}
    wanted = {asked.district} & set(places) if asked.district else set(places)
    entries = LedgerEntry.objects.filter(allotment__year=asked.year).annotate(place=Subquery(district)).filter(place__in=wanted)
    columns = [f"allotment__{name}" for name in HEAD]
    found = entries.values("place", *columns).annotate(**_sums(""))
    rows = [{"district": places[row["place"]].name, **_head(row, "allotment__"), **_figures(row)} for row in found]
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
    Column("certificates_pending", "Certificates pending", "लम्बित उपयोगिता प्रमाण-पत्र", Type.WHOLE, width=14),
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
    rows=_by_head,
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
    rows=_by_district,
    asks=("year", "district"),
    summed=ALL,
    unshown=UNSHOWN,
)
