"""What an officer had before him when he signed: one canonical document, whose SHA-256 stands in the paragraph.

It holds the words themselves, in both languages where that costs nothing, so that it reads the same when data, rules, names and pages
have changed. What it says of persons stands apart, under a salted digest, and can be erased as it can beside a paragraph.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from programme import budget
from programme.bilingual import LANGUAGES
from programme.calendar import financial_year, today
from programme.checks import Check
from programme.models import Charge, Posting
from programme.models.records import labels_of
from programme.money import rupees
from programme.norms.ladders import rung
from workflows import reasons
from workflows.letters.letter import field_label, field_of
from workflows.models import Case, Movement, Noting, Objection, ObjectionKind, Snapshot
from workflows.nodes import Stay
from workflows.record.canonical import canonical, sha256_of
from workflows.record.chain import SALT_BYTES, private_digest, stamp

VERSION = 1
# A longer text is cut, and so many lines of one kind are kept; what is cut stands whole in the record's own changes.
LONGEST, MOST = 2_000, 200
LARGEST = 150_000
# A chosen code or a few digits of a person, shorter than this, say nothing of him by themselves.
TELLING = 5
FILE_PAGE, FORM_PAGE, TOGETHER, MINUTES = "file", "form", "together", "minutes"

HEADINGS = {
    "summary": gettext_lazy("Summary"),
    "derivation": gettext_lazy("How the amount comes about"),
    "checks": gettext_lazy("Checks made by the system"),
    "objections": gettext_lazy("Objections"),
    "papers": gettext_lazy("Enclosures"),
    "ways": gettext_lazy("Decisions offered"),
    "norm": gettext_lazy("Norm"),
    "budget": gettext_lazy("Budget head"),
    "ceiling": gettext_lazy("Yearly ceiling"),
    "why": gettext_lazy("Why the file is here"),
    "signer": gettext_lazy("Signed by"),
    "step": gettext_lazy("Step"),
}
LEVELS = {
    "ok": gettext_lazy("OK"),
    "look": gettext_lazy("Look"),
    "ask": gettext_lazy("Answer"),
    "stop": gettext_lazy("Stop"),
}


class Unreadable(Exception):
    """What was kept is no document any more."""


@dataclass(frozen=True)
class Sealed:
    """The document as it is kept: what the paragraph pins, and the erasable part."""

    body: str
    salt: str
    personal: str

    @property
    def digest(self) -> str:
        return sha256_of(self.body)

    def row(self, noting: Noting) -> Snapshot:
        """Return the row that keeps it beside its paragraph."""
        return Snapshot(noting=noting, body=self.body, salt=self.salt, personal=self.personal)


def of(
    case: Case,
    node: Any,
    *,
    page: str,
    stay: Movement | None = None,
    checks: Iterable[Check] = (),
    objections: Iterable[Objection] = (),
    whereto: bool = False,
) -> dict[str, Any]:
    """Return the document of a file at ``node`` as it stands now; the signer is entered when it is sealed, and papers it does not have.

    ``stay`` is the one that the signer may end, ``None`` where he signs beside the file's way: no way out is offered to him then.
    ``whereto`` also says to which office each way out leads, as the file's own page does.
    """
    money, objected = _budget(case, node), list(objections)[:MOST]
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = _said(case, node, stay, money, objected, whereto)
    return {
        "v": VERSION,
        "file": case.number,
        "process": {"name": case.kind, "version": case.flow_version},
        "step": node.name,
        "page": page,
        "at": stamp(timezone.now()),
        "language": "hi" if (get_language() or "hi").startswith("hi") else "en",
        "head": case.head,
        "paragraphs": case.paragraphs,
        "stay": stay and {"received": stamp(stay.received), "due": stay.due and stamp(stay.due)},
        "amount": _plain(case.record.amount),
        "norm": _norm(case.norm),
        "derivation": case.record.derivation or None,
        "delegation": _delegation(case, stay),
        "budget": money,
        "checks": [[check.level, str(LEVELS[check.level]), _cut(check.text)] for check in checks][:MOST],
        "said": said,
    }


def beside(case: Case, waiting: Movement, *, sight: dict[str, Any] | None, ends: bool = False) -> dict[str, Any]:
    """Return what the page showed to whoever signs something beside the file's way: as it was sent along, else as the file stands now.

    ``ends`` says that the signer may also end the stay at which the file is ``waiting``.
    """
    stay = waiting if ends else None
    return sight or of(case, waiting.node, page=FILE_PAGE, stay=stay, checks=case.flow_class.checks(case))


def listed(papers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return papers (kind, sha256, name, size, and whatever else) as a document lists them."""
    return [{name: paper[name] for name in ("kind", "sha256", "name", "size")} for paper in papers][:MOST]


