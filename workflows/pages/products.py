"""The register of products and the dossier of each: what it is known by, who makes it, and by which files its rank was decided."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from programme.catalogue import RANKS
from programme.identification import dossier
from programme.models import District, Product
from programme.powers import Power
from workflows.authority import capacities
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.problems import SAFE, only
from workflows.registers.access import reach, reads_registers
from workflows.registers.declaring import Cell, Table
from workflows.registers.dossiers import DOSSIER
from workflows.registers.linking import entries_table
from workflows.sight import visible_to


@only(*SAFE)
@for_officers
def products(request: OfficerRequest) -> HttpResponse:
    """List the products of the States in which the officer holds a charge, by district and rank."""
    rows = _readable(request).order_by("district__name_en", RANKS, "name_en")
    places = District.objects.filter(pk__in=rows.values("district")).order_by("name_en")
    asked = request.GET.get("district", "")
    if chosen := next((place for place in places if str(place.pk) == asked), None):
        rows = rows.filter(district=chosen)
    context = {"page": page_of(request, rows), "places": places, "district": asked}
    return show(request, "products.html", context, tab="registers")


@only(*SAFE)
@for_officers
def product(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show the dossier of one product."""
    found = _readable(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    place = reach(DOSSIER, request.user)
    context = {
        "product": found,
        "proposal": dossier(found),
        "tables": [*_sections(found), *_linked(found), _decisions(request, found)],
        "may_add": place is not None and place.covers(found.district.state_id, found.district_id),
    }
    return show(request, "product.html", context, tab="registers")


def _readable(request: OfficerRequest) -> QuerySet[Product]:
    if not reads_registers(request.user):
        raise Http404
    theirs = Q(pk__in=[])
    for held in capacities(request.user):
        if held.powers:
            here = Q(district__state=held.office.state_id)
            if held.scope and Power.AUDIT in held.powers:
                here &= held.scope.covers(district="district")
            theirs |= here
    return Product.objects.filter(theirs).select_related("district__state", "sector")


def _sections(found: Product) -> list[Table]:
    """Return the entries of the dossier, a table for each section that has any."""
    by_section: dict[str, list[Any]] = {}
    for entry in found.entries.filter(removed_why=""):
        by_section.setdefault(str(entry.get_section_display()), []).append(entry)
    headings = [_("Text"), _("Dated"), _("Source"), _("In the public catalogue")]
    return [
        entries_table(title, headings, entries, lambda entry: [entry.text, f"{entry.dated:%d-%m-%Y}", entry.source, _yes(entry.public)])
        for title, entries in by_section.items()
    ]


def _linked(found: Product) -> list[Table]:
    sellers = found.sellers.filter(removed_why="")
    brands = found.brands.filter(removed_why="")
    stories = found.stories.filter(removed_why="")
    return [
        entries_table(
            _("Sellers and groups behind it"),
            [_("Name"), _("Kind"), _("Members"), _("Has exported")],
            sellers,
            lambda seller: [seller.name, seller.get_kind_display(), str(seller.members or "—"), _yes(seller.exports)],
        ),
        entries_table(_("Brands"), [_("Name"), _("What it covers")], brands, lambda brand: [brand.name, brand.covers]),
        entries_table(
            _("Success stories"), [_("Title"), _("Languages"), _("Outlets")], stories, lambda row: [str(row), row.languages, row.outlets]
        ),
    ]


def _decisions(request: OfficerRequest, found: Product) -> Table:
    """Return by which files the rank was decided; a file leads on for whoever may read it."""
    decisions = list(found.decisions.order_by("-decided_on", "-pk"))
    numbers = [decision.file_number for decision in decisions]
    files = dict(visible_to(request.user).filter(number__in=numbers).values_list("number", "pk"))
    rows = []
    for decision in decisions:
        file = files.get(decision.file_number)
        ranks = [decision.get_rank_from_display() or "—", decision.get_rank_to_display() or "—"]
        address = reverse("file", args=[file]) if file else ""
        rows.append([Cell(decision.file_number, address), Cell(f"{decision.decided_on:%d-%m-%Y}"), *(Cell(str(rank)) for rank in ranks)])
    headings = [_("File number"), _("Decided on"), _("Rank before"), _("Rank after")]
    note = "" if rows else _("The product stood in the register before files decided on it.")
    return Table(_("Decisions on its rank"), headings, rows, note=note)


def _yes(said: bool) -> str:
    return _("yes") if said else "—"
