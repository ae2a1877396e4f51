"""The action plans of a year, district by district, and the button that opens them."""

import re
from collections import Counter
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.calendar import financial_year, today
from programme.models import Office
from programme.plans import season_board
from programme.powers import Power
from workflows import seasons
from workflows.authority import Refusal, offices_with, visible_to
from workflows.flows import ActionPlanFlow
from workflows.forms.plan import planned_years
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only

YEAR = re.compile(r"20\d\d-\d\d", re.ASCII)
TAGS = {"in_time": "ok", "late": "late", "drafting": "soon", "not_begun": "look", "not_opened": "stop"}


@only(*SAFE)
@for_officers
def season_page(request: OfficerRequest) -> HttpResponse:
    """Show how every district of the State stands in one year; the missing are named above."""
    office, year = _reading_office(request), _year(request.GET.get("year", ""))
    lines = season_board(office.designation.state, year)
    plans = [line.plan.pk for line in lines if line.plan]
    files = dict(visible_to(request.user).filter(kind=ActionPlanFlow.slug, record_id__in=plans).values_list("record_id", "pk"))
    standing = Counter(line.standing for line in lines)
    context = {
        "year": year,
        "rows": [(line, TAGS[line.standing], files.get(line.plan.pk) if line.plan else None) for line in lines],
        "cards": [(title, standing[key]) for key, title in _titles()],
        "missing": [(title, [line.district for line in lines if line.standing == key]) for key, title in _titles()[2:] if standing[key]],
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


def _year(asked: str) -> str:
    return asked if YEAR.fullmatch(asked) else financial_year(today())


def _reading_office(request: OfficerRequest) -> Office:
    offices = offices_with(request.user, Power.SEE_STATE)
    if not offices:
        raise Refusal(_("This page is for offices that read every file of the State."))
    return offices[0]
