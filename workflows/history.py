"""What happened to a file, read from its sealed paragraphs and its movements."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.db.models import Choices
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.asking import Asked, Given
from programme.models import Charge
from programme.money import in_figures, rupees
from programme.norms.wording import sentence
from workflows.flows import step_title_in
from workflows.letters.letter import label_in, named, named_in
from workflows.models import Case, Movement, Noting, ObjectionKind, Outcome
from workflows.models.outcomes import REPAIRS
from workflows.nodes import Stay, Step
from workflows.record.canonical import sha256_of
from workflows.shown import changes_shown

KINDS = {
    Outcome.RETURN: "return",
    Outcome.OPPOSE: "return",
    Outcome.PULL_BACK: "return",
    Outcome.REJECT: "end",
    Outcome.WITHDRAW: "end",
    Outcome.ASK: "aside",
    Outcome.ANSWER: "aside",
    Outcome.UNASK: "aside",
}
KINDS |= dict.fromkeys(REPAIRS, "system") | {Outcome.CANCEL: "end"}
# How an answer to a step taken together is marked, by the names that the page gives its colours.
MARKS = {Outcome.SUPPORT: "ok", Outcome.SUBMIT: "ok", Outcome.OPPOSE: "look"}


class Objected(NamedTuple):
    """One objection as its paragraph says it: about which field or paper, in which words, with its marks and the kind of fault."""

    about: str
    text: str
    repeated: bool
    late: bool
    kind: str


class Issued(NamedTuple):
    """A paper that a paragraph issued."""

    pk: int
    kind: str
    number: str
    amount: Decimal | None


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
    order: Issued | None = None
    amounts: list[tuple[str, str]] = field(default_factory=list)
    papers: list[dict[str, Any]] = field(default_factory=list)
    objections: list[Objected] = field(default_factory=list)
    answered: list[tuple[str, str, int]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)
    lapsed: list[int] = field(default_factory=list)
    waived: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def sitting(self) -> dict[str, Any] | None:
        """The committee's sitting that decided, and who judged in it, in the reader's language; ``None`` for any other paragraph."""
        said = self.body.get("sitting")
        if not said:
            return None
        posts = {name: "; ".join(named(post) for post in said[name]) for name in ("present", "recused")}
        return {"number": said["number"], "held_on": date.fromisoformat(said["held_on"]), "item": said["item"], **posts}

    @property
    def asked(self) -> dict[str, Any] | None:
        """Of whom an opinion was asked, until when, and whether the file waits for it; ``None`` for any other paragraph."""
        said = self.body.get("asked")
        if not said:
            return None
        return said | {"offices": "; ".join(named(office) for office in said["offices"]), "due": datetime.fromisoformat(said["due"])}

    @property
    def about_question(self) -> dict[str, Any] | None:
        """The question that this paragraph answers or takes back: its paragraph, its words, and the office where it is taken back."""
        said = self.body.get("answers_question") or self.body.get("takes_back_question")
        return said and said | {"office": named(said.get("office"))}

    @property
    def taken_back(self) -> int | None:
        """The paragraph whose sending this one takes back, ``None`` for any other."""
        return self.n - 1 if self.body["outcome"] == Outcome.PULL_BACK else None

    @property
    def unanswered(self) -> list[tuple[str, int, bool]]:
        """Whose answer the file went on without: office, paragraph of the question, whether its day had passed."""
        return [(named(said["office"]), said["paragraph"], said["late"]) for said in self.body.get("unanswered", [])]

    @property
    def together(self) -> dict[str, int] | None:
        """How many files the same signature decided, and the work that did it; ``None`` for any other paragraph."""
        return self.body.get("together")

    @property
    def is_decision(self) -> bool:
        """Say whether an officer decided or submitted: nothing beside the file's way, and nothing the system or a repair wrote."""
        outcome = Outcome(self.body["outcome"])
        return bool(self.officer_name) and not outcome.is_aside and outcome not in REPAIRS

    @property
    def regular_charge(self) -> str:
        """The name of the regular charge where it was signed in that; empty for every other, which ``charge`` names."""
        return _called(Charge, Charge.REGULAR.value, get_language()) if self.body.get("charge") == Charge.REGULAR else ""

    @property
    def norm(self) -> str:
        """The version of the rules that the file was under."""
        return str(self.body["norm"])

    @property
    def derivation(self) -> list[str]:
        """How the amount came about as it stood then, a sentence for each step; empty where nothing was computed."""
        return [sentence(step) for step in (self.body.get("derivation") or {}).get("steps", [])]

    @property
    def has_sight(self) -> bool:
        """Say whether it was kept what the officer had before him."""
        return "shown" in self.body

    @property
    def origin(self) -> list[dict[str, Any]]:
        """The workbooks that the officer began from: name, rows and SHA-256 of each."""
        return [said | {"rows": ", ".join(map(str, said["rows"]))} for said in self.body.get("origin", [])]

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Field, old and new value as people read them; names behind references are looked up when this is asked."""
        said = self.body["changes"].items()
        return [change for name, (old, new) in said for change in changes_shown(self.record, name, old, new)]


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
    """The paragraphs in order, whether each follows from the one before up to the head the file keeps, and the row of the last."""

    paragraphs: list[Paragraph]
    holds: bool
    last: Any


_OF_A_PARAGRAPH = ("paragraph", "written_at", "step", "outcome", "officer_id", "office_id", "body", "previous", "hash", "leaf")
_OF_A_PAPER = ("pk", "kind", "number", "amount")
_NOTINGS = Asked(
    lambda: (
        Noting.objects.filter(case=Given("case"))
        .order_by("paragraph")
        .values_list(*_OF_A_PARAGRAPH, *(f"order__{name}" for name in _OF_A_PAPER), named=True)
    )
)


def note_sheet(case: Case, movements: list[Movement] | None = None) -> NoteSheet:
    """Return the note sheet from the first paragraph; what it says comes from the sealed text, not from today's tables.

    ``movements`` are the file's stays when the caller has read them already.
    """
    notings: list[Any] = _NOTINGS(case=case.pk)
    stays = list(case.movements.all()) if movements is None else movements
    held = _days_held(notings, stays)
    language = get_language()
    paragraphs = [_paragraph(case, row, language, row.leaf, _issued(row), held.get(row.paragraph)) for row in notings]
    return NoteSheet(paragraphs, _holds(case, notings), notings[-1] if notings else None)


def paragraph_of(case: Case, noting: Noting) -> Paragraph:
    """Return one paragraph by itself, without the days that the file had been held."""
    leaf = noting.leaf.index if hasattr(noting, "leaf") else None
    return _paragraph(case, noting, get_language(), leaf)


def _issued(row: Any) -> Issued | None:
    return Issued(*row[-len(_OF_A_PAPER) :]) if row.order__pk else None


def _holds(case: Case, notings: list[Any]) -> bool:
    head = ""
    for count, noting in enumerate(notings, 1):
        if (noting.paragraph, noting.previous, noting.hash) != (count, head, sha256_of(noting.body)):
            return False
        head = noting.hash
    return (head, len(notings)) == (case.head, case.paragraphs)


def stages(case: Case, movements: list[Movement]) -> list[Stage]:
    """Return the human steps of the process in order: those the file passed, where it waits, and what may still come."""
    stayed = [movement for movement in movements if movement.outcome != Outcome.PULL_BACK]
    passed = {movement.step: movement for movement in sorted(stayed, key=lambda movement: (movement.is_open, movement.pk))}
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
    """Return the stays of a step taken together as it was asked last: those that came from the same stay, one for each office."""
    stays = [movement for movement in movements if movement.step == node.name and movement.outcome != Outcome.REASSIGN]
    return list({stay.office_id: stay for stay in stays if stay.came_from_id == stays[-1].came_from_id}.values())


def opinions(case: Case, movements: list[Movement], paragraphs: list[Paragraph]) -> list[Opinions]:
    """Return what was answered to each step taken together that the file has come to; ``movements`` in the order they began."""
    asked = []
    for node in case.flow_class.in_order():
        stays = _last_round(node, movements) if isinstance(node, Stay) and node.together else []
        if stays:
            spoken = [p for p in paragraphs if p.body["step"] == node.name and not Outcome(p.body["outcome"]).is_aside]
            said = {p.body["office"]["id"]: p for p in spoken if p.body["office"]}
            earlier = any(stay.step == node.name and stay.came_from_id != stays[-1].came_from_id for stay in movements)
            asked.append(Opinions(node.title, [_opinion(stay, said.get(stay.office_id)) for stay in stays], earlier))
    return asked


def _opinion(stay: Movement, said: Paragraph | None) -> Opinion:
    if stay.is_open or said is None or stay.outcome in (Outcome.WITHDRAW, Outcome.PULL_BACK):
        return Opinion(stay.office.name, str(stay.get_outcome_display()), "", "", None)
    return Opinion(stay.office.name, said.outcome, MARKS.get(Outcome(stay.outcome), ""), said.text, said)


def _only_for_returned(node: Stay, passed: dict[str, Movement]) -> bool:
    """A correction stands on the strip while the file waits there, and not before or after."""
    here = node.name in passed and passed[node.name].is_open
    return isinstance(node, Step) and node.is_correction and not here


def _paragraph(
    case: Case, noting: Any, language: str | None, leaf: int | None, order: Issued | None = None, days_held: int | None = None
) -> Paragraph:
    body, record = json.loads(noting.body), case.flow_class.record
    outcome, label = Outcome(noting.outcome), partial(label_in, language, record)
    return Paragraph(
        n=noting.paragraph,
        written_at=noting.written_at,
        officer_name=named_in(language, body.get("person")),
        office_name=named_in(language, body.get("office")),
        charge=_called(Charge, body["charge"], language) if body.get("charge") and body["charge"] != Charge.REGULAR else "",
        prepared_by=named_in(language, body.get("prepared_by")),
        outcome=_called(Outcome, noting.outcome, language),
        kind=KINDS.get(outcome, "forward"),
        step=step_title_in(language, case.kind, body["flow"]["version"], noting.step),
        text=_text(body, outcome, language),
        seal=f"{noting.hash[:4]}…{noting.hash[-4:]}",
        hash=noting.hash,
        leaf=leaf,
        days_held=days_held,
        body=body,
        record=record,
        order=order,
        amounts=[(label(name), in_figures(Decimal(value))) for name, value in body.get("amounts", {}).items()],
        papers=[{**paper, "label": str(record.PAPERS.get(paper["kind"], paper["kind"]))} for paper in body.get("papers", [])],
        objections=[_objected(label(said["to"]), said, language) for said in body.get("objections", [])],
        answered=[(label(said["to"]), said["answer"], said["paragraph"]) for said in body.get("answered", [])],
        answers=[(code, text) for code, text in body.get("answers", {}).items()],
        lapsed=body.get("lapsed", []),
        waived=[(label(f"paper:{kind}"), named_in(language, by), by["text"]) for kind, by in (body.get("waived") or {}).items()],
    )


@lru_cache(maxsize=512)
def _called(kinds: type[Choices], code: str, _language: str | None) -> str:
    """Return how one of these kinds is called in the reader's language; raise ``ValueError`` for a code that is none of them."""
    return str(kinds(code).label)