def sealed(document: dict[str, Any], case: Case, papers: list[dict[str, Any]], *, by: Posting) -> Sealed:
    """Return the document as it is kept, with its signer and, where it lists none, the file's current ``papers``.

    Too long a one loses a language.
    """
    record = case.record
    whole = {"papers": listed(papers)} | document | {"signer": _signer(by), "said": _with_charge(document["said"], by)}
    kept = _kept(whole, record)
    if len(kept.body) + len(kept.personal) > LARGEST:
        kept = _kept(whole | {"said": {whole["language"]: whole["said"][whole["language"]]}, "shortened": True}, record)
    return kept


def _kept(whole: dict[str, Any], record: Any) -> Sealed:
    """Return the document without what it says of persons, and that beside it."""
    personal: dict[str, str] = {}
    texts = _personal_texts(record)
    said = {
        language: _concealed(words, f"said/{language}", texts | _personal_values(record, language, words), personal)
        for language, words in whole["said"].items()
    }
    whole = whole | {"said": said, "checks": _concealed(whole["checks"], "checks", texts, personal)}
    if not personal:
        return Sealed(canonical(whole | {"personal": None}), "", "")
    salt, text = secrets.token_bytes(SALT_BYTES).hex(), canonical(personal)
    return Sealed(canonical(whole | {"personal": private_digest(salt, text)}), salt, text)


def read(snapshot: Snapshot) -> dict[str, Any]:
    """Return a kept document with what it says of persons in its place; ``None`` stands where that was erased.

    Raises ``Unreadable`` for one that was changed behind the record until it is no document any more.
    """
    try:
        body: dict[str, Any] = json.loads(snapshot.body)
        for path, text in json.loads(snapshot.personal or "{}").items():
            _put_back(body, path, text)
        body["said"][body["language"]]["summary"]
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise Unreadable from fault
    return body


def _put_back(body: Any, path: str, text: str) -> None:
    *way, last = [int(part) if part.isdecimal() else part for part in path.split("/")]
    place = body
    for part in way:
        place = place[part]
    place[last] = text


def _said(
    case: Case, node: Any, stay: Movement | None, money: dict[str, Any] | None, objections: list[Objection], whereto: bool
) -> dict[str, Any]:
    record = case.record
    return {
        "headings": _headings(get_language()),
        "process": str(case.flow_class.process_title),
        "subject": _cut(case.subject),
        "step": str(node.task_title),
        "why": reasons.why(stay) if stay else "",
        "summary": [[str(label), _cut(str(value))] for label, value in case.flow_class.summary(case)][:MOST],
        "derivation": [_cut(step) for step in record.derivation_steps()][:MOST],
        "norm": reasons.order_of(case.norm),
        "budget": _budget_sentence(money),
        "ceiling": _ceiling_sentence(record),
        "objections": [_objection(record, objection) for objection in objections],
        "ways": _ways(node, case, whereto) if stay else [],
        "papers": _kinds_of_papers(record.__class__, get_language()),
    }


@lru_cache(maxsize=8)
def _headings(_language: str) -> dict[str, str]:
    return {name: str(words) for name, words in HEADINGS.items()}


@lru_cache(maxsize=64)
def _kinds_of_papers(record: Any, _language: str) -> dict[str, str]:
    return {kind: str(label) for kind, label in record.PAPERS.items()}


def _with_charge(said: dict[str, Any], posting: Posting) -> dict[str, Any]:
    """Return the words in both languages with the charge in which they are signed."""
    told = {}
    for language, words in said.items():
        with translation.override(language):
            told[language] = words | {"charge": str(Charge(posting.charge).label)}
    return told


def _ways(node: Stay, case: Case, whereto: bool) -> list[list[str]]:
    if whereto:
        return [[outcome.value, outcome.verb, place] for outcome, place in node.destinations(case)]
    return [[way.outcome.value, way.outcome.verb, ""] for way in node.ways_by_hand]


