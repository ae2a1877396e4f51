"""What a sound paragraph shows at one look: hashed, keyed, sealed and canonical, in its place, and its columns say the same."""

from collections.abc import Callable
from hashlib import sha256
from operator import itemgetter
from typing import Any

from workflows.models import Outcome
from workflows.record.canonical import read_in_order
from workflows.record.keys import hmac_key
from workflows.record.standing import File

MIGRATE = Outcome.MIGRATE.value
BLOCK = 64  # bytes of SHA-256
INNER, OUTER = bytes(n ^ 0x36 for n in range(256)), bytes(n ^ 0x5C for n in range(256))
SAID = itemgetter("file", "n", "at", "step", "outcome", "previous")
ACTORS = itemgetter("person", "prepared_by", "office")


def at_a_glance(row: tuple[Any, ...], last: tuple[int, str], case: File, version: Any, keys: dict[str, str]) -> dict[str, Any] | None:
    """Return what a paragraph says when nothing is wrong with it by itself. ``last`` are number and hash of the paragraph before,
    ``case`` is the row of its file, ``version`` that of the process in the paragraph before.

    ``None`` sends the reader to the slow way, which asks one thing after the other and names what is wrong. Nothing is found here.
    """
    _, _, place, written_at, step, outcome, officer, prepared_by, office, text, previous, digest, mac, key_id, leaf, *_ = row
    hashed = sha256(text)
    if (
        hashed.hexdigest() != digest
        or SIGNERS[key_id, keys.get(key_id)](hashed.digest()) != mac
        or place != last[0] + 1
        or previous != last[1]
        or leaf is None  # It has no place in the log.
        or outcome == MIGRATE  # The version that later paragraphs must name is settled anew on the slow way.
    ):
        return None
    body = read_in_order(text)
    try:
        flow = body["flow"]
        agree = (
            SAID(body) == (case.number, place, written_at, step, outcome, previous)
            and [actor and actor["id"] for actor in ACTORS(body)] == [officer, prepared_by, office]
            and flow == {"name": case.kind, "version": flow["version"] if version is None else version}
        )
    except (KeyError, TypeError):
        return None
    return body if agree else None


def papers_in(said: dict[str, Any]) -> list[Any]:
    """Return the SHA-256 of each paper that a signed text names."""
    papers = said.get("papers")
    try:
        return [paper["sha256"] for paper in papers or ()]
    except (KeyError, TypeError):  # Written by none of ours.
        return [paper.get("sha256") if isinstance(paper, dict) else paper for paper in papers] if isinstance(papers, list) else []


def version_in(said: dict[str, Any]) -> Any:
    """Return the version of its process that a signed text names."""
    flow = said.get("flow")
    return flow.get("version") if isinstance(flow, dict) else None


class Signers(dict[tuple[str, str | None], Callable[[bytes], str]]):
    """What makes the keyed hash (RFC 2104) with a key, by its name and its text in settings. Its two halves are begun once; a name
    that no key has is not kept.
    """

    def __missing__(self, named: tuple[str, str | None]) -> Callable[[bytes], str]:
        key_id, text = named
        if not text:
            return lambda digest: ""  # Nothing was signed with a key that is not known.
        self[named] = sign = _signer(hmac_key(key_id))
        return sign


def _signer(key: bytes) -> Callable[[bytes], str]:
    block = (key if len(key) <= BLOCK else sha256(key).digest()).ljust(BLOCK, b"\0")
    begin, enclose = sha256(block.translate(INNER)).copy, sha256(block.translate(OUTER)).copy

    def sign(digest: bytes) -> str:
        inner, outer = begin(), enclose()
        inner.update(digest)
        outer.update(inner.digest())
        return outer.hexdigest()

    return sign


SIGNERS = Signers()
