"""New proposals and everything that is typed and not yet signed: saved as typed, found again, never lost."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from programme.calendar import today
from programme.models import Norm, Office, Officer
from workflows import papers, steps
from workflows.authority import Refusal, offices_with
from workflows.flows import FLOWS
from workflows.forms.identity import concealed, revealed
from workflows.forms.records import names_besides
from workflows.forms.rows import RowsField
from workflows.models import Case, Draft, Enclosure, Movement
from workflows.pages import filling, kept
from workflows.pages.frame import OfficerRequest, for_officers, page_of, row_number, show
from workflows.pages.problems import SAFE, only
from workflows.pages.sent import after_signing, whereto
from workflows.pages.tabs import beginnings
from workflows.sight import visible_to
from workflows.templatetags.words import moment
from workflows.workbooks.offered import offers


@dataclass
class Sheet:
    """One form on a page of its own: which step of which process, for which office, and what was typed so far."""

    flow_class: Any
    node: Any
    office: Office
    norm: Norm
    key: uuid.UUID
    movement: Movement | None = None
    draft: Draft | None = None
    may_sign: bool = True
    # What was typed before a sign-in that had ended, in the form in which a draft keeps it; it stands before the draft.
    come_back: dict[str, Any] | None = None

    def papers(self) -> list[Enclosure]:
        """Return the papers that count: those of the draft, and those of the file whose kind the draft does not bring anew."""
        fresh = list(self.draft.enclosures.order_by("pk")) if self.draft else []
        kinds = {paper.kind for paper in fresh}
        old = self.movement.case.enclosures.filter(replaced_by=None).order_by("pk") if self.movement else []
        return [paper for paper in old if paper.kind not in kinds] + fresh

    def form(self, officer: Officer, data: Any = None) -> Any:
        """Return the step's form: empty, as it was saved, or as it was just sent."""
        typed = self.come_back if self.come_back is not None else self.draft.typed if self.draft else None
        return self.node.form_class(
            data,
            office=self.office,
            officer=officer,
            norm=self.norm,
            papers=self.papers(),
            movement=self.movement,
            initial=as_typed(self.node.form_class, typed) if typed is not None else None,
        )


@only(*SAFE)
@for_officers
def new(request: OfficerRequest) -> HttpResponse:
    """List the processes of which the officer may open or prepare a file."""
    processes = beginnings(request.user)
    if not processes:
        raise Http404
    return show(request, "new.html", {"processes": processes, "in_excel": bool(offers(request.user))}, tab="new")


@only(*SAFE)
@for_officers
def begin(request: OfficerRequest, kind: str) -> HttpResponse:
    """Lead to a fresh form. Its key makes one file of it, however often it is sent."""
    if kind not in FLOWS or not signing_offices(request.user, FLOWS[kind]):
        raise Http404
    return redirect("draft", kind=kind, key=uuid.uuid4())


@only(*SAFE, "POST")
@sensitive_post_parameters()
@for_officers
def draft(request: OfficerRequest, kind: str, key: uuid.UUID) -> HttpResponse:
    """Write, save and sign a new proposal."""
    opened = visible_to(request.user).filter(key=key).first()
    if opened:
        return redirect("file", pk=opened.pk)
    sheet = _new_sheet(request, kind, key)
    return write(request, sheet, here=reverse("draft", args=[kind, key]))


def _new_sheet(request: OfficerRequest, kind: str, key: uuid.UUID) -> Sheet:
    flow_class: Any = FLOWS.get(kind)
    offices = signing_offices(request.user, flow_class) if flow_class else []
    if not offices or Case.objects.filter(key=key).exists():
        raise Http404
    saved = Draft.objects.filter(key=key).select_related("office__designation__state", "office__district").first()
    if saved and (saved.kind != kind or saved.movement_id or saved.office_id not in {office.pk for office in offices}):
        raise Http404
    chosen = request.POST.get("office") or request.GET.get("office", "")
    office = saved.office if saved else next((o for o in offices if str(o.pk) == chosen), offices[0])
    begin_node = flow_class.begin_node()
    signing = {held.pk for held in offices_with(request.user, begin_node.power)}
    try:
        norm = Norm.in_force(flow_class.scheme, office.designation.state, today())
    except Norm.DoesNotExist:
        raise Refusal(_("No norms of this scheme are in force in your State yet. Ask the programme administrator.")) from None
    return Sheet(flow_class, begin_node, office, norm, key, draft=saved, may_sign=office.pk in signing)


