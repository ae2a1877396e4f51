"""The desk's buttons for what the machine gave up: each tries one thing again and leads back to the desk."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from workflows.models import Job, Movement
from workflows.pages.frame import OfficerRequest, for_officers
from workflows.pages.problems import only
from workflows.repairs import retrying, rights
from workflows.work import WORK


@only("POST")
@for_officers
def job(request: OfficerRequest, pk: int) -> HttpResponse:
    """Try the rows of long work again at which the machine failed."""
    row = Job.objects.filter(pk=pk, kind__in=WORK, state__in=rights.states_of(request.user)).select_related("state").first()
    if row is None:
        raise Http404
    if retrying.job_again(row, by=request.user):
        messages.success(request, _("The rows that failed are tried again."))
    return redirect("repair")


@only("POST")
@for_officers
def mail(request: OfficerRequest, pk: int) -> HttpResponse:
    """Let a mail that was given up be tried afresh."""
    row = retrying.undelivered(request.user).filter(pk=pk).first() if rights.states_of(request.user) else None
    if row is None:
        raise Http404
    retrying.mail_again(row, by=request.user)
    messages.success(request, _("The mail is tried again."))
    return redirect("repair")


@only("POST")
@for_officers
def stay(request: OfficerRequest, pk: int) -> HttpResponse:
    """Let the clock end a stay now; what keeps it from that is said."""
    row = Movement.objects.filter(pk=pk, case__state__in=rights.states_of(request.user)).select_related("case__state").first()
    if row is None:
        raise Http404
    if retrying.stay_again(row, by=request.user):
        messages.success(request, _("The file has gone on by the clock."))
    return redirect("repair")
