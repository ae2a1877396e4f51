"""The seals: signed checkpoints of the whole record, to be kept outside this building."""

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from programme.powers import Power
from workflows.authority import Refusal, may_anywhere
from workflows.models import Checkpoint
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.problems import SAFE, only
from workflows.record import keys, sealer


@only(*SAFE)
@for_officers
def seals(request: OfficerRequest) -> HttpResponse:
    """List the checkpoints, the newest first, with the key that verifies them."""
    _auditors_only(request)
    page = page_of(request, Checkpoint.objects.order_by("-size"))
    return show(request, "seals.html", {"page": page, "verifier": keys.verifier_key()}, tab="seals")


@only(*SAFE)
@for_officers
def anchors(request: OfficerRequest) -> StreamingHttpResponse:
    """Give every signed checkpoint as plain text, the oldest first."""
    _auditors_only(request)
    response = StreamingHttpResponse(sealer.anchors(), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="anchors.txt"'
    return response


def _auditors_only(request: OfficerRequest) -> None:
    if not may_anywhere(request.user, Power.AUDIT):
        raise Refusal(_("The seals are open to auditors. Each file's own history shows its seal to everybody who may read the file."))
