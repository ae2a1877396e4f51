"""Observations: an auditor ties one to an exact paragraph, the office concerned replies, an auditor settles it."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Charge, Office, Officer, Posting
from programme.powers import Power
from workflows import inbox, notices
from workflows.audit.reading import files_of
from workflows.authority import Capacity, Refusal, capacities
from workflows.models import NoticeKind, Noting, Observation, Reply, SampleItem, Settlement

RELATED = ("noting__case__district", "office__designation", "office__district", "made_by", "settlement__made_by")


def rows() -> QuerySet[Observation]:
    return Observation.objects.select_related(*RELATED).order_by("-pk")


def awaiting(officer: Officer) -> QuerySet[Observation]:
    """Return the observations that wait for a reply of the officer's offices, with what a list shows of them."""
    return inbox.to_reply(officer).select_related(*RELATED)


def readable(officer: Officer) -> QuerySet[Observation]:
    """Return the observations that the officer may read, as an auditor or for the office concerned."""
    return rows().filter(_mine(officer) | Q(noting__case__in=files_of(officer)))


def overdue(found: QuerySet[Observation]) -> QuerySet[Observation]:
    """Return those of ``found`` to which nobody replied by their day."""
    return found.filter(settlement=None, replies=None, due__lt=today())


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
    """Write an observation about a paragraph, as it stands with its hash, and tell the office concerned.

    Raises ``Refusal`` when the officer does not audit the file.
    """
    if not files_of(by).filter(pk=noting.case_id).exists():
        raise Refusal(_("Only an auditor who may read the file observes on it."))
    said = {"hash": noting.hash, "office": office, "text": text, "due": due, "item": item, "made_by": by, "made_at": timezone.now()}
    made = Observation.objects.create(noting=noting, **said)
    notices.tell(NoticeKind.OBSERVED, office, partial(_observes, made), key=f"observed/{made.pk}", case=noting.case, observation=made)
    return made


@transaction.atomic
def reply(observation: Observation, text: str, *, by: Officer) -> Reply:
    """Reply for the office concerned, and tell the office of the auditor.

    Raises ``Refusal`` for whoever does not hold the office concerned, and once the observation is settled.
    """
    _still_open(observation)
    capacities(by, afresh=True)
    held = next((each for each in _replying(by) if each.office.pk == observation.office_id), None)
    if held is None:
        raise Refusal(_("Only the officer of %(office)s replies to this observation.") % {"office": observation.office.name})
    said = Reply.objects.create(observation=observation, text=text, made_by=by, charge=held.charge, made_at=timezone.now())
    for office in _offices_of_auditor(observation):
        case, key = observation.noting.case, f"replied/{said.pk}/{office.pk}"
        notices.tell(NoticeKind.REPLIED, office, partial(_replies, observation), key=key, case=case, observation=observation)
    return said


def _offices_of_auditor(observation: Observation) -> list[Office]:
    """Return the offices in which the auditor observed: whoever audits there today is told, also when it is another."""
    at, state = observation.made_at, observation.noting.case.state_id
    day = timezone.localdate(at)
    stood = (Q(ends_on=None) | Q(ends_on__gte=day)) & (Q(ended_at=None) | Q(ended_at__gt=at))
    held = Posting.objects.filter(stood, starts_on__lte=day, officer=observation.made_by, office__designation__state=state)
    rows = held.select_related("office__designation", "office__district").order_by("pk")
    return list(dict.fromkeys(posting.office for posting in rows if Power.AUDIT in posting.powers))


def _observes(observation: Observation) -> str:
    said = {**_of(observation), "day": date_format(observation.due)}
    return _("The audit has observed on paragraph %(paragraph)s of file %(number)s. A reply is expected by %(day)s.") % said


def _replies(observation: Observation) -> str:
    said = {**_of(observation), "office": observation.office.name}
    return _("%(office)s has replied to the observation on paragraph %(paragraph)s of file %(number)s.") % said


def _of(observation: Observation) -> dict[str, Any]:
    return {"paragraph": observation.noting.paragraph, "number": observation.noting.case.number}


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
