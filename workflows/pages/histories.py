"""The whole history of a file for those who examine it: on a page, as workbook, as PDF, and two submissions side by side."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from workflows import history, readings, submissions
from workflows.exports.linking import FORMS
from workflows.exports.writing import write_lines
from workflows.history import Paragraph
from workflows.letters import printing
from workflows.models import Case
from workflows.pages import notes, pieces, spent
from workflows.pages.addresses import of_file
from workflows.pages.frame import HOLES, OfficerRequest, filled, for_officers, readable_case, row_number, show
from workflows.pages.orders import papers_issued
from workflows.pages.problems import SAFE, only
from workflows.pages.stencil import Stencil, part
from workflows.sheets.columns import Column, Type
from workflows.shown import names_at_hand
from workflows.templatetags.words import moment

DECISIONS = "decisions"
READINGS_SHOWN = 20
_WAYS = ("history", "compare", "history_xlsx", "history_pdf", "verify_file", "export_file", "record_lines")
_SAID = ("file_number", "file_address", "subject", "office", "norm", "head", "issued", "spent", "notes", "n", "all", "readings")
_PAGE = Stencil("history.html", *_SAID, *(f"to_{name}" for name in _WAYS), *HOLES)


@only(*SAFE)
@for_officers
def file_history(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show every paragraph, or the decisions alone, with all that the record holds of it, for the auditor."""
    case = readable_case(request, pk)
    stays = spent.stays_of(case)
    sheet = history.note_sheet(case, stays)
    chosen = _chosen(request, sheet.paragraphs)
    with names_at_hand(case.flow_class.record, (paragraph.body["changes"] for paragraph in chosen)):
        shown = notes.sheet(case, chosen, whole=True)
    values = {
        "file_number": case.number,
        "file_address": of_file(case.pk),
        "subject": case.subject,
        "office": case.office.name,
        "norm": case.norm,
        "norm_order": case.norm.order_number,
        "head": case.head,
        **{f"to_{name}": reverse(name, args=[pk]) for name in _WAYS},
        "issued": pieces.issued(case, papers_issued(sheet.paragraphs)),
        "spent": spent.time_spent(stays),
        "notes": shown,
        "n": len(chosen),
        "all": len(sheet.paragraphs),
        "readings": _read(case),
    }
    flags = {
        "tab": "files",
        "deeper": _("Full history"),
        "chain_holds": sheet.holds,
        "verified": case.norm.verified,
        "decisions_only": _decisions_only(request),
        "can_print": printing.can_print(),
        "pango": printing.PANGO,
    }
    return filled(request, _PAGE, flags, values, tab="files", optional=["norm_order"])


def _read(case: Case) -> SafeString:
    """Return what auditors have read of the file, the last of it."""
    read, count = readings.last_of_file(case, READINGS_SHOWN)
    told = {"readings": read, "readings_count": count, "pages": readings.PAGES}
    return part("parts/read_by.html", told) if read else SafeString("")


def _decisions_only(request: OfficerRequest) -> bool:
    return request.GET.get("only") == DECISIONS


def _chosen(request: OfficerRequest, paragraphs: list[Paragraph]) -> list[Paragraph]:
    return [paragraph for paragraph in paragraphs if paragraph.is_decision] if _decisions_only(request) else paragraphs


