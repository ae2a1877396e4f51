"""Who is signed in, with what second factor, and what was done about it."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex


def factor_box() -> MultiFernet:
    """Return what encrypts the keys of second factors under the first of ``FACTOR_KEYS`` and decrypts under all of them."""
    return MultiFernet([Fernet(key) for key in settings.FACTOR_KEYS])


def new_factor_key() -> str:
    """Return the key of a telephone, 20 random bytes as RFC 4226 advises, encrypted."""
    return factor_box().encrypt(bytes.fromhex(random_hex(20))).decode()


class Telephone(TOTPDevice):
    """A second factor whose key stands in the database encrypted; the library's own column for it stays empty."""

    sealed_key = models.TextField()

    class Meta:
        verbose_name = _("Second factor")
        verbose_name_plural = _("Second factors")
        default_permissions = ()

    def save(self, *args: object, **kwargs: object) -> None:
        self.key = ""
        super().save(*args, **kwargs)

    @property
    def bin_key(self) -> bytes:
        """The key itself; raises ``InvalidToken`` when ``FACTOR_KEYS`` lacks the key it was encrypted under."""
        return factor_box().decrypt(self.sealed_key)

    @property
    def opens(self) -> bool:
        """Say whether the key can be read here."""
        try:
            return bool(self.bin_key)
        except InvalidToken:
            return False


class SignIn(AbstractBaseSession):
    """A session, and whose it is; the columns repeat what the session says, so that it can be listed and ended."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sign_ins", verbose_name=_("Officer"))
    begun_at = models.DateTimeField(_("signed in at"), null=True)
    seen_at = models.DateTimeField(_("last seen at"), null=True)
    address = models.GenericIPAddressField(_("network address"), null=True)
    browser = models.CharField(_("browser"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("Sign-in")
        verbose_name_plural = _("Sign-ins")
        default_permissions = ()


class RecoveryCode(models.Model):
    """A code that opens once instead of the telephone. Only its digest is kept; it has 80 random bits, so it needs no slow hash."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Recovery code")
        verbose_name_plural = _("Recovery codes")
        default_permissions = ()


class DoorKind(models.TextChoices):
    """What was done about somebody's way in."""

    FACTOR_SET = "factor_set", _("Second factor set up")
    CODES_MADE = "codes_made", _("New recovery codes made")
    FACTOR_RESET = "factor_reset", _("Lost second factor taken away")
    LOCK_LIFTED = "lock_lifted", _("Lock lifted")
    PASSWORD = "password", _("Password changed")
    GIVEN = "given", _("Password given by an administrator")


# What an officer does for himself; everything else somebody else does for him.
BY_HIMSELF = [DoorKind.FACTOR_SET.value, DoorKind.CODES_MADE.value, DoorKind.PASSWORD.value]


class DoorAct(models.Model):
    """One act about an officer's way in, by whom and why; never changed or deleted."""

    kind = models.CharField(_("what was done"), max_length=12, choices=DoorKind.choices)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="door_acts", verbose_name=_("Officer"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("done by"))
    at = models.DateTimeField(_("done at"), auto_now_add=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("Act about a way in")
        verbose_name_plural = _("Acts about ways in")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=BY_HIMSELF, by=F("officer")) | (~Q(kind__in=BY_HIMSELF) & ~Q(by=F("officer"))),
                name="nobody_opens_his_own_door_by_office",
            ),
            models.CheckConstraint(condition=~Q(kind="factor_reset") | ~Q(reason=""), name="factor_is_reset_for_a_reason"),
        ]
