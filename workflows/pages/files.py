"""The file: its page, its whole history, and the address of the list of files one may read."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from programme import known
from programme.asking import Asked, Given
from programme.checks import Check
from programme.models import Officer
from programme.powers import Power
from workflows import authority, deadlines, following, history, objections, reasons, steps
from workflows.letters.letter import field_label
from workflows.models import Case, Draft, Enclosure, Movement, Objection
from workflows.pages import filling, kept, listing, notes, pieces, prepared, sights
from workflows.pages.boxes import beside, signable
from workflows.pages.frame import HOLES, OfficerRequest, filled, for_officers, list_come_from, readable_case, show
from workflows.pages.orders import papers_issued
from workflows.pages.problems import SAFE, only
from workflows.pages.stencil import Stencil, part
from workflows.record import export
from workflows.sittings import seats

_OPTIONAL = ("away", "checks", "papers")
_ALWAYS = ("subject", "file_number", "history", "in_list", "tags", "links", "stages", "summary", "derivation", "beside", "notes", "boxes")
_PAGE = Stencil("file.html", *_ALWAYS, *HOLES)


@only(*SAFE, "POST")
@for_officers
def files(request: OfficerRequest) -> HttpResponse:
    """List the files the officer may read; keep, rename or delete a search of his when the list is sent back."""
    return listing.change_searches(request) if request.method == "POST" else listing.list_page(request)


@only(*SAFE)
@for_officers
def file(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show everything of one file on one page. The first time somebody who can act opens it, that is recorded."""
    return file_page(request, readable_case(request, pk))


def file_page(request: OfficerRequest, case: Case, *, form: Any = None, status: int = 200, **sent: Any) -> HttpResponse:
    """Render the file; ``form`` and those of ``sent`` are refused forms to be shown again with what was typed (see ``boxes.beside``)."""
    officer, read = request.user, _read(request, case, form)
    choice = list_come_from(request)
    ahead, behind = following.neighbours(officer, read.mine, choice) if read.mine and choice else (None, None)
    place = pieces.Place(choice, ahead, behind)
    boxes = beside(officer, case, read.stays, read.signed_here, before=partial(_typed_before, request), last=read.sheet.last, **sent)
    told = _told(case, read.sheet)
    values = {
        "subject": case.subject,
        "file_number": case.number,
        "history": reverse("history", args=[case.pk]),
        "in_list": pieces.in_list(place),
        "tags": pieces.tags((standing for _stay, standing in read.standing), case.record.flags(), case.ending_title),
        "links": _links(officer, case, told),
        "away": _away(officer, read.waiting, read.stays),
        "stages": pieces.stages(history.stages(case, read.stays)),
        "summary": pieces.facts(case.flow_class.summary(case)),
        "derivation": part("parts/derivation.html", {"record": case.record, "norm": case.norm}) if case.record.derivation else "",
        "checks": pieces.checks(read.checks),
        "beside": _beside(case, read.stays, told, boxes),
        "papers": pieces.papers(case, told["papers"]),
        "notes": notes.sheet(case, read.sheet.paragraphs),
        "boxes": pieces.boxes(case, {**told, **boxes, **_to_act(request, read, told, signable(boxes))}, place),
    }
    tab = "inbox" if read.mine else "files"
    flags = {"tab": tab, "chain_holds": read.sheet.holds, "deciding": bool(read.form or read.acts), "form": bool(read.form)}
    faults = [fault for refused in (read.form, *sent.values()) for fault in filling.faults(refused)]
    return filled(request, _PAGE, flags, values, tab=tab, optional=_OPTIONAL, faults=faults, status=status)


@dataclass(frozen=True)
class _Read:
    """What the page reads of a file: where it stands, and what its reader may do at his own stay, ``mine``, or why not."""

    case: Case
    stays: list[Movement]
    standing: list[tuple[Movement, deadlines.Standing]]
    mine: Movement | None
    refusal: str
    signs: bool
    form: Any
    draft: Draft | None
    sheet: history.NoteSheet
    checks: list[Check]

    @property
    def waiting(self) -> list[Movement]:
        return [stay for stay, _standing in self.standing]

    @property
    def acts(self) -> bool:
        """Say whether the reader prepares or signs here."""
        return bool(self.mine) and not self.refusal

    @property
    def signed_here(self) -> Movement | None:
        return self.mine if self.signs else None


def _read(request: OfficerRequest, case: Case, form: Any) -> _Read:
    stays, now = stays_of(case, *(f"draft__{who}" for who in ("made_by", "saved_by", "prepared_by"))), timezone.now()
    waiting = [stay for stay in stays if stay.is_open]
    mine, refusal, signs = _mine(request.user, waiting)
    form, draft = _opened(request, mine, form) if mine and not refusal else (form, None)
    sheet = history.note_sheet(case, stays)
    checks = form.checks if form else case.flow_class.checks(case) if case.is_open else []
    standing = [(stay, deadlines.standing(stay, now)) for stay in waiting]
    return _Read(case, stays, standing, mine, refusal, signs, form, draft, sheet, checks)


def _to_act(request: OfficerRequest, read: _Read, told: dict[str, Any], signs_something: bool) -> dict[str, Any]:
    """Return what the boxes need in which the reader decides, prepares, or learns why he may not."""
    officer, case, mine = request.user, read.case, read.mine
    sight = partial(sights.carried, officer, ends=read.signs, checks=read.checks, raised=told["raised"], papers=told["papers"])
    return {
        "csrf_token": get_token(request),
        "waiting": read.standing,
        "mine": mine,
        "seatings": [seats.seating(officer, stay) for stay in read.waiting if stay.node.in_committee],
        "refusal": read.refusal,
        "form": read.form,
        "prepares": read.acts and not read.signs,
        "draft": read.draft,
        "prepared_by": steps.preparer(read.draft, officer),
        "why": reasons.why(mine) if mine else "",
        "resumed": reasons.resumed(mine) if mine else "",
        "destinations": mine.node.destinations(case) if mine and read.acts else [],
        "shown": sight(read.signed_here or read.waiting[0]) if signs_something else "",
    }


