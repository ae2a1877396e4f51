"""Which files an auditor reads, and who is one: the one place where the bench asks."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from programme.models import Officer, State
from programme.powers import Power
from workflows.authority import Refusal, offices_with, visible_to
from workflows.models import Case


def states_of(officer: Officer) -> list[State]:
    """Return the States in which the officer holds the power to audit today, that of his first charge first."""
    return list(dict.fromkeys(office.designation.state for office in offices_with(officer, Power.AUDIT)))


def check_auditor(officer: Officer) -> list[State]:
    """Return the States the officer audits; raise ``Refusal`` when there is none."""
    states = states_of(officer)
    if not states:
        raise Refusal(_("This page is open to auditors."))
    return states


def files_of(officer: Officer) -> QuerySet[Case]:
    """Return the files that the officer reads as an auditor; none for anybody else."""
    return visible_to(officer).filter(state__in=[state.pk for state in states_of(officer)])
