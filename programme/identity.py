"""Numbers that name a person or a unit: read, judged by their check digit or form, and kept only as a keyed hash.

The plain number is never stored and never stands in a sentence (docs/decisions/0008).
"""

import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions
from stdnum.in_ import aadhaar, gstin, pan

# Spaces, dashes, joiners and what a paste brings along, in any script; and what stands between two parts of a number.
SEPARATORS, BETWEEN = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"}), "/,.:"
LEFT_OUT = str.maketrans(
    "", "", "".join(char for char in map(chr, range(128)) if char in BETWEEN or unicodedata.category(char) in SEPARATORS)
)
UDYAM = re.compile(r"(?:UDYAM)?([A-Z]{2})([0-9]{2})([0-9]{7})")
IFSC, ACCOUNT = r"(?P<ifsc>[A-Z]{4}0[A-Z0-9]{6})", r"(?P<account>[0-9]{9,18})"
BANK = (re.compile(IFSC + ACCOUNT), re.compile(ACCOUNT + IFSC))


class IdentityKind(models.TextChoices):
    AADHAAR = "aadhaar", _("Aadhaar")
    PAN = "pan", _("PAN")
    GSTIN = "gstin", _("GSTIN")
    UDYAM = "udyam", _("Udyam registration")
    IEC = "iec", _("Importer-exporter code")
    BANK_ACCOUNT = "bank_account", _("Bank account")
    FAMILY_ID = "family_id", _("Family ID")
    MOBILE = "mobile", _("Mobile number")


SENTENCES = {
    IdentityKind.AADHAAR: _("This is no Aadhaar number: write its twelve digits as on the card; the last one checks the others."),
    IdentityKind.PAN: _("This is no PAN: write its ten characters as on the card, five letters, four digits, one letter."),
    IdentityKind.GSTIN: _("This is no GSTIN: write its fifteen characters as on the certificate; the last one checks the others."),
    IdentityKind.UDYAM: _("This is no Udyam registration number; it is written like UDYAM-UP-00-0000000."),
    IdentityKind.IEC: _("This is no importer-exporter code: it is the PAN of the firm or, on old certificates, ten digits."),
    IdentityKind.BANK_ACCOUNT: _("Write the IFSC of the branch (eleven characters), then the account number (9 to 18 digits)."),
    IdentityKind.FAMILY_ID: _("This is no family ID: write its twelve digits."),
    IdentityKind.MOBILE: _("Write the ten-digit mobile number, for example 98765 43210."),
}


@dataclass(frozen=True)
class Identity:
    """What is left of a number once it has been read: its kind, its keyed hash, and the last four for people to recognise it by."""

    kind: IdentityKind
    digest: str
    last_four: str

    @property
    def shown(self) -> str:
        return ending(self.last_four)


def ending(last_four: str) -> str:
    """Write the last four of a number as people see them: …1234; empty when there is no number."""
    return f"…{last_four}" if last_four else ""


def identify(kind: IdentityKind, typed: str) -> Identity:
    """Read what was typed; raise ``ValidationError``, without the number in it, when it is no number of the kind."""
    cleaned = clean(kind, typed)
    return Identity(kind, digest(kind, cleaned), last_four(cleaned))


def clean(kind: IdentityKind, typed: str) -> str:
    """Return the one form of a number that stands for all ways to write it; raise ``ValidationError``, without the number in it.

    A bank account is typed as its IFSC and its number, in either order, and comes back as "SBIN0001234/30012345678".
    """
    try:
        return READERS[kind](_bare(typed))
    except (exceptions.ValidationError, ValueError):
        raise ValidationError(SENTENCES[kind], code="identity") from None


def digest(kind: IdentityKind, cleaned: str) -> str:
    """Return the keyed hash, 64 hex digits, under which a cleaned number is kept and compared.

    Of an account counts the bank, not the branch: a bank's core system gives each number once, and an account that moves
    to another branch gets a new IFSC and keeps its number.
    """
    counted = cleaned[:4] + cleaned.partition("/")[2] if kind == IdentityKind.BANK_ACCOUNT else cleaned
    return hmac.digest(_key("digest"), f"{kind}:{counted}".encode(), sha256).hex()


