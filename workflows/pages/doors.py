"""The administrator's help at the door: who is shut out and may try again, and whose lost second factor is taken away."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from programme.powers import Power
from workflows import factors, lockouts
from workflows.authority import Refusal, looked_after, may_anywhere
from workflows.forms.doors import ResetForm
from workflows.models import DoorAct
from workflows.pages import filling, kept, proof
from workflows.pages.frame import OfficerRequest, for_officers, row_number, show
from workflows.pages.problems import SAFE, only

SHOWN = 20


@only(*SAFE)
@for_officers
def desk(request: OfficerRequest) -> HttpResponse:
    """Show who is shut out now, and what was done at the door lately."""
    _check(request)
    brought = kept.brought_back(request, reverse("reset_factor"))
    typed = {name: brought[name] for name in ("username", "reason") if name in brought} if brought else {}
    return _show(request, ResetForm(people=looked_after(request.user), initial=typed))


@only("POST")
@for_officers
def lift_lock(request: OfficerRequest, pk: int) -> HttpResponse:
    """Let an officer try again at once."""
    _check(request)
    officer = looked_after(request.user).filter(pk=row_number(str(pk))).first()
    if officer is None:
        raise Http404
    lockouts.lift(officer, by=request.user)
    messages.success(request, _("%(name)s can sign in again now.") % {"name": officer.name})
    return redirect("doors")


@only("POST")
@for_officers
def reset_factor(request: OfficerRequest) -> HttpResponse:
    """Take away the second factor that another lost, so that he sets up a new one when he signs in."""
    _check(request)
    form = ResetForm(request.POST, people=looked_after(request.user))
    if not form.is_valid() or form.officer is None:
        return _show(request, form)
    proof.require(request)
    try:
        factors.reset(form.officer, by=request.user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        form.add_error("username", str(refusal))
        return _show(request, form)
    messages.success(request, _("The second factor of %(name)s is taken away, and his sign-ins are ended.") % {"name": form.officer.name})
    return redirect("doors")


def _check(request: OfficerRequest) -> None:
    if not may_anywhere(request.user, Power.ADMINISTER):
        raise Refusal(_("This page is open to the programme administrator."))


def _show(request: OfficerRequest, form: ResetForm) -> HttpResponse:
    acts = DoorAct.objects.filter(officer__in=looked_after(request.user)).select_related("officer", "by").order_by("-pk")
    context = {"locks": lockouts.locks_for(request.user), "acts": acts[:SHOWN], "form": form, "faults": filling.faults(form)}
    return show(request, "doors.html", context, tab="repair", status=422 if form.errors else 200)
