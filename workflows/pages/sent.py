"""After a signature: say where the file went, and open the next one that waits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from programme.asking import Asked, Given
from workflows import inbox
from workflows.following import file_behind
from workflows.models import Case, Movement
from workflows.pages.frame import OfficerRequest, list_come_from


def after_signing(request: OfficerRequest, case: Case, stay: Movement | None = None) -> HttpResponse:
    """Lead to the file behind ``stay`` in the list the officer came from, else to the first one; to the inbox when none is left.

    The address ends in the main part of the page, so that the keyboard goes on there.
    """
    said = whereto(case, stay)
    choice = list_come_from(request) or inbox.Choice()
    following = file_behind(request.user, case.pk, stay, choice)
    if following is None:
        messages.success(request, said if choice.is_all else said + " " + _("It was the last one of the list you came from."))
        return redirect("inbox")
    messages.success(request, said + " " + _("This is the next file that waits for you."))
    return redirect(f"{reverse('file', args=[following])}?{choice.query}#main")


WAITING = Asked(
    lambda: Movement.objects.filter(case=Given("file"), disposed=None).select_related("office__designation", "office__district")
)


def whereto(case: Case, signed: Movement | None = None) -> str:
    """Say where the file is now; ``signed`` is the stay that was signed, where there was one."""
    # Where others answer too, more may wait than this act began.
    stays = case.begun if case.begun and signed and not signed.node.together else WAITING(file=case.pk)
    said = {"number": case.number, "offices": "; ".join(stay.office.name for stay in stays)}
    step = signed.step if signed else case.notings.order_by("-paragraph").values_list("step", flat=True).first()
    if any(stay.step == step for stay in stays):
        return _("%(number)s: signed. The file goes on when these have answered too: %(offices)s.") % said
    if stays:
        return _("%(number)s: signed and sent to %(offices)s.") % said
    return _("%(number)s: signed. The file is closed.") % {"number": case.number}
