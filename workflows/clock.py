"""What the clock does by itself: it ends the stays whose time came, each in its own transaction, and nothing else."""

import logging
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from workflows import incidents
from workflows.authority import Overtaken
from workflows.models import Movement
from workflows.steps import end_by_clock

logger = logging.getLogger(__name__)


def sweep(limit: int = 500) -> int:
    """End what is due and return how many stays ended. One that cannot be ended becomes an incident and is tried again."""
    due = Movement.objects.filter(disposed=None, wakes__lte=timezone.now()).order_by("wakes", "pk")
    ended = 0
    for movement in due.select_related("case")[:limit]:
        key = f"clock/{movement.pk}"
        try:
            ended += end_by_clock(movement) is not None
            incidents.cured(key)
        except Overtaken:
            continue
        except Exception as error:
            logger.warning("stay %s could not be ended by the clock: %s", movement.pk, type(error).__name__)
            incidents.report(key, partial(_words, movement), case=movement.case)
    return ended


def _words(movement: Movement) -> str:
    said = {"number": movement.case.number, "step": movement.node.title}
    return _("File %(number)s should have gone on from %(step)s by the clock, and could not.") % said
