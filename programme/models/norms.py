from datetime import date
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models.places import State


class Norm(models.Model):
    """One dated version of a scheme's rules in one State. Money in ``rules`` is text, in rupees."""

    state = models.ForeignKey(State, models.PROTECT, related_name="norms", verbose_name=_("State"))
    scheme = models.SlugField(_("scheme"), max_length=40)
    version = models.CharField(_("version"), max_length=40)
    order_number = models.CharField(_("order number"), max_length=120, blank=True)
    order_date = models.DateField(_("order date"), null=True, blank=True)
    applies_from = models.DateField(_("applies from"))
    rules = models.JSONField(_("rules"), default=dict)
    source = models.TextField(_("source"), blank=True)
    verified = models.BooleanField(_("verified against the order"), default=False)

    class Meta:
        verbose_name = _("Norm")
        verbose_name_plural = _("Norms")
        ordering = ["scheme", "applies_from"]
        constraints = [
            models.UniqueConstraint(fields=["state", "scheme", "version"], name="norm_version_once"),
            models.UniqueConstraint(fields=["state", "scheme", "applies_from"], name="norm_from_one_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.version}"

    def rupees(self, rule: str) -> Decimal:
        """Return the amount of ``rule`` in rupees; raise ``KeyError`` when the version has no such rule."""
        return Decimal(self.rules[rule])

    @classmethod
    def in_force(cls, scheme: str, state: State, on: date) -> "Norm":
        """Return the version in force on ``on``; raise ``Norm.DoesNotExist`` when none has begun."""
        norm = cls.objects.filter(scheme=scheme, state=state, applies_from__lte=on).order_by("-applies_from").first()
        if norm is None:
            raise cls.DoesNotExist(f"No norm of {scheme} applies in {state} on {on}.")
        return norm
