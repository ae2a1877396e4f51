"""The second factor: a code by the clock from the officer's telephone, and recovery codes for the day it is lost."""

import logging
import secrets
from base64 import b32encode
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.models import Officer
from programme.powers import NEEDS_FACTOR
from workflows import sign_ins, ways_in
from workflows.authority import Refusal, capacities, check_looking_after
from workflows.models import DoorAct, DoorKind, RecoveryCode, Telephone, factor_box, new_factor_key

logger = logging.getLogger(__name__)
CODES, CODE_BYTES, GROUP = 10, 10, 4


def needs(officer: Officer) -> bool:
    """Say whether the officer holds a power today for which he has to have a second factor."""
    return any(held.powers & NEEDS_FACTOR for held in capacities(officer))


def is_set(officer: Officer) -> bool:
    return _confirmed(officer).exists()


def _confirmed(officer: Officer) -> Any:
    return Telephone.objects.filter(user=officer, confirmed=True)


def pending(officer: Officer) -> Telephone | None:
    """Return the factor that the officer began to set up and has not confirmed yet."""
    device = Telephone.objects.filter(user=officer, confirmed=False).first()
    return device if device is not None and device.opens else None


@transaction.atomic
def begin(officer: Officer) -> Telephone:
    """Make a key for the officer's telephone. It opens nothing before a code from it has been typed."""
    Officer.objects.select_for_update().get(pk=officer.pk)
    Telephone.objects.filter(user=officer, confirmed=False).delete()
    return Telephone.objects.create(user=officer, name="telephone", confirmed=False, sealed_key=new_factor_key())


@transaction.atomic
def confirm(officer: Officer, code: str) -> list[str]:
    """Take the pending factor into use, in place of an earlier one, and return its recovery codes; none when the code is wrong."""
    device = Telephone.objects.select_for_update().filter(user=officer, confirmed=False).first()
    if device is None or not _right(device, code):
        return []
    Telephone.objects.filter(user=officer).exclude(pk=device.pk).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    DoorAct.objects.create(kind=DoorKind.FACTOR_SET, officer=officer, by=officer)
    return _fresh_codes(officer)


@transaction.atomic
def new_codes(officer: Officer) -> list[str]:
    """Make new recovery codes; the earlier ones open nothing any more."""
    DoorAct.objects.create(kind=DoorKind.CODES_MADE, officer=officer, by=officer)
    return _fresh_codes(officer)


def _fresh_codes(officer: Officer) -> list[str]:
    RecoveryCode.objects.filter(officer=officer).delete()
    codes = [b32encode(secrets.token_bytes(CODE_BYTES)).decode() for _number in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(officer=officer, digest=_digest(officer, code)) for code in codes)
    return ["-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP)) for code in codes]


def codes_left(officer: Officer) -> int:
    return RecoveryCode.objects.filter(officer=officer, used_at=None).count()


def _digest(officer: Officer, code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return sha256(f"{officer.pk}:{plain}".encode()).hexdigest()


def _digits(code: str) -> str:
    return "".join(code.split())


@transaction.atomic
def accepts(officer: Officer, code: str) -> bool:
    """Say whether the code is good now, and use it up: a code of the telephone or a recovery code opens once."""
    device = _confirmed(officer).select_for_update().first()
    if device is None:
        return False
    if _digits(code).isdecimal():
        return _right(device, code)
    unused = RecoveryCode.objects.filter(officer=officer, digest=_digest(officer, code), used_at=None)
    return unused.update(used_at=timezone.now()) == 1


def _right(device: Telephone, code: str) -> bool:
    if not device.opens:
        logger.error("no key in FACTOR_KEYS opens second factor %s; recovery codes do, and a reset", device.pk)
        return False
    return device.verify_token(_digits(code))


@transaction.atomic
def encrypt_anew() -> tuple[int, int]:
    """Encrypt every key under the first of ``FACTOR_KEYS``; return how many, and how many can be read under none of them."""
    box, done, lost = factor_box(), 0, 0
    for device in Telephone.objects.select_for_update().order_by("pk"):
        if device.opens:
            Telephone.objects.filter(pk=device.pk).update(sealed_key=box.rotate(device.sealed_key).decode())
            done += 1
        else:
            lost += 1
    return done, lost


def waits_until(officer: Officer) -> datetime | None:
    """Return until when no code of the telephone is taken, as wrong ones came in a row; ``None`` when one is taken now."""
    device = _confirmed(officer).first() or pending(officer)
    if device is None:
        return None
    _allowed, facts = device.verify_is_allowed()
    return facts["locked_until"] if facts else None


@transaction.atomic
def reset(officer: Officer, *, by: Officer, reason: str) -> None:
    """Take away the lost factor of another, with its codes and sign-ins, so that he sets up a new one.

    Raises ``Refusal`` when ``by`` does not administer for him, is he himself, gave him his password, or there is nothing to take away.
    """
    check_looking_after(by, officer)
    ways_in.refuse_giver(officer, by=by)
    if not is_set(officer):
        raise Refusal(_("%(name)s has no second factor.") % {"name": officer.name})
    Telephone.objects.filter(user=officer).delete()
    RecoveryCode.objects.filter(officer=officer).delete()
    DoorAct.objects.create(kind=DoorKind.FACTOR_RESET, officer=officer, by=by, reason=reason)
    sign_ins.end_all(officer)
