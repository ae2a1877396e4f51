"""What is typed into a decision box and not yet signed: the office's draft of that stay, by the officer himself or his assistant."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.authority import Overtaken
from workflows.models import Draft, Movement
from workflows.pages import kept
from workflows.pages.drafts import saved_words
from workflows.pages.frame import OfficerRequest


def of(movement: Movement) -> Draft | None:
    """Return the draft that waits at a stay. Only a page of somebody who may sign or prepare the step shows it."""
    return getattr(movement, "draft", None)


def shown_to(request: OfficerRequest, movement: Movement) -> Draft | None:
    """Return the draft that the page which was sent had before it; ``None`` when there was none, or it was replaced since."""
    draft = of(movement)
    return draft if draft and str(draft.key) == request.POST.get("draft") else None


def form_of(request: OfficerRequest, movement: Movement, draft: Draft | None) -> Any:
    """Return the step's form as it was left: what was typed before a sign-in that had ended, else the draft, else empty."""
    form = movement.node.form_class(movement=movement, officer=request.user)
    brought = kept.brought_back(request, reverse("decide", args=[movement.pk]))
    stored = _typed(form, dict(brought.lists())) if brought is not None else draft.typed if draft else {}
    for name, values in stored.items():
        if name in form.fields and values:
            several = getattr(form.fields[name].widget, "allow_multiple_selected", False)
            form.initial[name] = values if several else values[-1]
    return form


def _typed(form: Any, sent: dict[str, list[Any]]) -> dict[str, list[str]]:
    """Return what was typed into the fields a reader sees, as it was typed."""
    seen = {name for name, field in form.fields.items() if not field.widget.is_hidden}
    return {name: [str(value).replace("\x00", "") for value in values] for name, values in sent.items() if name in seen}


def keep(request: OfficerRequest, movement: Movement, *, may_sign: bool) -> HttpResponse:
    """Save what is typed as the draft of the stay, or throw the draft away; nothing is judged and nothing is signed."""
    action = request.POST.get("action", "")
    if action == "discard":
        shown = shown_to(request, movement)
        if shown is None and of(movement):
            raise Overtaken(_("The draft was replaced after you opened this page. Open the file again and read it first."))
        Draft.objects.filter(movement=movement).delete()
        messages.success(request, _("The draft is thrown away."))
        return redirect("file", pk=movement.case_id)
    before = of(movement)
    draft, said = _save(request, movement, may_sign=may_sign), saved_words(before, request.user)
    if action == "autosave":
        return JsonResponse({"said": said, "draft": str(draft.key)})
    messages.success(request, said + " " + _("Nothing is signed yet."))
    return redirect(reverse("file", args=[movement.case_id]) + "#decision")


@transaction.atomic
def _save(request: OfficerRequest, movement: Movement, *, may_sign: bool) -> Draft:
    """Keep what was typed.

    What the page had not shown is replaced as a whole: its author did not prepare what stands there now.
    """
    if not shown_to(request, movement):
        Draft.objects.filter(movement=movement).delete()
    form = movement.node.form_class(movement=movement, officer=request.user)
    words = {"typed": _typed(form, dict(request.POST.lists())), "subject": movement.case.subject, "saved_by": request.user}
    if not may_sign:
        words["prepared_by"] = request.user
    fixed = {"key": uuid.uuid4(), "kind": movement.case.kind, "office": movement.office, "made_by": request.user}
    draft, _made = Draft.objects.update_or_create(movement=movement, defaults=words, create_defaults={**words, **fixed})
    return draft
