from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from programme.kept import as_set_up
from programme.models.offices import Officer
from programme.models.places import State


class NormStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")


class AppliesBy(models.TextChoices):
    """Which date of a claim picks the version of the rules."""

    APPLICATION = "application", _("date of application")
    EXPORT = "export", _("date of export")
    SANCTION = "sanction", _("date of sanction")


class Norm(models.Model):
    """One dated version of a scheme's rules in one State, or in all of India when ``state`` is ``None``.

    Money and percentages in ``rules`` are text, in rupees and per cent. Once published a version never changes: the
    database refuses it (``programme.rules``), and a new order becomes a new version.
    """

    state = models.ForeignKey(State, models.PROTECT, null=True, blank=True, related_name="norms", verbose_name=_("State"))
    scheme = models.SlugField(_("scheme"), max_length=40)
    version = models.CharField(_("version"), max_length=40)
    order_number = models.CharField(_("order number"), max_length=120, blank=True)
    order_date = models.DateField(_("order date"), null=True, blank=True)
    applies_from = models.DateField(_("applies from"))
    applies_until = models.DateField(_("applies until"), null=True, blank=True, help_text=_("Empty: until the next version begins."))
    applies_by = models.CharField(_("applies by"), max_length=12, choices=AppliesBy, default=AppliesBy.APPLICATION)
    status = models.CharField(_("status"), max_length=12, choices=NormStatus, default=NormStatus.DRAFT, editable=False)
    rules = models.JSONField(_("rules"), default=dict)
    source = models.TextField(_("source"), blank=True)
    verified = models.BooleanField(_("verified against the order"), default=False)
    doubt = models.TextField(_("what is not verified"), blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("published by")
    )

    class Meta:
        verbose_name = _("Norm")
        verbose_name_plural = _("Norms")
        ordering = ["scheme", "applies_from"]
        constraints = [
            models.UniqueConstraint(fields=["state", "scheme", "version"], name="norm_version_once"),
            models.UniqueConstraint(fields=["scheme", "version"], condition=Q(state=None), name="norm_version_once_in_india"),
            models.UniqueConstraint(
                fields=["state", "scheme", "applies_from"], condition=Q(status="published"), name="norm_from_one_day_once"
            ),
            models.UniqueConstraint(
                fields=["scheme", "applies_from"], condition=Q(state=None, status="published"), name="norm_from_one_day_once_in_india"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.version}"

    def rupees(self, rule: str) -> Decimal:
        """Return the amount of ``rule`` in rupees; raise ``KeyError`` when the version has no such rule."""
        return Decimal(self.rules[rule])

    @classmethod
    def in_force(cls, scheme: str, state: State | None, on: date) -> "Norm":
        """Return the version in force on ``on``, the State's own before that of all India.

        Raise ``Norm.DoesNotExist`` when none has begun or the last one has ended.
        """
        norm = _in_force(scheme, state.pk if state else None, on)
        if norm:
            return norm
        raise cls.DoesNotExist(f"No norm of {scheme} applies in {state or 'India'} on {on}.")


@as_set_up
def _in_force(scheme: str, state: int | None, on: date) -> Norm | None:
    norms = (_latest(Norm.objects.filter(scheme=scheme, state=place), on) for place in dict.fromkeys([state, None]))
    return next((norm for norm in norms if norm), None)


def _latest(norms: "QuerySet[Norm]", on: date) -> Norm | None:
    """The one begun last decides, also by its end: an older version does not come back when a newer one has ended."""
    begun = norms.exclude(status=NormStatus.DRAFT).filter(applies_from__lte=on)
    # Of two versions from the same day the one published last replaced the other.
    norm = begun.order_by("-applies_from", F("published_at").desc(nulls_last=True), "-pk").first()
    return norm if norm and (norm.applies_until is None or on <= norm.applies_until) else None
