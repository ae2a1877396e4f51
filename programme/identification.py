"""The product register of a district: what the machine says of a proposal, and the entry that an approval makes.

At most one live primary product a district: asked here with a sentence, and kept by the database whoever writes.
"""

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.checks import Check, NotAllowed
from programme.models import GI, Norm, Product, ProductProposal, Proposed, Rank, RankDecision

NAMED_AT_MOST = 3


class NotInTheRegister(NotAllowed):
    """The register does not stand as the proposal needs it; the message says how it stands."""


def machine_checks(proposal: ProductProposal, norm: Norm) -> list[Check]:
    """Return the checks in the order they are read. Four queries at most, when district, product and sector are at hand."""
    return [
        *_primary(proposal),
        *(_new_name(proposal) if proposal.proposed == Proposed.NEW else _of_the_register(proposal)),
        _other_proposals(proposal),
        *_dossier(proposal),
    ]


def primary_in_the_way(proposal: ProductProposal) -> str:
    """Return why the district can have no further primary product, naming the present one; empty when it can."""
    if not proposal.makes_primary:
        return ""
    present = _others_of_the_register(proposal).filter(rank=Rank.PRIMARY).first()
    if present is None:
        return ""
    return _(
        "%(district)s has a live primary product already: %(product)s. Its rank must first be changed, or it must be retired,"
        " by an approved decision; until then another product can be secondary or tertiary."
    ) % {"district": proposal.district.name, "product": present.name}


def name_in_the_way(proposal: ProductProposal) -> str:
    """Return which live product of the district has one of the names already; empty when none has."""
    same = Q(name_en__iexact=proposal.name_en) | Q(name_hi=proposal.name_hi)
    present = _others_of_the_register(proposal).filter(same).first()
    if present is None:
        return ""
    said = {"district": proposal.district.name, "product": present.name, "rank": present.rank_title}
    return _("The register of %(district)s holds %(product)s already (%(rank)s); propose a change of its rank.") % said


def _others_of_the_register(proposal: ProductProposal) -> QuerySet[Product]:
    return Product.objects.filter(district=proposal.district_id, live=True).exclude(pk=proposal.product_id or 0)


def enter_in_register(proposal: ProductProposal, *, file_number: str) -> RankDecision:
    """Make the product, change its rank or retire it, and write the decision; the caller holds the file locked.

    Raises ``NotInTheRegister`` when another decision was faster: a primary product is there, or the product has changed.
    """
    if proposal.proposed == Proposed.NEW:
        product, before = _new_product(proposal), ""
    else:
        product = _present_product(proposal)
        before = product.rank
    if proposal.proposed == Proposed.RETIRE:
        product.live = False
    else:
        product.rank = proposal.rank
    product.decided_in = file_number
    _save(product, proposal)
    proposal.product, proposal.decided_on = product, today()
    proposal.save(update_fields=["product", "decided_on"])
    return RankDecision.objects.create(
        product=product, rank_from=before, rank_to=proposal.rank, file_number=file_number, decided_on=proposal.decided_on
    )


def dossier(product: Product) -> ProductProposal | None:
    """Return the latest proposal with a dossier by which the product stands in the register; ``None`` when it has none."""
    told = ProductProposal.objects.filter(product=product, decided_on__isnull=False).exclude(production="")
    return told.select_related("sector", "district").order_by("-decided_on", "-pk").first()


def _new_product(proposal: ProductProposal) -> Product:
    taken = name_in_the_way(proposal)
    if taken:
        raise NotInTheRegister(taken)
    return Product(
        district_id=proposal.district_id,
        name_en=proposal.name_en,
        name_hi=proposal.name_hi,
        sector=proposal.sector,
        since=f"{today():%Y-%m}",
        source=proposal.source,
    )


def _present_product(proposal: ProductProposal) -> Product:
    product = Product.objects.select_for_update().get(pk=proposal.product_id or 0)
    if not product.live or product.rank == proposal.rank:
        raise NotInTheRegister(_stands(product))
    return product


def _save(product: Product, proposal: ProductProposal) -> None:
    """Write the product; what the question before the entry could not see, the database's own rule refuses."""
    refusal = primary_in_the_way(proposal)
    if not refusal:
        try:
            with transaction.atomic():
                product.save()
        except IntegrityError:
            refusal = primary_in_the_way(proposal)
            if not refusal:
                raise
    if refusal:
        raise NotInTheRegister(refusal)


def _stands(product: Product) -> str:
    said = {"product": product.name, "rank": product.rank_title}
    if product.live:
        return _("%(product)s stands in the register as: %(rank)s.") % said
    return _("%(product)s is retired.") % said


def _primary(proposal: ProductProposal) -> Iterator[Check]:
    if not proposal.makes_primary:
        return
    refusal = primary_in_the_way(proposal)
    if refusal:
        yield Check("stop", refusal, code="primary")
    else:
        yield Check("ok", _("%(district)s has no other live primary product.") % {"district": proposal.district.name})


def _new_name(proposal: ProductProposal) -> Iterator[Check]:
    taken = name_in_the_way(proposal)
    if taken:
        yield Check("stop", taken, code="name")
    else:
        yield Check("ok", _("The register of %(district)s holds no product of this name.") % {"district": proposal.district.name})
    elsewhere = Product.objects.filter(name_en__iexact=proposal.name_en, district__state=proposal.district.state_id, live=True)
    districts = [product.district.name for product in elsewhere.exclude(district=proposal.district_id).select_related("district")]
    if districts:
        yield Check("look", _("A product of this name also stands in the register of: %(districts)s.") % {"districts": _named(districts)})


def _of_the_register(proposal: ProductProposal) -> Iterator[Check]:
    product = proposal.product
    if product is None:
        return
    if not product.live or product.rank == proposal.rank:
        yield Check("stop", _stands(product), code="product")
    else:
        yield Check("ok", _stands(product))


def _other_proposals(proposal: ProductProposal) -> Check:
    others = ProductProposal.objects.filter(district=proposal.district_id, dropped=False, decided_on=None).exclude(pk=proposal.pk)
    titles = list(others.order_by("pk").values_list("title", flat=True))
    if titles:
        return Check("look", _("Other proposals of the district are under way: %(titles)s.") % {"titles": _named(titles)})
    return Check("ok", _("No other proposal of the district for its register is under way."))


def _dossier(proposal: ProductProposal) -> Iterator[Check]:
    """Say how far the cluster is known; a change of rank may rest on the dossier of an earlier file."""
    if proposal.proposed != Proposed.NEW:
        return
    if proposal.units is None or proposal.households is None:
        yield Check("look", _("The number of units or of households of the cluster is not given."))
    else:
        said = {"units": proposal.units, "households": proposal.households}
        yield Check("ok", _("The cluster has %(units)s units and %(households)s households.") % said)
    if proposal.gi == GI.REGISTERED:
        yield Check("ok", _("The geographical indication is registered under number %(number)s.") % {"number": proposal.gi_number})
    else:
        yield Check("look", _("The geographical indication is not registered: %(standing)s.") % {"standing": proposal.get_gi_display()})


def _named(names: list[str]) -> str:
    named = ", ".join(names[:NAMED_AT_MOST])
    if len(names) <= NAMED_AT_MOST:
        return named
    return _("%(names)s and %(count)s more") % {"names": named, "count": len(names) - NAMED_AT_MOST}
