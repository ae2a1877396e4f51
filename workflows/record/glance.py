"""What a sound paragraph shows at one look: its text is taken apart at what it must say, and the rest is read once for all that share it.

A canonical text names its members in the order of the alphabet. Between those whose values are known beforehand (moment, file, number,
hash before) lie stretches that many paragraphs have alike: office, officer, process, step. Where each stretch is canonical by itself
and its names belong between their neighbours, the whole text is canonical, and all that it says is known.
"""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from workflows.models import Outcome
from workflows.record.canonical import read_in_order
from workflows.record.keys import hmac_key

# Stretches kept in memory: enough for the offices and officers of a State, little enough to stay small.
KEPT = 8_192
MIGRATE = Outcome.MIGRATE.value
AFTER, PRIVATE, NO_PRIVATE, SHOWN = b'{"after":"', b',"private":"', b',"private":null', b',"shown":"'
BLOCK = 64  # bytes of SHA-256
INNER, OUTER = bytes(n ^ 0x36 for n in range(256)), bytes(n ^ 0x5C for n in range(256))


class Said(NamedTuple):
    """What a paragraph says of what stands beside it; of its papers the SHA-256 alone."""

    after: Any
    private: Any
    shown: Any
    papers: tuple[Any, ...]
    order: Any


class Acted(NamedTuple):
    """What stands between the number of a paragraph and the hash before it. ``who`` is outcome, officer, who prepared it, office."""

    who: tuple[Any, ...]
    papers: tuple[Any, ...]
    order: Any


def at_a_glance(row: tuple[Any, ...], last: tuple[int, str], file: bytes, kind: str, version: Any) -> tuple[Said, Any] | None:
    """Return what a paragraph says, and the version of its process, when it is hashed, keyed, sealed and canonical, stands in its place
    and its columns agree with it. ``last`` are number and hash of the paragraph before, ``file`` is the member that names the file.

    ``None`` sends the reader to the slow way, which asks one thing after the other and names what is wrong. Nothing is found here.
    """
    place, written_at, step, text, previous, leaf = row[2], row[3], row[4], row[9], row[10], row[14]
    digest = hashlib.sha256(text)
    if (
        digest.hexdigest() != row[11]
        or leaf is None
        or place != last[0] + 1
        or previous != last[1]
        or written_at is None
        or _signer(row[13])(digest.digest()) != row[12]
        or row[5] == MIGRATE  # The version that later paragraphs must name is settled anew on the slow way.
        or not text.startswith(AFTER)
    ):
        return None
    at, number, before = b',"at":"%b",' % written_at.encode(), b',"n":%d,' % place, b',"previous":"%b",' % previous.encode()
    # Each of them begins and ends with a comma; where nothing lies between two of them, they share it.
    one = text.find(at, 75)
    two = text.find(file, one + len(at) - 1)
    three = text.find(number, two + len(file) - 1)
    four = text.find(before, three + len(number) - 1)
    if not 0 < one < two < three < four or text[-1:] != b"}":
        return None
    after, process, acted = text[10:74], _process(text[two + len(file) - 1 : three]), _acted(text[three + len(number) - 1 : four])
    ended = _ended(text[four + len(before) - 1 : -1])
    if (
        not after.isalnum()
        or text[74:75] != b'"'
        or members(text[75:one], "after", "at") is None
        or members(text[one + len(at) - 1 : two], "at", "file") is None
        or process is None
        or acted is None
        or ended is None
        or process != {"name": kind, "version": process["version"] if version is None else version}
        or acted.who != row[5:9]
        or ended[0] != step
    ):
        return None
    return Said(after.decode(), ended[1], ended[2], acted.papers, acted.order), process["version"]


@lru_cache(maxsize=KEPT)
def members(stretch: bytes, after: str, before: str) -> dict[str, Any] | None:
    """Return what a stretch of canonical text says, its members each behind a comma; ``None`` when it is not canonical, or when one of
    its names does not belong between the two. An empty name ``before`` stands for the end.
    """
    if not stretch:
        return {}
    said = read_in_order(b"{%b}" % stretch[1:]) if stretch[:1] == b"," else None
    if not isinstance(said, dict) or not said:
        return None
    names = list(said)
    return said if after < names[0] and (not before or names[-1] < before) else None


@lru_cache(maxsize=KEPT)
def _process(stretch: bytes) -> dict[str, Any] | None:
    process = (members(stretch, "file", "n") or {}).get("flow")
    return process if isinstance(process, dict) and process.keys() == {"name", "version"} else None


@lru_cache(maxsize=KEPT)
def _acted(stretch: bytes) -> Acted | None:
    said = members(stretch, "n", "previous")
    if said is None:
        return None
    who = (said.get("outcome"), named(said.get("person")), named(said.get("prepared_by")), named(said.get("office")))
    return Acted(who, papers_in(said), said.get("order"))


def _ended(stretch: bytes) -> tuple[Any, Any, Any] | None:
    """Return the step, the digest of the personal data and that of what was shown; the digests are another in every paragraph."""
    name, private, shown = "previous", None, None
    if stretch.startswith(PRIVATE) and stretch[12:76].isalnum() and stretch[76:77] == b'"':
        name, private, stretch = "private", stretch[12:76].decode(), stretch[77:]
    elif stretch.startswith(NO_PRIVATE):
        name, stretch = "private", stretch[15:]
    if name == "private" and stretch.startswith(SHOWN) and stretch[10:74].isalnum() and stretch[74:75] == b'"':
        name, shown, stretch = "shown", stretch[10:74].decode(), stretch[75:]
    said = members(stretch, name, "")
    if said is None:
        return None
    return said.get("step"), private or said.get("private"), shown or said.get("shown")


def said_in(body: dict[str, Any]) -> Said:
    """Return the same of a paragraph that was read the slow way."""
    return Said(body.get("after"), body.get("private"), body.get("shown"), papers_in(body), body.get("order"))


def papers_in(said: dict[str, Any]) -> tuple[Any, ...]:
    papers = said.get("papers")
    return tuple(paper.get("sha256") if isinstance(paper, dict) else paper for paper in papers) if isinstance(papers, list) else ()


def named(value: Any) -> Any:
    """Return the number by which a signed text names an officer or an office."""
    return value.get("id") if isinstance(value, dict) else value


def _signer(key_id: str) -> Callable[[bytes], str]:
    return _signer_with(key_id, settings.RECORD_KEYS.get(key_id) or "")


@lru_cache(maxsize=64)
def _signer_with(key_id: str, text: str) -> Callable[[bytes], str]:
    """Return what makes the keyed hash (RFC 2104) with a key as settings hold it, whose two halves are begun once."""
    if not text:
        return lambda digest: ""  # Nothing was signed with a key that is not known.
    key = hmac_key(key_id)
    block = (key if len(key) <= BLOCK else hashlib.sha256(key).digest()).ljust(BLOCK, b"\0")
    begun, around = hashlib.sha256(block.translate(INNER)).copy, hashlib.sha256(block.translate(OUTER)).copy

    def sign(digest: bytes) -> str:
        inner, outer = begun(), around()
        inner.update(digest)
        outer.update(inner.digest())
        return outer.hexdigest()

    return sign
