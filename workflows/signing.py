"""What a paragraph of the note sheet says, and the writing of it: one for each act, in the transaction of the act."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from programme.asking import Asked, Given
from programme.checks import Check
from programme.models import Office, Officer, Posting
from workflows import snapshots
from workflows.letters.issuing import issue_with
from workflows.models import Case, Draft, Enclosure, Noting, Objection, Outcome, Question
from workflows.nodes import Act, Ending, Step
from workflows.objections import Marks, Raised, marks_of
from workflows.record import chain

# What a paragraph tells in places of its own, not among the changes.
TOLD_APART = frozenset({"answers", "waivers", "derivation"})
PAPER = ("kind", "sha256", "name", "size")
PAPERS = Asked(lambda: Enclosure.objects.filter(case=Given("file"), replaced_by=None).order_by("pk").values_list(*PAPER))
SILENCE = gettext_noop("No answer came within the time given. Silence is no objection.")


@dataclass(frozen=True)
class Said:
    """What somebody, or the clock, says of a file at one step, and the machine's checks, in English, that he had before him."""

    outcome: Outcome
    text: str = ""
    # What nobody wrote himself stands in both languages.
    text_hi: str = ""
    objections: list[Raised] = field(default_factory=list)
    # What is answered to the objections the file came back with; empty words where the correction itself is the answer.
    answered: list[tuple[Objection, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    sitting: dict[str, Any] | None = None
    together: dict[str, int] | None = None
    checks: list[Check] = field(default_factory=list)
    # What the officer had before him (see ``snapshots``); nobody had anything before him where the clock or the system speaks.
    sight: dict[str, Any] | None = None
    # The workbooks it was begun from: name, SHA-256 and rows of each.
    origin: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, form: Any, checks: list[Check] | None = None, sight: dict[str, Any] | None = None, *, draft: Draft | None = None) -> "Said":
        return cls(
            outcome=form.outcome,
            text=form.text_of_note,
            objections=form.objections,
            answered=form.answered,
            answers=form.answers,
            sitting=form.sitting,
            together=form.together,
            checks=checks or [],
            sight=sight,
            origin=draft.origin if draft else [],
        )

    @classmethod
    def by_the_clock(cls, outcome: Outcome) -> "Said":
        """Say what the end of a stay by the clock means: that an office was silent, or only that the time came."""
        said = in_both_languages(SILENCE) if outcome == Outcome.SILENT else {}
        return cls(outcome, text=said.get("text", ""), text_hi=said.get("text_hi", ""))


@dataclass(frozen=True)
class Signature:
    """In whose name a paragraph stands: officer, charge and office; the clock and the system have only the office."""

    office: Office
    posting: Posting | None = None
    prepared_by: Officer | None = None

    @property
    def officer(self) -> Officer | None:
        return self.posting.officer if self.posting else None


def note(
    case: Case,
    step: str,
    said: Said,
    *,
    signature: Signature,
    target: Any,
    at: Office | None = None,
    changes: dict[str, list[Any]] | None = None,
    lapsed: list[int] | None = None,
) -> Noting:
    """Write the paragraph that says what was decided, on what, and where the file goes; ``target`` is ``None`` while it stays.

    ``at`` is the office it goes to, where the step alone does not choose it.
    Questions that the stay it ends had asked and nobody answered are closed with it, and the paragraph says so.
    """
    changes = changes or {}
    _settle_ending(case, target)
    case.amount = case.record.amount
    marks = marks_of(case, step, said.objections) if said.objections else []
    unanswered = _unanswered(case, step, signature.office, target)
    named = _papers_of(case)
    papers = [{name: paper[name] for name in ("kind", "sha256", "size")} for paper in named]
    told = _told(case, said, changes, marks, papers) | {"lapsed": lapsed or [], "to": _to(case, target, at)}
    told |= {"unanswered": [_left_open(question) for question in unanswered]} if unanswered else {}
    seen = snapshots.sealed(said.sight, case, named, by=signature.posting) if said.sight and signature.posting else None
    issued = issue_with(said.outcome, case, target)
    noting = chain.append(
        case,
        step=step,
        outcome=said.outcome,
        officer=signature.officer,
        prepared_by=signature.prepared_by,
        office=signature.office,
        posting=signature.posting,
        private=_personal(case.record, changes),
        facts=told | ({"shown": seen.digest} if seen else {}) | (issued.facts if issued else {}),
        papers=_in_order(named),
        beside=seen.row if seen else None,
    )
    if issued:
        issued.keep(noting)
    for question in unanswered:
        close(question, noting)
    _keep_objections(noting, said, marks)
    return noting


def _keep_objections(noting: Noting, said: Said, marks: list[Marks]) -> None:
    """Write what the paragraph objects to, and what it answers to earlier objections."""
    Objection.objects.bulk_create(
        Objection(case=noting.case, noting=noting, **raised._asdict(), **mark._asdict())
        for raised, mark in zip(said.objections, marks, strict=True)
    )
    for objection, answer in said.answered:
        Objection.objects.filter(pk=objection.pk).update(answered_in=noting, answer=answer)


def _papers_of(case: Case) -> list[dict[str, Any]]:
    return [dict(zip(PAPER, row, strict=True)) for row in PAPERS(file=case.pk)]


def _in_order(papers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(papers, key=lambda paper: (paper["kind"], paper["sha256"]))


def note_aside(
    case: Case, step: str, outcome: Outcome, text: str, *, posting: Posting, facts: dict[str, Any], sight: dict[str, Any]
) -> Noting:
    """Write a paragraph beside the file's way: nothing is decided, nothing changes, the file stays.

    ``sight`` is what the officer had before him.
    """
    named = _papers_of(case)
    seen = snapshots.sealed(sight, case, named, by=posting)
    return chain.append(
        case,
        step=step,
        outcome=outcome,
        officer=posting.officer,
        prepared_by=None,
        office=posting.office,
        posting=posting,
        facts={"text": text, "changes": {}, "to": None, "shown": seen.digest} | facts,
        papers=_in_order(named),
        beside=seen.row,
    )


def close(question: Question, noting: Noting) -> bool:
    """Close a question with the paragraph that answers it, takes it back or goes on without it; ``False`` when it was closed before."""
    return Question.objects.filter(pk=question.pk, closed_in=None).update(closed_in=noting, closed_at=noting.written_at) == 1


def _unanswered(case: Case, step: str, office: Office, target: Any) -> list[Question]:
    """Return the open questions of the stays that end with this paragraph: of all of them when the file goes, else of the office's own."""
    asked: list[Question] = case.open_questions
    return [q for q in asked if target is not None or (q.movement.step, q.movement.office_id) == (step, office.pk)]


def _left_open(question: Question) -> dict[str, Any]:
    late = question.due <= timezone.now()
    return {"office": question.office.names(), "paragraph": question.asked_in.paragraph, "due": chain.stamp(question.due), "late": late}


def in_both_languages(sentence: str, words: Callable[[], dict[str, str]] | None = None) -> dict[str, str]:
    """Return a sentence that the system writes as a paragraph keeps it; ``words`` is asked once in each language."""
    said = {}
    for name, language in (("text", "en"), ("text_hi", "hi")):
        with translation.override(language):
            said[name] = gettext(sentence) % words() if words else gettext(sentence)
    return said


def _told(case: Case, said: Said, changes: dict[str, list[Any]], marks: list[Marks], papers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the paragraph says: words, changes, amounts, papers, objections, answers, and the checks the officer saw."""
    record = case.record
    told: dict[str, Any] = {
        "text": said.text,
        "changes": {name: change for name, change in changes.items() if name not in record.PERSONAL | TOLD_APART},
        "changed_personal": sorted(record.PERSONAL & set(changes)),
        "amounts": {name: value for name in record.labels if name.startswith("amount_") and (value := record.told(name))},
        "papers": papers,
        "waived": record.waivers,
        "objections": [raised._asdict() | mark._asdict() for raised, mark in zip(said.objections, marks, strict=True)],
        "answers": said.answers,
        "checks": [[check.level, check.text] for check in said.checks],
    }
    if said.text_hi:
        told["text_hi"] = said.text_hi
    if said.answered:
        told["answered"] = [_answered(objection, answer) for objection, answer in said.answered]
    if said.sitting:
        told["sitting"] = said.sitting
    if said.together:
        told["together"] = said.together
    if said.origin:
        told["origin"] = said.origin
    if record.derivation:
        told["derivation"] = record.derivation
    return told


def _answered(objection: Objection, answer: str) -> dict[str, Any]:
    return {"to": objection.to, "objection": objection.text, "paragraph": objection.noting.paragraph, "answer": answer}


def _personal(record: Any, changes: dict[str, list[Any]]) -> dict[str, Any] | None:
    """Return the facts about persons when one of them changed; the chain keeps their salted digest."""
    return {name: record.told(name) for name in sorted(record.PERSONAL)} if record.PERSONAL & set(changes) else None


def _settle_ending(case: Case, target: Any) -> None:
    """Mark file and record as ended before the paragraph pins their state, also when an automatic act stands between."""
    while isinstance(target, Act):
        target = case.flow_class.settle(target._next, case)
    if isinstance(target, Ending):
        case.ending = target.name
        case.record.end(good=target.good)


def _to(case: Case, target: Any, at: Office | None) -> dict[str, Any] | None:
    if target is None:
        return None
    if at is None and (not isinstance(target, Step) or target.together):
        return {"step": target.name, "office": None}
    office = at or target.office_for(case)
    with translation.override("en"):
        return {"step": target.name, "office": {"id": office.pk, "name": office.name}}
