"""Workbooks that officers fill in Excel: what was sent, how each row was judged, and what became of it."""

from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.models import Office
from workflows.models.jobs import Job, JobStatus

DIGEST_LENGTH = 64


def workbook_storage() -> Any:
    return storages["papers"]


class RowStanding(models.TextChoices):
    """How a row stands. Good rows wait for the officer's word; what came of them is accepted or refused."""

    GOOD = "good", pgettext_lazy("row of a workbook", "Good")
    WRONG = "wrong", pgettext_lazy("row of a workbook", "To correct")
    PRESENT = "present", pgettext_lazy("row of a workbook", "Already present")
    ACCEPTED = "accepted", pgettext_lazy("row of a workbook", "Accepted")
    REFUSED = "refused", pgettext_lazy("row of a workbook", "Refused")
    # What it made is gone again, such as a draft that was thrown away; the same row may come once more.
    FREED = "freed", pgettext_lazy("row of a workbook", "Accepted, and gone since")


class Workbook(models.Model):
    """One workbook that an officer sent for one of his offices. Its bytes are kept concealed, and only for a while.

    ``busy`` is set while it is read or accepted; the database lets an officer have one such workbook at a time.
    """

    kind = models.SlugField(_("kind"), max_length=40)
    office = models.ForeignKey(Office, models.PROTECT, related_name="workbooks", verbose_name=_("office"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="workbooks", verbose_name=_("sent by"))
    name = models.CharField(_("name"), max_length=200)
    sha256 = models.CharField(max_length=DIGEST_LENGTH)
    size = models.PositiveIntegerField(_("size in bytes"))
    lines = models.PositiveIntegerField(_("lines of the sheet"))
    stored = models.FileField(storage=workbook_storage, blank=True)
    # What the door saw when it looked through the bytes, concealed like them, so that they are looked through once.
    scanned = models.TextField(blank=True)
    sent_at = models.DateTimeField(_("sent"), auto_now_add=True)
    busy = models.BooleanField(default=True)
    checking = models.OneToOneField(Job, models.PROTECT, null=True, related_name="checks_workbook", verbose_name=_("check"))
    accepting = models.OneToOneField(Job, models.PROTECT, null=True, related_name="accepts_workbook", verbose_name=_("acceptance"))
    swept_at = models.DateTimeField(_("contents removed"), null=True)

    class Meta:
        verbose_name = _("Workbook")
        verbose_name_plural = _("Workbooks")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["by"], condition=models.Q(busy=True), name="one_workbook_at_a_time_an_officer"),
            models.CheckConstraint(
                condition=models.Q(swept_at__isnull=True) | models.Q(stored="", busy=False), name="swept_workbook_holds_no_bytes"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def job(self) -> Job | None:
        """The work that was last asked for on it; ``None`` in the moment before its check is."""
        return self.accepting or self.checking

    @property
    def is_checked(self) -> bool:
        """Say whether the check has come to its end."""
        return self.checking is not None and self.checking.status == JobStatus.FINISHED


class WorkbookRow(models.Model):
    """One row as it was judged. What it says is emptied when it is accepted: from then on the draft or record says it.

    ``fingerprint`` is a keyed hash of what the row says. ``sealed`` holds numbers of persons and units, concealed. ``faults`` are
    sentences by language and column; the column "" speaks of the whole row.
    """

    # The constraints and indexes below begin with the columns by which rows are looked for.
    workbook = models.ForeignKey(Workbook, models.CASCADE, related_name="rows", db_index=False, verbose_name=_("Workbook"))
    # Of the workbook, so that the database can refuse the same row in another one.
    kind = models.SlugField(max_length=40, db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("row"))
    title = models.CharField(_("what it is about"), max_length=200, blank=True)
    standing = models.CharField(_("standing"), max_length=8, choices=RowStanding.choices)
    values = models.JSONField(default=dict)
    sealed = models.TextField(blank=True)
    fingerprint = models.CharField(max_length=DIGEST_LENGTH)
    faults = models.JSONField(default=dict)
    sentence_en = models.TextField(blank=True)
    sentence_hi = models.TextField(blank=True)
    # The key of the draft, or the table and number of the record.
    became = models.CharField(max_length=80, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["workbook", "number"], name="row_once_in_its_workbook"),
            models.UniqueConstraint(
                fields=["fingerprint", "kind", "office"],
                condition=models.Q(standing=RowStanding.ACCEPTED),
                name="row_accepted_once_at_its_office",
            ),
            models.CheckConstraint(
                condition=~models.Q(standing=RowStanding.ACCEPTED) | ~models.Q(became=""), name="row_accepted_became_something"
            ),
        ]
        indexes = [
            models.Index(fields=["workbook", "standing", "number"], name="rows_of_a_workbook"),
            models.Index(fields=["workbook", "fingerprint"], name="rows_alike_in_a_workbook"),
        ]
