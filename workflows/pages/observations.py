"""Observations of the audit: written about a paragraph, replied to by the office concerned, settled by an auditor."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from workflows.audit import observing
from workflows.audit.reading import files_of, states_of
from workflows.audit.sampling import samples_of
from workflows.forms.audit import ObservationForm, ReplyForm, SettleForm
from workflows.models import Observation, SampleItem
from workflows.pages import filling, kept
from workflows.pages.frame import OfficerRequest, at_the_bench, for_officers, page_of, row_number, show
from workflows.pages.problems import SAFE, only

OPEN, OVERDUE, SETTLED = "open", "overdue", "settled"


@only(*SAFE)
@for_officers
def observations(request: OfficerRequest) -> HttpResponse:
    """List the observations that the officer made possible as an auditor, or that concern his offices, the newest first."""
    asked = request.GET.get("state", "")
    rows = observing.readable(request.user)
    if asked in (OPEN, SETTLED):
        rows = rows.filter(settlement__isnull=asked == OPEN)
    elif asked == OVERDUE:
        rows = observing.overdue(rows)
    states = [("", _("All")), (OPEN, _("Open")), (OVERDUE, _("Reply overdue")), (SETTLED, _("Settled"))]
    shown = [(f"?state={key}" if key else "?", title, key == asked) for key, title in states]
    context = {"page": page_of(request, rows.prefetch_related("replies")), "states": shown}
    return show(request, "observations.html", context, tab="observations")


@only(*SAFE, "POST")
@at_the_bench
def observe(request: OfficerRequest, pk: int) -> HttpResponse:
    """Write an observation about a paragraph of a file, in a sample or beside one."""
    case = files_of(request.user).filter(pk=pk).first()
    if case is None:
        raise Http404
    item = _item_of(request, pk)
    notings = list(
        case.notings.select_related("case__office__designation", "case__office__district", "office__designation", "office__district")
    )
    notings.sort(key=lambda noting: noting.paragraph)
    sent = request.POST if request.method == "POST" else kept.brought_back(request, request.path)
    form = ObservationForm(sent, notings=notings, initial={"paragraph": request.GET.get("paragraph", "")})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        made = observing.observe(typed["noting"], typed["text"], office=typed["at"], due=typed["due"], by=request.user, item=item)
        messages.success(request, _("The observation is sent to %(office)s.") % {"office": made.office.name})
        return redirect("observation", pk=made.pk)
    context = {"case": case, "item": item, "form": form, "faults": filling.faults(form)}
    return show(request, "observe.html", context, tab="observations", status=422 if request.method == "POST" else 200)


def _item_of(request: OfficerRequest, case: int) -> SampleItem | None:
    """Return the file of a sample from whose page the auditor came."""
    number = row_number(request.GET.get("item", ""))
    return SampleItem.objects.filter(pk=number, case=case, sample__in=samples_of(request.user)).select_related("sample").first()


@only(*SAFE)
@for_officers
def observation(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show an observation with its paragraph, the replies and what became of it."""
    return _page(request, _readable(request, pk))


def _page(request: OfficerRequest, found: Observation, **sent: Any) -> HttpResponse:
    settled = hasattr(found, "settlement")
    context = {
        "observation": found,
        "replies": found.replies.select_related("made_by"),
        "settlement": found.settlement if settled else None,
        "holds": observing.holds(found),
        "audits": found.noting.case.state in states_of(request.user),
        "replying": None if settled or not observing.may_reply(request.user, found) else sent.get("replying") or ReplyForm(prefix="reply"),
        "settling": None
        if settled or not observing.may_observe(request.user, found)
        else sent.get("settling") or SettleForm(prefix="settle"),
        "faults": [fault for form in sent.values() for fault in filling.faults(form)],
    }
    return show(request, "observation.html", context, tab="observations", status=422 if sent else 200)


@only(*SAFE, "POST")
@for_officers
def reply(request: OfficerRequest, pk: int) -> HttpResponse:
    """Reply for the office concerned."""
    found = _readable(request, pk)
    if request.method != "POST":
        return redirect("observation", pk=pk)
    form = ReplyForm(request.POST, prefix="reply")
    if observing.may_reply(request.user, found) and not form.is_valid():
        return _page(request, found, replying=form)
    observing.reply(found, form.cleaned_data["text"] if form.is_valid() else "", by=request.user)
    messages.success(request, _("The reply is with the auditor."))
    return redirect("observation", pk=pk)


@only(*SAFE, "POST")
@at_the_bench
def settle(request: OfficerRequest, pk: int) -> HttpResponse:
    """Settle an observation."""
    found = _readable(request, pk)
    if request.method != "POST":
        return redirect("observation", pk=pk)
    form = SettleForm(request.POST, prefix="settle")
    if observing.may_observe(request.user, found) and not form.is_valid():
        return _page(request, found, settling=form)
    observing.settle(found, form.cleaned_data["text"] if form.is_valid() else "", by=request.user)
    messages.success(request, _("The observation is settled."))
    return redirect("observation", pk=pk)


def _readable(request: OfficerRequest, pk: int) -> Observation:
    found = observing.readable(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
