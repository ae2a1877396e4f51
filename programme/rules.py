"""What the database refuses about postings, the budget ledger and what beneficiaries have had, on whatever way it is asked."""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from typing import Any

from programme import guards
from programme.guards import Exclusion, Refusal

POSTING, LEDGER = "programme_posting", "programme_ledgerentry"
TWO_IN_ONE_OFFICE = "two officers would hold one office in regular charge on the same day"
ONE_IN_TWO_OFFICES = "one officer would hold two offices in regular charge on the same day"
NEVER_CHANGED = "the budget ledger is only added to"
CEILING, ONCE = "programme_ceilingentry", "programme_benefitonce"
HAD = "what a beneficiary has had is only added to"


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
]


def install(using: str = "default", **_signal: Any) -> None:
    """Put the rules in place; also what ``post_migrate`` calls."""
    guards.install(GUARDS, using)