def signing_offices(officer: Officer, flow_class: Any) -> list[Office]:
    """Return the offices for which the officer may draft a new file: his own, then those he prepares for in his district."""
    node = flow_class.begin_node()
    own = offices_with(officer, node.power)
    preparing = offices_with(officer, node.preparing_power) if node.preparing_power else []
    if not preparing:
        return own
    same_place = Q()
    for office in preparing:
        same_place |= Q(designation__state=office.state_id, district=office.district_id)
    others = (
        Office.objects.filter(same_place, designation__level=node.level).select_related("designation__state", "district").order_by("pk")
    )
    mine = {office.pk for office in own}
    return own + [office for office in others if node.power in office.designation.powers and office.pk not in mine]


@only(*SAFE)
@for_officers
def drafts(request: OfficerRequest) -> HttpResponse:
    """List everything that is begun at the officer's offices and not yet signed."""
    if not beginnings(request.user):
        raise Http404
    page = page_of(request, drafts_of(request.user))
    return show(request, "drafts.html", {"page": page, "drafts": page.object_list}, tab="new")


def drafts_of(officer: Officer) -> QuerySet[Draft]:
    """Return the new proposals begun at the officer's offices and not yet signed, the latest first."""
    offices = {office.pk for flow_class in FLOWS.values() for office in signing_offices(officer, flow_class)}
    if not offices:
        return Draft.objects.none()
    rows = Draft.objects.filter(office__in=offices, movement=None)
    return rows.select_related("office__designation", "office__district", "saved_by").order_by("-saved_at", "pk")


def write(request: OfficerRequest, sheet: Sheet, *, here: str) -> HttpResponse:
    """Show the form, save what is typed, or sign it."""
    if request.method != "POST":
        brought = kept.brought_back(request, here)
        sheet.come_back = _typed(sheet.node.form_class, brought) if brought else None
        return _show(request, sheet, sheet.form(request.user))
    before = sheet.draft
    sheet.draft = save(request, sheet)
    action = request.POST.get("action", "")
    if action == "autosave":
        return JsonResponse({"said": saved_words(before, request.user)})
    if action.startswith("remove:"):
        _remove(request, sheet.draft, action.removeprefix("remove:"))
        return redirect(here + "#papers")
    if action == "discard":
        papers.throw_away(sheet.draft)
        messages.success(request, _("The draft is thrown away."))
        return redirect("inbox")
    bad_papers = _receive(request, sheet, sheet.draft)
    if bad_papers:
        return _show(request, sheet, sheet.form(request.user), bad_papers=bad_papers)
    if action.startswith("more:"):
        return redirect(f"{here}#id_{action.removeprefix('more:')}")
    if action != "submit" or not sheet.may_sign:
        messages.success(request, _("The draft is saved. Nothing is signed yet."))
        return redirect(here)
    return _sign(request, sheet)


def saved_words(before: Draft | None, officer: Officer) -> str:
    """Say that the draft is saved, and whose words it replaced: of two who write, the last one wins and is told."""
    said = _("Saved at %(moment)s.") % {"moment": moment(timezone.now())}
    if before is None or before.saved_by_id == officer.pk:
        return said
    words = {"who": before.saved_by.name, "moment": moment(before.saved_at)}
    return said + " " + _("It stands in the place of what %(who)s saved on %(moment)s.") % words


def _sign(request: OfficerRequest, sheet: Sheet) -> HttpResponse:
    form = sheet.form(request.user, request.POST)
    if not form.is_valid():
        return _show(request, sheet, form)
    if sheet.movement:
        case = steps.decide(sheet.movement, by=request.user, form=form, draft=sheet.draft)
    else:
        case = steps.open_case(sheet.flow_class, by=request.user, office=sheet.office, form=form, key=sheet.key, draft=sheet.draft)
        if case.record.acknowledged():
            messages.success(request, whereto(case))
            return redirect("acknowledgement", pk=case.pk)
    return after_signing(request, case, sheet.movement)


