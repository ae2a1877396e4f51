"""The ways into the application that an officer has, by what he may do."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from programme.kept import as_set_up
from programme.models import Officer
from programme.powers import Power
from workflows import desks
from workflows.authority import capacities, may_anywhere
from workflows.flows import FLOWS
from workflows.registers.access import reads_registers
from workflows.sittings import seats


@dataclass(frozen=True)
class Tab:
    """One way into the application; ``key`` is what a page names to mark its own tab, ``badge`` what waits there if it is ``counted``."""

    key: str
    title: str
    address: str
    counted: bool = False
    badge: int = 0


@as_set_up
def tabs_of(officer: Officer, _language: str, _day: date) -> list[Tab]:
    """Return the tabs of an officer in the reader's language on this day, none of them counted yet."""
    title = _("My inbox") if desks.works_at_a_desk(officer) else _("Home")
    first = [
        Tab("inbox", title, reverse("inbox"), counted=True),
        Tab("files", _("Files"), reverse("files")),
        Tab("notices", _("Notices"), reverse("notices"), counted=True),
    ]
    return first + _to_oversee(officer) + _to_work(officer) + _to_examine(officer)


def _to_oversee(officer: Officer) -> list[Tab]:
    shown = []
    if may_anywhere(officer, Power.SEE_STATE):
        shown.append(Tab("season", _("Action plans"), reverse("season")))
    elif may_anywhere(officer, Power.SEE_DISTRICT):
        shown.append(Tab("season", _("Will we make it?"), reverse("forecast")))
    if any(may_anywhere(officer, power) for power in (Power.SEE_STATE, Power.SEE_DISTRICT, Power.AUDIT)):
        shown.append(Tab("board", _("Board"), reverse("state_board")))
        shown.append(Tab("review", _("Review"), reverse("review")))
        shown.append(Tab("reports", _("Reports"), reverse("reports")))
    elif (desk := line_department(officer)) is not None:
        shown.append(Tab("board", _("Board"), reverse("department_board", args=[desk])))
    return shown


def _to_work(officer: Officer) -> list[Tab]:
    shown = []
    if reads_registers(officer):
        shown.append(Tab("registers", _("Registers"), reverse("registers")))
    openings = beginnings(officer)
    if len(openings) == 1:
        slug, flow_class = openings[0]
        shown.append(Tab("new", _("New: %(process)s") % {"process": flow_class.process_title}, reverse("begin", args=[slug])))
    elif openings:
        shown.append(Tab("new", _("New file"), reverse("new")))
    shown.append(Tab("entitlement", _("Calculator"), reverse("entitlement")))
    if seats.sits_anywhere(officer):
        shown.append(Tab("sittings", _("Committee"), reverse("sittings"), counted=True))
    if capacities(officer):
        shown.append(Tab("charges", _("Charges"), reverse("charges")))
    return shown


def _to_examine(officer: Officer) -> list[Tab]:
    shown = []
    audits_here, administers = (may_anywhere(officer, power) for power in (Power.AUDIT, Power.ADMINISTER))
    if audits_here:
        shown.append(Tab("audit", _("Audit"), reverse("audit")))
        shown.append(Tab("sittings", _("Committees"), reverse("sittings")))
        shown.append(Tab("seals", _("Seals"), reverse("seals")))
    if audits_here or administers:
        shown.append(Tab("feasibility", _("Feasibility"), reverse("feasibility")))
        shown.append(Tab("health", _("Health"), reverse("health")))
    if administers:
        shown.append(Tab("readings", _("Readings"), reverse("readings")))
        shown.append(Tab("repair", _("Repair"), reverse("repair"), counted=True))
        shown.append(Tab("setup", _("Set-up"), reverse("admin:index", current_app="setup")))
    return shown


def line_department(officer: Officer) -> str | None:
    """Return the code of the department for which the officer answers in plans or on products; ``None`` for whoever does not."""
    asked = {Power.ADD_TO_PLAN.value, Power.GIVE_OPINION.value}
    own = (held.office.designation.department for held in capacities(officer) if asked & held.powers)
    return next((department.code for department in own if department), None)


def beginnings(officer: Any) -> list[tuple[str, Any]]:
    """Return the processes the officer may open or prepare a file of."""
    found = []
    for slug, flow_class in FLOWS.items():
        begin = flow_class.begin_node()
        powers = [power for power in (begin.power, begin.preparing_power) if power]
        if any(may_anywhere(officer, power) for power in powers):
            found.append((slug, flow_class))
    return found