def _opened(request: OfficerRequest, mine: Movement, form: Any) -> tuple[Any, Draft | None]:
    """Record that the step was opened, and return its form and its draft where the decision is written on the page of the file."""
    if mine.opened_at is None:
        steps.record_opening(mine, by=request.user)
    if mine.node.own_page or mine.node.in_committee:
        return form, None
    draft = prepared.of(mine) if form is None else prepared.shown_to(request, mine)
    return form or prepared.form_of(request, mine, draft), draft


def stays_of(case: Case, *more: str) -> list[Movement]:
    stays: list[Movement] = _STAYS(*more, case=case.pk)
    offices, ladders = known.offices(stay.office_id for stay in stays), known.norms(stay.ladder_id for stay in stays)
    for stay in stays:
        stay.case, stay.office = case, offices[stay.office_id]
        stay.ladder = ladders[stay.ladder_id] if stay.ladder_id else None
    return stays


def _of_the_file(*more: str) -> QuerySet[Movement]:
    return Movement.objects.filter(case=Given("case")).select_related(*(more or [None])).order_by("received", "pk")


_STAYS = Asked(_of_the_file)


def _away(officer: Officer, waiting: list[Movement], stays: list[Movement]) -> str:
    offices = {held.office.pk for held in authority.capacities(officer)}
    return reasons.away(waiting[0], stays, offices) if waiting else ""


def _told(case: Case, sheet: history.NoteSheet) -> dict[str, Any]:
    """Return what several pieces of the page say of the file to every reader."""
    return {
        "paragraphs": sheet.paragraphs,
        "papers": _PAPERS(case=case.pk),
        "issued": papers_issued(sheet.paragraphs),
        "ending": case.ending_title,
        **_objected(case),
    }


def _links(officer: Officer, case: Case, told: dict[str, Any]) -> SafeString:
    """Return the ways from the file to the papers it issued and to what else there is of it."""
    shown = {
        "issued": pieces.issued(case, told["issued"]),
        "sittings": seats.of_file(officer, case),
        "acknowledged": bool(case.record.acknowledged()),
        "followed_up": case.flow_class.followed_up if case.ended_well else "",
    }
    return part("parts/file_links.html", {**shown, "case": case}) if any(shown.values()) else SafeString("")


def _beside(case: Case, stays: list[Movement], told: dict[str, Any], boxes: dict[str, Any]) -> SafeString:
    """Return what others said of the file: opinions, questions and objections."""
    shown = {
        "opinions": history.opinions(case, stays, told["paragraphs"]),
        "questions": boxes["questions"],
        "rows": pieces.raised(told["raised"]),
    }
    return part("parts/file_beside.html", {**shown, "tally": told["tally"]}) if any(shown.values()) else SafeString("")


_PAPERS = Asked(lambda: Enclosure.objects.filter(case=Given("case"), replaced_by=None).order_by("pk"))


def _objected(case: Case) -> dict[str, Any]:
    """Return the objections that were raised, each with the name of its field or paper, and their count."""
    rows: list[Objection] = _OBJECTIONS(case=case.pk) if vars(case).get("was_objected", True) else []
    offices = known.offices(objection.noting.office_id for objection in rows)
    for objection in rows:
        objection.noting.office = offices.get(objection.noting.office_id or 0)
    named = [(field_label(case.flow_class.record, objection.to), objection) for objection in rows]
    return {"raised": named, "tally": objections.tally(rows) if rows else None}


def _raised() -> QuerySet[Objection]:
    own = ("case", "noting", "to", "code", "text", "repeated", "late", "answer", "answered_in")
    rows = objections.standing(Given("case")).select_related("noting", "answered_in").order_by("pk")
    return rows.only(*own, "noting__paragraph", "noting__office", "answered_in__paragraph")


_OBJECTIONS = Asked(_raised)


def _holds(officer: Any, stay: Movement) -> bool:
    """Say whether the stay is at an office for which the officer acts or, as its assistant, prepares."""
    powers = {stay.power, Power.PREPARE_NOTING.value} if stay.power else set()
    return any(stay.office_id == held.office.pk and powers & held.powers for held in authority.capacities(officer))


def _mine(officer: Officer, waiting: list[Movement]) -> tuple[Movement | None, str, bool]:
    """Return the stay at the officer's own offices that he signs, else one he prepares, else one with the reason why he may not."""
    held = [(stay, *_standing(officer, stay)) for stay in waiting if _holds(officer, stay)]
    return min(held, key=lambda each: (bool(each[1]), not each[2]), default=(None, "", False))


def _standing(officer: Any, stay: Movement) -> tuple[str, bool]:
    """Return why the officer may do nothing at a stay of his own office, empty when he may, and whether he signs there."""
    try:
        return "", authority.signs(officer, stay, afresh=False)
    except authority.Refusal as refusal:
        return str(refusal), False


def _typed_before(request: OfficerRequest, name: str, pk: int, prefix: str) -> dict[str, Any]:
    """Return what was typed into a box before the officer had to sign in again, as its initial values."""
    brought = kept.brought_back(request, reverse(name, args=[pk])) or QueryDict()
    typed = {box.removeprefix(f"{prefix}-"): brought.getlist(box) for box in brought if box.startswith(f"{prefix}-")}
    return {box: values if box == "offices" else values[-1] for box, values in typed.items() if values and box != "seen"}


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
