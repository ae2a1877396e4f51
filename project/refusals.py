"""What a fit set of switches is. A start with an unfit one is refused with a sentence that says what to do."""

import base64
import binascii
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

ENVIRONMENTS = ("production", "demonstration", "test")
# The start of every key that the set-up of a demonstration writes, so that none of them can serve a State.
DEMONSTRATION_KEY = "demonstration-"
DEFAULT_KEYS = ("django-insecure-", "test-", DEMONSTRATION_KEY)
KEY_LENGTH = 50
RECORD_KEY_BYTES = 32
IDENTITY_KEY_BYTES = 32
FACTOR_KEY_BYTES = 32


def refuse_unfit(
    *,
    environment: str,
    demonstration_asked: bool,
    debug: bool,
    secret_key: str,
    record_keys: dict[str, str],
    identity_key: str,
    factor_keys: list[str],
    record_origin: str,
    public_url: str,
    order_files: tuple[str, str],
    hosts: list[str],
) -> None:
    """Raise ``ImproperlyConfigured`` with one sentence about the first switch that does not fit the environment."""
    if environment not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"ENVIRONMENT is {environment!r}; it must be one of {', '.join(ENVIRONMENTS)}.")
    if demonstration_asked != (environment == "demonstration"):
        raise ImproperlyConfigured(
            f"DEMONSTRATION does not fit ENVIRONMENT={environment}; leave DEMONSTRATION out and set ENVIRONMENT alone."
        )
    if not secret_key:
        raise ImproperlyConfigured("SECRET_KEY is missing; for the demonstration run `make run`, which writes one into .env.")
    _refuse_unfit_record_keys(record_keys)
    _refuse_unfit_identity_key(identity_key, production=environment == "production")
    _refuse_unfit_factor_keys(factor_keys, production=environment == "production")
    _refuse_unfit_paper(public_url, order_files)
    if environment == "production":
        _refuse_in_production(debug, secret_key, record_keys, record_origin, hosts)


def _refuse_unfit_record_keys(record_keys: dict[str, str]) -> None:
    if not record_keys:
        raise ImproperlyConfigured("RECORD_KEYS is missing; give at least one id:hex of 32 random bytes, the signing one first.")
    for name, key in record_keys.items():
        try:
            length = len(bytes.fromhex(key))
        except ValueError:
            length = 0
        if not name or length < RECORD_KEY_BYTES:
            raise ImproperlyConfigured(f"RECORD_KEYS holds {name or 'a key without a name'}, which is not id:hex of 32 bytes or more.")


def _refuse_unfit_identity_key(key: str, *, production: bool) -> None:
    if not key:
        raise ImproperlyConfigured(
            "IDENTITY_KEY is missing; give 32 random bytes as hex, for the demonstration `make run` writes them into .env."
        )
    if production and key.startswith(DEFAULT_KEYS):
        raise ImproperlyConfigured("IDENTITY_KEY is a test's or a demonstration's; production needs one of its own, random and secret.")
    try:
        random = bytes.fromhex(bare(key))
    except ValueError:
        random = b""
    if len(random) < IDENTITY_KEY_BYTES or len(set(random)) < 8:
        raise ImproperlyConfigured(f"IDENTITY_KEY is too short or too plain; give {IDENTITY_KEY_BYTES} random bytes as hex.")


def _refuse_unfit_factor_keys(keys: list[str], *, production: bool) -> None:
    if not keys:
        raise ImproperlyConfigured(
            "FACTOR_KEYS is missing; give at least one key of 32 random bytes in URL-safe base64, the encrypting one first."
        )
    for key in keys:
        if production and key.startswith(DEFAULT_KEYS):
            raise ImproperlyConfigured("FACTOR_KEYS holds a test's or a demonstration's key; production needs keys of its own.")
        try:
            length = len(base64.b64decode(bare(key), altchars=b"-_", validate=True))
        except (binascii.Error, ValueError):
            length = 0
        if length != FACTOR_KEY_BYTES:
            raise ImproperlyConfigured("FACTOR_KEYS holds a key that is not 32 bytes in URL-safe base64.")


def bare(key: str) -> str:
    """Return a key without the word that keeps a test's or a demonstration's out of production."""
    return key.removeprefix("test-").removeprefix(DEMONSTRATION_KEY)


def _refuse_unfit_paper(public_url: str, order_files: tuple[str, str]) -> None:
    """An order on paper cannot be called back, so what it would point to or be signed with is refused before the first one."""
    if not urlsplit(public_url).hostname or urlsplit(public_url).scheme not in ("http", "https"):
        raise ImproperlyConfigured("PUBLIC_URL is missing; name how this site is reached, for example https://odop.up.gov.in.")
    if bool(order_files[0]) != bool(order_files[1]):
        raise ImproperlyConfigured("ORDER_KEY_FILE and ORDER_CERTIFICATE_FILE belong together; give both or leave both out.")


def _refuse_in_production(debug: bool, secret_key: str, record_keys: dict[str, str], record_origin: str, hosts: list[str]) -> None:
    if debug:
        raise ImproperlyConfigured("DEBUG is on; production never shows its insides, set DEBUG=false or leave it out.")
    if secret_key.startswith(DEFAULT_KEYS):
        raise ImproperlyConfigured("SECRET_KEY is a default or a demonstration's; production needs one of its own, random and secret.")
    if len(secret_key) < KEY_LENGTH or len(set(secret_key)) < 10:
        raise ImproperlyConfigured(f"SECRET_KEY is too short or too plain; give {KEY_LENGTH} random characters or more.")
    if any(name.startswith(("test", DEMONSTRATION_KEY)) for name in record_keys):
        raise ImproperlyConfigured("RECORD_KEYS holds a test's or a demonstration's key; production needs keys of its own.")
    if record_origin == "karyapravah.demonstration":
        raise ImproperlyConfigured("RECORD_ORIGIN is missing; name this installation, for example odop.up.gov.in/karyapravah.")
    if not hosts or "*" in hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS is missing or open to all; list the names this site is reached by.")
