"""The file: its page, its whole history, and the list of files one may read."""

import json
from typing import Any

from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows import authority, deadlines, history, reasons, steps
from workflows.authority import visible_to
from workflows.forms.decisions import WithdrawalForm
from workflows.models import Case, Movement
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, page_of, readable_case, search_words, show
from workflows.pages.orders import papers_issued
from workflows.pages.problems import SAFE, only
from workflows.record import export
from workflows.sittings import seats


@only(*SAFE)
@for_officers
def files(request: OfficerRequest) -> HttpResponse:
    """List the files the officer may read, the newest first, with a search over number, subject and district."""
    words, state = search_words(request), request.GET.get("state", "")
    rows = visible_to(request.user).select_related("district").order_by("-pk")
    if state in ("open", "closed"):
        rows = rows.filter(ending="") if state == "open" else rows.exclude(ending="")
    for word in words.split():
        named = Q(district__name_en__icontains=word) | Q(district__name_hi__icontains=word)
        rows = rows.filter(Q(number__icontains=word) | Q(subject__icontains=word) | named)
    waiting = Movement.objects.filter(disposed=None).select_related("office__designation", "office__district")
    page = page_of(request, rows.prefetch_related(Prefetch("movements", waiting, to_attr="waiting")))
    states = [("", _("All")), ("open", _("Open")), ("closed", _("Closed"))]
    return show(request, "files.html", {"page": page, "words": words, "state": state, "states": states}, tab="files")


@only(*SAFE)
@for_officers
def file(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show everything of one file on one page. The first time somebody who can act opens it, that is recorded."""
    return file_page(request, readable_case(request, pk))


def file_page(request: OfficerRequest, case: Case, *, form: Any = None, withdrawal: Any = None, status: int = 200) -> HttpResponse:
    """Render the file; ``form`` and ``withdrawal`` are refused forms to be shown again with what was typed."""
    officer = request.user
    stays = list(case.movements.select_related("office__designation", "office__district", "ladder").order_by("received", "pk"))
    for stay in stays:
        stay.case = case
    waiting = [stay for stay in stays if stay.is_open]
    mine = next((stay for stay in waiting if _holds(officer, stay)), None)
    refusal = _why_not(officer, mine) if mine else ""
    if mine and not refusal:
        if mine.opened_at is None:
            steps.record_opening(mine, by=officer)
        if form is None and not mine.node.own_page and not mine.node.in_committee:
            form = mine.node.form_class(movement=mine, officer=officer)
    if withdrawal is None and steps.may_withdraw(officer, case):
        withdrawal = WithdrawalForm(prefix="withdraw", initial={"seen": case.head})
    context = {
        **_told(case, stays),
        "checks": form.checks if form else case.flow_class.checks(case) if case.is_open else [],
        "waiting": [(stay, deadlines.standing(stay, timezone.now())) for stay in waiting],
        "mine": mine,
        "seatings": [seats.seating(officer, stay) for stay in waiting if stay.node.in_committee],
        "sittings": seats.of_file(officer, case),
        "refusal": refusal,
        "form": form,
        "fields": filling.plain_fields(form) if form else [],
        "why": reasons.why(mine) if mine else "",
        "destinations": mine.node.destinations(case) if mine and not refusal else [],
        "withdrawal": withdrawal,
        "faults": filling.faults(form) + filling.faults(withdrawal),
    }
    return show(request, "file.html", context, tab="inbox" if mine else "files", status=status)


def _told(case: Case, stays: list[Movement]) -> dict[str, Any]:
    """Return what the page says of the file to every reader."""
    sheet = history.note_sheet(case, stays)
    return {
        "case": case,
        "paragraphs": sheet.paragraphs,
        "chain_holds": sheet.holds,
        "papers": case.enclosures.filter(replaced_by=None).order_by("pk"),
        "paper_names": case.record.PAPERS,
        "issued": papers_issued(sheet.paragraphs),
        "stages": history.stages(case, stays),
        "opinions": history.opinions(case, stays, sheet.paragraphs),
        "acknowledged": bool(case.record.acknowledged()),
        "summary": case.flow_class.summary(case),
        "ending": case.ending_title,
        "tags": case.record.flags(),
        "followed_up": case.flow_class.followed_up if case.ended_well else "",
    }


def _holds(officer: Any, stay: Movement) -> bool:
    return any(stay.office_id == held.office.pk and stay.power in held.powers for held in authority.capacities(officer))


def _why_not(officer: Any, stay: Movement) -> str:
    """Return the reason why the officer may not take a step that waits at his own office; empty when he may."""
    try:
        authority.check_step(officer, stay, afresh=False)
    except authority.Refusal as refusal:
        return str(refusal)
    return ""


@only(*SAFE)
@for_officers
def file_history(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show every paragraph with all that the record holds of it, for the auditor."""
    case = readable_case(request, pk)
    sheet = history.note_sheet(case)
    context = {
        "case": case,
        "paragraphs": sheet.paragraphs,
        "chain_holds": sheet.holds,
        "paper_names": case.record.PAPERS,
        "issued": papers_issued(sheet.paragraphs),
    }
    return show(request, "history.html", context, tab="files")


@only(*SAFE)
@for_officers
def record_lines(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give the file's paragraphs exactly as they were hashed, one a line, for the verifier outside."""
    case = readable_case(request, pk)
    response = HttpResponse(export.lines(case), content_type="application/jsonl; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{case.number.replace("/", "-")}.jsonl"'
    return response


@only(*SAFE)
@for_officers
def acknowledgement(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show what the applicant takes home: the file's number and what was received; 404 where nobody applies."""
    case = readable_case(request, pk)
    acknowledged = case.record.acknowledged()
    if not acknowledged:
        raise Http404
    first = case.notings.get(paragraph=1)
    kinds = [paper["kind"] for paper in json.loads(first.body)["papers"]]
    context = {
        "case": case,
        "acknowledged": acknowledged,
        "received": first.written_at,
        "papers": [case.record.PAPERS.get(kind, kind) for kind in dict.fromkeys(kinds)],
        "due": case.movements.order_by("pk").values_list("due", flat=True).first(),
    }
    return show(request, "acknowledgement.html", context, tab="files")
