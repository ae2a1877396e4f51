from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.bilingual import reads_hindi
from programme.models import State
from workflows.models.files import Case
from workflows.models.jobs import Job
from workflows.models.record import Noting


class RepairKind(models.TextChoices):
    """What a programme administrator plans to do with a file, or with all files of an older version of a process."""

    REASSIGN = "reassign", pgettext_lazy("repair", "Give it to another office")
    MOVE = "move", pgettext_lazy("repair", "Move it to another step")
    CANCEL = "cancel", pgettext_lazy("repair", "Cancel it")
    REOPEN = "reopen", pgettext_lazy("repair", "Open it again")
    MIGRATE = "migrate", pgettext_lazy("repair", "Bring files to the new version of their process")
    REVERT = "revert", pgettext_lazy("repair", "Take files back to the old version of their process")


class Repair(models.Model):
    """A repair as it was planned: what, why, on which state of the file, and every effect as its administrators read it.

    ``head`` is the hash of the file's last paragraph when it was planned; once the file has another one, the plan is void. Plans
    about a process have no file of their own, and keep the heads of all their files in ``args``.
    """

    kind = models.CharField(_("what is done"), max_length=10, choices=RepairKind.choices)
    state = models.ForeignKey(State, models.PROTECT, related_name="+", verbose_name=_("State"))
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="repairs", verbose_name=_("file"))
    args = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), max_length=2000)
    head = models.CharField(max_length=64, blank=True)
    effects_en = models.JSONField(_("effects, in English"), default=list)
    effects_hi = models.JSONField(_("effects, in Hindi"), default=list)
    money = models.BooleanField(_("money is involved"))
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by"))
    planned_at = models.DateTimeField(_("planned at"), auto_now_add=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    applied_at = models.DateTimeField(_("applied at"), null=True)
    noting = models.OneToOneField(Noting, models.PROTECT, null=True, related_name="repair")
    job = models.OneToOneField(Job, models.PROTECT, null=True, related_name="repair")
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("dropped by"))
    cancelled_at = models.DateTimeField(_("dropped at"), null=True)

    class Meta:
        verbose_name = _("Repair")
        verbose_name_plural = _("Repairs")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(applied_at__isnull=True, cancelled_at__isnull=True), name="one_open_repair_a_file"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="repair_has_a_reason"),
            models.CheckConstraint(condition=~Q(approved_by=F("planned_by")), name="nobody_approves_his_own_repair"),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(money=False) | Q(approved_by__isnull=False), name="repair_of_money_is_approved"
            ),
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True, approved_by__isnull=True, noting__isnull=True, job__isnull=True)
                | Q(applied_at__isnull=False, noting__isnull=False, job__isnull=True)
                | Q(applied_at__isnull=False, noting__isnull=True, job__isnull=False),
                name="repair_applied_as_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False, applied_at__isnull=True),
                name="repair_dropped_as_a_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["state"], condition=Q(applied_at__isnull=True, cancelled_at__isnull=True), name="repairs_planned"),
        ]

    @property
    def effects(self) -> list[str]:
        """What was planned, in the reader's language."""
        return self.effects_hi if reads_hindi() else self.effects_en

    @property
    def is_open(self) -> bool:
        return self.applied_at is None and self.cancelled_at is None
