from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from programme.models import District, Office, State


class ObstacleKind(models.TextChoices):
    """Why files would stop at a step, though none may have come there yet."""

    VACANT = "vacant", pgettext_lazy("obstacle", "Held by nobody")
    ENDING = "ending", pgettext_lazy("obstacle", "Held by nobody soon")
    NONE = "none", pgettext_lazy("obstacle", "No office holds the power")
    SEVERAL = "several", pgettext_lazy("obstacle", "Several offices hold the power")
    LADDER = "ladder", pgettext_lazy("obstacle", "The delegation names no office that may")
    CONFLICT = "conflict", pgettext_lazy("obstacle", "One person holds both posts")


class Obstacle(models.Model):
    """One fault of the set-up at which files would stop: a row for an office or a power, not for each step it is met at.

    ``steps`` names the steps met by it, as process, version and step; ``stops`` is false where the clock closes every one of them.
    ``on`` is the first day without a holder.
    """

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(_("what is wrong"), max_length=10, choices=ObstacleKind.choices)
    state = models.ForeignKey(State, models.PROTECT, related_name="+", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="+", verbose_name=_("District"))
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name=_("office"))
    power = models.CharField(_("power"), max_length=60, blank=True)
    post = models.CharField(_("post that the delegation names"), max_length=40, blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    steps = models.JSONField(_("steps"), default=list)
    stops = models.BooleanField(_("files stop there"), default=True)
    on = models.DateField(_("from"), null=True)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)
    closed_at = models.DateTimeField(_("cured at"), null=True)

    class Meta:
        verbose_name = _("Obstacle")
        verbose_name_plural = _("Obstacles")
        default_permissions = ()
        indexes = [models.Index(fields=["state"], condition=models.Q(closed_at__isnull=True), name="obstacles_that_stand")]
