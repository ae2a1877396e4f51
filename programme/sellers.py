"""The register of sellers and groups: who may be entered twice."""

from django.db.models import Q
from django.utils.translation import gettext as _

from programme.folding import fold
from programme.models import Seller

NAMED_AT_MOST = 3


def alike(seller: Seller) -> list[Seller]:
    """Return other entries with the same Udyam number, or with the same name in the same district, however it is spelt. One query."""
    same = Q(district=seller.district_id, name_folded=fold(seller.name_en))
    if seller.udyam_digest:
        same |= Q(udyam_digest=seller.udyam_digest)
    return list(Seller.objects.filter(same, removed_why="").exclude(pk=seller.pk).select_related("district").order_by("pk")[:NAMED_AT_MOST])


def alike_words(seller: Seller) -> str:
    """Say who may be the same; empty when nobody is."""
    found = alike(seller)
    if not found:
        return ""
    names = "; ".join(f"{other.name}, {other.district.name}" for other in found)
    return _("The register may hold this one already: %(names)s.") % {"names": names}
