"""Files of an older version of a process: a dry run over all of them, and the plan to bring them to the newest one."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.models import State
from workflows.authority import Refusal
from workflows.flows import FLOWS
from workflows.forms.repairs import ReasonForm
from workflows.models import RepairKind
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.problems import SAFE, only
from workflows.pages.repair import plan_of
from workflows.repairs import migrating, rights


@only(*SAFE, "POST")
@for_officers
def versions(request: OfficerRequest, kind: str) -> HttpResponse:
    """Show what would become of every file of an older version; a reason that is sent makes the plan."""
    state = State.objects.filter(pk__in=rights.states_of(request.user)).first()
    if state is None or kind not in FLOWS:
        raise Http404
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect("repair_plan", pk=migrating.plan(state, kind, by=request.user, reason=form.cleaned_data["reason"]).pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    trials = migrating.dry_run(state, kind)
    context = {
        "flow": FLOWS[kind],
        "page": page_of(request, sorted(trials, key=lambda trial: not trial.blocked)),
        "blocked": sum(bool(trial.blocked) for trial in trials),
        "total": len(trials),
        "form": form,
        "faults": filling.faults(form),
    }
    return show(request, "repair_versions.html", context, tab="repair", status=422 if form.is_bound else 200)


@only("POST")
@for_officers
def take_back(request: OfficerRequest, pk: int) -> HttpResponse:
    """Plan to take back the files of a repair on which nobody has acted since."""
    row = plan_of(request, pk)
    if row.kind != RepairKind.MIGRATE or not row.applied_at:
        raise Refusal(_("Only files that were brought to a new version can be taken back."))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Write the reason; it stands in the note sheet."))
    return redirect("repair_plan", pk=migrating.plan_back(row, by=request.user, reason=form.cleaned_data["reason"]).pk)