@only(*SAFE)
@for_officers
def history_xlsx(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give the history as a workbook, a row for each paragraph."""
    case = readable_case(request, pk)
    paragraphs = _chosen(request, history.note_sheet(case).paragraphs)
    columns, file = _columns(), BytesIO()
    headings = [Column(str(n), heading, heading, kind) for n, (heading, kind, _value) in enumerate(columns)]
    rows = ({str(n): value(paragraph) for n, (_heading, _kind, value) in enumerate(columns)} for paragraph in paragraphs)
    write_lines("xlsx", file, headings, rows, title=f"{_('Full history')} {case.number}")
    return _download(file.getvalue(), FORMS["xlsx"], case, "xlsx")


@only(*SAFE)
@for_officers
def history_pdf(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give the history as PDF; lead back with a sentence where this server cannot make one."""
    case = readable_case(request, pk)
    if not printing.can_print():
        messages.error(request, _("This server cannot make PDFs: the library Pango is missing. Take the workbook, or print the page."))
        return redirect("history", pk=pk)
    sheet = history.note_sheet(case)
    columns = _columns()
    rows = [[(heading, value(said)) for heading, _kind, value in columns] for said in _chosen(request, sheet.paragraphs)]
    language = "hi" if (get_language() or "hi").startswith("hi") else "en"
    context = {"case": case, "rows": rows, "chain_holds": sheet.holds, "language": language}
    return _download(printing.laid_out(render_to_string("workflows/history_print.html", context)), "application/pdf", case, "pdf")


def _download(content: bytes, content_type: str, case: Case, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{case.number.replace("/", "-")}-history.{ending}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _columns() -> list[tuple[str, Type, Callable[[Paragraph], Any]]]:
    """Return the columns of the history: how each is called in the reader's language, its type, and what stands in it."""
    text, whole = Type.LONG_TEXT, Type.WHOLE
    return [
        (_("Paragraph"), whole, lambda said: said.n),
        (_("Signed on"), text, lambda said: moment(said.written_at)),
        (_("Signed by"), text, lambda said: said.officer_name or _("By the system")),
        (_("Post"), text, lambda said: said.office_name),
        (_("Charge"), text, lambda said: said.charge or said.regular_charge),
        (_("Prepared by"), text, lambda said: said.prepared_by),
        (_("Step"), text, lambda said: said.step),
        (_("Decision"), text, lambda said: said.outcome),
        (_("Working days held"), whole, lambda said: said.days_held),
        (_("Note"), text, lambda said: said.text),
        (_("What changed"), text, lambda said: "\n".join(_changes(said))),
        (_("Amounts"), text, lambda said: "\n".join(_amounts(said))),
        (_("Objections"), text, lambda said: "\n".join(_objections(said))),
        (_("Papers"), text, lambda said: "\n".join(_papers(said))),
        (_("Norm"), text, lambda said: said.norm),
        (_("How the amount comes about"), text, lambda said: "\n".join(said.derivation)),
        (_("SHA-256 of what was shown"), text, lambda said: said.body.get("shown", "")),
        (_("Hash"), text, lambda said: said.hash),
        (_("Seal number"), whole, lambda said: said.leaf),
    ]


def _changes(said: Paragraph) -> Iterator[str]:
    for field, old, new in said.changes:
        yield _("%(field)s: %(old)s → %(new)s") % {"field": field, "old": old, "new": new}


def _amounts(said: Paragraph) -> Iterator[str]:
    for field, amount in said.amounts:
        yield _("%(field)s: %(amount)s") % {"field": field, "amount": amount}


def _papers(said: Paragraph) -> Iterator[str]:
    for paper in said.papers:
        yield f"{paper['label']} {paper.get('name', '')} sha256 {paper['sha256']}"


def _objections(said: Paragraph) -> Iterator[str]:
    for objection in said.objections:
        yield _("%(about)s: %(text)s") % {"about": objection.about, "text": objection.text}
    for about, answer, paragraph in said.answered:
        yield _("%(about)s, answer to paragraph %(paragraph)s: %(text)s") % {"about": about, "paragraph": paragraph, "text": answer}


@only(*SAFE)
@for_officers
def compare(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show two submissions of a file side by side: those the address names, else the first and the last."""
    case = readable_case(request, pk)
    found = submissions.submissions(case)
    by_number = {submission.n: submission for submission in found}
    asked = [row_number(request.GET.get(name, "")) for name in ("one", "other")]
    wrong = any(request.GET.get(name) and number not in by_number for name, number in zip(("one", "other"), asked, strict=True))
    one, other = (by_number.get(number, usual) for number, usual in zip(asked, (found[0], found[-1]), strict=True))
    lines = submissions.side_by_side(case, one, other)
    context = {
        "case": case,
        "found": found,
        "one": one,
        "other": other,
        "lines": lines,
        "differing": sum(line.differs for line in lines),
        "wrong": wrong,
    }
    return show(request, "compare.html", context, tab="files", status=400 if wrong else 200)
