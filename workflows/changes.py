"""What became different in a record, what of it matters, and whether one point was touched since."""

import json
import unicodedata
from typing import Any

from workflows.models import Case

# Joiners change how a Hindi word is drawn, never which word it is.
JOINERS = dict.fromkeys(map(ord, "\u200c\u200d"))
PAPER = "paper:"


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return what became different, old and new; what a new record leaves empty is no change."""
    empty: tuple[Any, ...] = (None, "", False, [], {})
    return {name: [before.get(name), new] for name, new in after.items() if before.get(name) != new and (before or new not in empty)}


def alike(old: Any, new: Any) -> bool:
    """Say whether two values differ in nothing but white space, joiners or the spelling of the same characters."""
    return bool(_plainly(old) == _plainly(new))


def matters(changes: dict[str, list[Any]], material: frozenset[str]) -> bool:
    """Say whether a material fact among ``changes`` became another one in more than its looks."""
    return any(not alike(old, new) for name, (old, new) in changes.items() if name in material)


def touched_since(case: Case, paragraph: int, to: str) -> bool:
    """Say whether the field or paper that an objection names was changed by a paragraph after this one.

    A field counts with every column it is kept in: a choice with its number, an identity with its digest.
    """
    bodies = case.notings.filter(paragraph__gte=paragraph).order_by("paragraph").values_list("body", flat=True)
    said = [json.loads(body) for body in bodies]
    if to.startswith(PAPER):
        kind = to.removeprefix(PAPER)
        held = sorted(case.enclosures.filter(kind=kind, replaced_by=None).values_list("sha256", flat=True))
        return held != sorted(paper["sha256"] for paper in said[0].get("papers", []) if paper["kind"] == kind)
    return any(_names(later, to) for later in said[1:])


def _names(body: dict[str, Any], to: str) -> bool:
    columns = {to, f"{to}_id", f"{to}_digest"}
    changed = {name for name, (old, new) in body.get("changes", {}).items() if not alike(old, new)}
    return bool(columns & (changed | set(body.get("changed_personal", []))))


def _plainly(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).translate(JOINERS).split())
    if isinstance(value, list):
        return [_plainly(part) for part in value]
    return {name: _plainly(part) for name, part in value.items()} if isinstance(value, dict) else value
