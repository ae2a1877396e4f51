"""What the clock does by itself: it ends the stays whose time came, each in its own transaction, and nothing else."""

import logging

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from workflows.authority import Overtaken
from workflows.models import Incident, Movement
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
            Incident.objects.filter(key=key, closed_at=None).update(closed_at=timezone.now())
        except Overtaken:
            continue
        except Exception as error:
            logger.warning("stay %s could not be ended by the clock: %s", movement.pk, type(error).__name__)
            Incident.objects.update_or_create(key=key, defaults={**_words(movement), "case": movement.case, "closed_at": None})
    return ended


def _words(movement: Movement) -> dict[str, str]:
    words = {}
    for language in ("en", "hi"):
        with translation.override(language):
            said = {"number": movement.case.number, "step": movement.node.title}
            words[f"text_{language}"] = _("File %(number)s should have gone on from %(step)s by the clock, and could not.") % said
    return words
