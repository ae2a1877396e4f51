"""What the public may read of the products of a State: no person, no number, no contact; names only where the entry allows them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When

from programme.models import (
    GI,
    Brand,
    BrandLine,
    Channel,
    District,
    DossierEntry,
    Onboarding,
    Product,
    ProductProposal,
    Rank,
    Section,
    Seller,
    State,
    SuccessStory,
)

RANKS = Case(*(When(rank=rank, then=Value(place)) for place, rank in enumerate(Rank.values)), default=Value(9), output_field=IntegerField())


@dataclass
class Shown:
    """One product as the public sees it; ``pictures`` are the SHA-256 and the caption of each photograph."""

    product: Product
    gi: str
    channels: list[Channel] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)


def states_with_products() -> QuerySet[State]:
    """Return the States with a live product and a short name, with how many products they have."""
    live = Count("districts__products", filter=Q(districts__products__live=True))
    return State.objects.exclude(short="").annotate(products=live).filter(products__gt=0).order_by("name_en")


def districts_of(state: State) -> list[District]:
    """Return the State's districts, each with its live products by rank as ``shown``. Two queries."""
    products = Product.objects.filter(live=True).select_related("sector").order_by(RANKS, "name_en")
    return list(state.districts.prefetch_related(Prefetch("products", products, to_attr="shown")).order_by("name_en"))


def products_of(district: District) -> list[Shown]:
    """Return the district's live products by rank, with what is public of each. A fixed number of queries, however many there are."""
    public = DossierEntry.objects.filter(public=True, removed_why="").order_by("section", "-dated", "-pk")
    named = Seller.objects.filter(public=True, active=True, removed_why="").order_by("name_en")
    rows = Product.objects.filter(district=district, live=True).select_related("sector").order_by(RANKS, "name_en", "pk")
    products = list(
        rows.prefetch_related(
            Prefetch("entries", public.exclude(section=Section.PHOTOGRAPH), to_attr="texts"),
            Prefetch("entries", public.filter(section=Section.PHOTOGRAPH), to_attr="photographs"),
            Prefetch("sellers", named, to_attr="named"),
            Prefetch("brands", Brand.objects.filter(removed_why="").order_by("name_en"), to_attr="sold_as"),
            Prefetch("stories", SuccessStory.objects.filter(public=True, removed_why=""), to_attr="told"),
        )
    )
    indications, channels = _indications(products), _channels(products)
    return [Shown(each, indications.get(each.pk, ""), channels.get(each.pk, [])) for each in products]


def brands_of(district: District) -> QuerySet[Brand]:
    return (
        Brand.objects.filter(district=district, removed_why="")
        .prefetch_related(Prefetch("lines", BrandLine.objects.filter(removed_why="")))
        .order_by("name_en")
    )


def _indications(products: Sequence[Product]) -> dict[int, str]:
    """Return the number of the registered geographical indication of each product that has one, from its latest decided proposal."""
    told = ProductProposal.objects.filter(product__in=products, decided_on__isnull=False, gi=GI.REGISTERED)
    return dict(told.order_by("decided_on", "pk").values_list("product_id", "gi_number"))


def _channels(products: Sequence[Product]) -> dict[int, list[Channel]]:
    """Return where each product is sold: by a seller of it who is listed there, for this product or for all of his."""
    listed = Onboarding.objects.filter(listed_on__isnull=False, refused_on=None, removed_why="")
    found: dict[int, dict[str, Channel]] = {}
    for way in listed.filter(Q(product__in=products) | Q(product=None, seller__products__in=products)).select_related("channel").distinct():
        meant = [way.product_id] if way.product_id else list(way.seller.products.values_list("pk", flat=True))
        for product in meant:
            found.setdefault(product, {})[way.channel_id] = way.channel
    return {pk: sorted(ways.values(), key=lambda channel: channel.position) for pk, ways in found.items()}
