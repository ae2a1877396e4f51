"""The repair desk: what stands wrongly, and one file's repair from plan to deed. Nothing of what a file says is shown here."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.models import Office, Officer
from workflows.authority import Refusal
from workflows.flows import FLOWS, step_title
from workflows.forms.repairs import MoveForm, ReasonForm, ReassignForm
from workflows.models import Case, Movement, Repair, RepairKind
from workflows.pages import filling, proof
from workflows.pages.frame import OfficerRequest, for_officers, search_words, show
from workflows.pages.jobs import titled
from workflows.pages.problems import SAFE, only
from workflows.repairs import migrating, moving, planning, reassigning, retrying, rights
from workflows.work import WORK

SHOWN = 50


@only(*SAFE)
@for_officers
def desk(request: OfficerRequest) -> HttpResponse:
    """Show what waits for an administrator: plans, stuck files, what the machine gave up; a file is found by its number."""
    states = _states(request.user)
    words = search_words(request)
    if words and (case := rights.cases_of(request.user).filter(number__iexact=words).first()):
        return redirect("repair_file", pk=case.pk)
    context = {
        "words": words,
        "plans": open_plans(request.user),
        "incidents": rights.incidents_of(request.user).select_related("case").order_by("raised_at")[:SHOWN],
        "overdue": [(stay, stay.node.title) for stay in retrying.overdue_stays(request.user)[:SHOWN]],
        "jobs": titled(retrying.failed_jobs(request.user).filter(kind__in=WORK)[:SHOWN]),
        "mails": retrying.undelivered(request.user)[:SHOWN],
        "versions": [(slug, FLOWS[slug], count) for slug, count in migrating.outdated(states)],
        "done": _plans(request.user).exclude(applied_at=None).order_by("-applied_at")[:10],
    }
    return show(request, "repair.html", context, tab="repair")


def open_plans(officer: Officer) -> QuerySet[Repair]:
    """Return the plans of the officer's States that were neither applied nor dropped."""
    return _plans(officer).filter(applied_at=None, cancelled_at=None).order_by("planned_at")


def _plans(officer: Officer) -> QuerySet[Repair]:
    related = Repair.objects.select_related("case", "planned_by", "approved_by", "cancelled_by", "state", "noting", "job")
    return related.filter(state__in=rights.states_of(officer))


def _states(officer: Officer) -> set[int]:
    states = rights.states_of(officer)
    if not states:
        raise Refusal(_("This page is open to the programme administrator."))
    return states


# --- one file -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """One thing that may be done with a file: its form, or why it may not be."""

    kind: RepairKind
    form: Any
    why_not: str


@only(*SAFE, "POST")
@for_officers
def file(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show where a file stands and what can be done about it; a form that is sent becomes a plan."""
    case = rights.cases_of(request.user).filter(pk=pk).first()
    if case is None:
        raise Http404
    sent = request.POST.get("kind", "") if request.method == "POST" else ""
    panels = [_panel(request, case, kind, sent == kind) for kind in planning.ACTS]
    chosen = next((panel for panel in panels if sent == panel.kind and panel.form), None)
    if chosen and chosen.form.is_valid():
        try:
            planned = planning.plan(case, chosen.kind, by=request.user, reason=chosen.form.cleaned_data["reason"], args=chosen.form.args)
        except Refusal as refusal:
            chosen.form.add_error(None, str(refusal))
        else:
            return redirect("repair_plan", pk=planned.pk)
    stays = case.movements.select_related("office__designation", "office__district").order_by("received", "pk")
    context = {
        "case": case,
        "process": case.flow_class.process_title,
        "stays": [(stay, step_title(case.kind, case.flow_version, stay.step)) for stay in stays],
        "panels": panels,
        "plan": _plans(request.user).filter(case=case, applied_at=None, cancelled_at=None).first(),
        "faults": [fault for panel in panels for fault in filling.faults(panel.form)],
    }
    return show(request, "repair_file.html", context, tab="repair", status=422 if sent else 200)


def _panel(request: OfficerRequest, case: Case, kind: RepairKind, sent: bool) -> Panel:
    data = request.POST if sent else None
    if reason := planning.ACTS[kind].why_not(case):
        return Panel(kind, None, reason)
    if kind == RepairKind.REASSIGN:
        return Panel(kind, ReassignForm(data, prefix=kind.value, choices=_offices(case)), "")
    if kind == RepairKind.MOVE:
        choices = [(node.name, node.title) for node in moving.choices(case)]
        return Panel(kind, MoveForm(data, prefix=kind.value, choices=choices), "")
    return Panel(kind, ReasonForm(data, prefix=kind.value), "")


def _offices(case: Case) -> list[tuple[str, Any]]:
    """Return the offices a stay may be given to; where several offices have the file, under the name of each."""
    stays = reassigning.stays_of(case)
    groups = [(stay, [_named(stay, office) for office in reassigning.offices_for(stay)]) for stay in stays]
    if len(stays) == 1:
        return groups[0][1]
    return [(_("instead of %(office)s") % {"office": stay.office.name}, choices) for stay, choices in groups if choices]


def _named(stay: Movement, office: Office) -> tuple[str, str]:
    return f"{stay.pk}:{office.pk}", office.name


# --- one plan -------------------------------------------------------------------------------------------------------------


@only(*SAFE)
@for_officers
def plan(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show a plan with every effect, and who may apply it."""
    row = plan_of(request, pk)
    void = planning.why_void(row, row.case) if row.case and row.is_open else ""
    context = {
        "plan": row,
        "case": row.case,
        "void": void,
        "refusal": _why_not_sign(row, request.user) if row.is_open and not void else "",
        "second": row.money and row.planned_by_id == request.user.pk,
        "others": rights.others(row.planned_by, row.state) if row.money and row.is_open else 0,
        "process": FLOWS[row.args["process"]].process_title if not row.case else "",
        "back": len(migrating.untouched(row)) if row.kind == RepairKind.MIGRATE and row.applied_at else 0,
        "form": ReasonForm(),
    }
    return show(request, "repair_plan.html", context, tab="repair")


def _why_not_sign(row: Repair, officer: Officer) -> str:
    try:
        planning.check_second(row, officer)
        if row.case:
            rights.check_file(officer, row.case, [])
    except Refusal as refusal:
        return str(refusal)
    return ""


@only("POST")
@for_officers
def apply(request: OfficerRequest, pk: int) -> HttpResponse:
    """Do what was planned; where a second administrator has to approve, this is how he does."""
    row = plan_of(request, pk)
    proof.require(request)
    if row.case is None:
        return redirect("job", pk=migrating.apply(row, by=request.user).pk)
    planning.apply(row, by=request.user)
    messages.success(request, _("The repair is done, and stands in the note sheet of the file."))
    return redirect("repair_file", pk=row.case_id)


@only("POST")
@for_officers
def drop(request: OfficerRequest, pk: int) -> HttpResponse:
    """Drop a plan that was not applied."""
    planning.drop(plan_of(request, pk), by=request.user)
    messages.success(request, _("The plan is dropped. Nothing was done."))
    return redirect("repair")


def plan_of(request: OfficerRequest, pk: int) -> Repair:
    """Return a plan of the officer's own States; for everybody else it does not exist (404)."""
    row = _plans(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
