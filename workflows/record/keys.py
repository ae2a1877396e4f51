"""The keys of the record: HMAC keys for paragraphs, one Ed25519 key for seals. None of them lives in the database."""

import base64
import hashlib
import hmac
import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32  # bytes; RFC 2104 discourages keys shorter than the hash.
ED25519 = b"\x01"  # C2SP signed-note: signature type of Ed25519.


class UnknownKey(KeyError):
    """A paragraph names an HMAC key that settings do not hold."""


def current_key_id() -> str:
    """Return the id of the key that signs new paragraphs: the first of ``RECORD_KEYS``."""
    if not settings.RECORD_KEYS:
        raise ImproperlyConfigured("RECORD_KEYS is empty: paragraphs cannot be written.")
    return str(next(iter(settings.RECORD_KEYS)))


def hmac_key(key_id: str) -> bytes:
    """Return one HMAC key; raise ``UnknownKey`` when settings lack it, ``ImproperlyConfigured`` when it is too short or not hexadecimal."""
    try:
        text = settings.RECORD_KEYS[key_id]
    except KeyError:
        raise UnknownKey(key_id) from None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        raise ImproperlyConfigured(f"The key {key_id} in RECORD_KEYS is not hexadecimal.") from None
    if len(key) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"The key {key_id} in RECORD_KEYS is shorter than {SHORTEST_KEY} bytes.")
    return key


def mac_of(paragraph_hash: str, key: bytes) -> str:
    """Return the keyed hash of a paragraph's hash (hexadecimal), in hexadecimal."""
    return hmac.digest(key, bytes.fromhex(paragraph_hash), "sha256").hex()


def make_seal_key() -> bool:
    """Create the seal key, readable by its owner alone, and its public half beside it; say whether the key was made now.

    Raise ``ImproperlyConfigured`` where the public half of another is in use: no new key fits the seals that stand.
    """
    path = Path(settings.SEAL_KEY_FILE)
    made = not path.exists()
    if made and public_file().exists():
        raise ImproperlyConfigured(
            f"The seal key {path} is gone and {public_file()} is there: put the key back, no new one fits the seals."
        )
    if made:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(
                Ed25519PrivateKey.generate().private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
    public = seal_key().public_key().public_bytes_raw()
    public_file().write_text(verifier_line(settings.RECORD_ORIGIN, public) + "\n")
    return made


def seal_key() -> Ed25519PrivateKey:
    """Return the key that signs seals; raise ``ImproperlyConfigured`` when it is missing or others may read it."""
    path = Path(settings.SEAL_KEY_FILE)
    if not path.exists():
        raise ImproperlyConfigured(f"There is no seal key at {path}; run: manage.py make_keys")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ImproperlyConfigured(f"Others may read the seal key {path}; run: chmod 600 {path}")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"The seal key {path} is not an Ed25519 key.")
    return key


def public_file() -> Path:
    """Return where the public half stands, readable without the seal key."""
    return Path(settings.SEAL_KEY_FILE).with_suffix(".pub")


def verifier_key() -> str:
    """Return the public key as auditors keep it (C2SP: name+hash+base64); raise ``ImproperlyConfigured`` when it is missing."""
    try:
        return public_file().read_text().strip()
    except FileNotFoundError:
        raise ImproperlyConfigured(f"There is no public seal key at {public_file()}; run: manage.py make_keys") from None


def verifier_line(origin: str, public: bytes) -> str:
    """Write an Ed25519 public key as a C2SP verifier key."""
    return f"{origin}+{key_hash(origin, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def public_key_of(verifier: str) -> tuple[str, bytes]:
    """Return the origin and raw public key of a C2SP verifier key; raise ``ValueError`` when the text is not one."""
    origin, short, encoded = verifier.strip().split("+", 2)
    raw = base64.b64decode(encoded, validate=True)
    if raw[:1] != ED25519 or len(raw) != 33 or key_hash(origin, raw[1:]).hex() != short:
        raise ValueError("not a verifier key of an Ed25519 seal")
    return origin, raw[1:]


def key_hash(origin: str, public: bytes) -> bytes:
    """Return the four bytes by which a signed note names its key (C2SP signed-note)."""
    return hashlib.sha256(origin.encode() + b"\n" + ED25519 + public).digest()[:4]


def public_key(raw: bytes) -> Ed25519PublicKey:
    """Return the key that checks seals from its 32 raw bytes."""
    return Ed25519PublicKey.from_public_bytes(raw)
