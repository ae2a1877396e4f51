"""Taking a step: the decision box of the file page, and the steps that have a page of their own."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from workflows import authority, holding, pulling_back, sight, steps
from workflows.authority import Overtaken, Refusal
from workflows.forms.decisions import PullBackForm, WithdrawalForm
from workflows.models import Case, Draft, Movement
from workflows.pages import prepared, proof, sights
from workflows.pages.drafts import Sheet, write
from workflows.pages.files import file_page
from workflows.pages.frame import OfficerRequest, for_officers, for_signing, readable_case, readable_movement
from workflows.pages.problems import SAFE, only
from workflows.pages.sent import after_signing
from workflows.templatetags.words import moment

# What the decision box may be sent for besides the signature.
KEEPING = {"save", "autosave", "discard"}


@only(*SAFE, "POST")
@sensitive_post_parameters()
@for_signing
def decide(request: OfficerRequest, pk: int) -> HttpResponse:
    """Sign the decision that was filled in on the file page, or keep it as a draft; an assistant's is always a draft."""
    if request.method == "POST" and request.POST.get("action") not in KEEPING:
        return _sign(request, pk)
    movement = readable_movement(request, pk)
    if request.method != "POST" or movement.node.own_page:
        return redirect("file", pk=movement.case_id)
    refuse_closed(movement)
    return prepared.keep(request, movement, may_sign=authority.signs(request.user, movement))


def _sign(request: OfficerRequest, pk: int) -> HttpResponse:
    """Judge the form and take the step under one lock, so that what both read is read once."""
    try:
        with holding.held_stay(pk, by=request.user, sight=sight.sight_given(request.user) or sight.NO_SIGHT) as movement:
            request.case_read = movement.case
            if movement.node.own_page:
                return redirect("file", pk=movement.case_id)
            refuse_closed(movement)
            if not authority.signs(request.user, movement):
                return prepared.keep(request, movement, may_sign=False)
            form = movement.node.form_class(request.POST, movement=movement, officer=request.user)
            valid = form.is_valid()
            if valid:
                proof.require_for(request, form.outcome, form.amount_written)
                form.sight = sights.brought(request, movement.case, seen=form.cleaned_data["seen"])
                steps.decide(movement, by=request.user, form=form, draft=prepared.shown_to(request, movement))
    except Case.DoesNotExist:
        raise Http404 from None
    return after_signing(request, movement.case, movement) if valid else file_page(request, movement.case, form=form, status=422)


@only(*SAFE, "POST")
@sensitive_post_parameters()
@for_officers
def step(request: OfficerRequest, pk: int) -> HttpResponse:
    """Correct or complete the record on a page of its own, saving as one goes."""
    movement = readable_movement(request, pk)
    if not movement.node.own_page:
        return redirect("file", pk=movement.case_id)
    if request.method != "POST" and not movement.is_open:
        return redirect("file", pk=movement.case_id)
    refuse_closed(movement)
    may_sign = authority.signs(request.user, movement)
    if movement.opened_at is None:
        steps.record_opening(movement, by=request.user)
    case = movement.case
    sheet = Sheet(
        case.flow_class,
        movement.node,
        movement.office,
        case.norm,
        uuid.uuid4(),
        movement=movement,
        draft=Draft.objects.filter(movement=movement).first(),
        may_sign=may_sign,
    )
    return write(request, sheet, here=reverse("step", args=[pk]))


@only(*SAFE, "POST")
@for_officers
def pull_back(request: OfficerRequest, pk: int) -> HttpResponse:
    """Pull a file back that nobody has opened yet where it was sent."""
    case = readable_case(request, pk)
    if request.method != "POST":
        return redirect("file", pk=pk)
    pulling_back.check(request.user, pulling_back.last_sending(case))
    form = PullBackForm(request.POST, prefix="pull")
    if not form.is_valid():
        return file_page(request, case, pulling=form, status=422)
    form.sight = sights.brought(request, case, seen=case.head)
    pulling_back.pull_back(case, by=request.user, form=form)
    messages.success(request, _("%(number)s: pulled back. It waits for you again.") % {"number": case.number})
    return redirect("file", pk=pk)


@only(*SAFE, "POST")
@for_officers
def withdraw(request: OfficerRequest, pk: int) -> HttpResponse:
    """Take a file back for the office that opened it."""
    case = readable_case(request, pk)
    if request.method != "POST":
        return redirect("file", pk=pk)
    if not steps.may_withdraw(request.user, case):
        raise Refusal(_("This file can no longer be withdrawn, or your office did not open it."))
    form = WithdrawalForm(request.POST, prefix="withdraw")
    if not form.is_valid():
        return file_page(request, case, withdrawal=form, status=422)
    form.sight = sights.brought(request, case, seen=form.cleaned_data["seen"])
    return after_signing(request, steps.withdraw(case, by=request.user, form=form))


def refuse_closed(movement: Movement) -> None:
    """Raise ``Overtaken`` for a stay that has ended, saying who ended it, how and when."""
    if movement.is_open:
        return
    words = {"office": movement.office.name, "outcome": movement.get_outcome_display(), "moment": moment(movement.disposed)}
    raise Overtaken(_("%(office)s has already acted: %(outcome)s, %(moment)s.") % words)
