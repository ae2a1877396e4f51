"""What the database refuses about the record and its papers, to the product, a shell and an administrator alike."""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from typing import Any

from django.db import connections

from programme import guards, rules
from programme.guards import Refusal, append_only
from workflows import counting, marks
from workflows.record import kept_audit, kept_minutes

NOTING, PRIVATE, LEAF = "workflows_noting", "workflows_privatenote", "workflows_leaf"
DOOR_ACT, DONE_AT_THE_DOOR = "workflows_dooract", "what was done about the way in of an officer is only added to"
CHECKPOINT, ENCLOSURE = "workflows_checkpoint", "workflows_enclosure"
SNAPSHOT, READING = "workflows_snapshot", "workflows_reading"
LINE, ENTRY_PAPER = "workflows_registerline", "workflows_entrypaper"
ORDER, PRINTED = "workflows_order", "workflows_orderpaper"
SIGNED = "a signed paragraph is never changed or deleted"
NEXT = "a paragraph continues its file: next number, hash of the paragraph before, hash of its own text"
SEALED = "the log of seals is only added to"
ERASED = "personal data of a paragraph can be erased, and nothing else"
KEPT = "a paper of a file is never changed or deleted"
SEEN = "of what an officer had before him what concerns persons can be erased, and nothing else"
WRITTEN = "the history of an entry, and its papers, are only added to"
NEXT_LINE = "a line continues its history: next number, hash of the line before, hash of its own text"
READ = "what an auditor has read is only added to"
ISSUED = "an order issued, and its printing, are never changed or deleted"

OUT_OF_LINE = (
    f"NEW.paragraph IS DISTINCT FROM (SELECT COALESCE(MAX(paragraph), 0) + 1 FROM {NOTING} WHERE case_id = NEW.case_id)"
    f" OR NEW.previous IS DISTINCT FROM COALESCE((SELECT hash FROM {NOTING}"
    " WHERE case_id = NEW.case_id AND paragraph = NEW.paragraph - 1), '')"
)
MORE_THAN_ERASED = (
    "NEW.body <> '' OR NEW.salt <> '' OR NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL"
    " OR NEW.id <> OLD.id OR NEW.noting_id <> OLD.noting_id"
)
SEEN_CHANGED = (
    "NEW.personal <> '' OR NEW.salt <> '' OR NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL"
    " OR NEW.id <> OLD.id OR NEW.noting_id <> OLD.noting_id OR NEW.body <> OLD.body"
)
PAPER_CHANGED = (
    "OLD.case_id IS NOT NULL AND (NEW.case_id IS DISTINCT FROM OLD.case_id OR NEW.id <> OLD.id"
    " OR NEW.sha256 <> OLD.sha256 OR NEW.stored <> OLD.stored OR NEW.kind <> OLD.kind)"
)
OF_ITS_ENTRY = "register = NEW.register AND entry = NEW.entry"
LINE_OUT_OF_LINE = (
    f"NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number), 0) + 1 FROM {LINE} WHERE {OF_ITS_ENTRY})"
    f" OR NEW.previous IS DISTINCT FROM COALESCE((SELECT hash FROM {LINE} WHERE {OF_ITS_ENTRY} AND number = NEW.number - 1), '')"
)
SAME_PAPER = f"EXISTS (SELECT 1 FROM {ENTRY_PAPER} WHERE {OF_ITS_ENTRY} AND sha256 = NEW.sha256)"
PRINTED_BEFORE = f"EXISTS (SELECT 1 FROM {PRINTED} r WHERE r.order_id = NEW.order_id AND r.language = NEW.language)"
LEAF_OUT_OF_LINE = f'NEW."index" <> (SELECT COALESCE(MAX("index"), -1) + 1 FROM {LEAF})'
SEAL_OUT_OF_LINE = f"NEW.size <= (SELECT COALESCE(MAX(size), 0) FROM {CHECKPOINT})"


def _sqlite(condition: str) -> str:
    # SQLite before 3.39 has no IS DISTINCT FROM; IS NOT means the same there.
    return condition.replace("IS DISTINCT FROM", "IS NOT")


def _taken(table: str, *columns: str) -> str:
    """SQLite: the row would replace one that is there. INSERT OR REPLACE deletes without asking the delete triggers."""
    return f"EXISTS (SELECT 1 FROM {table} r WHERE " + " OR ".join(f'r."{column}" = NEW."{column}"' for column in columns) + ")"


