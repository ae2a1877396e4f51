"""What groups ask for and get, and the policies a State follows."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programme.models.brands import late_by
from programme.models.entries import Entry
from programme.models.events import Matter
from programme.models.naming import Named
from programme.models.offices import Office
from programme.models.places import District, State
from programme.models.sellers import Seller


class SupportKind(models.TextChoices):
    DESIGN = "design", _("Design")
    QUALITY = "quality", _("Quality")
    PACKAGING = "packaging", _("Packaging")
    RANGE = "range", _("Wider range of products")
    MARKET = "market", _("Access to a market")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other help")


class SupportRequest(Entry):
    """Help that a group asked for: who gives it, what came of it, and when it was closed. It is closed with an outcome, or open."""

    REGISTER, STATE, DISTRICT = "support", "seller__district__state", "seller__district"

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="requests", verbose_name=_("Seller or group"))
    kind = models.CharField(_("kind"), max_length=12, choices=SupportKind)
    text_en = models.TextField(_("what is asked for, in English"), max_length=2000, blank=True)
    text_hi = models.TextField(_("what is asked for, in Hindi"), max_length=2000, blank=True)
    asked_on = models.DateField(_("asked on"))
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable office"))
    due = models.DateField(_("due"), null=True, blank=True)
    expert = models.CharField(_("expert or institution"), max_length=200, blank=True)
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("matter that it answers")
    )
    outcome = models.TextField(_("what came of it"), max_length=2000, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Request for support")
        verbose_name_plural = _("Requests for support")
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text_en="") | ~Q(text_hi=""), name="support_request_has_words"),
            models.CheckConstraint(condition=Q(closed_on=None) | ~Q(outcome=""), name="support_request_closed_with_an_outcome"),
            models.CheckConstraint(condition=Q(closed_on=None) | Q(closed_on__gte=F("asked_on")), name="support_closed_after_it_was_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.seller.name}: {self.get_kind_display()}"

    @property
    def overdue(self) -> bool:
        return self.closed_on is None and late_by(self.due, None) > 0


class Policy(Entry, Named):
    """A policy or order a State follows for its products."""

    REGISTER = "policies"

    state = models.ForeignKey(State, models.PROTECT, related_name="policies", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="policies", verbose_name=_("District"))
    number = models.CharField(_("number"), max_length=80, blank=True)
    dated = models.DateField(_("dated"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    link = models.CharField(_("link"), max_length=200, blank=True, validators=[URLValidator(["https", "http"])])
    source = models.TextField(_("source"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Policy")
        verbose_name_plural = _("Policies")
        ordering = ["state", "-dated", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "name_en"],
                condition=Q(removed_why=""),
                name="policy_once_in_its_state",
                violation_error_message=_("The State has a policy of this name already."),
            )
        ]
