from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from programme.models import District, Posting
from workflows.models.files import Case
from workflows.models.record import Noting


class Snapshot(models.Model):
    """What an officer had before him when he signed a paragraph, as canonical text whose SHA-256 the paragraph holds.

    What it says of persons stands beside it, erasable by law; the text itself has only its salted digest.
    """

    noting = models.OneToOneField(Noting, models.PROTECT, related_name="snapshot")
    body = models.TextField()
    salt = models.CharField(max_length=32, blank=True)
    personal = models.TextField(blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True)

    class Meta:
        default_permissions = ()


class AuditScope(models.Model):
    """To which districts and processes of his State an auditor's posting is limited; empty is all of them.

    The dates are those of the posting. A scope is never changed: another one is another posting.
    """

    posting = models.OneToOneField(Posting, models.PROTECT, related_name="audit_scope", verbose_name=_("posting"))
    districts = models.ManyToManyField(District, related_name="+", blank=True, verbose_name=_("districts"))
    processes = models.JSONField(_("processes"), default=list, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    made_at = models.DateTimeField(_("entered at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Scope of an audit")
        verbose_name_plural = _("Scopes of audits")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.posting)

    @cached_property
    def places(self) -> list[int]:
        """The districts by their key, read once."""
        return [place.pk for place in self.districts.all()]

    def lies_in(self, other: "AuditScope") -> bool:
        """Say whether whoever examines the other part reads all of this one."""
        pairs = ((self.places, other.places), (self.processes, other.processes))
        return all(not theirs or (mine and set(mine) <= set(theirs)) for mine, theirs in pairs)

    def covers(self, **fields: str) -> Q:
        """Return the condition for rows of the scope; ``fields`` name where a row has its ``district`` and its ``kind``."""
        wanted = {"district": self.places, "kind": self.processes}
        said: dict[str, Any] = {f"{way}__in": wanted[what] for what, way in fields.items() if wanted[what]}
        return Q(**said)


class Reading(models.Model):
    """One page, paper, list or export that an auditor opened. Only added to; no noting of any file."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="readings", verbose_name=_("auditor"))
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", verbose_name=_("in the charge of"))
    page = models.SlugField(_("what"), max_length=60)
    address = models.CharField(_("address"), max_length=500)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="readings", verbose_name=_("file"))
    at = models.DateTimeField(_("read at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Reading")
        verbose_name_plural = _("Readings")
        default_permissions = ()
        indexes = [
            models.Index(fields=["officer", "-at"], name="readings_of_an_auditor"),
            models.Index(fields=["case", "-at"], name="readings_of_a_file"),
        ]
