"""Brands, such as Vyaspure of Bilaspur, and their lines, such as gift packs, with the day on which each shall be launched and was."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programme.models.entries import Entry
from programme.models.identification import GI
from programme.models.naming import Named
from programme.models.offices import Office
from programme.models.places import District, State
from programme.models.products import Product
from programme.models.sellers import Seller
from programme.zone import IST


class Launched(models.Model):
    """Something with a last day that may have been said as a festival: the words stay, beside the day they come to."""

    launch_words = models.CharField(
        _("launch, in the words of the order"), max_length=120, blank=True, help_text=_("For example: before Deepawali 2026.")
    )
    launch_planned = models.DateField(_("to be launched by"), null=True, blank=True)
    launched_on = models.DateField(_("launched on"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def late(self) -> bool:
        """Say whether it was launched after its day, or is not launched though the day is over."""
        return late_by(self.launch_planned, self.launched_on) > 0

    @property
    def days_late(self) -> int:
        return late_by(self.launch_planned, self.launched_on)


def late_by(planned: date | None, done: date | None) -> int:
    """Return how many days after ``planned`` it was done, or is not done yet; 0 in time and without a plan."""
    return max(0, ((done or timezone.localdate(timezone=IST)) - planned).days) if planned else 0


class Brand(Entry, Named, Launched):
    """A name under which products of a district, or of a State where ``district`` is ``None``, are sold."""

    REGISTER = "brands"

    state = models.ForeignKey(State, models.PROTECT, related_name="brands", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="brands", verbose_name=_("District"))
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable office"))
    products = models.ManyToManyField(Product, related_name="brands", blank=True, verbose_name=_("Products"))
    sellers = models.ManyToManyField(Seller, related_name="brands", blank=True, verbose_name=_("Sellers and groups"))
    covers = models.CharField(_("what it covers"), max_length=300, blank=True)
    approved_in = models.CharField(_("approved by file or order number"), max_length=80, blank=True)
    approved_on = models.DateField(_("approved on"), null=True, blank=True)
    trademark = models.CharField(_("trade mark"), max_length=10, choices=GI, default=GI.NONE)
    trademark_number = models.CharField(_("number of the trade mark"), max_length=40, blank=True)
    gi = models.CharField(_("Geographical indication"), max_length=10, choices=GI, default=GI.NONE)
    gi_number = models.CharField(_("number of the geographical indication"), max_length=40, blank=True)
    source = models.TextField(_("source"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Brand")
        verbose_name_plural = _("Brands")
        ordering = ["name_en", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "name_en"],
                condition=Q(removed_why=""),
                name="brand_once_in_its_state",
                violation_error_message=_("The State has a brand of this name already."),
            ),
            models.CheckConstraint(condition=~Q(trademark=GI.REGISTERED) | ~Q(trademark_number=""), name="registered_mark_has_its_number"),
            models.CheckConstraint(condition=~Q(gi=GI.REGISTERED) | ~Q(gi_number=""), name="registered_gi_of_a_brand_has_its_number"),
        ]


class LineKind(models.TextChoices):
    GIFT_PACK = "gift_pack", _("Gift pack")
    RETAIL = "retail", _("Retail pack")
    BULK = "bulk", _("Bulk")


class BrandLine(Entry, Named, Launched):
    """One line of a brand, such as a gift pack, with its own days."""

    REGISTER, STATE, DISTRICT = "brand_lines", "brand__state", "brand__district"

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="lines", verbose_name=_("Brand"))
    kind = models.CharField(_("kind"), max_length=12, choices=LineKind, default=LineKind.GIFT_PACK)
    prepared_by = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("prepared by"))

    class Meta:
        verbose_name = _("Line of a brand")
        verbose_name_plural = _("Lines of brands")
        ordering = ["brand", "launch_planned", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "name_en"],
                condition=Q(removed_why=""),
                name="line_once_in_its_brand",
                violation_error_message=_("The brand has a line of this name already."),
            )
        ]
