"""How what changed is shown to people: field by field and line by line, with names, amounts and days as the country writes them."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.db.models import DateField, DateTimeField, DecimalField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.asking import Asked, Given, one_of
from programme.money import in_figures
from workflows.letters.letter import field_label, field_of
from workflows.record.canonical import in_order

EMPTY: tuple[Any, ...] = (None, "", [])
AMOUNT = re.compile(r"[0-9]+\.[0-9]{2}")
# Rows that were read beforehand, by their model.
_at_hand: ContextVar[dict[Any, list[Any]] | None] = ContextVar("at_hand", default=None)
_ROWS = Asked(lambda model: model.objects.filter(one_of("pk", Given("keys"))))
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def changes_shown(record: Any, name: str, old: Any, new: Any) -> list[tuple[str, str, str]]:
    if not _are_lines(old) and not _are_lines(new):
        return [(field_label(record, name), value_shown(record, name, old), value_shown(record, name, new))]
    label, rows = field_label(record, name), []
    for place, before, after in _paired(old or [], new or []):
        words = _("%(field)s, line %(n)s") if after else _("%(field)s, line %(n)s before")
        told = [column for column in _columns(record, name, before, after) if _differs(column, before or {}, after or {})]
        if told:
            rows.append((words % {"field": label, "n": place}, _line(record, name, before, told), _line(record, name, after, told)))
    return rows


def _columns(record: Any, name: str, *lines: dict[str, Any] | None) -> list[str]:
    """Return the columns these lines have, as the record orders them; one without a label is kept for the record alone."""
    held = {column for line in lines for column in line or {} if column != "id"}
    labels = getattr(record, "LINES", {}).get(name, {})
    return [column for column in labels if column in held and labels[column]] + sorted(held - set(labels))


def _differs(column: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Say whether a column was changed; what is empty before and after was not, though it be empty in another way."""
    old, new = before.get(column), after.get(column)
    return old != new and not (old in EMPTY and new in EMPTY)


def _are_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(line, dict) for line in value)


def _paired(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any] | None, dict[str, Any] | None]]:
    """Pair the lines that differ: place from 1, the line before, the line after; ``None`` where it was added or taken away.

    Lines that name their row are paired by it. Of others, those that stayed are found first; what lies between is paired by likeness.
    """
    if all("id" in line for line in old + new):
        rows = {line["id"]: line for line in old}
        yield from ((n, rows.get(line["id"]), line) for n, line in enumerate(new, 1) if rows.get(line["id"]) != line)
        gone = set(rows) - {line["id"] for line in new}
        yield from ((n, line, None) for n, line in enumerate(old, 1) if line["id"] in gone)
        return
    before, after = ([in_order(line) for line in lines] for lines in (old, new))
    for what, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        partners = _partners(old, new, range(i, i_end), range(j, j_end))
        yield from ((k + 1, old[partners[k]] if k in partners else None, new[k]) for k in range(j, j_end))
        yield from ((k + 1, old[k], None) for k in range(i, i_end) if k not in partners.values())


def _partners(old: list[dict[str, Any]], new: list[dict[str, Any]], before: range, after: range) -> dict[int, int]:
    """Return for lines of ``after`` the one of ``before`` each was changed from: most alike first, none where no cell is the same."""
    alike = {(i, j): sum(old[i].get(name) == value not in EMPTY for name, value in new[j].items()) for i in before for j in after}
    partners: dict[int, int] = {}
    for i, j in sorted(alike, key=lambda pair: (-alike[pair], pair)):
        if alike[i, j] and j not in partners and i not in partners.values():
            partners[j] = i
    return partners


def _line(record: Any, name: str, line: dict[str, Any] | None, columns: list[str]) -> str:
    """Write these columns of a line one after the other, each with its label; a dash for a line that is not there."""
    if line is None:
        return "—"
    labels, rows = getattr(record, "LINES", {}).get(name, {}), field_of(record, name)
    said = ((str(labels.get(column, column)), column) for column in columns)
    return " · ".join(f"{label}: {_shown_cell(rows, column, label, line.get(column))}" for label, column in said)


def _shown_cell(rows: Any, column: str, label: str, value: Any) -> str:
    """Write one value of a line: as its child row's field says, else a day for a date and an amount under a label in rupees."""
    if rows is not None and rows.one_to_many:
        return value_shown(rows.related_model, column, value)
    if isinstance(value, str) and "₹" in label and AMOUNT.fullmatch(value):
        return in_figures(Decimal(value))
    if isinstance(value, str) and DATE.fullmatch(value):
        with suppress(ValueError):
            return date_format(date.fromisoformat(value))
    return "—" if value in EMPTY else str(value)


@contextmanager
def names_at_hand(record: Any, changes: Iterable[dict[str, list[Any]]]) -> Iterator[None]:
    """Read the rows behind every reference of these changes at once, one question for each model, for what is shown inside."""
    wanted: dict[Any, set[Any]] = {}
    for name, values in (pair for changed in changes for pair in changed.items()):
        found = field_of(record, name)
        if found is not None and found.is_relation:
            keys = (key for value in values if value not in EMPTY and not _are_lines(value) for key in _keys(value))
            wanted.setdefault(found.related_model, set()).update(keys)
    token = _at_hand.set({model: _ROWS(model, keys=list(keys)) for model, keys in wanted.items() if keys})
    try:
        yield
    finally:
        _at_hand.reset(token)


def _rows_behind(model: Any, keys: list[Any]) -> list[Any]:
    known = (_at_hand.get() or {}).get(model)
    return list(model.objects.filter(pk__in=keys)) if known is None else [row for row in known if row.pk in keys]


def _keys(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def value_shown(record: Any, name: str, value: Any) -> str:
    """Write a sealed value for people: names for references as they are called today, amounts and dates in words of the country."""
    found = field_of(record, name)
    if value in EMPTY:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if _are_lines(value):
        return "\n".join(f"{n}. {_line(record, name, line, _columns(record, name, line))}" for n, line in enumerate(value, 1))
    if found is not None and found.is_relation:
        return ", ".join(str(row) for row in _rows_behind(found.related_model, _keys(value))) or str(value)
    if getattr(found, "flatchoices", None):
        return str(dict(found.flatchoices).get(value, value))
    words = getattr(record, "WORDS", {}).get(name)
    if words is not None:
        return ", ".join(str(words.get(code, code)) for code in value)
    if isinstance(found, DecimalField):
        return in_figures(Decimal(value))
    if isinstance(found, DateTimeField):
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
    return date_format(date.fromisoformat(value)) if isinstance(found, DateField) else str(value)
