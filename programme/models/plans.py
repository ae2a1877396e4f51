from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from programme.asking import Asked, Given, keep_beside
from programme.models.events import Matter, Topic
from programme.models.offices import Department, Office, Officer
from programme.models.places import District, State
from programme.models.records import FileRecord
from programme.money import in_figures, rupees
from programme.zone import IST


class Season(models.Model):
    """One year of action plans in a State. ``deadline`` is the last day on which a plan is submitted in time."""

    state = models.ForeignKey(State, models.PROTECT, related_name="seasons", verbose_name=_("State"))
    year = models.CharField(_("financial year"), max_length=7)
    deadline = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("Season")
        verbose_name_plural = _("Seasons")
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["state", "year"], name="season_once_a_year")]

    def __str__(self) -> str:
        return self.year

    def days_late(self, moment: datetime) -> int:
        """Return how many days after the last day ``moment`` lies, whole days in India; 0 when it is in time."""
        return max((timezone.localdate(moment, IST) - self.deadline).days, 0)


class ActionPlan(FileRecord):
    """A district's action plan of one season: two strategies, and the activities of its departments. Amounts in rupees."""

    ACTIVITY_COLUMNS = {
        "id": _("Number"),
        "topic": _("Topic"),
        "title": _("Activity"),
        "department_id": _("Department"),
        "starts_on": _("From"),
        "ends_on": _("To"),
        "amount": _("Amount (₹)"),
        "matter_id": _("Problem or suggestion it answers"),
        # Whose section a line belongs to is a code of the post; the department says it to people.
        "desk": "",
    }
    MATERIAL = frozenset({"national_strategy", "international_strategy", "activities"})
    LINES = {"activities": ACTIVITY_COLUMNS}
    STAMPED = frozenset({"submitted_at"})

    district = models.ForeignKey(District, models.PROTECT, related_name="plans", verbose_name=_("District"))
    season = models.ForeignKey(Season, models.PROTECT, related_name="plans", verbose_name=_("Season"))
    national_strategy = models.TextField(_("Strategy for the national market"), max_length=4000, blank=True)
    international_strategy = models.TextField(_("Strategy for international markets"), max_length=4000, blank=True)
    submitted_at = models.DateTimeField(_("First signed and submitted"), null=True, blank=True)
    adopted_on = models.DateField(_("Adopted on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Action plan")
        verbose_name_plural = _("Action plans")
        constraints = [
            models.UniqueConstraint(fields=["district", "season"], condition=Q(dropped=False), name="one_live_plan_a_district_and_season"),
            models.CheckConstraint(condition=Q(adopted_on=None) | Q(submitted_at__isnull=False), name="plan_is_submitted_before_adoption"),
        ]

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def read(cls, pk: int) -> "ActionPlan":
        """Return the plan with all that a file shows of it."""
        plan = PLAN.get(pk=pk)
        keep_beside(plan, "activities", ACTIVITIES(pk=pk))
        return plan

    @property
    def subject(self) -> str:
        """In the installation's own language, whoever opens the file."""
        with translation.override(settings.LANGUAGE_CODE):
            return gettext("Action plan %(year)s, %(district)s") % {"year": self.season.year, "district": self.district.name}

    @property
    def amount(self) -> Decimal | None:
        """What the activities cost together; ``None`` while none is written."""
        return sum((activity.amount or Decimal(0) for activity in self.activities.all()), Decimal(0)) or None

    def bar_to_reopening(self) -> str:
        """Return that the district has another plan of the season by now; empty when it has none."""
        others = ActionPlan.objects.filter(district=self.district_id, season=self.season_id, dropped=False).exclude(pk=self.pk)
        if not others.exists():
            return ""
        return gettext("%(district)s has another action plan of %(year)s by now.") % {
            "district": self.district.name,
            "year": self.season.year,
        }

    @property
    def due_by(self) -> datetime:
        """The last moment at which a signature of the district is in time."""
        return datetime.combine(self.season.deadline, time.max, IST)

    @property
    def days_late(self) -> int | None:
        """How many days after the last day the plan was first submitted; ``None`` before that."""
        return None if self.submitted_at is None else self.season.days_late(self.submitted_at)

    def flags(self) -> list[tuple[str, str]]:
        late = self.days_late
        return [("late", submitted_late(late))] if late else []

    def summary(self) -> list[tuple[str, str]]:
        """Return label and value of what a deciding officer reads first, in the reader's language."""
        label = self.labels
        season = {"year": self.season.year, "day": date_format(self.season.deadline)}
        rows: list[tuple[Any, str]] = [
            (_("Season"), gettext("%(year)s, to be submitted by %(day)s") % season),
            (label["submitted_at"], self._submitted()),
            (label["adopted_on"], date_format(self.adopted_on) if self.adopted_on else ""),
            (label["national_strategy"], self.national_strategy),
            (label["international_strategy"], self.international_strategy),
            (_("Cost of the activities"), in_figures(self.amount)),
        ]
        rows += [(f"{n}. {activity.get_topic_display()}", activity.line()) for n, activity in enumerate(self.activities.all(), 1)]
        return [(str(name), value) for name, value in rows if value]

    def _submitted(self) -> str:
        if self.submitted_at is None:
            return ""
        moment = date_format(timezone.localtime(self.submitted_at, IST), "DATETIME_FORMAT")
        standing = submitted_late(self.days_late) if self.days_late else gettext("Submitted in time")
        return f"{moment} ({standing})"


class ActivityStatus(models.TextChoices):
    NOT_BEGUN = "not_begun", _("Not begun")
    UNDER_WAY = "under_way", _("Under way")
    DONE = "done", _("Done")
    GIVEN_UP = "given_up", _("Given up")


class Activity(models.Model):
    """One thing a department will do. What is planned stands here and on the file; how far it is stands in its updates."""

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="activities")
    topic = models.CharField(_("Topic"), max_length=20, choices=Topic)
    title = models.CharField(_("Activity"), max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("Department"))
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("To"))
    amount = models.DecimalField(_("Amount (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("Problem or suggestion it answers")
    )
    desk = models.SlugField(_("Added by"), max_length=40, help_text=_("Code of the post whose section the line belongs to."))

    class Meta:
        verbose_name = _("Activity")
        verbose_name_plural = _("Activities")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gt=0), name="activity_costs_something_or_nothing"),
        ]

    def __str__(self) -> str:
        return self.title

    def line(self) -> str:
        """Write what is planned in one line: title, department, days, amount, and the matter it answers."""
        parts = [self.title, self.department.name, f"{date_format(self.starts_on)} – {date_format(self.ends_on)}"]
        parts += [rupees(self.amount)] if self.amount else []
        parts += [str(self.matter)] if self.matter else []
        return " · ".join(parts)

    @property
    def latest(self) -> "ActivityUpdate | None":
        """The last report on the activity; ``None`` before the first."""
        return max(self.updates.all(), key=lambda update: update.pk, default=None)

    @property
    def progress(self) -> int:
        """How much is done, in per cent."""
        return self.latest.progress if self.latest else 0

    @property
    def status(self) -> str:
        return self.latest.status if self.latest else ActivityStatus.NOT_BEGUN

    @property
    def status_title(self) -> str:
        return str(ActivityStatus(self.status).label)

    def is_late(self, on: date) -> bool:
        """Say whether the activity should have ended before ``on`` and neither did nor was given up."""
        return self.ends_on < on and self.status in {ActivityStatus.NOT_BEGUN, ActivityStatus.UNDER_WAY}


