"""What the database refuses about minutes of a committee: signed ones never change, nor who sat, nor what was decided."""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from programme import guards
from programme.guards import Refusal

SITTING, MEMBER, ITEM, RECUSED = "workflows_sitting", "workflows_member", "workflows_item", "workflows_item_recused"
STAYS = "signed minutes are never changed or deleted"
SITTING_FIELDS = (
    "id", "kind", "office_id", "norm_id", "quorum", "held_on", "place", "called_by_id", "called_at", "prepared_by_id", "number",
    "minutes", "sha256", "signed_by_id", "signed_at", "job_id",
)  # fmt: skip
# What becomes of a file after the signature is written beside what was decided.
ITEM_FIELDS = ("id", "sitting_id", "movement_id", "position", "typed", "outcome", "amount", "text")
IS = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}


def _same(fields: tuple[str, ...], vendor: str) -> str:
    return " AND ".join(f"NEW.{field} {IS[vendor]} OLD.{field}" for field in fields)


def _signed(row: str) -> str:
    return f"EXISTS (SELECT 1 FROM {SITTING} s WHERE s.id = {row}.sitting_id AND s.state IN ('signed', 'done'))"


def _signed_item(row: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM {ITEM} i JOIN {SITTING} s ON s.id = i.sitting_id"
        f" WHERE i.id = {row}.item_id AND s.state IN ('signed', 'done'))"
    )


def _sitting_changes(vendor: str) -> str:
    """Any change of a signed sitting, except that the last of its files was moved."""
    moved = "NEW.state = OLD.state OR (OLD.state = 'signed' AND NEW.state = 'done')"
    return f"OLD.state IN ('signed', 'done') AND NOT ({_same(SITTING_FIELDS, vendor)} AND ({moved}))"


def _item_changes(vendor: str) -> str:
    """Any change of what was decided; a file that was moved keeps its paragraph."""
    kept = f"{_same(ITEM_FIELDS, vendor)} AND (OLD.state <> 'done' OR ({_same(('state', 'noting_id'), vendor)}))"
    return f"({_signed('OLD')} OR {_signed('NEW')}) AND NOT ({kept})"


def _always(name: str, table: str, event: str, condition: str) -> Refusal:
    return Refusal(name, table, event, STAYS, sqlite=condition, postgresql=condition)


def _replaced(name: str, table: str, condition: str) -> Refusal:
    """SQLite: INSERT OR REPLACE deletes the row in the way without asking the delete triggers."""
    return Refusal(name, table, "INSERT", STAYS, sqlite=f"EXISTS (SELECT 1 FROM {table} r WHERE {condition})", postgresql=None)


GUARDS: list[guards.Guard] = [
    Refusal("sitting_signed_stays", SITTING, "UPDATE", STAYS, sqlite=_sitting_changes("sqlite"), postgresql=_sitting_changes("postgresql")),
    _always("sitting_signed_kept", SITTING, "DELETE", "OLD.state IN ('signed', 'done')"),
    Refusal("sitting_never_emptied", SITTING, "TRUNCATE", STAYS, sqlite=None),
    _replaced("sitting_never_replaced", SITTING, "r.state IN ('signed', 'done') AND (r.id = NEW.id OR r.number = NEW.number)"),
    _always("member_never_joins_later", MEMBER, "INSERT", _signed("NEW")),
    _always("member_signed_stays", MEMBER, "UPDATE", f"{_signed('OLD')} OR {_signed('NEW')}"),
    _always("member_signed_kept", MEMBER, "DELETE", _signed("OLD")),
    Refusal("member_never_emptied", MEMBER, "TRUNCATE", STAYS, sqlite=None),
    _replaced("member_never_replaced", MEMBER, f"r.id = NEW.id AND {_signed('r')}"),
    _always("item_never_joins_later", ITEM, "INSERT", _signed("NEW")),
    Refusal("item_signed_stays", ITEM, "UPDATE", STAYS, sqlite=_item_changes("sqlite"), postgresql=_item_changes("postgresql")),
    _always("item_signed_kept", ITEM, "DELETE", _signed("OLD")),
    Refusal("item_never_emptied", ITEM, "TRUNCATE", STAYS, sqlite=None),
    _replaced("item_never_replaced", ITEM, f"r.id = NEW.id AND {_signed('r')}"),
    _always("item_recused_never_joins_later", RECUSED, "INSERT", _signed_item("NEW")),
    _always("item_recused_stays", RECUSED, "UPDATE", f"{_signed_item('OLD')} OR {_signed_item('NEW')}"),
    _always("item_recused_kept", RECUSED, "DELETE", _signed_item("OLD")),
    Refusal("item_recused_never_emptied", RECUSED, "TRUNCATE", STAYS, sqlite=None),
]
