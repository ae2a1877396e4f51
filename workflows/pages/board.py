"""Boards of a State, a district and a department, as pages, as one sheet to print and as PDF."""

from datetime import date
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from programme.calendar import financial_year, today
from programme.kept import as_set_up
from programme.models import ActivityStatus, Department, District
from workflows.authority import capacities
from workflows.boards import departments
from workflows.boards.board import Board, Period, Place, board
from workflows.boards.figures import Figure
from workflows.boards.listed import DEPARTMENT
from workflows.boards.map import choices, map_of
from workflows.exports.boards import REVIEW, year_in
from workflows.exports.linking import link
from workflows.exports.writing import file_name
from workflows.letters import printing
from workflows.pages.board_parts import Choice, holder_lines, map_section, parts_of
from workflows.pages.frame import HOLES, OfficerRequest, filled, for_officers, show
from workflows.pages.getting import get_list
from workflows.pages.papers import to_keep
from workflows.pages.problems import SAFE, only
from workflows.pages.stencil import Stencil, part
from workflows.reviewing import places_of
from workflows.scopes import Scope, scope_of
from workflows.templatetags.words import moment

NO_PANGO = gettext_lazy("This server cannot make PDFs: the library Pango is missing. Take the workbook, or print the page.")


_OPTIONAL = ("above", "by_district")
_ALWAYS = ("place", "state", "year", "moment", "years", "pdf", "get_list", "map", "by_process", "holders", "targets", "sections")
_PAGE = Stencil("board.html", *_ALWAYS, "departments", *HOLES)


@only(*SAFE)
@for_officers
def state_board(request: OfficerRequest) -> HttpResponse:
    """Show the board of the reader's State; whoever answers for districts alone is led to the board of one."""
    scope = scope_of(request.user)
    if not _states(scope):
        return redirect("district_board", pk=min(scope.districts))
    place = _of_state(request, scope)
    return _shown(request, place, departments=_departments(place.state.pk, get_language()) if place.whole else "")


