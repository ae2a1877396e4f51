"""What the database refuses about postings, the budget ledger, norms, decisions on ranks and what beneficiaries have had, whoever asks."""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from typing import Any

from programme import guards
from programme.guards import Exclusion, Refusal, Upkeep

POSTING, LEDGER, NORM, RANKS = "programme_posting", "programme_ledgerentry", "programme_norm", "programme_rankdecision"
TWO_IN_ONE_OFFICE = "two officers would hold one office in regular charge on the same day"
ONE_IN_TWO_OFFICES = "one officer would hold two offices in regular charge on the same day"
NEVER_CHANGED = "the budget ledger is only added to"
RANKS_STAY = "decisions on the rank of a product are only added to"
CEILING, ONCE = "programme_ceilingentry", "programme_benefitonce"
CEILING_BACK, BENEFIT_BACK = "programme_ceilingfreed", "programme_benefitfreed"
HAD = "what a beneficiary has had is only added to"
PROGRESS, RESCHEDULED = "programme_activityupdate", "programme_eventchange"
REPORTED = "what was reported of an activity is only added to"
REPLANNED = "what was re-planned of an event is only added to"
NORM_STAYS = "a published norm is never changed or deleted; publish a new version"
NORM_FIELDS = (
    "id", "state_id", "scheme", "version", "order_number", "order_date", "applies_from", "applies_until", "applies_by", "rules",
    "source", "verified", "doubt", "published_at", "published_by_id",
)  # fmt: skip


def _overlap(shared: str) -> str:
    """SQLite: another regular posting with the same officer or office has a day in common with this one."""
    return (
        f"NEW.charge = 'regular' AND EXISTS (SELECT 1 FROM {POSTING} p WHERE p.id IS NOT NEW.id AND p.charge = 'regular'"
        f" AND p.{shared} = NEW.{shared} AND p.starts_on <= COALESCE(NEW.ends_on, '9999-12-31')"
        " AND NEW.starts_on <= COALESCE(p.ends_on, '9999-12-31'))"
    )


def _excluded(shared: str) -> str:
    return (
        f"EXCLUDE USING gist ({shared} WITH =, daterange(starts_on, ends_on, '[]'::text) WITH &&)"
        " WHERE (((charge)::text = 'regular'::text))"
    )


def _taken(table: str) -> str:
    """SQLite: the row would replace one that is there."""
    return f"EXISTS (SELECT 1 FROM {table} r WHERE r.id = NEW.id)"


def _published_norm_changes(is_same: str) -> str:
    """Any change of a version that is no draft, except that a published one becomes superseded."""
    same = " AND ".join(f"NEW.{field} {is_same} OLD.{field}" for field in NORM_FIELDS)
    status = "NEW.status = OLD.status OR (OLD.status = 'published' AND NEW.status = 'superseded')"
    return f"OLD.status <> 'draft' AND NOT ({same} AND ({status}))"


# SQLite's OR REPLACE deletes the row in the way without asking its own triggers.
_PUBLISHED_NORM_IN_THE_WAY = (
    f"EXISTS (SELECT 1 FROM {NORM} n WHERE n.status <> 'draft' AND (n.id = NEW.id OR (n.scheme = NEW.scheme AND n.state_id IS NEW.state_id"
    " AND (n.version = NEW.version OR (n.status = 'published' AND NEW.status = 'published' AND n.applies_from = NEW.applies_from)))))"
)


