"""Keys with which programs read the interface in an officer's name: made and ended by the officer, counted at every call.

A token gives no right: each call asks what the officer may read at that moment, by the same queries as his pages.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import ONE_DAY, day_begins, today
from programme.models import Officer
from workflows.models import AccessToken

PREFIX = "kp_"
MOST = 10
LONGEST = timedelta(days=365)
CALLS_A_MINUTE = 120
MINUTE = 60


class Resource(models.TextChoices):
    """What a token may be limited to."""

    FILES = "files", gettext_lazy("Files")
    MOVEMENTS = "movements", gettext_lazy("Movements")
    NOTINGS = "notings", gettext_lazy("Notings")
    ORDERS = "orders", gettext_lazy("Orders")
    REGISTERS = "registers", gettext_lazy("Registers")
    REPORTS = "reports", gettext_lazy("Reports")


@dataclass(frozen=True)
class Made:
    """A token just made, and the key that is shown this one time."""

    token: AccessToken
    key: str


@transaction.atomic
def make(name: str, scope: Iterable[str], last_day: date, *, by: Officer) -> Made:
    """Make a token that holds up to and with ``last_day``; raise ``ValidationError`` for a name taken, too many, or days that cannot be."""
    Officer.objects.select_for_update().get(pk=by.pk)
    chosen = [resource for resource in Resource.values if resource in set(scope)]
    _check(name, chosen, last_day, live_of(by))
    key = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken.objects.create(
        officer=by,
        name=name,
        digest=digest_of(key),
        ending=key[-4:],
        scope=chosen,
        made_at=timezone.now(),
        expires_at=day_begins(last_day + ONE_DAY),
    )
    return Made(token, key)


def _check(name: str, scope: list[str], last_day: date, live: QuerySet[AccessToken]) -> None:
    if not scope:
        raise ValidationError({"scope": _("Choose at least one thing it may read.")})
    if not today() <= last_day <= today() + LONGEST:
        raise ValidationError({"last_day": _("A token holds for a year at most, from today on.")})
    if live.filter(name=name).exists():
        raise ValidationError({"name": _("You have another token under this name already.")})
    if live.count() >= MOST:
        raise ValidationError(_("You have %(most)s tokens already. End one first.") % {"most": MOST}, code="many")


def live_of(officer: Officer) -> QuerySet[AccessToken]:
    """Return the officer's tokens that were not ended; those that have expired are among them."""
    return AccessToken.objects.filter(officer=officer, ended_at=None)


def end(token: AccessToken, *, by: Officer) -> bool:
    """End a token of the officer's own; ``False`` when it had ended before, or is another's."""
    return live_of(by).filter(pk=token.pk).update(ended_at=timezone.now(), ended_by=by) == 1


def end_all(officer: Officer, *, by: Officer) -> int:
    """End every token of an officer who was disabled; he makes new ones if he is ever let in again."""
    return live_of(officer).update(ended_at=timezone.now(), ended_by=by)


def digest_of(key: str) -> str:
    """Return what is kept of a key. It is random and long, so that one round of SHA-256 is enough."""
    return sha256(key.encode()).hexdigest()


def holder_of(key: str) -> AccessToken | None:
    """Return the token of a key that holds now, its officer with it; ``None`` when there is none that holds."""
    # One that has ended or expired holds no more, nor any of an officer who was disabled.
    rows = AccessToken.objects.select_related("officer")
    return rows.filter(digest=digest_of(key), ended_at=None, expires_at__gt=timezone.now(), officer__is_active=True).first()


def count_call(token: AccessToken) -> int:
    """Count one call against the minute under way; return 0, or after how many seconds the next is taken where there were too many.

    The count stands in the token's row, so that several web processes on several machines share it.
    """
    now = timezone.now()
    seconds = int(now.timestamp())
    minute, gone = divmod(seconds, MINUTE)
    fresh = ~Q(minute=minute)
    taken = AccessToken.objects.filter(fresh | Q(calls__lt=CALLS_A_MINUTE), pk=token.pk)
    counted = Case(When(fresh, then=Value(1)), default=F("calls") + 1)
    return 0 if taken.update(calls=counted, minute=minute, used_at=now) == 1 else MINUTE - gone