@only(*SAFE)
@for_officers
def district_board(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show the board of a district; to whoever reads nothing of it there is none (404)."""
    return _shown(request, _of_district(request, pk))


@only(*SAFE)
@for_officers
def state_board_pdf(request: OfficerRequest) -> HttpResponseBase:
    """Give the board of the State as PDF: the head sheet, and the table of the districts as its annexe."""
    scope = scope_of(request.user)
    if not _states(scope):
        return redirect("district_board_pdf", pk=min(scope.districts))
    return _printed(request, _of_state(request, scope))


@only(*SAFE)
@for_officers
def district_board_pdf(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Give the board of a district as PDF, on one sheet."""
    return _printed(request, _of_district(request, pk))


@only(*SAFE)
@for_officers
def department_board(request: OfficerRequest, code: str) -> HttpResponse:
    """Show what waits at the offices of a department, and what became of its activities in the action plans."""
    told = _of_department(request, code)
    return show(request, "board_department.html", {**told, "holder_lines": holder_lines(told["holders"])}, tab="board")


@only(*SAFE)
@for_officers
def department_board_pdf(request: OfficerRequest, code: str) -> HttpResponseBase:
    """Give the board of a department as PDF: what waits, how its activities stand, and which they are."""
    told = _of_department(request, code)
    if not printing.can_print():
        messages.error(request, NO_PANGO)
        return redirect("department_board", code=code)
    return _as_pdf("board_department_print.html", {**told, "holder_lines": holder_lines(told["holders"], plainly=True)})


def _of_department(request: OfficerRequest, code: str) -> dict[str, Any]:
    """Return all that the board of a department shows; raise ``Http404`` where the reader has none."""
    try:
        department = departments.found(request.user, code)
    except Department.DoesNotExist:
        raise Http404 from None
    year, standing = year_in(request.GET), request.GET.get("activities", "")
    told = departments.department_board(request.user, department, year)
    activities = told.of(standing)
    asked = {"year": year, "activities": standing if standing in told.counts else ""}
    titles = {**{status.value: status.label for status in ActivityStatus}, departments.LATE: _("Past the last day")}
    figures = [
        Figure(str(titles[key]), count, f"?{urlencode({'year': year, 'activities': key})}#activities" if count else "")
        for key, count in told.counts.items()
    ]
    return {
        # Not ``department``: by that name every page says in its head to whom its reader belongs.
        "whose": department,
        "year": year,
        "holders": told.holders,
        "figures": figures,
        "activities": activities,
        "narrowed": titles.get(standing, ""),
        "as_of": timezone.now(),
        "get_list": link(DEPARTMENT, len(activities), department=code, **asked),
        "pdf": f"{reverse('department_board_pdf', args=[code])}?{urlencode({key: value for key, value in asked.items() if value})}",
    }


@as_set_up
def _departments(state: int, _language: str | None) -> SafeString | str:
    """Return the way to the boards of the departments of a State that have an office; empty where there is none."""
    rows = Department.objects.filter(state=state, designation__isnull=False).distinct().order_by("name_en")
    return part("parts/board_departments.html", {"departments": rows}) if rows else ""


# --- of what place --------------------------------------------------------------------------------------------------------


def _states(scope: Scope) -> frozenset[int]:
    return scope.states.union(part.state for part in scope.parts)


def _of_state(request: OfficerRequest, scope: Scope) -> Place:
    states = _states(scope)
    state = next(held.office.designation.state for held in capacities(request.user) if held.office.state_id in states)
    parts = tuple(part for part in scope.parts if part.state == state.pk)
    own = Scope(scope.states & {state.pk}, frozenset(), parts)
    return Place(state, own, tuple(places_of(own)))


def _of_district(request: OfficerRequest, pk: int) -> Place:
    scope = scope_of(request.user)
    try:
        district = District.objects.select_related("state").get(pk=pk)
        return Place(district.state, scope.within(district), (district,), district)
    except District.DoesNotExist:
        raise Http404 from None


# --- showing --------------------------------------------------------------------------------------------------------------


def _shown(request: OfficerRequest, place: Place, **more: Any) -> HttpResponse:
    told, language = _told(request, place), get_language()
    asked = {"year": told.period.year} | ({"district": str(place.district.pk)} if place.district else {})
    year, above = told.period.year, place.district is not None and place.state.pk in _states(scope_of(request.user))
    values = {
        "place": place.name,
        "state": place.state.name,
        "above": f"{reverse('state_board')}?{urlencode({'year': year})}" if above else "",
        "year": year,
        "moment": moment(told.as_of),
        "years": _years(language, year, financial_year(today())),
        "pdf": _pdf_address(place, told.period),
        "get_list": get_list(REVIEW, told.reviewed.listed, urlencode(asked)),
        "departments": "",
        **parts_of(told),
        **_map(request, told),
        **more,
    }
    return filled(request, _PAGE, {"of_state": place.district is None}, values, tab="board", optional=_OPTIONAL)


def _told(request: OfficerRequest, place: Place) -> Board:
    return board(place, Period(year_in(request.GET)), now=timezone.now())


def _map(request: OfficerRequest, told: Board) -> dict[str, SafeString]:
    """Return the map of a State with the figures by which it can be coloured; of a district there is none."""
    if told.place.district:
        return {"map": SafeString()}
    titles, asked = choices(told), request.GET.get("show", "")
    chosen = asked if asked in titles else next(iter(titles))
    return {"map": map_section(map_of(told, chosen), told.period.year, tuple(titles.items()), chosen, get_language())}


@lru_cache
def _years(_language: str | None, shown: str, this: str) -> SafeString:
    """Return the ways to the years that the board offers: this one and the one before, and the one that is shown."""
    years = sorted({this, financial_year(date(int(this[:4]) - 1, 4, 1)), shown}, reverse=True)
    return part("parts/board_years.html", {"years": [Choice(year, f"?{urlencode({'year': year})}", year == shown) for year in years]})


def _pdf_address(place: Place, period: Period) -> str:
    address = reverse("district_board_pdf", args=[place.district.pk]) if place.district else reverse("state_board_pdf")
    return f"{address}?{urlencode({'year': period.year})}"


def _printed(request: OfficerRequest, place: Place) -> HttpResponseBase:
    if not printing.can_print():
        messages.error(request, NO_PANGO)
        return redirect("district_board", pk=place.district.pk) if place.district else redirect("state_board")
    told = _told(request, place)
    return _as_pdf("board_print.html", {"board": told, **parts_of(told, plainly=True)})


def _as_pdf(template: str, told: dict[str, Any]) -> HttpResponseBase:
    language = "hi" if (get_language() or "hi").startswith("hi") else "en"
    file = BytesIO(printing.laid_out(render_to_string(f"workflows/{template}", {**told, "language": language})))
    return to_keep(file, file_name("board", "pdf"), "application/pdf")
