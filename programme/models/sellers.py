"""Who makes and sells a district's products: groups, enterprises, artisans, farmers and their companies."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.folding import fold
from programme.identity import IdentityKind, clean
from programme.models.beneficiaries import HasIdentities, digest_column, last_four_column
from programme.models.entries import Entry
from programme.models.naming import Named
from programme.models.places import District
from programme.models.products import Product


class SellerKind(models.TextChoices):
    GROUP = "group", _("Self-help group")
    ENTERPRISE = "enterprise", _("Enterprise")
    ARTISAN = "artisan", _("Artisan")
    FARMER = "farmer", _("Farmer")
    COMPANY = "company", _("Cooperative or special purpose vehicle")


# Whose name is the name of a person; it stands on no public page, whatever the entry says.
PERSONS = frozenset({SellerKind.ARTISAN, SellerKind.FARMER})


def _among(part: str) -> Q:
    return Q(**{part: None}) | Q(members__isnull=False, **{f"{part}__lte": F("members")})


class Seller(Entry, Named, HasIdentities):
    """A group, enterprise or person behind the district's products. The contact is personal: it stands in no list and on no public page.

    Of the Udyam number the keyed hash and the last four are kept. ``name_folded`` is the name as two spellings of it are compared.
    """

    REGISTER, STATE, DISTRICT = "sellers", "district__state", "district"
    IDENTITIES = {"udyam": IdentityKind.UDYAM}
    PERSONAL = frozenset({"contact_name", "contact_mobile"})
    UNSAID = frozenset({"udyam_digest", "name_folded"})

    kind = models.CharField(_("kind"), max_length=12, choices=SellerKind)
    district = models.ForeignKey(District, models.PROTECT, related_name="sellers", verbose_name=_("District"))
    place = models.CharField(_("village, block or town"), max_length=120, blank=True)
    members = models.PositiveIntegerField(_("members"), null=True, blank=True)
    women = models.PositiveIntegerField(_("of them women"), null=True, blank=True)
    scheduled = models.PositiveIntegerField(_("of them of Scheduled Castes or Tribes"), null=True, blank=True)
    youth = models.PositiveIntegerField(_("of them below 35 years"), null=True, blank=True)
    products = models.ManyToManyField(Product, related_name="sellers", blank=True, verbose_name=_("Products"))
    exports = models.BooleanField(_("has exported"), default=False)
    contact_name = models.CharField(_("name of the contact"), max_length=120, blank=True)
    contact_mobile = models.CharField(_("mobile number of the contact"), max_length=20, blank=True)
    udyam_digest = digest_column(_("Udyam registration"))
    udyam_last4 = last_four_column(_("Udyam registration"))
    public = models.BooleanField(_("named in the public catalogue"), default=False)
    active = models.BooleanField(_("working"), default=True)
    source = models.TextField(_("source"), max_length=1000, blank=True)
    name_folded = models.CharField(max_length=200, editable=False, db_index=True)

    class Meta:
        verbose_name = _("Seller or group")
        verbose_name_plural = _("Sellers and groups")
        ordering = ["name_en", "pk"]
        constraints = [
            models.CheckConstraint(condition=_among("women"), name="seller_women_are_members"),
            models.CheckConstraint(condition=_among("scheduled"), name="seller_scheduled_are_members"),
            models.CheckConstraint(condition=_among("youth"), name="seller_youth_are_members"),
            models.CheckConstraint(condition=Q(public=False) | ~Q(kind__in=sorted(PERSONS)), name="no_person_named_in_public"),
        ]

    def clean(self) -> None:
        for part in ("women", "scheduled", "youth"):
            value = getattr(self, part)
            if value is not None and (self.members is None or value > self.members):
                raise ValidationError({part: gettext("This is more than the members.")})
        if self.public and self.kind in PERSONS:
            raise ValidationError({"public": gettext("The name of a person stands on no public page.")})
        if self.contact_mobile:
            try:
                self.contact_mobile = clean(IdentityKind.MOBILE, self.contact_mobile)
            except ValidationError as error:
                raise ValidationError({"contact_mobile": error.messages}) from None

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_folded = fold(self.name_en)[:200]
        super().save(*args, **kwargs)
