from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.models import State
from programme.models.naming import Named
from workflows.models.files import Case


class JobStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("long work", "Waiting")
    RUNNING = "running", pgettext_lazy("long work", "Running")
    FINISHED = "finished", pgettext_lazy("long work", "Finished")
    CANCELLED = "cancelled", pgettext_lazy("long work", "Stopped")
    FAILED = "failed", pgettext_lazy("long work", "Failed")


class RowStatus(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("row of long work", "Waiting")
    DONE = "done", pgettext_lazy("row of long work", "Done")
    REFUSED = "refused", pgettext_lazy("row of long work", "Refused")
    FAILED = "failed", pgettext_lazy("row of long work", "Failed")


class Job(models.Model):
    """Long work: what is to be done, for whom, and how far it is. Its rows say to what.

    ``args`` and the rows' own are plain JSON of numbers and codes, never anything personal; a bulk decision also keeps here the
    one note that each file's paragraph will say. ``leased_until`` says until when a worker has it; ``attempts`` counts workers
    that took it since a row last came to its end.
    """

    key = models.CharField(max_length=160, unique=True)
    kind = models.SlugField(_("kind"), max_length=40)
    args = models.JSONField(default=dict)
    state = models.ForeignKey(State, models.PROTECT, related_name="+", verbose_name=_("State"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="jobs", verbose_name=_("started by"))
    made_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    status = models.CharField(_("status"), max_length=12, choices=JobStatus.choices, default=JobStatus.WAITING)
    total = models.PositiveIntegerField(_("rows"))
    done = models.PositiveIntegerField(_("done"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(_("begun"), null=True)
    finished_at = models.DateTimeField(_("ended"), null=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("stopped by"))

    class Meta:
        verbose_name = _("Job")
        verbose_name_plural = _("Jobs")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=[JobStatus.WAITING, JobStatus.RUNNING], finished_at__isnull=True)
                | models.Q(status__in=[JobStatus.FINISHED, JobStatus.CANCELLED, JobStatus.FAILED], finished_at__isnull=False),
                name="job_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(status=JobStatus.CANCELLED, cancelled_by__isnull=False)
                | (~models.Q(status=JobStatus.CANCELLED) & models.Q(cancelled_by__isnull=True)),
                name="job_stopped_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(total__gte=models.F("done") + models.F("refused") + models.F("failed")),
                name="job_counts_no_row_twice",
            ),
        ]
        indexes = [
            models.Index(
                fields=["leased_until"], condition=models.Q(status__in=[JobStatus.WAITING, JobStatus.RUNNING]), name="jobs_to_be_done"
            ),
            models.Index(fields=["by", "-made_at"], name="jobs_of_an_officer"),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in {JobStatus.WAITING, JobStatus.RUNNING}

    @property
    def ended(self) -> int:
        """How many rows came to an end of any kind."""
        return self.done + self.refused + self.failed


class JobRow(Named):
    """One item of a job, and what became of it. Its name is a file number, a district, a line of a sheet: never a person's."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField(_("number"))
    key = models.CharField(max_length=120)
    args = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=12, choices=RowStatus.choices, default=RowStatus.WAITING)
    sentence_en = models.TextField(_("what happened, in English"), blank=True)
    sentence_hi = models.TextField(_("what happened, in Hindi"), blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["job", "key"], name="job_row_once_in_its_job"),
            models.UniqueConstraint(fields=["job", "position"], name="job_row_has_its_own_number"),
            models.CheckConstraint(
                condition=models.Q(status=RowStatus.WAITING, ended_at__isnull=True)
                | (~models.Q(status=RowStatus.WAITING) & models.Q(ended_at__isnull=False)),
                name="job_row_ended_has_its_time",
            ),
        ]
        indexes = [
            models.Index(fields=["job", "position"], condition=models.Q(status=RowStatus.WAITING), name="job_rows_to_be_done"),
        ]
