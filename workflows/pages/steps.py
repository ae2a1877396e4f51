"""Taking a step: the decision box of the file page, and the steps that have a page of their own."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from workflows import authority, steps
from workflows.authority import Overtaken, Refusal
from workflows.forms.decisions import WithdrawalForm
from workflows.models import Draft, Movement
from workflows.pages.drafts import Sheet, write
from workflows.pages.files import file_page
from workflows.pages.frame import OfficerRequest, for_officers, readable_case, readable_movement
from workflows.pages.problems import SAFE, only
from workflows.pages.sent import after_signing
from workflows.templatetags.words import moment


@only(*SAFE, "POST")
@sensitive_post_parameters()
@for_officers
def decide(request: OfficerRequest, pk: int) -> HttpResponse:
    """Sign the decision that was filled in on the file page."""
    movement = readable_movement(request, pk)
    if request.method != "POST" or movement.node.own_page:
        return redirect("file", pk=movement.case_id)
    _refuse_closed(movement)
    authority.check_step(request.user, movement)
    form = movement.node.form_class(request.POST, movement=movement, officer=request.user)
    if not form.is_valid():
        return file_page(request, movement.case, form=form, status=422)
    return after_signing(request, steps.decide(movement, by=request.user, form=form))


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
    _refuse_closed(movement)
    authority.check_step(request.user, movement)
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
    )
    return write(request, sheet, here=reverse("step", args=[pk]))


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
    return after_signing(request, steps.withdraw(case, by=request.user, form=form))


def _refuse_closed(movement: Movement) -> None:
    """Raise ``Overtaken`` for a stay that has ended, saying who ended it, how and when."""
    if movement.is_open:
        return
    words = {"office": movement.office.name, "outcome": movement.get_outcome_display(), "moment": moment(movement.disposed)}
    raise Overtaken(_("%(office)s has already acted: %(outcome)s, %(moment)s.") % words)