RELEASED = "INSERT INTO programme_released (allotment_id, amount) VALUES (NEW.allotment_id, NEW.amount);"
GUARDS: list[guards.Guard] = [
    Refusal("posting_office_held_once", POSTING, "INSERT", TWO_IN_ONE_OFFICE, sqlite=_overlap("office_id"), postgresql=None),
    Refusal("posting_office_held_once_later", POSTING, "UPDATE", TWO_IN_ONE_OFFICE, sqlite=_overlap("office_id"), postgresql=None),
    Refusal("posting_officer_holds_once", POSTING, "INSERT", ONE_IN_TWO_OFFICES, sqlite=_overlap("officer_id"), postgresql=None),
    Refusal("posting_officer_holds_once_later", POSTING, "UPDATE", ONE_IN_TWO_OFFICES, sqlite=_overlap("officer_id"), postgresql=None),
    Exclusion("posting_office_held_once", POSTING, _excluded("office_id")),
    Exclusion("posting_officer_holds_once", POSTING, _excluded("officer_id")),
    *guards.append_only(LEDGER, NEVER_CHANGED),
    Refusal(
        "ledgerentry_never_replaced",
        LEDGER,
        "INSERT",
        NEVER_CHANGED,
        sqlite=f"EXISTS (SELECT 1 FROM {LEDGER} e WHERE e.id = NEW.id OR (e.kind = NEW.kind AND e.file_number = NEW.file_number))",
        postgresql=None,
    ),
    Upkeep(
        "ledgerentry_released_is_summed",
        LEDGER,
        "INSERT",
        sqlite=RELEASED,
        postgresql=RELEASED,
        sqlite_when="NEW.kind = 'release'",
        postgresql_when="new.kind::text = 'release'::text",
    ),
    *guards.append_only(RANKS, RANKS_STAY),
    Refusal(
        "rankdecision_never_replaced",
        RANKS,
        "INSERT",
        RANKS_STAY,
        sqlite=f"EXISTS (SELECT 1 FROM {RANKS} d WHERE d.id = NEW.id OR d.file_number = NEW.file_number)",
        postgresql=None,
    ),
    *guards.append_only(CEILING, HAD),
    Refusal(
        "ceilingentry_never_replaced",
        CEILING,
        "INSERT",
        HAD,
        sqlite=f"EXISTS (SELECT 1 FROM {CEILING} e WHERE e.id = NEW.id OR (e.use_id = NEW.use_id AND e.file_number = NEW.file_number))",
        postgresql=None,
    ),
    *guards.append_only(ONCE, HAD),
    Refusal(
        "benefitonce_never_replaced",
        ONCE,
        "INSERT",
        HAD,
        sqlite=f"EXISTS (SELECT 1 FROM {ONCE} b WHERE b.id = NEW.id OR (b.scheme = NEW.scheme AND b.digest = NEW.digest"
        " AND (b.turn = NEW.turn OR b.file_number = NEW.file_number)))",
        postgresql=None,
    ),
    *guards.append_only(CEILING_BACK, HAD),
    Refusal(
        "ceilingfreed_never_replaced",
        CEILING_BACK,
        "INSERT",
        HAD,
        sqlite=f"EXISTS (SELECT 1 FROM {CEILING_BACK} f WHERE f.id = NEW.id OR f.entry_id = NEW.entry_id)",
        postgresql=None,
    ),
    *guards.append_only(BENEFIT_BACK, HAD),
    Refusal(
        "benefitfreed_never_replaced",
        BENEFIT_BACK,
        "INSERT",
        HAD,
        sqlite=f"EXISTS (SELECT 1 FROM {BENEFIT_BACK} f WHERE f.id = NEW.id OR f.benefit_id = NEW.benefit_id)",
        postgresql=None,
    ),
    *guards.append_only(PROGRESS, REPORTED),
    Refusal("activityupdate_never_replaced", PROGRESS, "INSERT", REPORTED, sqlite=_taken(PROGRESS), postgresql=None),
    *guards.append_only(RESCHEDULED, REPLANNED),
    Refusal("eventchange_never_replaced", RESCHEDULED, "INSERT", REPLANNED, sqlite=_taken(RESCHEDULED), postgresql=None),
    Refusal(
        "norm_never_changed",
        NORM,
        "UPDATE",
        NORM_STAYS,
        sqlite=_published_norm_changes("IS"),
        postgresql=_published_norm_changes("IS NOT DISTINCT FROM"),
    ),
    Refusal("norm_never_deleted", NORM, "DELETE", NORM_STAYS, sqlite="OLD.status <> 'draft'", postgresql="OLD.status <> 'draft'"),
    Refusal("norm_never_emptied", NORM, "TRUNCATE", NORM_STAYS, sqlite=None),
    Refusal("norm_never_replaced", NORM, "INSERT", NORM_STAYS, sqlite=_PUBLISHED_NORM_IN_THE_WAY, postgresql=None),
    Refusal(
        "norm_never_displaced",
        NORM,
        "UPDATE",
        NORM_STAYS,
        sqlite=_PUBLISHED_NORM_IN_THE_WAY.replace("n.status <> 'draft' AND (", "n.status <> 'draft' AND n.id <> OLD.id AND ("),
        postgresql=None,
    ),
]


def install(using: str = "default", **_signal: Any) -> None:
    """Put the rules in place; also what ``post_migrate`` calls."""
    guards.install(GUARDS, using)
