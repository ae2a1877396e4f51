"""The note sheet as pages show it, paragraph by paragraph."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from workflows.history import Paragraph
from workflows.models import Case
from workflows.objections import Marks
from workflows.pages.stencil import Stencil, joined, part
from workflows.templatetags.words import moment_in

_OPTIONAL = ("office", "charge", "text", "amounts", "prepared_by")
_NOTE = Stencil("parts/note.html", "n", "officer", "outcome", "more", "moment", "seal", "evidence")
_OF_THE_RECORD = ("changes", "papers", "derivation", "seen", "charge", "days_held", "leaf")
_EVIDENCE = Stencil("parts/evidence.html", "n", "norm", "step", "hash")
_OBJECTED = Stencil("parts/objected.html", "about", "text")
_ANSWERED = Stencil("parts/answered.html", "about", "n")
# What few paragraphs say, by its name in the record.
_SELDOM = (
    *("asked", "answers_question", "takes_back_question", "unanswered"),
    *("answers", "sitting", "together", "origin", "waived", "lapsed"),
)


def sheet(case: Case, paragraphs: list[Paragraph], *, whole: bool = False) -> SafeString:
    """Return the paragraphs as markup; ``whole`` with all that the record holds of each."""
    before, _one, after = reverse("seen", args=[case.pk, 1]).rpartition("1")
    language = get_language()
    return joined([_note(p, _evidence(p, f"{before}{p.n}{after}", language) if whole else "", language) for p in paragraphs])


def _note(p: Paragraph, evidence: str, language: str | None) -> SafeString:
    told = {
        "n": p.n,
        "officer": p.officer_name,
        "office": p.office_name if p.office_name != p.officer_name else "",
        "charge": p.charge,
        "outcome": p.outcome,
        "text": p.text,
        "amounts": _amounts(p),
        "more": _more(p),
        "moment": moment_in(language, p.written_at),
        "seal": p.seal,
        "prepared_by": p.prepared_by,
        "evidence": evidence,
    }
    return _NOTE.with_optional(_OPTIONAL, told, reads=language, kind=p.kind, signed=bool(p.officer_name))


def _more(p: Paragraph) -> SafeString:
    objections = _listed([_OBJECTED.with_optional(["kind"], said._asdict(), said=Marks(said.repeated, said.late)) for said in p.objections])
    answered = _listed([_answer(*each) for each in p.answered])
    if p.taken_back or any(map(p.body.get, _SELDOM)):
        return part("parts/note_more.html", {"p": p, "objections": objections, "answered": answered})
    return joined([objections, answered])


def _answer(about: str, answer: str, paragraph: int) -> SafeString:
    return _ANSWERED.with_optional(["answer"], {"about": about, "answer": answer, "n": paragraph})


def _listed(lines: list[SafeString]) -> SafeString:
    return SafeString(f"<ul>{''.join(lines)}</ul>" if lines else "")


def _amounts(p: Paragraph) -> SafeString:
    return SafeString(" · ".join(f"{escape(label)}: <strong>{escape(value)}</strong>" for label, value in p.amounts))


def _evidence(p: Paragraph, seen: str, language: str | None) -> SafeString:
    told = {
        "n": p.n,
        "changes": _lines('<tr><th scope="row">%s</th><td>%s</td><td>%s</td></tr>', p.changes),
        "papers": _lines('<li>%s%s<br><span class="hash">sha256 %s</span></li>', map(_paper, p.papers)),
        "derivation": _lines("<li>%s</li>", ((step,) for step in p.derivation)),
        "seen": seen if p.has_sight else "",
        "charge": p.charge or p.regular_charge,
        "norm": p.norm,
        "step": p.step,
        "days_held": "" if p.days_held is None else str(p.days_held),
        "hash": p.hash,
        "leaf": "" if p.leaf is None else str(p.leaf),
    }
    return _EVIDENCE.with_optional(_OF_THE_RECORD, told, reads=language)


def _lines(line: str, rows: Iterable[tuple[str, ...]]) -> SafeString:
    return SafeString("".join(line % tuple(map(escape, row)) for row in rows))


def _paper(said: dict[str, Any]) -> tuple[str, str, str]:
    return said["label"], f" · {said['name']}" if said.get("name") else "", said["sha256"]
