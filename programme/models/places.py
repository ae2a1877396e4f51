from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.models.naming import Named


class State(Named):
    """A State or Union Territory. Codes are those of the Local Government Directory (LGD)."""

    lgd_code = models.PositiveIntegerField(_("LGD code"), primary_key=True)
    short = models.CharField(_("short name"), max_length=8, blank=True, help_text=_("Begins the State's file numbers, for example UP."))
    weekly_offs = models.JSONField(
        _("weekly offs"),
        default=list,
        blank=True,
        help_text=_('For example ["sun", "sat2"]: every Sunday and the second Saturday.'),
    )
    government_en = models.CharField(_("government in English"), max_length=200, blank=True)
    government_hi = models.CharField(_("government in Hindi"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("State")
        verbose_name_plural = _("States")
        ordering = ["name_en"]
        constraints = [models.UniqueConstraint(fields=["short"], condition=~models.Q(short=""), name="state_short_once")]

    @classmethod
    def of_short(cls, text: str) -> "State | None":
        """Return the State of a short name, in capitals or not; ``None`` when there is none.

        Half a character, which a shell can bring in, is no short name, and no database could compare it.
        """
        return cls.objects.filter(short__iexact=text).first() if text.isascii() and text.isalpha() else None


class District(Named):
    """A district, known by its LGD code; ``aliases`` are the other spellings people write."""

    lgd_code = models.PositiveIntegerField(_("LGD code"), primary_key=True)
    state = models.ForeignKey(State, models.PROTECT, related_name="districts", verbose_name=_("State"))
    aliases = models.JSONField(_("other spellings"), default=list, blank=True)
    hindi_source = models.CharField(_("source of the Hindi name"), max_length=60, blank=True)
    # Where the district's tile stands on the map of its State, counted from the north-west; none where nobody has placed it.
    tile_column = models.PositiveSmallIntegerField(null=True, editable=False)
    tile_row = models.PositiveSmallIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("District")
        verbose_name_plural = _("Districts")
        ordering = ["name_en"]
        constraints = [
            models.UniqueConstraint(fields=["state", "name_en"], name="district_named_once_in_its_state"),
            models.UniqueConstraint(fields=["state", "tile_column", "tile_row"], name="one_district_a_tile"),
            models.CheckConstraint(
                condition=models.Q(tile_column=None, tile_row=None) | models.Q(tile_column__isnull=False, tile_row__isnull=False),
                name="a_tile_has_column_and_row",
            ),
        ]


class Declared(models.Model):
    """What is declared of office days for a State, one of its districts or one of its offices.

    A row is never changed or deleted: it is withdrawn, with who, when and why, and another one is added. Without ``added_by`` it
    is what the software began with, not an order of the State.
    """

    # The field that names the day on which the row begins to count.
    DAY = ""

    state = models.ForeignKey(State, models.PROTECT, verbose_name=_("State"))
    district = models.ForeignKey(
        District, models.PROTECT, null=True, blank=True, verbose_name=_("District"), help_text=_("Empty: the whole State, or one office.")
    )
    office = models.ForeignKey(
        "programme.Office", models.PROTECT, null=True, blank=True, verbose_name=_("Office"), help_text=_("For one office alone.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Number and date of the notification or order."))
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    withdrawn_why = models.CharField(_("why it was withdrawn"), max_length=300, blank=True, editable=False)

    class Meta:
        abstract = True

    def clean(self) -> None:
        if self.district_id and self.office_id:
            raise ValidationError({"office": gettext("Choose a district or an office, not both.")})
        places: list[tuple[str, Any]] = [("district", self.district), ("office", self.office)]
        for name, place in places:
            if place and place.state_id != self.state_id:
                raise ValidationError({name: gettext("It does not lie in this State.")})
        same = {name: getattr(self, name) for name in ("state_id", "district_id", "office_id", self.DAY)}
        if type(self)._default_manager.filter(**same, withdrawn_at=None).exclude(pk=self.pk).exists():
            raise ValidationError({self.DAY: gettext("For this place and day a row is in force already; withdraw that one first.")})

    @property
    def place(self) -> str:
        """The place it is declared for, in the reader's language."""
        return str((self.office or self.district or self.state).name)

    @property
    def is_library(self) -> bool:
        """Say whether the software began with it; no gazette or order was read."""
        return self.added_by_id is None


def declared_once(name: str, day: str) -> list[models.BaseConstraint]:
    """Return what the database watches over: one row in force for a place and ``day``, one place a row, a whole withdrawal."""
    in_force = models.Q(withdrawn_at=None)
    whole_state = in_force & models.Q(district=None, office=None)
    withdrawn = models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~models.Q(withdrawn_why="")
    return [
        models.UniqueConstraint(fields=["state", day], condition=whole_state, name=f"{name}_listed_once_in_its_state"),
        models.UniqueConstraint(fields=["district", day], condition=in_force, name=f"{name}_listed_once_in_its_district"),
        models.UniqueConstraint(fields=["office", day], condition=in_force, name=f"{name}_listed_once_at_its_office"),
        models.CheckConstraint(condition=models.Q(district=None) | models.Q(office=None), name=f"{name}_has_one_place"),
        models.CheckConstraint(
            condition=models.Q(withdrawn_at=None, withdrawn_by=None, withdrawn_why="") | withdrawn,
            name=f"{name}_withdrawn_by_somebody_with_a_reason",
        ),
    ]


class Holiday(Declared, Named):
    """A day declared a holiday, or a working day where ``works``: of a State, of one district or of one office.

    The most particular place decides, and what is declared comes before weekly offs.
    """

    DAY = "date"

    date = models.DateField(_("date"))
    works = models.BooleanField(
        _("a working day instead"),
        default=False,
        help_text=_("Offices open on this day: a weekly off is worked, or a holiday of the State is not kept here."),
    )

    class Meta:
        verbose_name = _("Holiday")
        verbose_name_plural = _("Holidays")
        ordering = ["date", "pk"]
        constraints = declared_once("holiday", "date")


class WeeklyOff(models.TextChoices):
    """The weekly offs an administrator can choose; the calendar reads the n-th of any weekday in a month."""

    SUNDAY = "sun", _("every Sunday")
    SECOND_SATURDAY = "sat2", _("the second Saturday of the month")
    FOURTH_SATURDAY = "sat4", _("the fourth Saturday of the month")
    FIRST_SATURDAY = "sat1", _("the first Saturday of the month")
    THIRD_SATURDAY = "sat3", _("the third Saturday of the month")
    FIFTH_SATURDAY = "sat5", _("the fifth Saturday of the month")
    SATURDAY = "sat", _("every Saturday")
    FRIDAY = "fri", _("every Friday")
    THURSDAY = "thu", _("every Thursday")
    WEDNESDAY = "wed", _("every Wednesday")
    TUESDAY = "tue", _("every Tuesday")
    MONDAY = "mon", _("every Monday")


class WeeklyOffs(Declared):
    """The weekly offs of a State, district or office from a day on; before it, and without one, those of the wider place count."""

    DAY = "applies_from"

    applies_from = models.DateField(_("applies from"))
    offs = models.JSONField(_("weekly offs"))

    class Meta:
        verbose_name = _("Weekly offs")
        verbose_name_plural = _("Weekly offs")
        ordering = ["applies_from", "pk"]
        constraints = declared_once("weekly_offs", "applies_from")

    def __str__(self) -> str:
        return f"{self.place} · {self.applies_from:%d-%m-%Y}"

    def clean(self) -> None:
        super().clean()
        if {day.value for day in WeeklyOff if len(day.value) == 3} <= set(self.offs or ()):
            raise ValidationError({"offs": gettext("Leave a day on which the office works.")})

    @property
    def named(self) -> str:
        """The weekly offs in the reader's language."""
        return ", ".join(str(WeeklyOff(word).label) for word in self.offs)
