from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.bilingual import reads_hindi
from programme.models.naming import Named
from programme.models.places import District, State
from programme.powers import Power


class Level(models.TextChoices):
    DISTRICT = "district", _("District")
    DEPARTMENT = "department", _("Department")
    STATE = "state", pgettext_lazy("level of office", "State")


class Charge(models.TextChoices):
    REGULAR = "regular", _("Regular charge")
    ADDITIONAL = "additional", _("Additional charge")
    OFFICIATING = "officiating", _("Officiating")
    LINK = "link", _("Link officer")
    ASSISTANT = "assistant", _("Assistant")


class Officer(AbstractUser):
    """A person who signs in. What the person may do comes from postings alone, never from this row."""

    name_en = models.CharField(_("name in English"), max_length=200)
    name_hi = models.CharField(_("name in Hindi"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=[("hi", "हिन्दी"), ("en", "English")], default="hi")
    digest_hour = models.PositiveSmallIntegerField(_("hour of the daily mail (Indian Standard Time)"), default=9)
    digested_at = models.DateTimeField(_("daily mail last made"), null=True, blank=True, editable=False)
    unmailed = models.JSONField(_("kinds of notice not mailed"), default=list, blank=True)
    notices_read = models.BigIntegerField(_("notices read up to"), default=0, editable=False)

    REQUIRED_FIELDS = ["name_en"]

    class Meta:
        verbose_name = _("Officer")
        verbose_name_plural = _("Officers")

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_hi if self.name_hi and reads_hindi() else self.name_en


class Department(Named):
    """A department of a State's government."""

    state = models.ForeignKey(State, models.PROTECT, related_name="departments", verbose_name=_("State"))
    code = models.SlugField(_("code"), max_length=40)

    class Meta:
        verbose_name = _("Department")
        verbose_name_plural = _("Departments")
        constraints = [models.UniqueConstraint(fields=["state", "code"], name="department_code_once_in_its_state")]


class Designation(Named):
    """A kind of post in one State, such as District Magistrate, with the powers its offices hold."""

    state = models.ForeignKey(State, models.PROTECT, related_name="designations", verbose_name=_("State"))
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, verbose_name=_("Department"))
    code = models.SlugField(_("code"), max_length=40, help_text=_("For example dm, dic, odop_cell."))
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    powers = models.JSONField(_("powers"), default=list, blank=True)

    class Meta:
        verbose_name = _("Designation")
        verbose_name_plural = _("Designations")
        constraints = [models.UniqueConstraint(fields=["state", "code"], name="designation_code_once_in_its_state")]


class Office(models.Model):
    """A post with a jurisdiction: District Magistrate, Agra. Files wait here, whoever holds it."""

    designation = models.ForeignKey(Designation, models.PROTECT, related_name="offices", verbose_name=_("Designation"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="offices", verbose_name=_("District"))
    email = models.EmailField(_("office e-mail"), blank=True)

    class Meta:
        verbose_name = _("Office")
        verbose_name_plural = _("Offices")
        default_permissions = ()
        permissions = [(power.value, power.label) for power in Power]
        constraints = [
            models.UniqueConstraint(fields=["designation", "district"], name="office_once_in_its_district"),
            models.UniqueConstraint(fields=["designation"], condition=models.Q(district=None), name="office_once_in_its_state"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The post and its place in the reader's language."""
        return f"{self.designation.name}, {self.district.name}" if self.district else self.designation.name

    @property
    def state_id(self) -> int:
        return self.designation.state_id

    def names(self) -> dict[str, str]:
        """Return the office's name in both languages, for what is kept as it was said."""
        parts = [self.designation] + ([self.district] if self.district else [])
        return {
            "name_en": ", ".join(part.name_en for part in parts),
            "name_hi": ", ".join(part.name_hi or part.name_en for part in parts),
        }


class Posting(models.Model):
    """Who holds an office, from which day to which (both included, Indian Standard Time), in which charge."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="postings", verbose_name=_("Officer"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="postings", verbose_name=_("Office"))
    charge = models.CharField(_("charge"), max_length=12, choices=Charge.choices, default=Charge.REGULAR)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    order_number = models.CharField(_("order number"), max_length=80, blank=True)
    only = models.JSONField(_("only these powers"), null=True, blank=True, help_text=_("Empty: all powers of the office."))
    upto = models.DecimalField(_("up to (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    made_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("entered by"))
    made_at = models.DateTimeField(_("entered at"), null=True, auto_now_add=True)
    # Set when a posting ends before its last day is over; from that moment it gives nothing.
    ended_at = models.DateTimeField(_("relieved at"), null=True, editable=False)
    ended_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("relieved by"))

    class Meta:
        verbose_name = _("Posting")
        verbose_name_plural = _("Postings")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="posting_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~models.Q(charge="link") | models.Q(ends_on__isnull=False), name="link_officer_has_an_end_date"
            ),
            models.CheckConstraint(
                condition=models.Q(charge="link") | models.Q(only__isnull=True, upto__isnull=True), name="only_a_link_officer_is_limited"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ends_on__isnull=False, ended_by__isnull=False),
                name="posting_ended_early_says_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["officer", "ends_on"], name="posting_of_officer")]

    def __str__(self) -> str:
        return f"{self.officer} · {self.office} · {self.get_charge_display()}"

    @property
    def powers(self) -> list[str]:
        """The powers this posting gives: the office's own, of a link officer those he was appointed for, of an assistant the preparing."""
        if self.charge == Charge.ASSISTANT:
            return [Power.PREPARE_NOTING]
        held = self.office.designation.powers
        return held if self.only is None else [power for power in held if power in self.only]

    @staticmethod
    def in_force(day: date) -> models.Q:
        """Return the condition for postings that hold on ``day`` (a date in Indian Standard Time, not before today)."""
        return models.Q(starts_on__lte=day) & Posting.not_over(day)

    @staticmethod
    def not_over(day: date) -> models.Q:
        """Return the condition for postings that hold on ``day`` or will begin after it."""
        return models.Q(ended_at=None) & (models.Q(ends_on=None) | models.Q(ends_on__gte=day))

    def covers(self, day: date) -> bool:
        """Say whether the posting is in force on ``day`` (a date in Indian Standard Time) when that day ends."""
        if self.ended_at is not None and timezone.localdate(self.ended_at) <= day:
            return False
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
