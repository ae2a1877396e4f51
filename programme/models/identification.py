from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programme.asking import Asked, Given
from programme.models.places import District
from programme.models.products import Product, Rank, Sector
from programme.models.records import FileRecord
from programme.money import in_figures


class Proposed(models.TextChoices):
    NEW = "new", _("Identify a new product")
    RERANK = "rank", _("Change the rank of a product")
    RETIRE = "retire", _("Retire a product")


class GI(models.TextChoices):
    NONE = "none", _("Not applied for")
    APPLIED = "applied", _("Applied for")
    REGISTERED = "registered", _("Registered")


class ProductProposal(FileRecord):
    """What a district proposes for its product register, with the product's dossier. Turnover and exports in rupees a year."""

    MATERIAL = frozenset({"proposed", "product_id", "name_en", "name_hi", "sector_id", "rank"})
    PAPERS = {
        "cluster_report": _("Cluster data or project report"),
        "photographs": _("Photographs of samples"),
        "gi_certificate": _("Certificate of the geographical indication"),
    }

    district = models.ForeignKey(District, models.PROTECT, related_name="product_proposals", verbose_name=_("District"))
    title = models.CharField(_("Subject"), max_length=200)
    proposed = models.CharField(_("What is proposed"), max_length=10, choices=Proposed.choices)
    reasons = models.TextField(_("Reasons"), max_length=4000)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="proposals", verbose_name=_("Product of the register")
    )
    name_en = models.CharField(_("Name in English"), max_length=200, blank=True)
    name_hi = models.CharField(_("Name in Hindi"), max_length=200, blank=True)
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, blank=True, verbose_name=_("Sector"))
    rank = models.CharField(_("Rank"), max_length=10, choices=Rank.choices, blank=True)

    production = models.TextField(_("Production"), max_length=4000, blank=True)
    units = models.PositiveIntegerField(_("Number of units"), null=True, blank=True)
    households = models.PositiveIntegerField(_("Number of households"), null=True, blank=True)
    processing = models.TextField(_("Processing"), max_length=4000, blank=True)
    packaging = models.TextField(_("Packaging"), max_length=4000, blank=True)
    branding = models.TextField(_("Branding"), max_length=4000, blank=True)
    marketing = models.TextField(_("Marketing"), max_length=4000, blank=True)
    value_chain_gaps = models.TextField(_("Gaps in the value chain"), max_length=4000, blank=True)
    gi = models.CharField(_("Geographical indication"), max_length=10, choices=GI.choices, default=GI.NONE)
    gi_number = models.CharField(_("Registration number of the geographical indication"), max_length=40, blank=True)
    turnover = models.DecimalField(_("Turnover a year (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    exports = models.DecimalField(_("Exports a year (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    source = models.TextField(_("Source of the figures"), max_length=1000, blank=True)

    decided_on = models.DateField(_("Entered in the register on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Product proposal")
        verbose_name_plural = _("Product proposals")
        constraints = [
            models.CheckConstraint(
                condition=~Q(proposed=Proposed.NEW) | (~Q(name_en="") & ~Q(name_hi="") & ~Q(rank="") & Q(sector__isnull=False)),
                name="new_product_has_both_names_sector_and_rank",
            ),
            models.CheckConstraint(
                condition=Q(proposed=Proposed.NEW) | Q(product__isnull=False), name="change_names_a_product_of_the_register"
            ),
            models.CheckConstraint(
                condition=~Q(proposed=Proposed.NEW) | Q(product__isnull=True) | Q(decided_on__isnull=False),
                name="new_product_is_in_no_register_before_the_decision",
            ),
            models.CheckConstraint(
                condition=(Q(proposed=Proposed.RETIRE) & Q(rank="")) | (~Q(proposed=Proposed.RETIRE) & ~Q(rank="")),
                name="rank_is_proposed_unless_a_product_retires",
            ),
            models.CheckConstraint(condition=~Q(gi=GI.REGISTERED) | ~Q(gi_number=""), name="registered_indication_has_its_number"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def read(cls, pk: int) -> "ProductProposal":
        """Return the proposal with all that a file shows of it."""
        return PROPOSAL.get(pk=pk)

    @property
    def subject(self) -> str:
        return self.title

    def known_by(self) -> list[str]:
        return [self.name_en, self.name_hi, *(self.product.both_names if self.product else ())]

    @property
    def makes_primary(self) -> bool:
        """Say whether the district would have one more live primary product."""
        return self.rank == Rank.PRIMARY

    def summary(self) -> list[tuple[str, str]]:
        """Return label and value of what a deciding officer reads first: the proposal, then the dossier, in his language."""
        label = self.labels
        rows: list[tuple[Any, str]] = [
            (label["proposed"], self.get_proposed_display()),
            (label["product"], f"{self.product.name} ({self.product.rank_title})" if self.product else ""),
            (label["name_en"], self.name_en),
            (label["name_hi"], self.name_hi),
            (label["sector"], self.sector.name if self.sector else ""),
            (_("Proposed rank"), self.get_rank_display()),
            (label["reasons"], self.reasons),
        ]
        return [(str(said), value) for said, value in [*rows, *self.dossier()] if value]

    def dossier(self) -> list[tuple[Any, str]]:
        """Return label and value of what is known of the product itself; an empty value is not known."""
        texts = ("production", "processing", "packaging", "branding", "marketing", "value_chain_gaps", "source")
        known = {name: getattr(self, name) for name in texts}
        known |= {name: "" if getattr(self, name) is None else str(getattr(self, name)) for name in ("units", "households")}
        known |= {"turnover": in_figures(self.turnover), "exports": in_figures(self.exports)}
        known["gi"] = f"{self.get_gi_display()} {self.gi_number}".strip() if self.production or self.gi_number else ""
        return [(said, known[name]) for name, said in self.labels.items() if name in known]


class RankDecision(models.Model):
    """One decision on a product's place in the register. Only added to; an empty rank is outside the register."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="decisions", verbose_name=_("Product"))
    rank_from = models.CharField(_("rank before"), max_length=10, choices=Rank.choices, blank=True)
    rank_to = models.CharField(_("rank after"), max_length=10, choices=Rank.choices, blank=True)
    file_number = models.CharField(_("file number"), max_length=40, unique=True)
    decided_on = models.DateField(_("decided on"))

    class Meta:
        verbose_name = _("Decision on a rank")
        verbose_name_plural = _("Decisions on ranks")
        ordering = ["product", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(rank_from=F("rank_to")), name="rank_decision_changes_something")]

    def __str__(self) -> str:
        return f"{self.product}: {self.get_rank_from_display() or '—'} → {self.get_rank_to_display() or '—'}"


PROPOSAL = Asked(lambda: ProductProposal.objects.select_related("product", "sector", "district").filter(pk=Given("pk")))
