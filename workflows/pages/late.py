"""What is late under me: open files that the State's rules told my offices of, with who holds them."""

from django.http import HttpResponse

from workflows import deadlines
from workflows.exports.declaring import Asked
from workflows.exports.files import LATE, late, told_of_late
from workflows.exports.linking import link
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.problems import SAFE, only


@only(*SAFE)
@for_officers
def late_under_me(request: OfficerRequest) -> HttpResponse:
    """Show the files, the longest late first. They stay where they are: being told gives no power over them."""
    asked = Asked(request.user, request.GET)
    page = page_of(request, late(asked))
    stays = list(page)
    told = told_of_late(asked, stays)
    rows = [(stay, told[stay.pk][0], deadlines.standing(stay, asked.now), told[stay.pk][1]) for stay in stays]
    context = {"page": page, "rows": rows, "get_list": link(LATE, page.paginator.count)}
    return show(request, "late.html", context, tab="inbox")
