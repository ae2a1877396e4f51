"""Observations: an auditor ties one to an exact paragraph, the office concerned replies, an auditor settles it."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.models import Charge, Office, Officer
from workflows import inbox
from workflows.audit.reading import files_of
from workflows.authority import Capacity, Refusal, capacities
from workflows.models import Noting, Observation, Reply, SampleItem, Settlement

RELATED = ("noting__case__district", "office__designation", "office__district", "made_by", "settlement__made_by")


def rows() -> QuerySet[Observation]:
    return Observation.objects.select_related(*RELATED).order_by("-pk")


def awaiting(officer: Officer) -> QuerySet[Observation]:
    """Return the observations that wait for a reply of the officer's offices, with what a list shows of them."""
    return inbox.to_reply(officer).select_related(*RELATED)


def readable(officer: Officer) -> QuerySet[Observation]:
    """Return the observations that the officer may read, as an auditor or for the office concerned."""
    return rows().filter(_mine(officer) | Q(noting__case__in=files_of(officer)))


def _mine(officer: Officer) -> Q:
    return Q(office__in=[held.office.pk for held in _replying(officer)])


def _replying(officer: Officer) -> Iterable[Capacity]:
    return [held for held in capacities(officer) if held.powers and held.charge != Charge.ASSISTANT]


def may_reply(officer: Officer, observation: Observation) -> bool:
    return any(held.office.pk == observation.office_id for held in _replying(officer))


def may_observe(officer: Officer, observation: Observation) -> bool:
    return files_of(officer).filter(pk=observation.noting.case_id).exists()


@transaction.atomic
def observe(noting: Noting, text: str, *, office: Office, due: date, by: Officer, item: SampleItem | None = None) -> Observation:
    """Write an observation about a paragraph, as it stands with its hash; raise ``Refusal`` when the officer does not audit the file."""
    if not files_of(by).filter(pk=noting.case_id).exists():
        raise Refusal(_("Only an auditor who may read the file observes on it."))
    made = {"made_by": by, "made_at": timezone.now()}
    return Observation.objects.create(noting=noting, hash=noting.hash, office=office, text=text, due=due, item=item, **made)


@transaction.atomic
def reply(observation: Observation, text: str, *, by: Officer) -> Reply:
    """Reply for the office concerned; raise ``Refusal`` for whoever does not hold it, and once the observation is settled."""
    _still_open(observation)
    capacities(by, afresh=True)
    held = next((each for each in _replying(by) if each.office.pk == observation.office_id), None)
    if held is None:
        raise Refusal(_("Only the officer of %(office)s replies to this observation.") % {"office": observation.office.name})
    return Reply.objects.create(observation=observation, text=text, made_by=by, charge=held.charge, made_at=timezone.now())


@transaction.atomic
def settle(observation: Observation, text: str, *, by: Officer) -> Settlement:
    """Settle an observation, with the reason; raise ``Refusal`` for no auditor of the file, and when it is settled already."""
    if not may_observe(by, observation):
        raise Refusal(_("Only an auditor who may read the file settles an observation on it."))
    _still_open(observation)
    return Settlement.objects.create(observation=observation, text=text, made_by=by, made_at=timezone.now())


def _still_open(observation: Observation) -> None:
    Observation.objects.select_for_update().get(pk=observation.pk)
    if Settlement.objects.filter(observation=observation).exists():
        raise Refusal(_("This observation is settled already."))


def holds(observation: Observation) -> bool:
    """Say whether the paragraph is still the one that was observed on."""
    return observation.noting.hash == observation.hash
