"""Who may repair: the administrator of the file's own State, who has not acted on it, nor is about to."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programme import budget
from programme.calendar import today
from programme.models import Office, Officer, Posting, State
from programme.powers import Power
from workflows.authority import Refusal, capacities
from workflows.models import Case, Incident, Noting, Repair
from workflows.models.outcomes import REPAIRS


def states_of(officer: Officer) -> set[int]:
    """Return the States whose files the officer may repair today."""
    return {c.office.state_id for c in capacities(officer) if Power.ADMINISTER in c.powers}


def cases_of(officer: Officer) -> QuerySet[Case]:
    """Return the files the officer may repair, not read: the desk shows where they stand, never what they are about."""
    related = Case.objects.select_related("state", "district", "norm", "office__designation__state", "office__district")
    return related.filter(state__in=states_of(officer))


def incidents_of(officer: Officer) -> QuerySet[Incident]:
    """Return the open incidents of files the officer may repair; what the clock could not do is listed with its own button."""
    return Incident.objects.filter(closed_at=None, case__state__in=states_of(officer)).exclude(key__startswith="clock/")


def count_waiting(officer: Officer) -> int:
    """Count what waits at the desk of an administrator: incidents of files, and plans that are not applied."""
    planned = Repair.objects.filter(applied_at=None, cancelled_at=None, state__in=states_of(officer))
    return incidents_of(officer).count() + planned.count()


def check_administrator(officer: Officer, state: State) -> Posting:
    """Return the posting in which the officer administers the State; raise ``Refusal`` when there is none."""
    for held in capacities(officer, afresh=True):
        if Power.ADMINISTER in held.powers and held.office.state_id == state.pk:
            return held.posting_of(officer)
    raise Refusal(_("Only the programme administrator of %(state)s repairs its files.") % {"state": state.name})


def check_file(officer: Officer, case: Case, offices: list[Office]) -> Posting:
    """Return the posting in which the officer may repair the file so that it comes to ``offices``.

    Raises ``Refusal`` for somebody who has acted on the file in another charge, or holds one of the offices himself.
    """
    posting = check_administrator(officer, case.state)
    acted = Noting.objects.filter(Q(officer=officer) | Q(prepared_by=officer), case=case).exclude(outcome__in=REPAIRS)
    if found := acted.order_by("paragraph").first():
        said = {"paragraph": found.paragraph}
        raise Refusal(_("You yourself signed or prepared paragraph %(paragraph)s of this file; another administrator repairs it.") % said)
    own = {held.office.pk for held in capacities(officer)}
    for office in offices:
        if office.pk in own:
            raise Refusal(_("You hold %(office)s yourself; another administrator brings files there.") % {"office": office.name})
    return posting


def is_money(case: Case) -> bool:
    """Say whether money was sanctioned or committed on the file, so that one administrator alone does not repair it."""
    return getattr(case.record, "amount_sanctioned", None) is not None or budget.committed_for(case.number) is not None


def others(officer: Officer, state: State) -> int:
    """Count the other administrators that the State has today."""
    held = Posting.objects.filter(Posting.in_force(today()), office__designation__state=state, officer__is_active=True)
    others = held.exclude(officer=officer).select_related("office__designation")
    return len({posting.officer_id for posting in others if Power.ADMINISTER in posting.powers})
