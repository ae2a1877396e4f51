"""What the first page says to those who answer for more than their own files: the State's offices, the administrator, the auditor."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from programme.calendar import financial_year, today
from programme.kept import kept
from programme.models import Officer, State
from programme.plans import season_board
from programme.powers import Power
from workflows import deadlines, obstacles
from workflows.authority import may_anywhere, offices_with
from workflows.models import Case, Checkpoint, Incident, Noting
from workflows.pages import health
from workflows.pages.stencil import joined, part
from workflows.sight import visible_to

SHOWN = 5
# One file may have several paragraphs among the last ones of the record.
LOOK_BACK = 4 * SHOWN


@dataclass(frozen=True)
class Glance:
    """How a State stands: its districts by what became of their plan of the year, and the stays beyond their time."""

    year: str
    in_time: int
    late: int
    missing: int
    beyond: int

    @property
    def districts(self) -> int:
        return self.in_time + self.late + self.missing


def sections(officer: Officer) -> SafeString:
    """Return the parts of the first page that the officer's powers open, in the order of use."""
    return joined([section(officer) for power, section in _BY_POWER.items() if may_anywhere(officer, power)])


def _administration(officer: Officer) -> SafeString:
    open_now = Incident.objects.filter(closed_at=None).select_related("case").order_by("-raised_at")
    told: dict[str, Any] = {"incidents": open_now[:SHOWN], "count": open_now.count(), "ailing": health.ailing()}
    told["obstacles"] = _places_to_stop(officer)
    return part("parts/home_administration.html", {"told": told})


def _audit(officer: Officer) -> SafeString:
    told = {
        "seal": Checkpoint.objects.order_by("-size").first(),
        "sealed": next((sign for sign in health.signs() if sign.name == "last_seal"), None),
        "broken": Incident.objects.filter(key__startswith="seal/", closed_at=None).first(),
        "obstacles": _places_to_stop(officer),
        "ended": _ended_last(officer),
    }
    return part("parts/home_audit.html", {"told": told})


def _places_to_stop(officer: Officer) -> int:
    return obstacles.standing_in(obstacles.states_of(officer)).filter(stops=True).count()


def _ended_last(officer: Officer) -> list[Case]:
    """Return the files that ended last, the latest first: those of the newest paragraphs, whose index is at hand."""
    newest = Noting.objects.filter(case__in=visible_to(officer)).exclude(case__ending="").order_by("-pk")
    cases = {noting.case_id: noting.case for noting in newest.select_related("case__district")[:LOOK_BACK]}
    return list(cases.values())[:SHOWN]


def _state(officer: Officer) -> SafeString:
    state = offices_with(officer, Power.SEE_STATE)[0].designation.state
    return _at_a_glance(get_language(), _glance(state, financial_year(today())))


@lru_cache
def _at_a_glance(_language: str | None, glance: Glance) -> SafeString:
    return part("parts/home_state.html", {"glance": glance})


@kept(seconds=60)
def _glance(state: State, year: str) -> Glance:
    """Count a whole State at most once a minute: nobody decides by the last second of it."""
    standing = Counter("missing" if line.is_missing else line.standing for line in season_board(state, year))
    beyond = deadlines.beyond_time(timezone.now()).filter(case__state=state).count()
    return Glance(year, standing["in_time"], standing["late"], standing["missing"], beyond)


_BY_POWER: dict[Power, Callable[[Officer], SafeString]] = {
    Power.ADMINISTER: _administration,
    Power.AUDIT: _audit,
    Power.SEE_STATE: _state,
}
