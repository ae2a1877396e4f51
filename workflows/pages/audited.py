"""Which State an auditor of several looks at: he chooses it plainly, and the address keeps it. Never is one taken for him."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils.http import urlencode

from programme.models import State
from workflows.audit.reading import check_auditor
from workflows.filters import Chip, FilterForm
from workflows.pages.frame import OfficerRequest, show
from workflows.pages.problems import SAFE

NAME = "of_state"


class AuditorRequest(OfficerRequest):
    """A request of an auditor for one State. ``of_state`` is what an address ends in to keep it; empty where he audits no other."""

    audited: State
    of_state: str
    others: list[tuple[str, str]]


def of_one_state(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open a page for the one State that its address names; an auditor of several is asked which, and of no other State of his is told."""

    @wraps(view)
    def answer(request: AuditorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        states = check_auditor(request.user)
        asked = request.GET.get(NAME, "")
        if len(states) > 1 and not asked:
            context = {"choices": _ways(request, states)}
            return show(request, "audited_state.html", context, tab="audit", status=200 if request.method in SAFE else 400)
        found = next((state for state in states if asked in ("", state.short)), None)
        if found is None:
            raise Http404
        look_at(request, found)
        return view(request, *args, **kwargs)

    return answer


def look_at(request: AuditorRequest, state: State) -> None:
    """Let the page be of a State, of which its links are then, too."""
    others = [other for other in check_auditor(request.user) if other != state]
    request.audited, request.others = state, _ways(request, others)
    request.of_state = urlencode({NAME: state.short}) if others else ""


def kept(request: AuditorRequest, query: str) -> str:
    """Return the end of an address with the State that is looked at."""
    return "&".join(part for part in (query, request.of_state) if part)


def chips(request: AuditorRequest, form: FilterForm) -> list[Chip]:
    """Return the filters in use, each with the address of the State without it."""
    return [chip._replace(address=f"?{kept(request, chip.address.removeprefix('?'))}") for chip in form.chips(request.GET)]


def _ways(request: AuditorRequest, states: list[State]) -> list[tuple[str, str]]:
    """Return the same address for other States; what is narrowed by a place or a post of one is not asked of another."""
    asked = {name: str(value) for name, value in request.GET.items() if name not in (NAME, "page", "district", "office")}
    return [(state.name, f"?{urlencode({**asked, NAME: state.short})}") for state in states]
