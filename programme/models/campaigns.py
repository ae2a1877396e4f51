"""Seasonal campaigns, such as for Deepawali: who wants what by when, and which group supplies how much of it."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models.entries import Entry
from programme.models.naming import Named
from programme.models.offices import Office
from programme.models.places import District, State
from programme.models.products import Product
from programme.models.sellers import Seller


class Campaign(Entry, Named):
    """A season of selling before a festival. The target in rupees; ``lead_days`` are the days before the festival on which work begins."""

    REGISTER = "campaigns"

    state = models.ForeignKey(State, models.PROTECT, related_name="campaigns", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name=_("District"))
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable office"))
    festival_words = models.CharField(_("festival, in words"), max_length=120, help_text=_("For example: before Deepawali 2026."))
    festival_on = models.DateField(_("day of the festival"))
    lead_days = models.PositiveSmallIntegerField(_("days of lead"), default=60)
    target = models.DecimalField(_("target of sales (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    source = models.TextField(_("source"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Campaign")
        verbose_name_plural = _("Campaigns")
        ordering = ["-festival_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["district", "name_en"], condition=Q(removed_why=""), name="campaign_once_in_its_district"),
            models.UniqueConstraint(
                fields=["state", "name_en"], condition=Q(district=None, removed_why=""), name="campaign_once_in_its_state"
            ),
        ]

    @property
    def begins_on(self) -> date:
        return self.festival_on - timedelta(days=self.lead_days)


class Demand(Entry):
    """What somebody wants of a campaign, in a unit of his choice, and by when. The amount in rupees."""

    REGISTER, STATE, DISTRICT = "demands", "campaign__state", "campaign__district"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="demands", verbose_name=_("Campaign"))
    wanted_by = models.CharField(_("who wants it"), max_length=200)
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Product"))
    what = models.CharField(_("what is wanted"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=30)
    by = models.DateField(_("wanted by the day"))
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("Demand")
        verbose_name_plural = _("Demands")
        ordering = ["by", "pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="demand_is_for_something")]

    def __str__(self) -> str:
        return f"{self.wanted_by}: {self.what}, {self.quantity} {self.unit}"

    @property
    def allocated(self) -> int:
        return sum(supply.quantity for supply in self.supplies.all() if not supply.is_removed)

    @property
    def left(self) -> int:
        """How much of the quantity no group supplies yet."""
        return self.quantity - self.allocated


class Supply(Entry):
    """How much of a demand one group or seller supplies, and how much it has delivered."""

    REGISTER, STATE, DISTRICT = "supplies", "demand__campaign__state", "demand__campaign__district"

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="supplies", verbose_name=_("Demand"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="supplies", verbose_name=_("Seller or group"))
    quantity = models.PositiveIntegerField(_("quantity"))
    delivered = models.PositiveIntegerField(_("delivered"), default=0)
    remark = models.TextField(_("remark"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Supply")
        verbose_name_plural = _("Supplies")
        ordering = ["demand", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="supply_is_of_something"),
            models.CheckConstraint(condition=Q(delivered__lte=F("quantity")), name="no_more_delivered_than_allocated"),
        ]

    def __str__(self) -> str:
        return f"{self.seller.name}: {self.quantity}"

    def clean(self) -> None:
        """Refuse more than the demand has left."""
        if self.demand_id is None or self.quantity is None:
            return
        others = sum(self.demand.supplies.filter(removed_why="").exclude(pk=self.pk).values_list("quantity", flat=True))
        left = self.demand.quantity - others
        if self.quantity > left:
            said = {"wanted": self.demand.quantity, "allocated": others, "left": max(left, 0), "unit": self.demand.unit}
            text = gettext("Of %(wanted)s %(unit)s, %(allocated)s are allocated; %(left)s are left.") % said
            raise ValidationError({"quantity": text})
        if self.delivered > self.quantity:
            raise ValidationError({"delivered": gettext("More cannot be delivered than was allocated.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the supply under its demand's lock, so that two officers at once cannot allocate more than is wanted."""
        with transaction.atomic():
            self.demand = Demand.objects.select_for_update().get(pk=self.demand_id)
            self.clean()
            super().save(*args, **kwargs)
