"""Which files an auditor reads, and who is one: the one place where the bench asks."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programme.models import Officer, State
from programme.powers import Power
from workflows.authority import Capacity, Refusal, capacities
from workflows.sight import visible_to
from workflows.models import AuditScope, Case


def states_of(officer: Officer) -> list[State]:
    """Return the States in which the officer holds the power to audit today, that of his first charge first."""
    return list(dict.fromkeys(held.office.designation.state for held in charges_of(officer)))


def check_auditor(officer: Officer) -> list[State]:
    """Return the States the officer audits; raise ``Refusal`` when there is none."""
    states = states_of(officer)
    if not states:
        raise Refusal(_("This page is open to auditors."))
    return states


def charges_of(officer: Officer, state: State | None = None) -> list[Capacity]:
    """Return the charges in which the officer audits today, in one State or in all of his."""
    held = [charge for charge in capacities(officer) if Power.AUDIT in charge.powers]
    return [charge for charge in held if state is None or charge.office.state_id == state.pk]


def files_of(officer: Officer, state: State | None = None) -> QuerySet[Case]:
    """Return the files that the officer reads as an auditor, of one State or of all of his; none for anybody else.

    What he may read in another charge is not among them.
    """
    theirs = (examined(held.office.state_id, held.scope) for held in charges_of(officer, state))
    return visible_to(officer).filter(reduce(or_, theirs, Q(pk__in=[])))


def examined(state: int, scope: AuditScope | None) -> Q:
    """Return the condition for the files of a State, or of the part of it to which an auditor is limited."""
    return Q(state=state) & (scope.covers(district="district", kind="kind") if scope else Q())
