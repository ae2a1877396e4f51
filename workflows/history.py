"""What happened to a file, read from its sealed paragraphs and its movements."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import DateField, DecimalField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.calendar import working_days_between
from programme.models import Charge
from programme.money import in_figures, rupees
from workflows.letters.letter import field_label
from workflows.models import Case, Movement, Noting, Order, Outcome
from workflows.nodes import Step
from workflows.record.canonical import sha256_of

KINDS = {Outcome.RETURN: "return", Outcome.REJECT: "end", Outcome.WITHDRAW: "end"}


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
    objections: list[tuple[str, str]] = field(default_factory=list)
    lapsed: list[int] = field(default_factory=list)

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Field, old and new value as people read them; names behind references are looked up when this is asked."""
        said = self.body["changes"].items()
        shown = [(name, _shown(self.record, name, old), _shown(self.record, name, new)) for name, (old, new) in said]
        return [(field_label(self.record, name), old, new) for name, old, new in shown]


@dataclass(frozen=True)
class Stage:
    """One stop on the strip over the file: done, current or to come."""

    title: str
    office: str
    state: str


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
    passed = {movement.step: movement for movement in movements}
    strip = [Stage(str(case.flow_class.begin_node().task_title), case.office.designation.name, "done")]
    nodes = [node for node in case.flow_class.in_order() if isinstance(node, Step) and (not node.is_correction or _is_here(node, passed))]
    furthest = max((index for index, node in enumerate(nodes) if node.name in passed), default=-1)
    for index, node in enumerate(nodes):
        stay = passed.get(node.name)
        if stay or (index > furthest and not case.ending):
            state = "todo" if stay is None else "current" if stay.is_open else "done"
            strip.append(Stage(node.title, stay.office.designation.name if stay else "", state))
    return strip


def _is_here(node: Step, passed: dict[str, Movement]) -> bool:
    return node.name in passed and passed[node.name].is_open


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
        objections=[(field_label(record, said["to"]), said["text"]) for said in body.get("objections", [])],
        lapsed=body.get("lapsed", []),
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
    return body.get("text", "")


def _field(record: Any, name: str) -> Any:
    return next((f for f in record._meta.get_fields() if f.concrete and name in (f.name, f.attname)), None)


def _shown(record: Any, name: str, value: Any) -> str:
    """Write a sealed value for people: names for references as they are called today, amounts and dates in words of the country."""
    found = _field(record, name)
    if value in (None, "", []):
        return "—"
    if found is not None and found.is_relation:
        named = found.related_model.objects.filter(pk__in=value if isinstance(value, list) else [value])
        return ", ".join(str(row) for row in named) or str(value)
    if isinstance(found, DecimalField):
        return in_figures(Decimal(value))
    return date_format(date.fromisoformat(value)) if isinstance(found, DateField) else str(value)
