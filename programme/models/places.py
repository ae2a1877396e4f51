from django.db import models
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

    class Meta:
        verbose_name = _("District")
        verbose_name_plural = _("Districts")
        ordering = ["name_en"]
        constraints = [models.UniqueConstraint(fields=["state", "name_en"], name="district_named_once_in_its_state")]


class Holiday(Named):
    """A gazetted holiday of a State, or of one district when ``district`` is set."""

    state = models.ForeignKey(State, models.PROTECT, related_name="holidays", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, verbose_name=_("District"))
    date = models.DateField(_("date"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Holiday")
        verbose_name_plural = _("Holidays")
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(fields=["district", "date"], name="holiday_listed_once_in_its_district"),
            models.UniqueConstraint(fields=["state", "date"], condition=models.Q(district=None), name="holiday_listed_once_in_its_state"),
        ]
