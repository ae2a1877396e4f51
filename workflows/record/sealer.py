"""Sealing: committed paragraphs get their places in one Merkle log, whose root is signed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from workflows.models import Checkpoint, Leaf, Noting, RegisterLine
from workflows.record import merkle
from workflows.record.keys import seal_key, verifier_key
from workflows.record.notes import NO_NOTE, note_hash, note_time, write_note
from workflows.record.seals import Seal, check_seal, sound_frontier

LOCK = 0x6B70_7365_616C  # "kpseal": only one sealer works at a time.
# A paragraph may be committed after one with a higher id was sealed; never so late that 10,000 others came between.
WINDOW = 10_000
BATCH = 1_000


class BrokenSeal(Exception):
    """The newest checkpoint is not ours or not whole: nothing may be built on it before somebody has looked."""


@transaction.atomic
def seal(now: datetime | None = None) -> Checkpoint | None:
    """Seal every committed paragraph, and line of a register, that has no place in the log yet.

    Return ``None`` when there is none or another sealer works.

    Safe to run again at any time: places and checkpoint are written in one transaction. Raise ``BrokenSeal`` rather than
    sign on top of a checkpoint that was tampered with, ``ImproperlyConfigured`` when the key is missing or readable by others.
    """
    if not _alone():
        return None
    unsealed = list(_unsealed())
    if not unsealed:
        return None
    newest, frontier = _newest()
    size = newest.size if newest else 0
    if Leaf.objects.aggregate(top=Max("index"))["top"] != (size - 1 if size else None):
        raise BrokenSeal(f"The log does not end where the checkpoint of {size} paragraphs ends.")
    for start in range(0, len(unsealed), BATCH):
        leaves = []
        for column, pk, text_hash in unsealed[start : start + BATCH]:
            merkle.extend(frontier, size, merkle.leaf_hash(bytes.fromhex(text_hash)))
            leaves.append(Leaf(index=size, **{column: pk}))
            size += 1
        Leaf.objects.bulk_create(leaves)
    return _sign(size, frontier, previous=newest.note if newest else None, now=now or timezone.now())


def newest_note() -> str | None:
    """Return the newest signed note, ``None`` before the first seal."""
    return Checkpoint.objects.order_by("-size").values_list("note", flat=True).first()


def newest_seal() -> dict[str, Any] | None:
    """Return size, root and time of the newest checkpoint as a paragraph says them, ``None`` before the first seal."""
    newest = Checkpoint.objects.order_by("-size").values_list("size", "root", "made_at").first()
    return None if newest is None else {"size": newest[0], "root": newest[1], "time": note_time(newest[2])}


def anchors() -> Iterator[str]:
    """Yield every signed note, oldest first, each ending with an empty line: the download of auditors."""
    for note in Checkpoint.objects.order_by("size").values_list("note", flat=True).iterator(chunk_size=BATCH):
        yield f"{note}\n"


def _alone() -> bool:
    """Take the sealer's lock until the transaction ends. SQLite lets one transaction write at a time anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _unsealed() -> Iterator[tuple[str, int, str]]:
    """Yield column of the log, id and hash of what is unsealed: paragraphs, then lines of registers.

    It looks no further back than the window, so that the cost follows what is new.
    """
    tables: list[tuple[str, Any]] = [("noting", Noting), ("line", RegisterLine)]
    for name, table in tables:
        newest = Leaf.objects.aggregate(id=Max(f"{name}_id"))["id"] or 0
        sealed = Exists(Leaf.objects.filter(**{name: OuterRef("pk")}))
        rows = table.objects.filter(~sealed, pk__gt=newest - WINDOW).order_by("pk")
        for pk, text_hash in rows.values_list("pk", "hash").iterator(chunk_size=BATCH):
            yield f"{name}_id", pk, text_hash


def _newest() -> tuple[Seal | None, list[bytes]]:
    """Return the newest checkpoint and the right edge to build on; raise ``BrokenSeal`` when it is not sound."""
    rows = Checkpoint.objects.order_by("-size").values_list(*Seal._fields)[:2]
    newest, before = ([Seal._make(row) for row in rows] + [None, None])[:2]
    if newest is None:
        return None, []
    wrong = next(check_seal(newest, before and before.note, verifier_key()), None)
    if wrong:
        raise BrokenSeal(wrong.sentence)
    return newest, sound_frontier(newest) or []


def _sign(size: int, frontier: list[bytes], *, previous: str | None, now: datetime) -> Checkpoint:
    root = merkle.root(frontier)
    note = write_note(
        seal_key(),
        origin=settings.RECORD_ORIGIN,
        size=size,
        root=root,
        previous=note_hash(previous) if previous else NO_NOTE,
        time=note_time(now),
    )
    return Checkpoint.objects.create(size=size, root=root.hex(), frontier=[part.hex() for part in frontier], note=note, made_at=now)
