from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models import Office
from workflows.models.files import Case


class Message(models.Model):
    """A mail waiting to leave, written with the act that caused it. ``key`` keeps it from leaving twice."""

    key = models.CharField(max_length=120, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="messages")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="messages")
    address = models.EmailField(_("address"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    made_at = models.DateTimeField(auto_now_add=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Message")
        verbose_name_plural = _("Messages")
        default_permissions = ()
        indexes = [models.Index(fields=["made_at"], condition=models.Q(sent_at__isnull=True), name="messages_waiting")]


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
    """When a worker, the beat or a periodic job was last seen alive."""

    name = models.SlugField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
