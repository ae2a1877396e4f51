"""How a stay stands against its clock, in working days of its State and district."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.calendar import add_working_days, working_days_between
from programme.models import District, State
from workflows.models import Movement

SOON = 3


@dataclass(frozen=True)
class Standing:
    """``kind`` is late, soon, in_time or none; ``days`` are working days late or left."""

    kind: str
    days: int
    text: str


def soon_until(state: State, district: District | None = None, now: datetime | None = None) -> datetime:
    """Return the moment up to which a due file counts as due within three working days."""
    return add_working_days(now or timezone.now(), SOON, state, district)


def standing(movement: Movement, now: datetime | None = None) -> Standing:
    """Say how a stay stands; a closed one is judged at the moment it was disposed of, one that only the clock ends is never late."""
    if movement.due is None or not movement.power:
        return Standing("none", 0, "")
    at = movement.disposed or now or timezone.now()
    case = movement.case
    days = working_days_between(timezone.localdate(at), timezone.localdate(movement.due), case.state, case.district)
    if at > movement.due:
        late = max(1, -days)
        return Standing("late", late, ngettext("%(days)s working day late", "%(days)s working days late", late) % {"days": late})
    if days == 0:
        return Standing("soon", 0, _("Due today"))
    text = ngettext("%(days)s working day left", "%(days)s working days left", days) % {"days": days}
    return Standing("soon" if days <= SOON else "in_time", days, text)
