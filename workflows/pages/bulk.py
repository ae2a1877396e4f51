"""Many files under one signature: what it would do, file by file, and the press that begins it."""

from decimal import Decimal
from uuid import uuid4

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows import bulk, inbox
from workflows.forms.bulk import BulkForm
from workflows.models import Movement, Outcome
from workflows.pages import filling, kept, proof
from workflows.pages.frame import OfficerRequest, for_officers, list_named, row_number, show
from workflows.pages.problems import SAFE, only
from workflows.sight import visible_to


@only(*SAFE, "POST")
@for_officers
def preview(request: OfficerRequest) -> HttpResponse:
    """Show what one signature would write on the ticked files, or on all of a list; nothing is written."""
    before = kept.brought_back(request, reverse("sign_bulk")) or QueryDict()
    sent = request.POST or before
    stays = _stays(request, list(_seen(before))) if before else _chosen(request) if request.method == "POST" else []
    if not stays:
        return _nothing(request)
    offered = bulk.offered(stays)
    asked = sent.get("outcome", "")
    outcome = next((each for each in offered if each == asked), next(iter(offered)) if len(offered) == 1 else None)
    form = BulkForm(outcomes=offered, initial={"outcome": outcome, "key": uuid4(), "text": sent.get("text", "")})
    return _show(request, stays, offered, outcome, form)


@only(*SAFE, "POST")
@for_officers
def sign(request: OfficerRequest) -> HttpResponse:
    """Begin to decide the files that the preview showed, as it showed them; the next page says what becomes of each."""
    seen = _seen(request.POST)
    stays = _stays(request, list(seen))
    if not stays:
        return _nothing(request)
    offered = bulk.offered(stays)
    form = BulkForm(request.POST, outcomes=offered)
    if not form.is_valid():
        outcome = next((each for each in offered if each == request.POST.get("outcome")), None)
        return _show(request, stays, offered, outcome, form)
    typed = form.cleaned_data
    proof.require_for(request, typed["outcome"], sum((stay.case.amount or Decimal(0) for stay in stays), Decimal(0)))
    job = bulk.sign(stays, seen, Outcome(typed["outcome"]), typed["text"], by=request.user, key=str(typed["key"]))
    return redirect("job", pk=job.pk)


def _nothing(request: OfficerRequest) -> HttpResponse:
    messages.error(request, _("Tick the files that you want to decide together."))
    return redirect("inbox")


def _chosen(request: OfficerRequest) -> list[Movement]:
    """Return the ticked stays, or the first ones of the list that the page showed; raise ``Refusal`` when too many are ticked."""
    if request.POST.get("pick") != "all":
        return _stays(request, [row_number(number) for number in request.POST.getlist("stay")])
    return list(inbox.chosen(request.user, list_named(request.POST)).select_related(*bulk.RELATED)[: bulk.MOST])


def _stays(request: OfficerRequest, numbers: list[int]) -> list[Movement]:
    """Return the stays of these numbers whose file the officer may read, the first due first."""
    bulk.refuse_too_many(len(numbers))
    rows = Movement.objects.filter(pk__in=numbers, case__in=visible_to(request.user)).select_related(*bulk.RELATED)
    return list(rows.order_by(F("due").asc(nulls_last=True), "pk"))


def _seen(sent: QueryDict) -> dict[int, str]:
    """Return the heads that the preview showed, by stay."""
    pairs = (pair.partition(":") for pair in sent.getlist("file"))
    return {row_number(number): head for number, _colon, head in pairs}


def _show(
    request: OfficerRequest, stays: list[Movement], offered: dict[Outcome, int], outcome: Outcome | None, form: BulkForm
) -> HttpResponse:
    faults = filling.faults(form)
    context = {
        "stays": stays,
        "choices": [] if len(offered) == 1 else list(offered.items()),
        "outcome": outcome,
        "preview": bulk.preview(stays, outcome, by=request.user) if outcome else None,
        "form": form,
        "faults": faults,
    }
    return show(request, "bulk.html", context, tab="inbox", status=422 if faults else 200)