def _objection(record: Any, objection: Objection) -> list[str]:
    kind = str(ObjectionKind(objection.code).label) if objection.code else ""
    return [field_label(record, objection.to), kind, _cut(objection.text), _cut(objection.answer)]


def _signer(posting: Posting) -> dict[str, Any]:
    officer = posting.officer
    named = {"name_en": officer.name_en, "name_hi": officer.name_hi}
    return {"person": named, "office": posting.office.names(), "charge": str(posting.charge), "upto": _plain(posting.upto)}


def _norm(norm: Any) -> dict[str, Any]:
    said = {name: getattr(norm, name) for name in ("scheme", "version", "order_number", "verified")}
    return said | {"applies_from": norm.applies_from.isoformat()}


def _delegation(case: Case, stay: Movement | None) -> dict[str, Any] | None:
    if stay is None or stay.ladder is None:
        return None
    line = rung(stay.ladder, case.amount or Decimal(0))
    limits = {"over": _plain(line.over), "upto": _plain(line.upto), "designation": line.designation}
    return {"scheme": stay.ladder.scheme, "version": stay.ladder.version, "order_number": stay.ladder.order_number, **limits}


def _budget(case: Case, node: Any) -> dict[str, Any] | None:
    """Return how the head stands to which the file's money is booked; ``None`` where it has none, or none is named yet."""
    head = getattr(case.record, "budget_head", None)
    if head is None and getattr(node, "sanctions", False) and case.record.amount is not None:
        try:
            head = budget.head_of(case.flow_class.scheme, case.state)
        except budget.NoHead:
            return None
    if head is None:
        return None
    year = financial_year(today())
    allotment = budget.as_read(head, year)
    money = {name: _plain(Decimal(getattr(allotment, name))) for name in ("allotted", "committed", "balance")}
    return {"code": head.code, "name_en": head.name_en, "name_hi": head.name_hi, "year": year, **money}


def _budget_sentence(money: dict[str, Any] | None) -> str:
    if money is None:
        return ""
    figures = {name: rupees(Decimal(money[name])) for name in ("allotted", "committed", "balance")}
    said = {"head": money["code"], "year": money["year"], **figures}
    return _("Head %(head)s in %(year)s: %(allotted)s allotted, %(committed)s committed, %(balance)s left.") % said


def _ceiling_sentence(record: Any) -> str:
    """Say what of the beneficiary's yearly ceiling was used when the amount was computed; empty where the rules ask for none."""
    used = ((record.derivation or {}).get("inputs") or {}).get("already_sanctioned_this_fy")
    return "" if used is None else _("%(amount)s of it was used before this claim.") % {"amount": rupees(Decimal(used))}


def _plain(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"


def _personal_texts(record: Any) -> frozenset[str]:
    """Return the words of the record that tell of a person, as they may stand anywhere in the document."""
    texts = [(field_of(record, name), record.told(name)) for name in record.PERSONAL]
    shown = [(None, identity.shown) for identity in record.identities().values()] if hasattr(record, "identities") else []
    return frozenset(text for field, text in texts + shown if _tells(field, text))


def _tells(field: Any, text: Any) -> bool:
    if not isinstance(text, str) or len(text) < 2:
        return False
    return len(text) >= TELLING or not (text.isdigit() or getattr(field, "flatchoices", None))


def _personal_values(record: Any, language: str, said: dict[str, Any]) -> frozenset[str]:
    """Return the lines of the summary that stand under the name of a personal field, as that language writes them."""
    labels = _personal_labels(record.__class__, language)
    return frozenset(value for label, value in said["summary"] if label in labels)


@lru_cache(maxsize=64)
def _personal_labels(record: Any, language: str) -> frozenset[str]:
    with translation.override(language):
        return frozenset(said for name, said in labels_of(record, language).items() if name in record.PERSONAL)


def _concealed(value: Any, path: str, texts: frozenset[str], personal: dict[str, str]) -> Any:
    """Return the value with ``None`` for each text that tells of a person; these are entered in ``personal`` by their path."""
    if isinstance(value, str):
        for text in texts:
            if text in value:
                personal[path] = value
                return None
        return value
    if isinstance(value, list):
        return [_concealed(part, f"{path}/{place}", texts, personal) for place, part in enumerate(value)]
    if isinstance(value, dict):
        return {name: _concealed(part, f"{path}/{name}", texts, personal) for name, part in value.items()}
    return value
