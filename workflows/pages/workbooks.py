"""Many at once in Excel: templates to download, workbooks to send, what became of every row."""

import io
from itertools import islice
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from programme.bilingual import reads_hindi
from programme.models import Office, Officer
from workflows.authority import Refusal, capacities
from workflows.models import Job, RowStanding, RowStatus, Workbook, WorkbookRow
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.jobs import REFRESH
from workflows.pages.problems import SAFE, only
from workflows.papers import XLSX
from workflows.sheets import answering, templates
from workflows.workbooks import accepting, sending
from workflows.workbooks.kind import Kind
from workflows.workbooks.kinds import KINDS
from workflows.workbooks.kinds.drafted import DraftedKind, key_of
from workflows.workbooks.offered import offers

LAST = 20
SHOWN = (RowStanding.WRONG, RowStanding.GOOD, RowStanding.PRESENT, RowStanding.ACCEPTED, RowStanding.REFUSED, RowStanding.FREED)
# A template has so many rows to fill, beside those of what stands.
ROOM = 500


@only(*SAFE, "POST")
@for_officers
def workbooks(request: OfficerRequest) -> HttpResponse:
    """Show the kinds the officer may fill, with their templates, and what he sent; take a workbook in."""
    offered = offers(request.user)
    if not offered:
        raise Http404
    wrong, chosen = "", request.POST.get("for", "")
    if request.method == "POST":
        try:
            return redirect("workbook", pk=_received(request, offered, chosen).pk)
        except sending.NotTaken as refusal:
            wrong = str(refusal)
    context = {
        "offered": [(f"{kind.key}/{office.pk}", kind, office) for kind, office in offered],
        "chosen": chosen,
        "wrong": wrong,
        "faults": [{"place": "id_workbook", "text": wrong}] if wrong else [],
        "sent": [(KINDS[book.kind].title, book, _said_of(book)) for book in _sent(request)[:LAST] if book.kind in KINDS],
    }
    return show(request, "workbooks.html", context, tab="new", status=422 if wrong else 200)


@only(*SAFE)
@for_officers
def template(request: OfficerRequest, kind: str, office: int) -> HttpResponseBase:
    """Give the empty template of a kind for an office."""
    asked, at = _offered(request, kind, office)
    return _template(request, asked, at, [], f"{asked.key}-{at.pk}.xlsx")


@only(*SAFE)
@for_officers
def filled(request: OfficerRequest, kind: str, office: int) -> HttpResponseBase:
    """Give the template filled with what stands at the office."""
    asked, at = _offered(request, kind, office)
    return _template(request, asked, at, list(islice(asked.rows(at), sending.MOST_ROWS)), f"{asked.key}-{at.pk}-filled.xlsx")


def _template(request: OfficerRequest, kind: Kind, office: Office, rows: list[dict[str, Any]], name: str) -> FileResponse:
    out = io.BytesIO()
    templates.write(kind.sheet(office, request.user), out, title=_headings(kind, office), rows=rows, entry_rows=len(rows) + ROOM)
    return _workbook(out, name)


