"""What a sound paragraph shows at one look: its text is taken apart at what it must say, and the rest is read once for all that share it.

A canonical text names its members in the order of the alphabet. Between those whose values are known beforehand (moment, file, number,
hash before) lie stretches that many paragraphs have alike: office, officer, process, step. Where each stretch is canonical by itself
and its names belong between their neighbours, the whole text is canonical, and all that it says is known.
"""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

from workflows.models import Outcome
from workflows.record.canonical import read_in_order
from workflows.record.keys import hmac_key

# Stretches kept in memory: enough for the offices and officers of a State, little enough to stay small.
KEPT = 8_192
MIGRATE = Outcome.MIGRATE.value
AFTER, PRIVATE, NO_PRIVATE, SHOWN = b'{"after":"', b',"private":"', b',"private":null', b',"shown":"'
QUOTE = b'"'
BEYOND = "\x7f"  # behind every name, which is ASCII
BLOCK = 64  # bytes of SHA-256
INNER, OUTER = bytes(n ^ 0x36 for n in range(256)), bytes(n ^ 0x5C for n in range(256))


class Said(NamedTuple):
    """What a paragraph says of what stands beside it; of its papers the SHA-256 alone. ``version`` is that of its process."""

    after: Any
    private: Any
    shown: Any
    papers: tuple[Any, ...]
    order: Any
    version: Any


# What Said does with one call less; a paragraph has little time.
MAKE = partial(tuple.__new__, Said)


