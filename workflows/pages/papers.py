"""A paper of a file, handed out only to those who may read the file, and never opened inside our pages."""

import uuid
from typing import Any

from django.http import FileResponse, Http404, HttpResponseBase

from programme.models import Officer
from programme.powers import Power
from workflows.authority import may
from workflows.flows import FLOWS
from workflows.models import Draft, Enclosure, OrderPaper
from workflows.pages.drafts import signing_offices
from workflows.pages.frame import OfficerRequest, for_officers, readable_case
from workflows.pages.problems import SAFE, only


@only(*SAFE)
@for_officers
def paper(request: OfficerRequest, pk: int, paper: int) -> HttpResponseBase:
    """Give one paper of a file as an attachment."""
    case = readable_case(request, pk)
    row = Enclosure.objects.filter(pk=paper, case=case).first()
    return handed_out(row)


@only(*SAFE)
@for_officers
def draft_paper(request: OfficerRequest, key: uuid.UUID, paper: int) -> HttpResponseBase:
    """Give a paper that is attached and not signed yet to those who may write on the draft."""
    row = Enclosure.objects.select_related("draft__movement", "draft__office").filter(pk=paper, draft=key, case=None).first()
    if row is None or row.draft is None or not _may_write(request.user, row.draft):
        raise Http404
    return handed_out(row)


def _may_write(officer: Officer, draft: Draft) -> bool:
    if draft.movement:
        return any(may(officer, power, draft.office, afresh=False) for power in (draft.movement.power, Power.PREPARE_NOTING))
    return draft.office in signing_offices(officer, FLOWS[draft.kind])


def handed_out(row: Enclosure | OrderPaper | None) -> HttpResponseBase:
    """Answer with a stored paper that no browser runs or shows inside a page; 404 when there is none."""
    if row is None:
        raise Http404
    return attachment(row.stored, row.name, row.content_type)


def attachment(file: Any, name: str, content_type: str) -> HttpResponseBase:
    """Answer with a stored file as something to keep, never to run; 404 when it is gone."""
    try:
        stored = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return to_keep(stored, name, content_type)


def to_keep(content: Any, name: str, content_type: str) -> HttpResponseBase:
    """Answer with an open file as something to keep, never to run."""
    response = FileResponse(content, as_attachment=True, filename=name, content_type=content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
