"""A checkpoint of the log as a signed note: text anybody can keep, print and check (C2SP signed-note and tlog-checkpoint)."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from workflows.record.keys import key_hash, public_key, public_key_of

NO_NOTE = "0" * 64  # What the first checkpoint names as the note before it.
NOTE = re.compile(
    r"^(?P<text>(?P<origin>[^\s+]+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"previous (?P<previous>[0-9a-f]{64})\ntime (?P<time>[0-9TZ:.-]+)\n)\n"
    r"— (?P<signer>[^\s+]+) (?P<signature>[A-Za-z0-9+/]+=*)\n?",
    re.MULTILINE,
)


class NotANote(ValueError):
    """The text is not a checkpoint of this kind."""


@dataclass(frozen=True)
class Note:
    """What a checkpoint says; ``text`` is the part that was signed."""

    origin: str
    size: int
    root: str
    previous: str
    time: str
    text: str
    signer: str
    signature: str

    def signed_by(self, verifier: str) -> bool:
        """Say whether the key behind a C2SP verifier key signed this note."""
        origin, raw = public_key_of(verifier)
        try:
            signature = base64.b64decode(self.signature, validate=True)
            public_key(raw).verify(signature[4:], self.text.encode())
        except (InvalidSignature, binascii.Error):
            return False
        return self.origin == self.signer == origin and signature[:4] == key_hash(origin, raw)


def write_note(key: Ed25519PrivateKey, *, origin: str, size: int, root: bytes, previous: str, time: str) -> str:
    """Return the signed note of a log of ``size`` paragraphs; ``previous`` is the SHA-256 of the note before."""
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\nprevious {previous}\ntime {time}\n"
    signature = key_hash(origin, key.public_key().public_bytes_raw()) + key.sign(text.encode())
    return f"{text}\n— {origin} {base64.b64encode(signature).decode()}\n"


def read_note(text: str) -> Note:
    """Return the one note the text is; raise ``NotANote`` otherwise."""
    match = NOTE.fullmatch(text)
    if match is None:
        raise NotANote(text[:80])
    return _note(match)


def notes_in(text: str) -> Iterator[Note]:
    """Yield every note in a text that may hold other lines too, such as a mail or several mails."""
    for match in NOTE.finditer(text.replace("\r\n", "\n")):
        yield _note(match)


def note_hash(note: str) -> str:
    """Return the SHA-256 of a whole note, signature included, as the next one names it."""
    return hashlib.sha256(note.encode()).hexdigest()


def note_time(moment: datetime) -> str:
    """Write a moment as notes do: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _note(match: re.Match[str]) -> Note:
    try:
        root = base64.b64decode(match["root"], validate=True).hex()
    except binascii.Error as error:
        raise NotANote(match["root"]) from error
    return Note(
        origin=match["origin"],
        size=int(match["size"]),
        root=root,
        previous=match["previous"],
        time=match["time"],
        text=match["text"],
        signer=match["signer"],
        signature=match["signature"],
    )