class Known(dict[Any, Any]):
    """What was read before, so that it is read once; all is forgotten when it grows too long."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self.read = read

    def __missing__(self, what: Any) -> Any:
        if len(self) >= KEPT:
            self.clear()
        self[what] = answer = self.read(what)
        return answer


def at_a_glance(row: tuple[Any, ...], last: tuple[int, str], file: bytes, kind: str, version: Any, keys: dict[str, str]) -> Said | None:
    """Return what a paragraph says when it is hashed, keyed, sealed and canonical, stands in its place and its columns agree with it.
    ``last`` are number and hash of the paragraph before, ``file`` is the member that names the file.

    ``None`` sends the reader to the slow way, which asks one thing after the other and names what is wrong. Nothing is found here.
    """
    place, written_at, text, previous = row[2], row[3], row[9], row[10]
    digest = sha256(text)
    if (
        digest.hexdigest() != row[11]
        or row[14] is None  # It has no place in the log.
        or place != last[0] + 1
        or previous != last[1]
        or written_at is None
        or SIGNERS[row[13], keys.get(row[13])](digest.digest()) != row[12]
        or row[5] == MIGRATE  # The version that later paragraphs must name is settled anew on the slow way.
        or text[:10] != AFTER
    ):
        return None
    at, number, before = b',"at":"%b",' % written_at.encode(), b',"n":%d,' % place, b',"previous":"%b",' % previous.encode()
    # Each of them begins and ends with a comma; where nothing lies between two of them, they share it.
    one = text.find(at, 75)
    two = text.find(file, one + 35)
    three = text.find(number, two + len(file) - 1)
    four = text.find(before, three + len(number) - 1)
    if not 0 < one < two < three < four or len(at) != 36:
        return None
    after, process, acted = text[10:74], PROCESSES[text[two + len(file) - 1 : three]], ACTS[text[three + len(number) - 1 : four]]
    ended = _ended(text[four + len(before) - 1 :])
    if (
        not after.isalnum()
        or text[74:75] != QUOTE
        or not FIRST[text[75:one]]
        or not SECOND[text[one + 35 : two]]
        or process is None
        or acted is None
        or ended is None
        or process[0] != kind
        or (version is not None and process[1] != version)
        or acted[0] != row[5:9]
        or ended[0] != row[4]
    ):
        return None
    return MAKE((after.decode(), ended[1], ended[2], acted[1], acted[2], process[1]))


def members(stretch: bytes, after: str, before: str) -> dict[str, Any] | None:
    """Return what a stretch of canonical text says, its members each behind a comma; ``None`` when it is not canonical, or when one of
    its names does not belong between the two.
    """
    if not stretch:
        return {}
    said = read_in_order(b"{%b}" % stretch[1:]) if stretch[:1] == b"," else None
    if not isinstance(said, dict) or not said:
        return None
    names = list(said)
    return said if after < names[0] and names[-1] < before else None


def _process(stretch: bytes) -> tuple[Any, Any] | None:
    process = (members(stretch, "file", "n") or {}).get("flow")
    return (process["name"], process["version"]) if isinstance(process, dict) and process.keys() == {"name", "version"} else None


def _act(stretch: bytes) -> tuple[tuple[Any, ...], tuple[Any, ...], Any] | None:
    """Return outcome, officer, who prepared it and office, then the papers, then the order."""
    said = members(stretch, "n", "previous")
    if said is None:
        return None
    who = (said.get("outcome"), named(said.get("person")), named(said.get("prepared_by")), named(said.get("office")))
    return who, papers_in(said), said.get("order")


def _last(after: str) -> Callable[[bytes], tuple[Any, Any, Any] | None]:
    def read(stretch: bytes) -> tuple[Any, Any, Any] | None:
        said = members(stretch[:-1], after, BEYOND) if stretch[-1:] == b"}" else None
        return None if said is None else (said.get("step"), said.get("private"), said.get("shown"))

    return read


def _ended(stretch: bytes) -> tuple[Any, Any, Any] | None:
    """Return the step, the digest of the personal data and that of what was shown; the digests are another in every paragraph."""
    if stretch[:12] == PRIVATE and stretch[12:76].isalnum() and stretch[76:77] == QUOTE:
        private, rest = stretch[12:76].decode(), stretch[77:]
    elif stretch[:15] == NO_PRIVATE:
        private, rest = None, stretch[15:]
    else:
        return AFTER_PREVIOUS[stretch]
    if rest[:10] != SHOWN or not rest[10:74].isalnum() or rest[74:75] != QUOTE:
        ended = AFTER_PRIVATE[rest]
        return ended and (ended[0], private, ended[2])
    ended = AFTER_SHOWN[rest[75:]]
    return ended and (ended[0], private, rest[10:74].decode())


def said_in(body: dict[str, Any]) -> Said:
    """Return the same of a paragraph that was read the slow way."""
    flow = body.get("flow")
    version = flow.get("version") if isinstance(flow, dict) else None
    return Said(body.get("after"), body.get("private"), body.get("shown"), papers_in(body), body.get("order"), version)


def papers_in(said: dict[str, Any]) -> tuple[Any, ...]:
    papers = said.get("papers")
    return tuple(paper.get("sha256") if isinstance(paper, dict) else paper for paper in papers) if isinstance(papers, list) else ()


def named(value: Any) -> Any:
    """Return the number by which a signed text names an officer or an office."""
    return value.get("id") if isinstance(value, dict) else value


def _signer(named: tuple[str, str | None]) -> Callable[[bytes], str]:
    """Return what makes the keyed hash (RFC 2104) with a key as settings hold it, whose two halves are begun once."""
    key_id, text = named
    if not text:
        return lambda digest: ""  # Nothing was signed with a key that is not known.
    key = hmac_key(key_id)
    block = (key if len(key) <= BLOCK else sha256(key).digest()).ljust(BLOCK, b"\0")
    begin, enclose = sha256(block.translate(INNER)).copy, sha256(block.translate(OUTER)).copy

    def sign(digest: bytes) -> str:
        inner, outer = begin(), enclose()
        inner.update(digest)
        outer.update(inner.digest())
        return outer.hexdigest()

    return sign


SIGNERS = Known(_signer)
FIRST = Known(lambda stretch: members(stretch, "after", "at") is not None)
SECOND = Known(lambda stretch: members(stretch, "at", "file") is not None)
PROCESSES, ACTS = Known(_process), Known(_act)
AFTER_PREVIOUS, AFTER_PRIVATE, AFTER_SHOWN = Known(_last("previous")), Known(_last("private")), Known(_last("shown"))
