"""After a signature: say where the file went, and open the next one that waits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from workflows import inbox
from workflows.models import Case, Movement
from workflows.pages.frame import OfficerRequest


def after_signing(request: OfficerRequest, case: Case) -> HttpResponse:
    """Lead to the next waiting file, or to the inbox when none is left."""
    said = whereto(case)
    following = inbox.waiting(request.user).exclude(case=case.pk).first()
    if following is None:
        messages.success(request, said)
        return redirect("inbox")
    messages.success(request, said + " " + _("This is the next file that waits for you."))
    return redirect("file", pk=following.case_id)


def whereto(case: Case) -> str:
    """Say where the file is now."""
    stays = list(Movement.objects.filter(case=case.pk, disposed=None).select_related("office__designation", "office__district"))
    said = {"number": case.number, "offices": "; ".join(stay.office.name for stay in stays)}
    signed = case.notings.order_by("-paragraph").values_list("step", flat=True).first()
    if any(stay.step == signed for stay in stays):
        return _("%(number)s: signed. The file goes on when these have answered too: %(offices)s.") % said
    if stays:
        return _("%(number)s: signed and sent to %(offices)s.") % said
    return _("%(number)s: signed. The file is closed.") % {"number": case.number}
