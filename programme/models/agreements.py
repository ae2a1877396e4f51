"""With whom the programme works, and what was agreed until when."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models.entries import Entry
from programme.models.naming import Named, in_language
from programme.models.offices import Office
from programme.models.places import District, State


class PartnerRole(models.TextChoices):
    BANK = "bank", _("Bank")
    QUALITY = "quality", _("Quality and standards")
    ONLINE = "online", _("Online sale")
    VENDORS = "vendors", _("Empanelled vendors and investors")
    NETWORK = "network", _("Open network of commerce")
    MARKETING = "marketing", _("Marketing for small enterprises")
    EXPORTS = "exports", _("Promotion of exports")
    PRESS = "press", _("Press and information")


class Partner(Named):
    """A body the programme works with, by its canonical name; ``aliases`` are other spellings met in papers."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    role = models.CharField(_("role"), max_length=12, choices=PartnerRole)
    aliases = models.JSONField(_("other spellings"), default=list, blank=True)

    class Meta:
        verbose_name = _("Partner")
        verbose_name_plural = _("Partners")
        ordering = ["name_en"]


class AgreementStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_PROCESS = "in_process", _("In process")
    SIGNED = "signed", _("Signed")
    ENDED = "ended", _("Ended")


class Agreement(Entry):
    """What was agreed with a partner, for what, and until when. ``renew_days`` before the end the answerable office is told."""

    REGISTER = "agreements"

    state = models.ForeignKey(State, models.PROTECT, related_name="agreements", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="agreements", verbose_name=_("District"))
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="agreements", verbose_name=_("Partner"))
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable office"))
    purpose_en = models.CharField(_("purpose in English"), max_length=300)
    purpose_hi = models.CharField(_("purpose in Hindi"), max_length=300, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=AgreementStatus, default=AgreementStatus.PROPOSED)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    renew_days = models.PositiveSmallIntegerField(_("remind so many days before the end"), default=60)
    source = models.TextField(_("source"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Agreement")
        verbose_name_plural = _("Agreements")
        ordering = ["state", "partner", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_on=None) | Q(status__in=["signed", "ended"]), name="only_a_signed_agreement_has_its_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(signed_on=None) | Q(valid_until__gte=F("signed_on")),
                name="agreement_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner.name}: {in_language(self, 'purpose')}"

    def clean(self) -> None:
        signed = self.status in (AgreementStatus.SIGNED, AgreementStatus.ENDED)
        if signed and self.signed_on is None:
            raise ValidationError({"signed_on": gettext("Write the day on which it was signed.")})
        if self.signed_on and not signed:
            raise ValidationError({"status": gettext("It has a day of signing; set the status to signed, or take the day away.")})
        if self.signed_on and self.valid_until and self.valid_until < self.signed_on:
            raise ValidationError({"valid_until": gettext("The last day comes before the day of signing.")})

    @property
    def remind_from(self) -> date | None:
        """From which day its office is told that the end comes near; ``None`` when it has no end or is not in force."""
        if self.status != AgreementStatus.SIGNED or self.valid_until is None:
            return None
        return self.valid_until - timedelta(days=self.renew_days)
