"""What an entry and its history say, in the reader's language."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.bilingual import reads_hindi
from programme.models import Charge, Entry
from programme.money import rupees
from programme.zone import IST
from workflows.forms.rows import RowsField
from workflows.models import RegisterLine
from workflows.record.entries import lines_of
from workflows.registers import writing
from workflows.registers.declaring import Register

DONE: dict[str, Any] = {
    writing.ADDED: gettext_lazy("Entered"),
    writing.CHANGED: gettext_lazy("Changed"),
    writing.STRUCK_OFF: gettext_lazy("Struck off"),
    writing.PAPER: gettext_lazy("Paper added"),
    writing.LOADED: gettext_lazy("Loaded"),
}
# What belongs to the frame and is said by the line itself.
UNSAID = frozenset({"removed_why", "state_id"})


@dataclass(frozen=True)
class Change:
    """One value before and after, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Told:
    """One line of a history in words; ``line`` is the line itself."""

    line: RegisterLine
    done: str
    person: str
    office: str
    charge: str
    why: str
    origin: str
    changes: list[Change]
    papers: list[str]


class Words:
    """Says the plain values of a register in words; names of rows are read once each."""

    def __init__(self, register: Register) -> None:
        self.register, self.meta = register, register.model._meta
        self.fields = {field.attname: field for field in self.meta.concrete_fields} | {f.name: f for f in self.meta.many_to_many}
        declared: dict[str, Any] = register.form.base_fields
        self.tables: dict[str, RowsField] = {name: asked for name, asked in declared.items() if isinstance(asked, RowsField)}
        self.known: dict[tuple[type[models.Model], Any], str] = {}

    def label(self, name: str) -> str:
        return capfirst(str(self.fields[name].verbose_name)) if name in self.fields else name

    def said(self, name: str, value: Any) -> str:
        """Return a value of the facts in words; empty for nothing, a dash for what the history does not keep."""
        field = self.fields.get(name)
        if value is None or field is None:
            return "" if value is None else str(value)
        if name in self.register.model.PERSONAL:
            return "…"
        if name in self.tables:
            return "; ".join(self._line(self.tables[name], line) for line in value)
        if field.many_to_many:
            return ", ".join(self._row(field.related_model, pk) for pk in value)
        if field.many_to_one:
            return self._row(field.related_model, value)
        return _plain(field, value)

    def facts(self, entry: Entry, *, personal: bool) -> Iterator[tuple[str, str]]:
        """Yield label and words of everything an entry says, in the order of its model; what is personal only where it is asked for."""
        said = entry.facts() | {name: getattr(entry, name) for name in entry.PERSONAL}
        for name in self.fields:
            if name in said and name not in UNSAID | entry.UNSAID and (personal or name not in entry.PERSONAL):
                text = str(said[name]) if name in entry.PERSONAL else self.said(name, said[name])
                if text:
                    yield self.label(name), text

    def history(self, entry: Entry) -> list[Told]:
        """Return the history of an entry, the latest line first."""
        return [self._told(line) for line in lines_of(entry).select_related("leaf").order_by("-number")]

    def _told(self, line: RegisterLine) -> Told:
        body = json.loads(line.body)
        acts = {act.key: act.done for act in self.register.acts}
        changes = [] if line.number == 1 else list(self._changes(body["changes"]))
        origin = body.get("origin") or {}
        from_row = (
            _("%(name)s, row %(row)s") % {"name": origin["name"], "row": origin["rows"][0]} if "rows" in origin else origin.get("name", "")
        )
        return Told(
            line=line,
            done=str(DONE.get(line.act) or acts.get(line.act) or line.act),
            person=_named(body["person"]),
            office=_named(body["office"]),
            charge=_beside(body["charge"]),
            why=body["why"],
            origin=from_row,
            changes=changes,
            papers=[paper["name"] for paper in body["papers"]],
        )

    def _changes(self, changes: dict[str, list[Any]]) -> Iterator[Change]:
        for name, (old, new) in changes.items():
            if name not in UNSAID | self.register.model.UNSAID:
                yield Change(self.label(name), self.said(name, old), self.said(name, new))

    def _line(self, table: RowsField, line: dict[str, Any]) -> str:
        words = []
        for column in table.columns:
            value = line.get(column.name)
            choices = getattr(column.field, "choices", None)
            rows = getattr(column.field, "queryset", None)
            if value in (None, "", False):
                continue
            if rows is not None:
                words.append(self._row(rows.model, value))
            else:
                words.append(str(dict(flatten_choices(choices)).get(value, value)) if choices else str(value))
        return " · ".join(words)

    def _row(self, model: Any, pk: Any) -> str:
        if (model, pk) not in self.known:
            row = model._default_manager.filter(pk=pk).first()
            self.known[model, pk] = str(row) if row else str(pk)
        return self.known[model, pk]


def _plain(field: Any, value: Any) -> str:
    if field.choices:
        return str(dict(flatten_choices(field.choices)).get(value, value))
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(datetime.fromisoformat(value), IST), "DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(value))
    if isinstance(field, models.DecimalField):
        return rupees(Decimal(value))
    if isinstance(field, models.BooleanField):
        return _("yes") if value else _("no")
    return str(value)


def _beside(charge: str | None) -> str:
    """Return a charge that is not the regular one, in words."""
    return "" if charge in (None, Charge.REGULAR) else str(Charge(charge).label)


def _named(said: dict[str, Any] | None) -> str:
    if said is None:
        return ""
    return (said["name_hi"] if reads_hindi() else "") or said["name_en"]
