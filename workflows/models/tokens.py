from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programme.calendar import ONE_DAY
from programme.zone import IST


class AccessToken(models.Model):
    """A key with which a program reads the interface in an officer's name, within what the officer may read himself.

    The key is shown once; kept is its SHA-256, and its last four characters by which the officer knows it again. A token that has
    ended stays, with who ended it. ``minute`` and ``calls`` count the calls of the minute under way, whichever process serves them.
    """

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens", verbose_name=_("officer"))
    name = models.CharField(_("Name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(_("last four characters"), max_length=4, editable=False)
    scope = models.JSONField(_("What it may read"))
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("holds until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    used_at = models.DateTimeField(_("last used at"), null=True)
    minute = models.BigIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Access token")
        verbose_name_plural = _("Access tokens")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(digest=""), name="token_has_name_and_digest"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="token_expires_after_it_was_made"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="token_ended_by_somebody",
            ),
            models.UniqueConstraint(fields=["officer", "name"], condition=Q(ended_at=None), name="live_token_named_once_by_an_officer"),
        ]

    @property
    def last_day(self) -> date:
        """The last day on which it holds, in India."""
        return timezone.localdate(self.expires_at, IST) - ONE_DAY
