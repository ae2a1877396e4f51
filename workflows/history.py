"""What happened to a file, read from its sealed paragraphs and its movements."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.db.models import DateField, DateTimeField, DecimalField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.calendar import working_days_between
from programme.models import Charge
from programme.money import in_figures, rupees
from workflows.letters.letter import field_label, field_of
from workflows.models import Case, Movement, Noting, Order, Outcome
from workflows.nodes import Stay, Step
from workflows.record.canonical import in_order, sha256_of

EMPTY: tuple[Any, ...] = (None, "", [])
AMOUNT = re.compile(r"[0-9]+\.[0-9]{2}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
KINDS = {Outcome.RETURN: "return", Outcome.OPPOSE: "return", Outcome.REJECT: "end", Outcome.WITHDRAW: "end"}
# How an answer to a step taken together is marked, by the names that the page gives its colours.
MARKS = {Outcome.SUPPORT: "ok", Outcome.SUBMIT: "ok", Outcome.OPPOSE: "look"}


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the note sheet as the reader sees it; times are aware, shown in Indian Standard Time."""

    n: int
    written_at: datetime
    officer_name: str
    office_name: str
    charge: str
    prepared_by: str
    outcome: str
    kind: str
    step: str
    text: str
    seal: str
    hash: str
    leaf: int | None
    days_held: int | None
    body: dict[str, Any]
    record: Any
    order: Order | None = None
    amounts: list[tuple[str, str]] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)
    objections: list[tuple[str, str, bool]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    lapsed: list[int] = field(default_factory=list)
    waived: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def sitting(self) -> dict[str, Any] | None:
        """The committee's sitting that decided, and who judged in it, in the reader's language; ``None`` for any other paragraph."""
        said = self.body.get("sitting")
        if not said:
            return None
        posts = {name: "; ".join(_said(post) for post in said[name]) for name in ("present", "recused")}
        return {"number": said["number"], "held_on": date.fromisoformat(said["held_on"]), "item": said["item"], **posts}

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Field, old and new value as people read them; names behind references are looked up when this is asked."""
        said = self.body["changes"].items()
        return [change for name, (old, new) in said for change in _changes(self.record, name, old, new)]


@dataclass(frozen=True)
class Stage:
    """One stop on the strip over the file: done, current or to come."""

    title: str
    office: str
    state: str


@dataclass(frozen=True)
class Opinion:
    """What one office answered to a step taken together; without an ``outcome`` while it has not."""

    office: str
    outcome: str
    kind: str
    text: str
    paragraph: Paragraph | None


@dataclass(frozen=True)
class Opinions:
    """The answers to one step taken together, side by side. Those of an earlier round stand in the note sheet alone."""

    title: str
    rows: list[Opinion]
    earlier: bool

    @property
    def open(self) -> int:
        """How many offices have not answered yet."""
        return sum(not row.outcome for row in self.rows)


@dataclass(frozen=True)
class NoteSheet:
    """The paragraphs in order, and whether each follows from the one before up to the head the file keeps."""

    paragraphs: list[Paragraph]
    holds: bool


def note_sheet(case: Case, movements: list[Movement] | None = None) -> NoteSheet:
    """Return the note sheet from the first paragraph; what it says comes from the sealed text, not from today's tables.

    ``movements`` are the file's stays when the caller has read them already.
    """
    notings = list(case.notings.select_related("leaf", "order").order_by("paragraph"))
    stays = list(case.movements.all()) if movements is None else movements
    held = _days_held(case, notings, stays)
    return NoteSheet([_paragraph(case, noting, held.get(noting.paragraph)) for noting in notings], _holds(case, notings))


def _holds(case: Case, notings: list[Noting]) -> bool:
    head = ""
    for count, noting in enumerate(notings, 1):
        if (noting.paragraph, noting.previous, noting.hash) != (count, head, sha256_of(noting.body)):
            return False
        head = noting.hash
    return (head, len(notings)) == (case.head, case.paragraphs)


def stages(case: Case, movements: list[Movement]) -> list[Stage]:
    """Return the human steps of the process in order: those the file passed, where it waits, and what may still come."""
    passed = {movement.step: movement for movement in sorted(movements, key=lambda movement: (movement.is_open, movement.pk))}
    strip = [Stage(str(case.flow_class.begin_node().task_title), case.office.designation.name, "done")]
    nodes = [node for node in case.flow_class.in_order() if isinstance(node, Stay) and not _only_for_returned(node, passed)]
    furthest = max((index for index, node in enumerate(nodes) if node.name in passed), default=-1)
    for index, node in enumerate(nodes):
        stay = passed.get(node.name)
        if stay or (index > furthest and not case.ending):
            state = "todo" if stay is None else "current" if stay.is_open else "done"
            strip.append(Stage(node.title, _whose(node, stay, movements) if stay else "", state))
    return strip


def _whose(node: Stay, stay: Movement, movements: list[Movement]) -> str:
    """Name the office of a stay, or how many of those asked together have answered."""
    if not node.together:
        return stay.office.designation.name
    asked = _last_round(node, movements)
    answered = sum(not movement.is_open for movement in asked)
    return _("%(answered)s of %(asked)s offices") % {"answered": answered, "asked": len(asked)}


def _last_round(node: Stay, movements: list[Movement]) -> list[Movement]:
    """Return the stays of a step taken together as it was asked last: those that came from the same stay."""
    stays = [movement for movement in movements if movement.step == node.name]
    return [stay for stay in stays if stay.came_from_id == stays[-1].came_from_id]


def opinions(case: Case, movements: list[Movement], paragraphs: list[Paragraph]) -> list[Opinions]:
    """Return what was answered to each step taken together that the file has come to; ``movements`` in the order they began."""
    asked = []
    for node in case.flow_class.in_order():
        stays = _last_round(node, movements) if isinstance(node, Stay) and node.together else []
        if stays:
            said = {p.body["office"]["id"]: p for p in paragraphs if p.body["step"] == node.name and p.body["office"]}
            earlier = any(movement.step == node.name and movement not in stays for movement in movements)
            asked.append(Opinions(node.title, [_opinion(stay, said.get(stay.office_id)) for stay in stays], earlier))
    return asked


def _opinion(stay: Movement, said: Paragraph | None) -> Opinion:
    if stay.is_open or said is None or stay.outcome == Outcome.WITHDRAW:
        return Opinion(stay.office.name, str(stay.get_outcome_display()), "", "", None)
    return Opinion(stay.office.name, said.outcome, MARKS.get(Outcome(stay.outcome), ""), said.text, said)


def _only_for_returned(node: Stay, passed: dict[str, Movement]) -> bool:
    """A correction stands on the strip while the file waits there, and not before or after."""
    here = node.name in passed and passed[node.name].is_open
    return isinstance(node, Step) and node.is_correction and not here


def _paragraph(case: Case, noting: Noting, days_held: int | None) -> Paragraph:
    body, record = json.loads(noting.body), case.flow_class.record
    outcome = Outcome(noting.outcome)
    return Paragraph(
        n=noting.paragraph,
        written_at=noting.written_at,
        officer_name=_said(body.get("person")),
        office_name=_said(body.get("office")),
        charge=str(Charge(body["charge"]).label) if body.get("charge") and body["charge"] != Charge.REGULAR else "",
        prepared_by=_said(body.get("prepared_by")),
        outcome=str(outcome.label),
        kind=KINDS.get(outcome, "forward"),
        step=str(case.flow_class.instance.node(noting.step).task_title),
        text=_text(body, outcome),
        seal=f"{noting.hash[:4]}…{noting.hash[-4:]}",
        hash=noting.hash,
        leaf=noting.leaf.index if hasattr(noting, "leaf") else None,
        days_held=days_held,
        body=body,
        record=record,
        order=getattr(noting, "order", None),
        amounts=[(field_label(record, name), in_figures(Decimal(value))) for name, value in body.get("amounts", {}).items()],
        papers=[{**paper, "label": str(record.PAPERS.get(paper["kind"], paper["kind"]))} for paper in body.get("papers", [])],
        objections=[(field_label(record, said["to"]), said["text"], said.get("repeated", False)) for said in body.get("objections", [])],
        answers=[(code, text) for code, text in body.get("answers", {}).items()],
        lapsed=body.get("lapsed", []),
        waived=[(field_label(record, f"paper:{kind}"), _said(by), by["text"]) for kind, by in (body.get("waived") or {}).items()],
    )


def _days_held(case: Case, notings: list[Noting], movements: list[Movement]) -> dict[int, int]:
    """Pair each closed stay with the paragraph that closed it, in order, and count its working days."""
    closed: dict[str, list[Movement]] = {}
    for movement in sorted((m for m in movements if m.disposed), key=lambda m: (m.disposed, m.pk)):
        closed.setdefault(movement.step, []).append(movement)
    held = {}
    for noting in notings:
        if closed.get(noting.step):
            movement = closed[noting.step].pop(0)
            first, last = timezone.localdate(movement.received), timezone.localdate(movement.disposed)
            held[noting.paragraph] = working_days_between(first, last, case.state, case.district)
    return held


def _said(named: dict[str, str] | None) -> str:
    if not named:
        return ""
    hindi = (get_language() or "").startswith("hi") and named.get("name_hi")
    return hindi or named.get("name_en", "")


def _text(body: dict[str, Any], outcome: Outcome) -> str:
    if outcome == Outcome.ISSUE:
        number, amount = body["order"]["number"], body["order"]["amount"]
        if amount is None:
            return _("Order %(number)s issued.") % {"number": number}
        return _("Order %(number)s issued for %(amount)s.") % {"number": number, "amount": rupees(Decimal(amount))}
    hindi = (get_language() or "").startswith("hi") and body.get("text_hi")
    return hindi or body.get("text", "")


def _changes(record: Any, name: str, old: Any, new: Any) -> list[tuple[str, str, str]]:
    if not _are_lines(old) and not _are_lines(new):
        return [(field_label(record, name), _shown(record, name, old), _shown(record, name, new))]
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
        return _shown(rows.related_model, column, value)
    if isinstance(value, str) and "₹" in label and AMOUNT.fullmatch(value):
        return in_figures(Decimal(value))
    if isinstance(value, str) and DATE.fullmatch(value):
        with suppress(ValueError):
            return date_format(date.fromisoformat(value))
    return "—" if value in EMPTY else str(value)


def _shown(record: Any, name: str, value: Any) -> str:
    """Write a sealed value for people: names for references as they are called today, amounts and dates in words of the country."""
    found = field_of(record, name)
    if value in EMPTY:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if _are_lines(value):
        return "\n".join(f"{n}. {_line(record, name, line, _columns(record, name, line))}" for n, line in enumerate(value, 1))
    if found is not None and found.is_relation:
        named = found.related_model.objects.filter(pk__in=value if isinstance(value, list) else [value])
        return ", ".join(str(row) for row in named) or str(value)
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
