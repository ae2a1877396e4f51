from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models.places import District, State


class TargetCategory(models.TextChoices):
    """For whom a scheme sets a target."""

    WOMEN = "women", _("Women")
    SHG = "shg", _("Members of self-help groups")
    SC_ST = "sc_st", _("Scheduled Castes and Tribes")
    YOUTH = "youth", _("Youth")
    FARMER = "farmer", _("Farmers")
    ARTISAN = "artisan", _("Artisans")


class Target(models.Model):
    """How many persons of a category a scheme shall reach in a financial year, in a State or in one of its districts."""

    state = models.ForeignKey(State, models.PROTECT, related_name="targets", verbose_name=_("State"))
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("District"),
        help_text=_("Empty: the State."),
    )
    year = models.CharField(
        _("financial year"), max_length=7, validators=[RegexValidator(r"^20\d\d-\d\d\Z", _("Write the year as 2026-27."))]
    )
    scheme = models.SlugField(_("process"), max_length=40)
    category = models.CharField(_("category"), max_length=10, choices=TargetCategory)
    number = models.PositiveIntegerField(_("target (persons)"))
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Number and date of the notification or order."))

    class Meta:
        verbose_name = _("Target")
        verbose_name_plural = _("Targets")
        ordering = ["-year", "scheme", "category", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state", "year", "scheme", "category"], condition=Q(district=None), name="target_set_once_for_its_state"
            ),
            models.UniqueConstraint(fields=["district", "year", "scheme", "category"], name="target_set_once_for_its_district"),
        ]

    def __str__(self) -> str:
        return f"{self.year} · {self.get_category_display()} · {(self.district or self.state).name}"

    def clean(self) -> None:
        if self.district and self.district.state_id != self.state_id:
            raise ValidationError({"district": gettext("It does not lie in this State.")})
        same = {name: getattr(self, name) for name in ("state_id", "district_id", "year", "scheme", "category")}
        if Target.objects.filter(**same).exclude(pk=self.pk).exists():
            raise ValidationError({"category": gettext("This target is set already; change that row instead.")})


class Boundary(models.Model):
    """The outline of a district as it is drawn: an SVG path, the box around it, and where its figure stands.

    All numbers are hundredths of a degree: of latitude downwards, of longitude narrowed by the cosine of the State's middle latitude.
    """

    district = models.OneToOneField(District, models.CASCADE, primary_key=True, related_name="boundary", verbose_name=_("District"))
    path = models.TextField(_("outline"))
    left = models.IntegerField()
    top = models.IntegerField()
    right = models.IntegerField()
    bottom = models.IntegerField()
    x = models.IntegerField()
    y = models.IntegerField()

    class Meta:
        verbose_name = _("Boundary")
        verbose_name_plural = _("Boundaries")
        default_permissions = ()
