"""Trying again what the machine could not do: long work, a mail, a stay that the clock should have ended."""

import logging
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows import incidents, jobs, notices, steps
from workflows.authority import Overtaken, Refusal
from workflows.models import Case, Job, JobStatus, Message, Movement
from workflows.repairs import rights

logger = logging.getLogger(__name__)
# The clock looks every minute; a stay it could not end is one that is overdue by several.
OVERDUE = timedelta(minutes=5)


def failed_jobs(officer: Officer) -> QuerySet[Job]:
    """Return long work of the officer's States that was given up, or has rows at which the machine failed; the latest first."""
    ended = Q(status=JobStatus.FAILED) | Q(status=JobStatus.FINISHED, failed__gt=0)
    return Job.objects.filter(ended, state__in=rights.states_of(officer)).select_related("by").order_by("-pk")


def undelivered(officer: Officer) -> QuerySet[Message]:
    """Return the mails that were tried as often as they are; those of no State go to every administrator."""
    states = rights.states_of(officer)
    own = Q(office__designation__state__in=states) | Q(office=None, case__state__in=states) | Q(office=None, case=None)
    given_up = Message.objects.filter(own, sent_at=None, attempts__gte=notices.GIVE_UP_AFTER)
    return given_up.select_related("case", "office__designation", "office__district").order_by("-pk")


def overdue_stays(officer: Officer) -> QuerySet[Movement]:
    """Return the stays of the officer's States that the clock should have ended and did not."""
    late = Movement.objects.filter(disposed=None, wakes__lt=timezone.now() - OVERDUE, case__state__in=rights.states_of(officer))
    return late.select_related("case", "office__designation", "office__district").order_by("wakes")


def job_again(job: Job, *, by: Officer) -> bool:
    """Have the rows tried again at which the machine failed, in the name of the officer who asked for them.

    A row that was refused is that officer's own affair, and so is a repair. Returns ``False`` when nothing is left to try.
    """
    rights.check_administrator(by, job.state)
    return jobs.again(job)


def mail_again(message: Message, *, by: Officer) -> None:
    """Let a mail that was given up be tried afresh; raise ``Refusal`` for a mail of another State."""
    if not undelivered(by).filter(pk=message.pk).exists():
        raise Refusal(_("This mail has left, or it belongs to another State."))
    Message.objects.filter(pk=message.pk, sent_at=None).update(attempts=0, leased_until=None)
    notices.wake()


def stay_again(stay: Movement, *, by: Officer) -> Case | None:
    """Let the clock end a stay now; ``None`` when it was ended meanwhile. Raises ``Refusal`` with the cause when it still cannot."""
    rights.check_administrator(by, stay.case.state)
    try:
        case = steps.end_by_clock(stay)
    except (Refusal, Overtaken):
        raise
    except Exception as error:
        # What a fault says may hold anything; its kind is enough for whoever mends it.
        logger.warning("stay %s could not be ended by the clock: %s", stay.pk, type(error).__name__)
        raise Refusal(_("It failed again, at a fault of the software: %(fault)s.") % {"fault": type(error).__name__}) from None
    incidents.cured(f"clock/{stay.pk}")
    return case