def last_four(cleaned: str) -> str:
    """Return what people recognise a number by; it is all of the number that may be shown."""
    return cleaned[-4:]


def conceal(text: str) -> str:
    """Return a number that is still being typed in a form that only ``reveal`` reads; nothing stays nothing."""
    return _box().encrypt(text.encode()).decode() if text else ""


def reveal(concealed: str) -> str:
    """Return what ``conceal`` was given; empty when it was concealed under another key."""
    try:
        return _box().decrypt(concealed.encode()).decode() if concealed else ""
    except InvalidToken:
        return ""


def conceal_bytes(content: bytes) -> bytes:
    """Return the content of a file in a form that only ``reveal_bytes`` reads."""
    return _box().encrypt(content)


def reveal_bytes(concealed: bytes) -> bytes:
    """Return what ``conceal_bytes`` was given; raise ``ValueError`` when it was concealed under another key."""
    try:
        return _box().decrypt(concealed)
    except InvalidToken:
        raise ValueError("concealed under another key") from None


def fingerprint(text: str) -> str:
    """Return a keyed hash, 64 hex digits, by which two texts that may hold numbers of persons are known to be the same."""
    return hmac.digest(_key("fingerprint"), text.encode(), sha256).hex()


def _key(purpose: str) -> bytes:
    return _derived(settings.IDENTITY_KEY, purpose)


@lru_cache(maxsize=8)
def _derived(key: str, purpose: str) -> bytes:
    return hmac.digest(key.encode(), purpose.encode(), sha256)


def _box() -> Fernet:
    return _box_of(_key("conceal"))


@lru_cache(maxsize=2)
def _box_of(key: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(key))


def _bare(typed: str) -> str:
    """Return digits of every script as 0-9, letters as capitals, nothing that only separates."""
    if typed.isascii():
        return typed.translate(LEFT_OUT).upper()
    kept = (char for char in typed if char not in BETWEEN and unicodedata.category(char) not in SEPARATORS)
    return "".join(str(unicodedata.decimal(char, char)) for char in kept).upper()


def _udyam(bare: str) -> str:
    parts = UDYAM.fullmatch(bare)
    if not parts:
        raise ValueError
    return "-".join(("UDYAM", *parts.groups()))


def _iec(bare: str) -> str:
    return _digits(bare, "[0-9]{10}") if bare.isdigit() else pan.validate(bare)


def _bank_account(bare: str) -> str:
    parts = next((found for found in (form.fullmatch(bare) for form in BANK) if found), None)
    if not parts:
        raise ValueError
    # The same account is printed with and without leading zeros.
    number = _digits(parts["account"], "[0-9]+").lstrip("0").zfill(9)
    return f"{parts['ifsc']}/{number}"


def _family_id(bare: str) -> str:
    return _digits(bare, "[0-9]{12}")


def _mobile(bare: str) -> str:
    return _digits(re.sub(r"^(\+?91|0)(?=[0-9]{10}$)", "", bare), "[6-9][0-9]{9}")


def _digits(bare: str, form: str) -> str:
    """Return the digits when they have the form. One digit repeated is what people type to get past a field; it would match everybody's."""
    if not re.fullmatch(form, bare) or len(set(bare)) == 1:
        raise ValueError
    return bare


READERS: dict[IdentityKind, Callable[[str], str]] = {
    IdentityKind.AADHAAR: aadhaar.validate,
    IdentityKind.PAN: pan.validate,
    IdentityKind.GSTIN: gstin.validate,
    IdentityKind.UDYAM: _udyam,
    IdentityKind.IEC: _iec,
    IdentityKind.BANK_ACCOUNT: _bank_account,
    IdentityKind.FAMILY_ID: _family_id,
    IdentityKind.MOBILE: _mobile,
}