def evidence_storage() -> Any:
    return storages["papers"]


class ActivityUpdate(models.Model):
    """One report on an activity of an adopted plan: how far it is, the evidence, by whom and when. Only ever added to."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="updates")
    progress = models.PositiveSmallIntegerField(_("progress (per cent)"))
    status = models.CharField(_("status"), max_length=12, choices=ActivityStatus)
    evidence = models.TextField(_("evidence"), max_length=2000)
    paper = models.FileField(_("paper"), storage=evidence_storage, blank=True)
    paper_name = models.CharField(max_length=200, blank=True)
    paper_type = models.CharField(max_length=100, blank=True)
    paper_sha256 = models.CharField(max_length=64, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["-pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100), name="activity_progress_is_a_percentage"),
            models.CheckConstraint(condition=~Q(status=ActivityStatus.DONE) | Q(progress=100), name="activity_done_is_done_wholly"),
            models.CheckConstraint(
                condition=~Q(status=ActivityStatus.NOT_BEGUN) | Q(progress=0), name="activity_not_begun_has_no_progress"
            ),
            models.CheckConstraint(condition=~Q(evidence=""), name="activity_update_has_words"),
            models.CheckConstraint(
                condition=Q(paper="", paper_sha256="") | (~Q(paper="") & ~Q(paper_sha256="")), name="activity_paper_has_its_digest"
            ),
        ]


def submitted_late(days: int) -> str:
    """Say how late a plan was submitted, in the reader's language."""
    return ngettext("Submitted %(days)s day late", "Submitted %(days)s days late", days) % {"days": days}


PLAN = Asked(lambda: ActionPlan.objects.select_related("district__state", "season").filter(pk=Given("pk")))
ACTIVITIES = Asked(lambda: Activity.objects.select_related("department", "matter").filter(plan=Given("pk")))
