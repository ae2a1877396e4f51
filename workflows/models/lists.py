from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.jobs import Job


def list_storage() -> Any:
    return storages["lists"]


class WrittenList(models.Model):
    """A long list that the worker writes for one officer: which list, for which part of it, and the file while it is kept.

    ``scope`` is what the officer held when it was written: whoever holds less by now does not get it any more. The row stays when
    the file is swept, so that it can be seen who took which list out.
    """

    FORMS = [("xlsx", "XLSX"), ("csv", "CSV")]

    job = models.OneToOneField(Job, models.PROTECT, related_name="written_list")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="written_lists", verbose_name=_("asked for by"))
    name = models.SlugField(_("list"), max_length=40)
    query = models.TextField(_("which part of it"), blank=True)
    form = models.CharField(_("type"), max_length=4, choices=FORMS)
    language = models.CharField(_("language"), max_length=2)
    scope = models.JSONField(default=list)
    lines = models.PositiveIntegerField(_("lines"), default=0)
    written = models.PositiveIntegerField(_("lines written so far"), default=0)
    stored = models.FileField(storage=list_storage, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True)
    ready_at = models.DateTimeField(_("ready at"), null=True)
    kept_until = models.DateTimeField(_("kept until"), null=True)

    class Meta:
        verbose_name = _("Written list")
        verbose_name_plural = _("Written lists")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(stored="", size=None, ready_at=None, kept_until=None)
                | Q(size__isnull=False, ready_at__isnull=False, kept_until__isnull=False),
                name="written_list_is_ready_as_a_whole",
            ),
        ]
        indexes = [models.Index(fields=["kept_until"], condition=~Q(stored=""), name="written_lists_to_sweep")]

    @property
    def is_ready(self) -> bool:
        """Say whether its file is there; one that was swept was ready once."""
        return bool(self.stored)