def save(request: OfficerRequest, sheet: Sheet) -> Draft:
    """Keep what was typed, exactly as typed, whatever is still wrong with it; numbers of persons concealed."""
    typed = _typed(sheet.node.form_class, request.POST)
    words = {
        "typed": typed,
        "subject": (typed.get(sheet.node.form_class.titled_by) or [""])[-1][:200],
        "saved_by": request.user,
        **({} if sheet.may_sign else {"prepared_by": request.user}),
    }
    fixed = {"kind": sheet.flow_class.slug, "office": sheet.office, "made_by": request.user}
    if sheet.movement:
        row, _made = Draft.objects.update_or_create(
            movement=sheet.movement, defaults=words, create_defaults={**words, **fixed, "key": sheet.key}
        )
    else:
        row, _made = Draft.objects.update_or_create(key=sheet.key, defaults=words, create_defaults={**words, **fixed})
    return row


def _typed(form_class: Any, sent: QueryDict) -> dict[str, Any]:
    """Return what was typed as a draft keeps it: exactly as typed, numbers of persons concealed."""
    # What a hidden field carries belongs to the page that was open, not to the draft.
    fields = form_class.base_fields
    names = {name for name, field in fields.items() if not field.widget.is_hidden} | names_besides(form_class, sent)
    typed = {name: [value.replace("\x00", "") for value in values] for name, values in sent.lists() if name in names}
    for name, field in _row_fields(fields):
        typed |= field.typed(name, sent, more=sent.get("action") == f"more:{name}")
    return concealed(form_class, typed)


def _receive(request: OfficerRequest, sheet: Sheet, draft: Draft) -> dict[str, list[str]]:
    """Keep every paper that came with the form; return a sentence for each that cannot be kept, by kind."""
    bad: dict[str, list[str]] = {}
    for kind in sheet.node.form_class.paper_kinds:
        for upload in request.FILES.getlist(filling.PAPERS + kind):
            try:
                papers.receive(upload, kind, by=request.user, draft=draft)
            except papers.BadPaper as refusal:
                bad.setdefault(kind, []).append(str(refusal))
    return bad


def _remove(request: OfficerRequest, row: Draft, paper: str) -> None:
    """Take a paper off the draft. A paper that was signed with the file never comes off it."""
    papers.discard(row.enclosures.filter(pk=row_number(paper), case=None).first())


def as_typed(form_class: Any, stored: dict[str, Any]) -> dict[str, Any]:
    """Return the saved words as initial values, so that a half-finished form shows no fault before it is sent."""
    fields = form_class.base_fields
    several = {name for name, field in fields.items() if getattr(field.widget, "allow_multiple_selected", False)}
    plain = revealed(form_class, stored)
    names = fields.keys() | names_besides(form_class, plain)
    typed = {name: values if name in several else values[-1] for name, values in plain.items() if name in names and values}
    return typed | {name: field.restored(name, stored) for name, field in _row_fields(fields)}


def _row_fields(fields: dict[str, Any]) -> list[tuple[str, RowsField]]:
    return [(name, field) for name, field in fields.items() if isinstance(field, RowsField)]


def _show(request: OfficerRequest, sheet: Sheet, form: Any, *, bad_papers: dict[str, list[str]] | None = None) -> HttpResponse:
    case = sheet.movement.case if sheet.movement else None
    faults = filling.faults(form, bad_papers)
    offices = [] if case or sheet.draft else signing_offices(request.user, sheet.flow_class)
    context = {
        "sheet": sheet,
        "case": case,
        "title": sheet.node.title if sheet.movement else _("New: %(process)s") % {"process": sheet.flow_class.process_title},
        "form": form,
        "sections": filling.sections(form),
        "paper_rows": form.paper_rows(),
        "bad_papers": bad_papers or {},
        "faults": faults,
        "offices": offices if len(offices) > 1 else [],
        "objected": form.objected,
        "in_excel": bool(offers(request.user)),
    }
    return show(request, "form.html", context, tab="inbox" if case else "new", status=422 if faults else 200)
