"""Who is told when: superiors of late files, districts of a coming last day. Dated rules of a State under one scheme."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from programme.models import Norm, State

SCHEME = "ESCALATION"


@dataclass(frozen=True)
class LateRule:
    """After ``days`` working days late, the office of designation ``tell`` is told; empty ``scheme``, ``step`` and ``level`` mean any."""

    days: int
    tell: str
    scheme: str | None = None
    step: str | None = None
    level: str | None = None


@dataclass(frozen=True)
class LastDayRule:
    """Before a last day ``remind`` is reminded so many working days ``before``; after it
    ``missing_to`` is told who is missing, every ``again_days``."""

    before: tuple[int, ...]
    remind: tuple[str, ...]
    missing_to: tuple[str, ...]
    again_days: int


def late_rules(state: State, on: date) -> list[LateRule]:
    """Return the State's rules on late files in force on ``on``; none where the State has none."""
    norm = _in_force(state, on)
    return [LateRule(**line) for line in norm.rules["late"]] if norm else []


def last_day_rule(state: State, on: date) -> LastDayRule | None:
    """Return the State's rule on the last day ``on``, or ``None`` where it has none."""
    norm = _in_force(state, on)
    if norm is None:
        return None
    rule = norm.rules["last_day"]
    return LastDayRule(tuple(rule["before"]), tuple(rule["remind"]), tuple(rule["missing_to"]), rule["again_days"])


def _in_force(state: State, on: date) -> Norm | None:
    try:
        return Norm.in_force(SCHEME, state, on)
    except Norm.DoesNotExist:
        return None


def posts_told(rules: Mapping[str, Any]) -> list[str]:
    """Return the codes of all designations that the rules name."""
    last_day = rules.get("last_day", {})
    return [line["tell"] for line in rules.get("late", [])] + last_day.get("remind", []) + last_day.get("missing_to", [])


def whole(rules: Mapping[str, Any]) -> Iterator[str]:
    """A step has a meaning only within a scheme, as two processes may name theirs alike."""
    for number, line in enumerate(rules["late"], start=1):
        if line["step"] and not line["scheme"]:
            yield _("Line %(number)s names a step; name the scheme too.") % {"number": number}
