from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models import Office
from workflows.models.files import Case
from workflows.models.outcomes import REPAIRS, Outcome

BY_REPAIR = sorted(outcome.value for outcome in REPAIRS)


class Noting(models.Model):
    """One signed paragraph of the note sheet. Written once; the database refuses to change or delete it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notings", verbose_name=_("file"), db_index=False)
    paragraph = models.PositiveIntegerField(_("paragraph"))
    written_at = models.DateTimeField(_("written at"))
    step = models.CharField(_("step"), max_length=60)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="notings", verbose_name=_("officer"), db_index=False
    )
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("prepared by"))
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="notings", verbose_name=_("office"))
    body = models.TextField(_("body"), help_text=_("The canonical text that was hashed."))
    previous = models.CharField(_("hash of the paragraph before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)
    mac = models.CharField(_("keyed hash"), max_length=64)
    key_id = models.CharField(_("key"), max_length=40)

    class Meta:
        verbose_name = _("Noting")
        verbose_name_plural = _("Notings")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "paragraph"], name="paragraph_number_once_a_file")]
        indexes = [
            models.Index(fields=["officer", "-written_at"], name="notings_of_an_officer"),
            models.Index(fields=["written_at"], name="notings_by_time"),
            models.Index(fields=["written_at"], condition=models.Q(outcome__in=BY_REPAIR), name="notings_of_repairs"),
        ]


class PrivateNote(models.Model):
    """Personal data of a paragraph, erasable by law. The paragraph holds only its salted digest."""

    noting = models.OneToOneField(Noting, models.PROTECT, related_name="private")
    salt = models.CharField(max_length=32)
    body = models.TextField()
    erased_at = models.DateTimeField(_("erased at"), null=True)

    class Meta:
        default_permissions = ()


class RegisterLine(models.Model):
    """One line of the history of an entry of a register, chained and signed as a paragraph is. The database refuses to change it.

    A line without an officer is the installation's own: the entry was there, or was loaded from a file.
    """

    register = models.SlugField(_("register"), max_length=40)
    entry = models.BigIntegerField(_("entry"))
    number = models.PositiveIntegerField(_("line"))
    written_at = models.DateTimeField(_("written at"))
    act = models.SlugField(_("what was done"), max_length=40)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name=_("office"))
    body = models.TextField(_("body"))
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("Line of the history of an entry")
        verbose_name_plural = _("Histories of entries")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["register", "entry", "number"], name="line_number_once_an_entry")]
        indexes = [models.Index(fields=["written_at"], name="register_lines_by_time")]


def entry_paper_storage() -> Any:
    return storages["papers"]


class EntryPaper(models.Model):
    """A paper of an entry, such as a schedule or a press note. A line of the history names its SHA-256; it is never taken away."""

    register = models.SlugField(max_length=40)
    entry = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    stored = models.FileField(storage=entry_paper_storage)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["register", "entry", "sha256"], name="paper_once_an_entry")]


class Leaf(models.Model):
    """The place of one paragraph, or of one line of a register, in the Merkle log of the whole installation (RFC 9162)."""

    index = models.BigIntegerField(primary_key=True)
    noting = models.OneToOneField(Noting, models.PROTECT, null=True, related_name="leaf")
    line = models.OneToOneField(RegisterLine, models.PROTECT, null=True, related_name="leaf")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(noting__isnull=False, line=None) | models.Q(noting=None, line__isnull=False),
                name="leaf_is_of_a_paragraph_or_a_line",
            )
        ]


class Checkpoint(models.Model):
    """A signed statement of the log's size and root, linked to the one before (C2SP signed note)."""

    size = models.BigIntegerField(unique=True)
    root = models.CharField(max_length=64)
    frontier = models.JSONField(default=list)
    note = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["size"]
