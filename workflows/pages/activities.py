"""What an adopted plan set out to do, and how far each activity is: every report with who wrote it, when, and what shows it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Activity, ActivityUpdate
from programme.plans import NotAdopted, report_progress, tracked
from programme.powers import Power
from workflows import authority, papers
from workflows.authority import Refusal
from workflows.exports.desks import ACTIVITIES
from workflows.exports.linking import link
from workflows.flows import ActionPlanFlow
from workflows.forms.plan import ProgressForm
from workflows.models import Case
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, readable_case, row_number, show
from workflows.pages.papers import attachment
from workflows.pages.problems import SAFE, only


@only(*SAFE, "POST")
@for_officers
def activities(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show the activities with their reports; the office that drafts the plan writes the next one."""
    case = _plan_file(request, pk)
    if request.method != "POST":
        return _show(request, case)
    office = ActionPlanFlow.draft.office_for(case)
    authority.check(request.user, Power.DRAFT_PLAN, office)
    activity = _asked(case, request.POST.get("activity", ""))
    form = ProgressForm(request.POST, request.FILES, prefix=_prefix(activity))
    if not form.is_valid():
        return _show(request, case, refused=(activity, form))
    told = dict(form.cleaned_data)
    try:
        told["paper"] = _paper(told["paper"])
        report_progress(activity, by=request.user, office=office, **told)
    except papers.BadPaper as bad:
        form.add_error("paper", str(bad))
        return _show(request, case, refused=(activity, form))
    except NotAdopted as refusal:
        raise Refusal(str(refusal)) from None
    messages.success(request, _("“%(activity)s”: the report is kept.") % {"activity": activity.title})
    return redirect("activities", pk=pk)


@only(*SAFE)
@for_officers
def evidence(request: OfficerRequest, pk: int, update: int) -> HttpResponseBase:
    """Give the paper of one report."""
    case = _plan_file(request, pk)
    row = ActivityUpdate.objects.filter(pk=update, activity__plan=case.record_id).exclude(paper="").first()
    if row is None:
        raise Http404
    return attachment(row.paper, row.paper_name, row.paper_type)


def _plan_file(request: OfficerRequest, pk: int) -> Case:
    case = readable_case(request, pk)
    if case.kind != ActionPlanFlow.slug:
        raise Http404
    return case


def _asked(case: Case, asked: str) -> Activity:
    activity = Activity.objects.select_related("plan").filter(plan=case.record_id, pk=row_number(asked)).first()
    if activity is None:
        raise Http404
    return activity


def _paper(upload: Any) -> dict[str, Any] | None:
    if not upload:
        return None
    paper = papers.examine(upload)
    return {"paper": paper.to_store(), "paper_name": paper.name, "paper_type": paper.content_type, "paper_sha256": paper.sha256}


def _prefix(activity: Activity) -> str:
    return f"activity-{activity.pk}"


def _show(request: OfficerRequest, case: Case, *, refused: tuple[Activity, ProgressForm] | None = None) -> HttpResponse:
    plan = case.record
    may_report = plan.adopted_on is not None and authority.may(
        request.user, Power.DRAFT_PLAN, ActionPlanFlow.draft.office_for(case), afresh=False
    )
    rows = []
    for activity in tracked(plan):
        form = None
        if refused and refused[0].pk == activity.pk:
            form = refused[1]
        elif may_report:
            form = ProgressForm(prefix=_prefix(activity), initial={"status": activity.status, "progress": activity.progress})
        rows.append((activity, activity.is_late(today()), form))
    faults = filling.faults(refused[1]) if refused else []
    context = {"case": case, "plan": plan, "rows": rows, "faults": faults, "get_list": link(ACTIVITIES, len(rows), plan=case.pk)}
    return show(request, "activities.html", context, tab="files", status=422 if faults else 200)
