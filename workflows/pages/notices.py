"""What my offices were told: the newest first, what is new marked, each leading to its file."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from programme.powers import Power
from workflows import notices
from workflows.authority import may_anywhere
from workflows.exports import desks
from workflows.exports.linking import link
from workflows.models import Notice
from workflows.pages.frame import OfficerRequest, at_the_bench, badges, for_officers, page_of, row_number, show
from workflows.pages.problems import SAFE, only
from workflows.sight import visible_to


@only(*SAFE)
@for_officers
def told(request: OfficerRequest) -> HttpResponse:
    """Show the notices of the officer's offices; reading them here changes nothing."""
    page = page_of(request, desks.told(request.user))
    read = request.user.notices_read
    context = {
        "page": page,
        "get_list": link(desks.NOTICES, page.paginator.count),
        "rows": [(notice, notice.pk > read, address) for notice, address in _led(request, list(page))],
        "newest": max((notice.pk for notice in page), default=0),
        "unread": badges(request).unread > 0,
        "several": len({notice.office_id for notice in page}) > 1,
    }
    return show(request, "notices.html", context, tab="notices")


@only("POST")
@at_the_bench
def read(request: OfficerRequest) -> HttpResponse:
    """Mark as read what the page showed and all before it; what came meanwhile stays new."""
    notices.read_up_to(row_number(request.POST.get("upto", "")), by=request.user)
    return redirect("notices")


def _led(request: OfficerRequest, rows: list[Notice]) -> list[tuple[Notice, str]]:
    """Give each notice the address it leads to: its observation, its file, the board of the season; none where he may read neither."""
    readable = set(visible_to(request.user).filter(pk__in=[row.case_id for row in rows if row.case_id]).values_list("pk", flat=True))
    board = reverse("season") if may_anywhere(request.user, Power.SEE_STATE) else ""
    return [(row, _address(row, readable, board)) for row in rows]


def _address(notice: Notice, readable: set[int], board: str) -> str:
    if notice.observation_id:
        return reverse("observation", args=[notice.observation_id])
    if notice.case_id:
        return reverse("file", args=[notice.case_id]) if notice.case_id in readable else ""
    return board
