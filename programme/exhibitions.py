"""What the machine can say about an exhibition proposal before an officer does: it advises, it never decides."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, Count, F, Min, Value
from django.utils.translation import gettext as _

from programme.asking import Asked, Given
from programme.budget import as_read
from programme.calendar import days_of_year, financial_year, today
from programme.checks import Check
from programme.known import districts
from programme.models import District, ExhibitionProposal, Norm, Product
from programme.money import rupees

NAMED_AT_MOST = 3
# What stands in a column of a question that is put together of several, where one of them has nothing to say in it.
NONE, EMPTY = Value(0, BigIntegerField()), Value("", CharField())


def machine_checks(proposal: ExhibitionProposal, norm: Norm) -> list[Check]:
    """Return the checks in the order they are read. Three queries, when district, product and head are at hand, and districts known."""
    others = _other_exhibitions(proposal)
    return [
        _balance(proposal),
        *_ceiling(proposal, norm),
        _first_of_the_year(proposal, others),
        _dates(others.districts),
        _product(proposal),
        _districts_shown(proposal),
    ]


def _others() -> Any:
    """Ask what is pending or sanctioned: in the district in that year, of which a few are named, and in which others on the same days.

    The names of districts are not joined here: the database would look through each district's exhibitions for it.
    """
    pending = ExhibitionProposal.objects.filter(dropped=False).exclude(pk=Given("pk")).order_by()
    of_the_year = pending.filter(district=Given("district"), starts_on__range=[Given("first"), Given("last")])
    few = ExhibitionProposal.objects.filter(pk__in=of_the_year.order_by("starts_on", "pk").values("pk")[:NAMED_AT_MOST]).order_by()
    named = few.annotate(titled=F("title"), own=F("pk"), count=NONE, began=F("starts_on"))
    counted = of_the_year.values("district").annotate(titled=EMPTY, own=NONE, count=Count("pk"), began=Min("starts_on"))
    same_days = pending.filter(ExhibitionProposal.held_between(Given("starts"), Given("ends"))).exclude(district=Given("district"))
    elsewhere = same_days.values("district").annotate(titled=EMPTY, own=NONE, count=NONE, began=Min("starts_on"))
    columns = ("began", "own", "titled", "count", "district")
    return named.values_list(*columns).union(counted.values_list(*columns), elsewhere.values_list(*columns), all=True)


OTHERS = Asked(_others)


class Others(NamedTuple):
    """The district's other exhibitions of the year, of which the first have their titles, and the State's other districts that hold one
    on the same days.
    """

    titles: list[str]
    in_all: int
    districts: list[District]


def _other_exhibitions(proposal: ExhibitionProposal) -> Others:
    """Return what else is held, the first first; read once for a record: a page and the act it leads to judge by the same."""
    known: dict[Any, Others] = vars(proposal).setdefault("others_read", {})
    place = (proposal.district_id, proposal.starts_on, proposal.ends_on)
    if place not in known:
        first, last = days_of_year(financial_year(proposal.starts_on))
        days = {"first": first, "last": last, "starts": proposal.starts_on, "ends": proposal.ends_on}
        rows = OTHERS(pk=proposal.pk or 0, district=proposal.district_id, **days)
        titles = [titled for _began, _own, titled, _count, _there in sorted(row for row in rows if row[1])]
        begins = {there: began for began, own, _titled, count, there in rows if not own and not count}
        known[place] = Others(titles, sum(row[3] for row in rows), _in_the_state(proposal, begins))
    return known[place]


def _in_the_state(proposal: ExhibitionProposal, begins: dict[int, date]) -> list[District]:
    """Return the districts of the proposal's State among those in which something begins, the first first."""
    places, state = districts(begins), proposal.district.state_id
    found = [places[key] for key in begins if places[key].state_id == state]
    return sorted(found, key=lambda place: (begins[place.pk], place.name_en))


def _balance(proposal: ExhibitionProposal) -> Check:
    head, year, amount = proposal.budget_head, financial_year(today()), proposal.amount or Decimal(0)
    said = {"head": head.code, "year": year, "amount": rupees(amount)}
    if proposal.amount_sanctioned is not None:
        return Check("ok", _("%(amount)s is committed under head %(head)s.") % said)
    left = as_read(head, year).balance
    said["balance"] = rupees(left)
    if amount > left:
        return Check("stop", _("Head %(head)s has %(balance)s left in %(year)s, less than %(amount)s.") % said)
    return Check("ok", _("Head %(head)s has %(balance)s left in %(year)s, enough for %(amount)s.") % said)


def _ceiling(proposal: ExhibitionProposal, norm: Norm) -> Iterator[Check]:
    if "ceiling" not in norm.rules:
        return
    ceiling = norm.rupees("ceiling")
    said = {"asked": rupees(proposal.amount_asked), "ceiling": rupees(ceiling)}
    if proposal.amount_asked > ceiling:
        yield Check("look", _("The amount asked, %(asked)s, is above the norm of %(ceiling)s.") % said)
    else:
        yield Check("ok", _("The amount asked, %(asked)s, is within the norm of %(ceiling)s.") % said)


def _first_of_the_year(proposal: ExhibitionProposal, others: Others) -> Check:
    year = financial_year(proposal.starts_on)
    said = {"district": proposal.district.name, "year": year, "titles": _named(others.titles, others.in_all)}
    if others.in_all:
        return Check("look", _("%(district)s has another exhibition in %(year)s: %(titles)s.") % said)
    return Check("ok", _("First exhibition of %(district)s in %(year)s.") % said)


def _dates(on_the_same_days: list[District]) -> Check:
    if not on_the_same_days:
        return Check("ok", _("No other district of the State holds an exhibition on these dates."))
    named = _named([other.name for other in on_the_same_days[:NAMED_AT_MOST]], len(on_the_same_days))
    return Check("look", _("On these dates an exhibition is also held or proposed in: %(districts)s.") % {"districts": named})


def _product(proposal: ExhibitionProposal) -> Check:
    product = proposal.product
    said = {"product": product.name, "district": proposal.district.name, "rank": product.rank_title}
    if product.live and product.district_id == proposal.district_id:
        return Check("ok", _("%(product)s stands in the register of %(district)s (%(rank)s).") % said)
    return Check("stop", _("%(product)s does not stand in the register of %(district)s.") % said)


def _districts_shown(proposal: ExhibitionProposal) -> Check:
    at_hand = "districts_shown" in getattr(proposal, "_prefetched_objects_cache", {})
    shown = list(proposal.districts_shown.all() if at_hand else proposal.districts_shown.annotate(has_product=Product.of_a_district()))
    if not shown:
        return Check("look", _("No district is named whose products will be shown."))
    without = [district.name for district in shown if not district.has_product]  # type: ignore[attr-defined]
    if without:
        return Check("look", _("The register holds no product of: %(districts)s.") % {"districts": _named(without)})
    return Check("ok", _("Every district to be shown has a product in the register."))


def _named(names: list[str], count: int | None = None) -> str:
    """Return the first names of ``count``, or of as many as there are."""
    named, more = ", ".join(names[:NAMED_AT_MOST]), (len(names) if count is None else count) - NAMED_AT_MOST
    return _("%(names)s and %(count)s more") % {"names": named, "count": more} if more > 0 else named
