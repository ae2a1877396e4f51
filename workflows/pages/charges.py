"""What I hold, who acts for my offices, and naming a link officer or an assistant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Office, Posting
from programme.powers import Power
from workflows import charges, postings
from workflows.authority import FOR_ANOTHER, capacities, may_anywhere
from workflows.exports import desks, linking
from workflows.forms.charges import AssistantForm, LinkForm, chosen_number
from workflows.pages import filling, kept
from workflows.pages.frame import OfficerRequest, for_officers, search_words, show
from workflows.pages.problems import SAFE, only


@dataclass(frozen=True)
class Desk:
    """One office and whoever acts or prepares for it, today or later."""

    office: Office
    others: list[Posting]


@only(*SAFE)
@for_officers
def charges_page(request: OfficerRequest) -> HttpResponse:
    """Show what the officer holds and who acts for his offices; an administrator finds any office of his State."""
    words, administers = search_words(request), may_anywhere(request.user, Power.ADMINISTER)
    held = list(charges.held_by(request.user))
    offices, found = charges.offices_of(request.user), desks.found_offices(request.user, words)
    others = charges.acting_for([*offices, *found])
    context = {
        "held": held,
        "desks": [Desk(office, others.get(office.pk, [])) for office in offices],
        "administers": administers,
        "office_words": words,
        "found": [Desk(office, others.get(office.pk, [])) for office in found],
        "today": today(),
        "get_list": linking.link(desks.CHARGES, len(held) + sum(map(len, others.values())), q=words if found else ""),
    }
    return show(request, "charges.html", context, tab="charges")


@only(*SAFE, "POST")
@for_officers
def appoint_link(request: OfficerRequest, pk: int) -> HttpResponse:
    """Name a link officer of an office."""
    return _appoint(request, pk, LinkForm, postings.appoint_link, title=_("Appoint a link officer"))


@only(*SAFE, "POST")
@for_officers
def appoint_assistant(request: OfficerRequest, pk: int) -> HttpResponse:
    """Name an assistant of an office, who prepares what its officer signs."""
    return _appoint(request, pk, AssistantForm, postings.appoint_assistant, title=_("Name an assistant"))


def _appoint(
    request: OfficerRequest, pk: int, form_class: type[AssistantForm], verb: Callable[..., Posting], *, title: str
) -> HttpResponse:
    office = Office.objects.filter(pk=pk).select_related("designation__state", "district").first()
    if office is None or not any(held.office.state_id == office.state_id for held in capacities(request.user)):
        raise Http404
    charges.check_appointing(request.user, office)
    sent = request.POST if request.method == "POST" else kept.brought_back(request, request.path)
    form = _form(form_class, office, sent)
    if request.method == "POST" and form.is_valid():
        try:
            posting = verb(form.named, office, by=request.user, **form.terms())
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, _("%(who)s is named. Both offices are told.") % {"who": posting.officer.name})
            return redirect("charges")
    context = {"acted_for": office, "title": title, "form": form, "faults": filling.faults(form)}
    return show(request, "appoint.html", context, tab="charges", status=422 if request.method == "POST" and form.is_bound else 200)


def _form(form_class: type[AssistantForm], office: Office, sent: Any) -> AssistantForm:
    """Return the form as it was sent, or, after a search, with what was typed so far and the officers found."""
    words = sent.get("search", "").replace("\x00", "")[:100] if sent else ""
    found = charges.candidates(office, words)
    chosen = charges.candidate(office, chosen_number(sent.get("officer", ""))) if sent else None
    if chosen and chosen not in found:
        found.append(chosen)
    if sent and sent.get("action") == "search":
        names = form_class.base_fields
        typed = {name: sent.getlist(name) if name == "only" else sent.get(name) for name in names if name in sent or name == "only"}
        return form_class(office=office, found=found, initial=typed)
    return form_class(sent, office=office, found=found)


def _add(form: AssistantForm, refusal: ValidationError) -> None:
    """Put each sentence of the verb at its field, or over the form where it names none that is here."""
    told = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
    for name, sentences in told.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, sentence)


@only("POST")
@for_officers
def end_charge(request: OfficerRequest, pk: int) -> HttpResponse:
    """End the charge of a link officer or assistant at once."""
    related = Posting.objects.filter(charge__in=FOR_ANOTHER).select_related("officer", "office__designation", "office__district")
    posting = related.filter(pk=pk).first()
    if posting is None or not any(held.office.state_id == posting.office.state_id for held in capacities(request.user)):
        raise Http404
    postings.end_charge(posting, by=request.user)
    messages.success(request, _("The charge of %(who)s has ended.") % {"who": posting.officer.name})
    return redirect("charges")