OWN: list[guards.Guard] = [
    *append_only(NOTING, SIGNED),
    Refusal(
        "noting_next_in_line",
        NOTING,
        "INSERT",
        NEXT,
        sqlite=f"{_sqlite(OUT_OF_LINE)} OR {_taken(NOTING, 'id')}",
        postgresql=f"{OUT_OF_LINE} OR NEW.hash <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex')",
    ),
    *append_only(LINE, WRITTEN),
    Refusal(
        "registerline_next_in_line",
        LINE,
        "INSERT",
        NEXT_LINE,
        sqlite=f"{_sqlite(LINE_OUT_OF_LINE)} OR {_taken(LINE, 'id')}",
        postgresql=f"{LINE_OUT_OF_LINE} OR NEW.hash <> encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex')",
    ),
    *append_only(ENTRY_PAPER, WRITTEN),
    Refusal(
        "entrypaper_never_replaced", ENTRY_PAPER, "INSERT", WRITTEN, sqlite=f"{_taken(ENTRY_PAPER, 'id')} OR {SAME_PAPER}", postgresql=None
    ),
    *append_only(LEAF, SEALED),
    Refusal(
        "leaf_next_in_line",
        LEAF,
        "INSERT",
        SEALED,
        sqlite=f"{LEAF_OUT_OF_LINE} OR {_taken(LEAF, 'noting_id', 'line_id')}",
        postgresql=LEAF_OUT_OF_LINE,
    ),
    *append_only(CHECKPOINT, SEALED),
    Refusal(
        "checkpoint_next_in_line",
        CHECKPOINT,
        "INSERT",
        SEALED,
        sqlite=f"{SEAL_OUT_OF_LINE} OR {_taken(CHECKPOINT, 'id')}",
        postgresql=SEAL_OUT_OF_LINE,
    ),
    Refusal("privatenote_only_erased", PRIVATE, "UPDATE", ERASED, sqlite=MORE_THAN_ERASED, postgresql=MORE_THAN_ERASED),
    Refusal("privatenote_never_deleted", PRIVATE, "DELETE", ERASED),
    Refusal("privatenote_never_emptied", PRIVATE, "TRUNCATE", ERASED, sqlite=None),
    Refusal("privatenote_never_replaced", PRIVATE, "INSERT", ERASED, sqlite=_taken(PRIVATE, "id", "noting_id"), postgresql=None),
    Refusal("snapshot_only_erased", SNAPSHOT, "UPDATE", SEEN, sqlite=SEEN_CHANGED, postgresql=SEEN_CHANGED),
    Refusal("snapshot_never_deleted", SNAPSHOT, "DELETE", SEEN),
    Refusal("snapshot_never_emptied", SNAPSHOT, "TRUNCATE", SEEN, sqlite=None),
    Refusal("snapshot_never_replaced", SNAPSHOT, "INSERT", SEEN, sqlite=_taken(SNAPSHOT, "id", "noting_id"), postgresql=None),
    *append_only(READING, READ),
    Refusal("reading_never_replaced", READING, "INSERT", READ, sqlite=_taken(READING, "id"), postgresql=None),
    Refusal("enclosure_never_changed", ENCLOSURE, "UPDATE", KEPT, sqlite=_sqlite(PAPER_CHANGED), postgresql=PAPER_CHANGED),
    Refusal("enclosure_never_deleted", ENCLOSURE, "DELETE", KEPT, sqlite="OLD.case_id IS NOT NULL", postgresql="OLD.case_id IS NOT NULL"),
    Refusal("enclosure_never_emptied", ENCLOSURE, "TRUNCATE", KEPT, sqlite=None),
    Refusal(
        "enclosure_never_replaced",
        ENCLOSURE,
        "INSERT",
        KEPT,
        sqlite=f"EXISTS (SELECT 1 FROM {ENCLOSURE} e WHERE e.id = NEW.id AND e.case_id IS NOT NULL)",
        postgresql=None,
    ),
    *append_only(DOOR_ACT, DONE_AT_THE_DOOR),
    Refusal("dooract_never_replaced", DOOR_ACT, "INSERT", DONE_AT_THE_DOOR, sqlite=_taken(DOOR_ACT, "id"), postgresql=None),
    *append_only(ORDER, ISSUED),
    Refusal("order_never_replaced", ORDER, "INSERT", ISSUED, sqlite=_taken(ORDER, "id", "number", "key", "noting_id"), postgresql=None),
    *append_only(PRINTED, ISSUED),
    Refusal(
        "orderpaper_never_replaced",
        PRINTED,
        "INSERT",
        ISSUED,
        sqlite=f"{_taken(PRINTED, 'id')} OR {PRINTED_BEFORE}",
        postgresql=None,
    ),
]
GUARDS: list[guards.Guard] = OWN + kept_minutes.GUARDS + kept_audit.GUARDS + rules.GUARDS + marks.GUARDS + counting.GUARDS


def install(using: str = "default", **_signal: Any) -> None:
    """Put every guard of the product in place; also what ``post_migrate`` calls."""
    guards.install(GUARDS, using)


def make_way(using: str = "default", plan: Any = (), **_signal: Any) -> None:
    """Before migrations, on SQLite: take away what names a table other than its own, which could not be rebuilt while it is named.

    ``install`` puts it back, and ``summing.after_migrating`` counts what came meanwhile.
    """
    if plan and connections[using].vendor == guards.SQLITE:
        guards.remove([guard for guard in GUARDS if isinstance(guard, guards.Upkeep)], using)


def remove(using: str = "default") -> None:
    """Take every guard away, for a test that must empty the tables; ``install`` or the next migrate or flush brings them back."""
    guards.remove(GUARDS, using)


def missing(using: str = "default") -> list[str]:
    """Return the names of guards that the database lacks, has switched off, or has in another wording."""
    return guards.missing(GUARDS, using)
