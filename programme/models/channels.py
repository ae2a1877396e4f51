"""Where products are sold, and how far a seller has come on the way to being sold there."""

from datetime import date
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models.brands import late_by
from programme.models.entries import Entry
from programme.models.events import Matter
from programme.models.naming import Named
from programme.models.offices import Office
from programme.models.products import Product
from programme.models.sellers import Seller


class Channel(Named):
    """Where products are sold; the list is open."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    online = models.BooleanField(_("online"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("Channel of sale")
        verbose_name_plural = _("Channels of sale")
        ordering = ["position"]


class Onboarding(Entry):
    """A seller on his way to a channel: each step has its day, in their order. A refusal ends the way, with its reason."""

    REGISTER, STATE, DISTRICT = "onboarding", "seller__district__state", "seller__district"
    STEPS = ("applied_on", "papers_on", "catalogued_on", "listed_on", "sold_on")

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="onboardings", verbose_name=_("Seller or group"))
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="onboardings", verbose_name=_("Channel of sale"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Product"))
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable office"))
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="onboardings", verbose_name=_("matter that it answers")
    )
    due = models.DateField(_("first sale due"), null=True, blank=True)
    applied_on = models.DateField(_("applied on"))
    papers_on = models.DateField(_("papers complete on"), null=True, blank=True)
    catalogued_on = models.DateField(_("catalogued on"), null=True, blank=True)
    listed_on = models.DateField(_("first listed on"), null=True, blank=True)
    sold_on = models.DateField(_("first sale on"), null=True, blank=True)
    refused_on = models.DateField(_("refused on"), null=True, blank=True)
    refused_why = models.CharField(_("why it was refused"), max_length=300, blank=True)
    remark = models.TextField(_("remark"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Onboarding")
        verbose_name_plural = _("Onboardings")
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "channel"],
                condition=Q(refused_on=None, removed_why=""),
                name="one_way_of_a_seller_to_a_channel",
                violation_error_message=_("This seller is on the way to this channel already."),
            ),
            models.CheckConstraint(
                condition=Q(refused_on=None, refused_why="") | (Q(refused_on__isnull=False, sold_on=None) & ~Q(refused_why="")),
                name="onboarding_refused_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller.name} → {self.channel.name}"

    def clean(self) -> None:
        reached = [(step, getattr(self, step)) for step in self.STEPS]
        for (before, first), (step, day) in pairwise(reached):
            if day and first is None:
                said = {"step": STANDINGS[step], "before": STANDINGS[before]}
                raise ValidationError({before: gettext("“%(step)s” has its day, “%(before)s” comes before it and has none.") % said})
            if day and first and day < first:
                raise ValidationError({step: gettext("This day comes before the day of the step ahead of it.")})
        if self.refused_on and self.sold_on:
            raise ValidationError({"refused_on": gettext("The first sale is made; there is nothing left to refuse.")})
        if self.refused_on and not self.refused_why:
            raise ValidationError({"refused_why": gettext("Write why it was refused.")})
        if self.refused_why and not self.refused_on:
            raise ValidationError({"refused_on": gettext("Write on which day it was refused.")})

    @property
    def standing(self) -> str:
        """The last step that was reached, in the reader's language."""
        if self.refused_on:
            return str(_("Refused"))
        reached = [step for step in self.STEPS if getattr(self, step)]
        return str(STANDINGS[reached[-1]])

    @property
    def over(self) -> bool:
        return bool(self.sold_on or self.refused_on)

    @property
    def overdue(self) -> bool:
        """Say whether the first sale is due and neither it nor a refusal has come."""
        return not self.over and late_by(self.due, None) > 0

    @property
    def days(self) -> list[tuple[str, date]]:
        """Name and day of each step that was reached, in the order of the way."""
        return [(str(STANDINGS[step]), getattr(self, step)) for step in self.STEPS if getattr(self, step)]


STANDINGS = {
    "applied_on": _("Applied"),
    "papers_on": _("Papers complete"),
    "catalogued_on": _("Catalogued"),
    "listed_on": _("Listed"),
    "sold_on": _("First sale made"),
}
