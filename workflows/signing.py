"""What a paragraph of the note sheet says, and the writing of it: one for each act, in the transaction of the act."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from programme.checks import Check
from programme.models import Office, Officer, Posting
from workflows.letters.issuing import issue_with
from workflows.models import Case, Noting, Objection, Outcome
from workflows.nodes import Act, Ending, Step
from workflows.record import chain

# What a paragraph tells in places of its own, not among the changes.
TOLD_APART = frozenset({"answers", "waivers", "derivation"})
SILENCE = gettext_noop("No answer came within the time given. Silence is no objection.")


@dataclass(frozen=True)
class Said:
    """What somebody, or the clock, says of a file at one step, and the machine's checks, in English, that he had before him."""

    outcome: Outcome
    text: str = ""
    # What nobody wrote himself stands in both languages.
    text_hi: str = ""
    objections: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    sitting: dict[str, Any] | None = None
    answers_objections: bool = False
    checks: list[Check] = field(default_factory=list)

    @classmethod
    def of(cls, form: Any, checks: list[Check] | None = None) -> "Said":
        return cls(
            outcome=form.outcome,
            text=form.text_of_note,
            objections=form.objections,
            answers=form.answers,
            sitting=form.sitting,
            answers_objections=form.own_page,
            checks=checks or [],
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
    changes: dict[str, list[Any]] | None = None,
    lapsed: list[int] | None = None,
) -> Noting:
    """Write the paragraph that says what was decided, on what, and where the file goes; ``target`` is ``None`` while it stays."""
    changes = changes or {}
    _settle_ending(case, target)
    case.amount = case.record.amount
    objected = [to for to, _text in said.objections]
    repeated = set(case.objections.filter(to__in=objected).values_list("to", flat=True)) if objected else set()
    papers = list(case.enclosures.filter(replaced_by=None).order_by("pk").values("kind", "sha256", "size"))
    told = _told(case, said, changes, repeated, papers) | {"lapsed": lapsed or [], "to": _to(case, target)}
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
        facts=told | issued.facts if issued else told,
        papers=sorted(({"kind": paper["kind"], "sha256": paper["sha256"]} for paper in papers), key=lambda paper: (*paper.values(),)),
    )
    if issued:
        issued.keep(noting)
    Objection.objects.bulk_create(
        Objection(case=case, noting=noting, to=to, text=text, repeated=to in repeated) for to, text in said.objections
    )
    if said.answers_objections and case.paragraphs > 1:
        case.objections.filter(answered_in=None).update(answered_in=noting)
    return noting


def in_both_languages(sentence: str, words: Callable[[], dict[str, str]] | None = None) -> dict[str, str]:
    """Return a sentence that the system writes as a paragraph keeps it; ``words`` is asked once in each language."""
    said = {}
    for name, language in (("text", "en"), ("text_hi", "hi")):
        with translation.override(language):
            said[name] = gettext(sentence) % words() if words else gettext(sentence)
    return said


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """Return what became different, old and new; what a new record leaves empty is no change."""
    empty: tuple[Any, ...] = (None, "", False, [], {})
    return {name: [before.get(name), new] for name, new in after.items() if before.get(name) != new and (before or new not in empty)}


def _told(case: Case, said: Said, changes: dict[str, list[Any]], repeated: set[str], papers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the paragraph says: words, changes, amounts, papers, objections, answers, and the checks the officer saw."""
    record = case.record
    told: dict[str, Any] = {
        "text": said.text,
        "changes": {name: change for name, change in changes.items() if name not in record.PERSONAL | TOLD_APART},
        "changed_personal": sorted(record.PERSONAL & set(changes)),
        "amounts": {name: value for name, value in record.facts().items() if name.startswith("amount_") and value},
        "papers": papers,
        "waived": record.waivers,
        "objections": [{"to": to, "text": text, "repeated": to in repeated} for to, text in said.objections],
        "answers": said.answers,
        "checks": [[check.level, check.text] for check in said.checks],
    }
    if said.text_hi:
        told["text_hi"] = said.text_hi
    if said.sitting:
        told["sitting"] = said.sitting
    if record.derivation:
        told["derivation"] = record.derivation
    return told


def _personal(record: Any, changes: dict[str, list[Any]]) -> dict[str, Any] | None:
    """Return the facts about persons when one of them changed; the chain keeps their salted digest."""
    facts = record.facts()
    return {name: facts[name] for name in sorted(record.PERSONAL)} if record.PERSONAL & set(changes) else None


def _settle_ending(case: Case, target: Any) -> None:
    """Mark file and record as ended before the paragraph pins their state, also when an automatic act stands between."""
    while isinstance(target, Act):
        target = case.flow_class.settle(target._next, case)
    if isinstance(target, Ending):
        case.ending = target.name
        case.record.end(good=target.good)


def _to(case: Case, target: Any) -> dict[str, Any] | None:
    if target is None:
        return None
    if not isinstance(target, Step) or target.together:
        return {"step": target.name, "office": None}
    office = target.office_for(case)
    with translation.override("en"):
        return {"step": target.name, "office": {"id": office.pk, "name": office.name}}