def _objected(about: str, said: dict[str, Any], language: str | None) -> Objected:
    kind = _called(ObjectionKind, said["code"], language) if said.get("code") else ""
    return Objected(about, said["text"], said.get("repeated", False), said.get("late", False), kind)


def _days_held(notings: list[Any], movements: list[Movement]) -> dict[int, int | None]:
    """Pair each closed stay with the paragraph that closed it, in order, and tell its working days.

    Nobody held what was pulled back before it was opened.
    """
    closed: dict[str, list[Movement]] = {}
    kept = (movement for movement in movements if movement.disposed and movement.outcome != Outcome.PULL_BACK)
    for movement in sorted(kept, key=lambda m: (m.disposed, m.pk)):
        closed.setdefault(movement.step, []).append(movement)
    held: dict[int, int | None] = {}
    for noting, following in zip(notings, [*notings[1:], None], strict=True):
        if Outcome(noting.outcome).is_aside or noting.outcome == Outcome.PULL_BACK:
            continue
        if closed.get(noting.step):
            held[noting.paragraph] = closed[noting.step].pop(0).days_held
            if noting.outcome in REPAIRS:  # It ends every stay of a step taken together, one after the other.
                later = [stay for stay in closed[noting.step] if following and stay.disposed > following.written_at]
                closed[noting.step] = later
    return held


def _text(body: dict[str, Any], outcome: Outcome, language: str | None) -> str:
    if outcome == Outcome.ISSUE:
        number, amount = body["order"]["number"], body["order"]["amount"]
        if amount is None:
            return _("Order %(number)s issued.") % {"number": number}
        return _("Order %(number)s issued for %(amount)s.") % {"number": number, "amount": rupees(Decimal(amount))}
    hindi = (language or "").startswith("hi") and body.get("text_hi")
    return hindi or body.get("text", "")
