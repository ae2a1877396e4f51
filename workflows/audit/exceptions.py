"""All kinds of exceptions, by the word in their address, in the order in which they are shown, and how many there are of each."""

from datetime import datetime

from django.utils import timezone

from programme.kept import kept
from programme.models import Officer
from workflows.audit import claims, likeness, powers, turns
from workflows.audit.kinds import Kind
from workflows.audit.reading import charges_of, files_of
from workflows.audit.window import Window

KINDS: dict[str, Kind] = {kind.code: kind for kind in [*powers.KINDS, *turns.KINDS, *claims.KINDS, *likeness.KINDS]}
# Where there are more of a kind, the page of the kind itself counts them.
MOST = 1000


def counted(officer: Officer, window: Window) -> tuple[datetime, dict[str, int]]:
    """Count every kind, the common ones up to one more than ``MOST``, once in ten minutes: over a million notings it takes seconds.

    Where a charge or the part examined in it has changed since, they are counted anew.
    """
    charges = ((held.posting.pk, held.scope.pk if held.scope else None) for held in charges_of(officer, window.state))
    return _counted(officer, window, tuple(charges))


@kept(seconds=600)
def _counted(officer: Officer, window: Window, _charges: tuple[tuple[int, int | None], ...]) -> tuple[datetime, dict[str, int]]:
    files = files_of(officer, window.state)
    counts = {code: kind.counted(window, files, MOST) for code, kind in KINDS.items()}
    return timezone.now(), counts
