from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models.naming import Named
from programme.models.places import District


class Sector(Named):
    """A sector of the programme; the list is open (PIB release 2000861 of 31 January 2024 says "including")."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("Sector")
        verbose_name_plural = _("Sectors")
        ordering = ["position"]


class Rank(models.TextChoices):
    PRIMARY = "primary", _("Primary")
    SECONDARY = "secondary", _("Secondary")
    TERTIARY = "tertiary", _("Tertiary")


class Product(Named):
    """A district's identified product. At most one live primary product a district, kept by the database."""

    district = models.ForeignKey(District, models.PROTECT, related_name="products", verbose_name=_("District"))
    rank = models.CharField(_("rank"), max_length=10, choices=Rank.choices)
    sector = models.ForeignKey(Sector, models.PROTECT, verbose_name=_("Sector"))
    since = models.CharField(_("since"), max_length=20, blank=True)
    live = models.BooleanField(_("live"), default=True)
    source = models.TextField(_("source"), blank=True)
    confidence = models.CharField(_("how sure"), max_length=20, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    decided_in = models.CharField(
        _("decided in"),
        max_length=40,
        blank=True,
        help_text=_("Number of the file that last decided on it; empty when it was there before."),
    )

    class Meta:
        verbose_name = _("Product")
        verbose_name_plural = _("Products")
        ordering = ["district", "rank", "name_en"]
        constraints = [
            models.UniqueConstraint(
                fields=["district"], condition=models.Q(live=True, rank="primary"), name="one_live_primary_product_a_district"
            ),
        ]

    @property
    def rank_title(self) -> str:
        """How its rank is called in the reader's language."""
        return str(Rank(self.rank).label)

    @staticmethod
    def of_a_district() -> models.Exists:
        """Return as a column of districts whether the register holds a product of each."""
        return models.Exists(Product.objects.filter(district=models.OuterRef("pk"), live=True))
