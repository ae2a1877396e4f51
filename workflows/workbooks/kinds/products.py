"""Products: the register changes by signed files alone, so a row becomes a draft that proposes the change."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.bilingual import in_both
from programme.folding import fold
from programme.models import Office, Product, Proposed
from programme.powers import Power
from workflows.flows import IdentificationFlow
from workflows.workbooks.judge import Judged
from workflows.workbooks.kind import Both, Standing
from workflows.workbooks.kinds.drafted import DraftedKind, DraftsStanding
from workflows.workbooks.shapes import Shape


class Products(DraftedKind):
    key = "products"
    title = gettext_lazy("Products of the district")
    about = gettext_lazy("One row for each proposal: a new product, a change of rank, or a product that retires.")
    power = Power.PROPOSE_PRODUCT
    titled_by = ("title", "name_en", "product")
    flow = IdentificationFlow

    def rows(self, office: Office, shape: Shape | None = None) -> Iterator[dict[str, Any]]:
        """Return the register of the district, then its proposals."""
        for product in _live(office):
            row = {
                "proposed": Proposed.NEW.value, "rank": product.rank, "name_en": product.name_en, "name_hi": product.name_hi,
                "sector": product.sector_id,
            }  # fmt: skip
            yield {name: value for name, value in row.items() if value}
        yield from super().rows(office, shape)

    def standing(self, office: Office, shape: Shape) -> Standing:
        return ProductsStanding(self, office, shape)


class ProductsStanding(DraftsStanding):
    """A new product that the register holds under the same rank stands already, whatever else its row leaves empty."""

    def __init__(self, kind: DraftedKind, office: Office, shape: Shape) -> None:
        super().__init__(kind, office, shape)
        self.held = {(fold(name), product.rank) for product in _live(office) for name in product.both_names}

    def present(self, row: Judged) -> Both | None:
        values = row.values
        named = {(fold(values.get(name, "")), values.get("rank", "")) for name in ("name_en", "name_hi") if values.get(name)}
        if values.get("proposed") == Proposed.NEW and named and named <= self.held:
            return in_both(lambda: _("The register of the district holds it already."), "sentence")
        return super().present(row)


def _live(office: Office) -> Any:
    return Product.objects.filter(district=office.district_id, live=True).order_by("pk")
