"""The action plans of a year, district by district, and the button that opens them."""

from collections import Counter
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from programme.powers import Power
from workflows import seasons
from workflows.authority import Refusal, offices_with
from workflows.exports.boards import SEASON, board, standing_in, year_in
from workflows.exports.linking import link
from workflows.forms.plan import planned_years
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only

TAGS = {"in_time": "ok", "late": "late", "drafting": "soon", "not_begun": "look", "not_opened": "stop"}


@only(*SAFE)
@for_officers
def season_page(request: OfficerRequest) -> HttpResponse:
    """Show how every district of the State stands in one year; the missing are named above."""
    year = year_in(request.GET)
    rows, only_standing = board(request.user, year), standing_in(request.GET)
    lines = [row.line for row in rows]
    standing = Counter(line.standing for line in lines)
    context = {
        "year": year,
        "rows": [(row.line, TAGS[row.line.standing], row.file, row.told) for row in rows if only_standing in ("", row.line.standing)],
        "only_standing": dict(_titles()).get(only_standing, ""),
        "cards": [(title, standing[key], f"?{urlencode({'year': year, 'standing': key})}#districts") for key, title in _titles()],
        "missing": [(title, [line.district for line in lines if line.standing == key]) for key, title in _titles()[2:] if standing[key]],
        "get_list": link(SEASON, standing[only_standing] if only_standing else len(rows), year=year, standing=only_standing),
        "may_open": year in planned_years() and standing["not_opened"] > 0 and bool(offices_with(request.user, Power.OPEN_SEASON)),
        "key": uuid4(),
    }
    return show(request, "season.html", context, tab="season")


@only("POST")
@for_officers
def open_all(request: OfficerRequest) -> HttpResponse:
    """Begin to open the plans of every district; the next page shows how far it is."""
    offices = offices_with(request.user, Power.OPEN_SEASON)
    if not offices:
        raise Refusal(_("Your office does not open seasons."))
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        raise BadRequest from None
    year = request.POST.get("year", "")
    job = seasons.start(offices[0].designation.state, year, by=request.user, office=offices[0], key=str(key))
    return redirect("job", pk=job.pk)


def _titles() -> list[tuple[str, str]]:
    return [
        ("in_time", _("Submitted in time")),
        ("late", _("Submitted late")),
        ("drafting", _("Being drafted")),
        ("not_begun", _("Not begun")),
        ("not_opened", _("Not opened")),
    ]
