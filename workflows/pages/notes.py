"""The note sheet as pages show it, paragraph by paragraph."""

from typing import Any

from django.urls import reverse
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from workflows.history import Paragraph
from workflows.models import Case
from workflows.objections import Marks
from workflows.pages.stencil import Stencil, part
from workflows.templatetags.words import moment

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
    return mark_safe("".join(_note(case, p, whole) for p in paragraphs))  # noqa: S308 -- pieces of stencils


def _note(case: Case, p: Paragraph, whole: bool) -> SafeString:
    told = {
        "n": p.n,
        "officer": p.officer_name,
        "office": p.office_name if p.office_name != p.officer_name else "",
        "charge": p.charge,
        "outcome": p.outcome,
        "text": p.text,
        "amounts": _amounts(p),
        "more": _more(p),
        "moment": moment(p.written_at),
        "seal": p.seal,
        "prepared_by": p.prepared_by,
        "evidence": _evidence(case, p) if whole else "",
    }
    return _NOTE.with_optional(_OPTIONAL, told, kind=p.kind, signed=bool(p.officer_name))


def _more(p: Paragraph) -> SafeString:
    objections = _listed([_OBJECTED.with_optional(["kind"], said._asdict(), said=Marks(said.repeated, said.late)) for said in p.objections])
    answered = _listed([_answer(*each) for each in p.answered])
    if p.taken_back or any(map(p.body.get, _SELDOM)):
        return part("parts/note_more.html", {"p": p, "objections": objections, "answered": answered})
    return objections + answered


def _answer(about: str, answer: str, paragraph: int) -> SafeString:
    return _ANSWERED.with_optional(["answer"], {"about": about, "answer": answer, "n": paragraph})


def _listed(lines: list[SafeString]) -> SafeString:
    return mark_safe(f"<ul>{''.join(lines)}</ul>" if lines else "")  # noqa: S308 -- pieces of stencils


def _amounts(p: Paragraph) -> SafeString:
    return mark_safe(" · ".join(f"{escape(label)}: <strong>{escape(value)}</strong>" for label, value in p.amounts))  # noqa: S308


def _evidence(case: Case, p: Paragraph) -> SafeString:
    told = {
        "n": p.n,
        "changes": format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', p.changes),
        "papers": format_html_join("", '<li>{}{}<br><span class="hash">sha256 {}</span></li>', map(_paper, p.papers)),
        "derivation": format_html_join("", "<li>{}</li>", ((step,) for step in p.derivation)),
        "seen": reverse("seen", args=[case.pk, p.n]) if p.has_sight else "",
        "charge": p.charge or p.regular_charge,
        "norm": p.norm,
        "step": p.step,
        "days_held": "" if p.days_held is None else str(p.days_held),
        "hash": p.hash,
        "leaf": "" if p.leaf is None else str(p.leaf),
    }
    return _EVIDENCE.with_optional(_OF_THE_RECORD, told)


def _paper(said: dict[str, Any]) -> tuple[str, str, str]:
    return said["label"], f" · {said['name']}" if said.get("name") else "", said["sha256"]