@only(*SAFE)
@for_officers
def workbook(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show how the rows of a workbook stand; the page asks again by itself while it is worked on."""
    book, kind = _own(request, pk)
    counts = dict(book.rows.values_list("standing").annotate(count=Count("pk")).order_by())
    chosen = request.GET.get("show", "")
    rows = book.rows.order_by("number")
    if chosen in RowStanding.values:
        rows = rows.filter(standing=chosen)
    page = page_of(request, rows, total=counts.get(chosen, 0) if chosen in RowStanding.values else sum(counts.values()))
    job = book.job
    running = bool(job and job.is_open)
    context = {
        "book": book,
        "kind": kind,
        "job": job,
        "running": running,
        "refresh": REFRESH,
        "counts": [(standing, standing.label, counts[standing]) for standing in SHOWN if counts.get(standing)],
        "all": sum(counts.values()),
        "good": counts.get(RowStanding.GOOD, 0),
        "to_correct": counts.get(RowStanding.WRONG, 0) + counts.get(RowStanding.REFUSED, 0),
        "accepted": counts.get(RowStanding.ACCEPTED, 0),
        "chosen": chosen,
        "page": page,
        "rows": _lines(page.object_list, kind, book.office),
        "refused": [] if running else _refused(job),
        "said": [] if running else kind.said(book),
        "checked": book.is_checked,
        "whole": book.is_checked and book.checking and not (book.checking.refused or book.checking.failed),
        "days": sending.KEPT.days,
    }
    return show(request, "workbook.html", context, tab="new")


@only(*SAFE)
@for_officers
def answer(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Give the workbook back with what is wrong written beside its rows."""
    book, kind = _own(request, pk)
    out = io.BytesIO()
    wrong = book.rows.filter(standing__in=[RowStanding.WRONG, RowStanding.REFUSED])
    answers = {row.number: _sentences(row) for row in wrong.iterator()}
    answering.write_back(io.BytesIO(sending.content_of(book)), out, kind.sheet(book.office, request.user), answers)
    return _workbook(out, f"{kind.key}-{book.pk}-to-correct.xlsx")


@only("POST")
@for_officers
def accept(request: OfficerRequest, pk: int) -> HttpResponse:
    """Have the good rows accepted: all rows or none, or only the good ones."""
    book, _kind = _own(request, pk)
    accepting.accept(book, by=request.user, only_good=request.POST.get("rows") == "good")
    return redirect("workbook", pk=pk)


@only("POST")
@for_officers
def drop(request: OfficerRequest, pk: int) -> HttpResponse:
    """Remove what a workbook holds; what its rows became stays."""
    book, _kind = _own(request, pk)
    sending.drop(book, by=request.user)
    messages.success(request, _("The contents of the workbook are removed. What its rows became stays."))
    return redirect("workbooks")


def _offered(request: OfficerRequest, key: str, office: int) -> tuple[Kind, Office]:
    """Return a kind and an office for which the officer may send a workbook today; 404 for any other."""
    found = next(((kind, at) for kind, at in offers(request.user) if (kind.key, at.pk) == (key, office)), None)
    if found is None:
        raise Http404
    return found


def _received(request: OfficerRequest, offered: list[tuple[Kind, Office]], chosen: str) -> Workbook:
    found = next(((kind, office) for kind, office in offered if f"{kind.key}/{office.pk}" == chosen), None)
    if found is None:
        raise sending.NotTaken(_("Choose what the workbook holds."))
    upload = request.FILES.get("workbook")
    if upload is None:
        raise sending.NotTaken(_("Choose the workbook."))
    return sending.receive(upload, *found, by=request.user)


def _sent(request: OfficerRequest) -> QuerySet[Workbook]:
    related = ("office__designation__state", "office__district", "by", "checking", "accepting")
    return Workbook.objects.filter(by=request.user).select_related(*related).order_by("-pk")


def _own(request: OfficerRequest, pk: int) -> tuple[Workbook, Kind]:
    """Return a workbook that the officer sent, as long as he may still send one for that office; 404 for any other."""
    book = _sent(request).filter(pk=pk).first()
    if book is None or book.kind not in KINDS or not _still(request.user, book):
        raise Http404
    return book, KINDS[book.kind]


def _still(officer: Officer, book: Workbook) -> bool:
    """Say whether the officer still holds the office for which he sent it."""
    return any(capacity.office.pk == book.office_id for capacity in capacities(officer))


def _said_of(book: Workbook) -> str:
    job: Job | None = book.job
    return str(job.get_status_display()) if job else ""


def _refused(job: Job | None) -> list[str]:
    """Return why blocks of the last work were not done, in the reader's language."""
    if job is None:
        return []
    rows = job.rows.filter(status__in=[RowStatus.REFUSED, RowStatus.FAILED]).order_by("position")
    return list(dict.fromkeys(_in_language(row) for row in rows))


def _in_language(row: Any) -> str:
    return str(row.sentence_hi if reads_hindi() and row.sentence_hi else row.sentence_en)


def _sentences(row: WorkbookRow) -> dict[str, str]:
    language = "hi" if reads_hindi() else "en"
    return row.faults.get(language) or {"": _in_language(row)}


def _lines(rows: Any, kind: Kind, office: Office) -> list[tuple[WorkbookRow, list[tuple[str, str]], str]]:
    """Return each row with what is said of it, by column, and where what it became is found."""
    listed = list(rows)
    labels = _labels(kind, office) if any(row.faults for row in listed) else {}
    links = _links([row for row in listed if row.standing == RowStanding.ACCEPTED], kind)
    return [(row, [(labels.get(key, ""), text) for key, text in _sentences(row).items() if text], links.get(row.pk, "")) for row in listed]


def _labels(kind: Kind, office: Office) -> dict[str, str]:
    """Return how the columns are called; nothing where the office has no such form any more, as when its plan has moved on."""
    hindi = reads_hindi()
    try:
        columns = kind.sheet(office, None).columns
    except Refusal:
        return {}
    return {column.key: column.label_hi if hindi else column.label_en for column in columns}


def _links(rows: list[WorkbookRow], kind: Kind) -> dict[int, str]:
    """Return where the draft or file of each accepted row is found."""
    if not isinstance(kind, DraftedKind):
        return {}
    return {row.pk: reverse("draft", args=[kind.flow.slug, key_of(row)]) for row in rows}


def _headings(kind: Kind, office: Office) -> list[str]:
    names = office.names()
    return [str(kind.title), f"{names['name_hi']} / {names['name_en']}"]


def _workbook(out: io.BytesIO, name: str) -> FileResponse:
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type=XLSX)
