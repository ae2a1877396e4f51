from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models import Office
from workflows.models.files import Case, Movement
from workflows.models.samples import Observation


class Message(models.Model):
    """A mail waiting to leave, written with the act that caused it; ``key`` keeps it from being put twice.

    ``leased_until`` says until when nobody else may try it, ``stale_at`` from when it would say nothing true any more.
    """

    key = models.CharField(max_length=120, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="messages")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="messages")
    address = models.EmailField(_("address"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    made_at = models.DateTimeField(auto_now_add=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    stale_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")
        default_permissions = ()
        indexes = [models.Index(fields=["made_at"], condition=models.Q(sent_at__isnull=True), name="messages_waiting")]


class NoticeKind(models.TextChoices):
    """What an office is told of; an officer may leave some kinds out of his mail, never out of the list."""

    RETURNED = "returned", _("Returned to me")
    DUE = "due", _("Due tomorrow")
    ISSUED = "issued", _("An order or letter was issued")
    QUESTION = "question", _("A question to my office")
    ANSWER = "answer", _("An answer to my question")
    PULLED_BACK = "pulled_back", _("Pulled back by the sender")
    ESCALATED = "escalated", _("Late under me")
    REMINDER = "reminder", _("Reminder of a last day")
    MISSED = "missed", _("A last day was missed")
    REPAIRED = "repaired", _("Repaired by the administrator")
    CHARGE = "charge", _("A charge was given or ended")
    OBSERVED = "observed", _("An observation of the audit")
    REPLIED = "replied", _("A reply to an observation")


class Notice(models.Model):
    """What an office is told, once: ``key`` names the occasion. ``on`` is the day it belongs to, also when it was written later."""

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind.choices)
    office = models.ForeignKey(Office, models.PROTECT, related_name="notices", verbose_name=_("office"))
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="notices", verbose_name=_("file"))
    observation = models.ForeignKey(Observation, models.PROTECT, null=True, related_name="notices", verbose_name=_("observation"))
    on = models.DateField(_("day"))
    text_en = models.TextField(_("what is told, in English"))
    text_hi = models.TextField(_("what is told, in Hindi"))
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Notice")
        verbose_name_plural = _("Notices")
        default_permissions = ()
        indexes = [models.Index(fields=["office", "-id"], name="notices_of_an_office")]


class Escalation(models.Model):
    """A late stay that a superior office was told of, once for each rule: ``days`` working days late, reached on the day ``on``."""

    movement = models.ForeignKey(Movement, models.PROTECT, related_name="escalations", verbose_name=_("movement"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    days = models.PositiveSmallIntegerField(_("working days late"))
    on = models.DateField(_("day"))
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("Escalation")
        verbose_name_plural = _("Escalations")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["movement", "office", "days"], name="stay_escalated_once_by_a_rule")]


class Incident(models.Model):
    """Something an administrator must look at: a step nobody can take, a failed job, a broken record."""

    key = models.CharField(max_length=160, unique=True)
    text_en = models.TextField(_("what is wrong, in English"))
    text_hi = models.TextField(_("what is wrong, in Hindi"), blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="incidents")
    raised_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Incident")
        verbose_name_plural = _("Incidents")
        default_permissions = ()


class Pulse(models.Model):
    """When a worker, the beat or a periodic task was last seen alive.

    A task's ``at`` is when it last came to its end; it runs in nobody else's hands before ``leased_until``.
    """

    name = models.SlugField(primary_key=True, max_length=40)
    at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
