"""Checking the log of seals: every place, every signed root, and what was kept outside."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from workflows.models import Checkpoint, Leaf
from workflows.record import merkle
from workflows.record.findings import Finding, finding
from workflows.record.keys import verifier_key
from workflows.record.notes import NO_NOTE, NotANote, Note, note_hash, note_time, read_note
from workflows.record.reading import rows

CHUNK = 2_000
SLASH = Value("/")
NAMED = 20  # Files named in one sentence.


class Seal(NamedTuple):
    """One checkpoint as the database holds it."""

    size: int
    root: str
    frontier: Any
    note: str
    made_at: datetime


def in_log(column: str) -> QuerySet[Any]:
    """Return the places of the log in their order, each with a column of its paragraph or line as ``said``; none whose text is gone."""
    rows: QuerySet[Any] = Leaf.objects.annotate(said=Coalesce(f"noting__{column}", f"line__{column}"))
    return rows.exclude(said=None).order_by("index")


class Log:
    """The log read once, in order of its places. ``frontier`` is ``None`` while a missing place leaves the tree unknown."""

    def __init__(self, anchors: Iterable[Note], start: Seal | None = None, upto: int | None = None) -> None:
        """Begin behind the seal ``start``, on the right edge that is kept with it; without one, at the beginning. Nothing is read
        from the place ``upto`` on.
        """
        self.size = start.size if start else 0
        # A place whose paragraph is gone does not come up, and leaves a gap.
        places = in_log("hash").filter(index__gte=self.size).values_list("index", "said")
        self.leaves = rows(places if upto is None else places.filter(index__lt=upto))
        self.next = next(self.leaves, None)
        self.frontier: list[bytes] | None = sound_frontier(start) if start else []
        self.anchors: dict[int, list[Note]] = {}
        for anchor in anchors:
            self.anchors.setdefault(anchor.size, []).append(anchor)

    def read_to(self, size: int | None) -> Iterator[Finding]:
        """Read the places below ``size``, or all that are left, and compare the anchors given for each size on the way."""
        between = sorted(anchor for anchor in self.anchors if self.size < anchor and (size is None or anchor < size))
        for goal in (*between, size):
            begun = self.size
            yield from self._take(goal)
            if begun < self.size and goal in (self.size, None):
                yield from self._compare()

    def _take(self, goal: int | None) -> Iterator[Finding]:
        row, size, edge = self.next, self.size, self.frontier
        while row is not None and (goal is None or row[0] < goal):
            index, said = row
            if index != size:
                yield finding("log-gap", expected=size, index=index)
                size, edge = max(size, index), None
            try:
                if edge is not None:
                    merkle.extend(edge, size, sha256(bytes.fromhex("00" + said)).digest())
            except ValueError:  # Not hexadecimal; the file's own check says so.
                edge = None
            size += 1
            row = next(self.leaves, None)
        self.next, self.size, self.frontier = row, size, edge

    def _compare(self) -> Iterator[Finding]:
        for anchor in self.anchors.get(self.size, ()):
            if self.frontier is not None and merkle.root(self.frontier).hex() != anchor.root:
                yield finding("anchor-root", size=anchor.size, time=anchor.time)


def check_log(anchors: Iterable[Note] = (), *, after: int = 0, upto: int | None = None) -> Iterator[Finding]:
    """Yield what is wrong with the log of seals, and where notes kept outside disagree with it.

    Every root is computed anew from the paragraphs. After a wrong one the reading goes on from the signed
    frontier, so that damage in several places is told apart. A part of the log is read from behind the seal over ``after``
    paragraphs, which is trusted as far as it is signed, to that over ``upto``.
    """
    anchors, start = list(anchors), _seal_over(after)
    verifier = verifier_key() if Checkpoint.objects.exists() else ""
    for anchor in anchors:
        if verifier and not anchor.signed_by(verifier):
            yield finding("anchor-signature", size=anchor.size, time=anchor.time)
    log, before, checked = Log(anchors, start, upto), start.note if start else None, after
    seals = Checkpoint.objects.filter(size__gt=after).order_by("size")
    if upto is not None:
        seals = seals.filter(size__lte=upto)
    for seal in map(Seal._make, seals.values_list(*Seal._fields).iterator(chunk_size=CHUNK)):
        yield from check_seal(seal, before, verifier)
        yield from log.read_to(seal.size)
        yield from _check_root(seal, log, checked)
        before, checked = seal.note, seal.size
    if upto is None:
        yield from _check_end(log, checked, anchors)


def _check_end(log: Log, checked: int, anchors: list[Note]) -> Iterator[Finding]:
    yield from log.read_to(None)
    if log.size > checked:
        yield finding("log-long", count=log.size - checked)
    for anchor in anchors:
        if anchor.size > log.size:
            yield finding("anchor-ahead", size=anchor.size, there=log.size, time=anchor.time)


def check_seals_of(places: Iterable[int]) -> Iterator[Finding]:
    """Yield what is wrong with the seals under which these places were first sealed, and with the paragraphs between them."""
    bounds = dict.fromkeys(_bounds(place) for place in sorted(places))
    for after, upto in bounds:
        if after:
            earlier = Checkpoint.objects.filter(size__lt=after).order_by("-size").values_list("size", flat=True).first() or 0
            verifier, start, before = verifier_key(), _seal_over(after), _seal_over(earlier)
            yield from check_seal(start, before.note if before else None, verifier) if start else ()
        if upto:
            yield from check_log(after=after, upto=upto)


def _bounds(place: int) -> tuple[int, int]:
    """Return the sizes of the seal before a place and of the first that covers it; 0 where there is none."""
    sizes = Checkpoint.objects.order_by("size").values_list("size", flat=True)
    return sizes.filter(size__lte=place).last() or 0, sizes.filter(size__gt=place).first() or 0


def _seal_over(size: int) -> Seal | None:
    row = Checkpoint.objects.filter(size=size).values_list(*Seal._fields).first() if size else None
    return Seal._make(row) if row else None


def check_seal(seal: Seal, before: str | None, verifier: str) -> Iterator[Finding]:
    """Yield what is wrong with one checkpoint: its text, signature, columns, link to the note before."""
    try:
        note = read_note(seal.note)
    except NotANote:
        yield finding("seal-text", size=seal.size)
        return
    if not note.signed_by(verifier):
        yield finding("seal-signature", size=seal.size)
    frontier = sound_frontier(seal)
    if frontier is None or (note.size, note.root, note.time) != (seal.size, seal.root, note_time(seal.made_at)):
        yield finding("seal-row", size=seal.size)
    if note.previous != (note_hash(before) if before else NO_NOTE):
        yield finding("seal-link", size=seal.size)


def sound_frontier(seal: Seal) -> list[bytes] | None:
    """Return the right edge kept with a checkpoint, ``None`` when it does not lead to the checkpoint's root."""
    try:
        frontier = [bytes.fromhex(part) for part in seal.frontier]
    except (TypeError, ValueError):
        return None
    fits = len(frontier) == seal.size.bit_count() and merkle.root(frontier).hex() == seal.root
    return frontier if fits else None


def _check_root(seal: Seal, log: Log, checked: int) -> Iterator[Finding]:
    if log.size < seal.size:
        yield finding("log-short", size=seal.size, there=log.size)
    elif log.frontier is not None and merkle.root(log.frontier).hex() == seal.root:
        return
    else:
        yield finding("root", first=checked, last=seal.size - 1, files=_files(checked, seal.size))
    log.size, log.frontier = seal.size, sound_frontier(seal)


def _files(first: int, end: int) -> str:
    entry = Concat("line__register", SLASH, Cast("line__entry", CharField()), output_field=CharField())
    rows = Leaf.objects.filter(index__gte=first, index__lt=end).annotate(file=Coalesce("noting__case__number", entry)).exclude(file=None)
    numbers = list(rows.order_by("file").values_list("file", flat=True).distinct()[: NAMED + 1])
    return ", ".join(numbers[:NAMED]) + (" …" if len(numbers) > NAMED else "")
