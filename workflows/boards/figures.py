"""A figure, and the address of the list behind it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.models import District
from workflows.reviewing import Line, Result
from workflows.scopes import Scope
from workflows.templatetags.words import digits_day, short_rupees


@dataclass(frozen=True)
class Figure:
    """One figure and the list behind it; nought leads nowhere. ``count`` is in files, in rupees where it is a ``Decimal``, or a day."""

    title: str
    count: int | Decimal | date | None
    address: str = ""

    @property
    def text(self) -> str:
        if isinstance(self.count, Decimal):
            return short_rupees(self.count) if self.count else "—"
        return digits_day(self.count) if isinstance(self.count, date) else "—" if self.count is None else str(self.count)


@dataclass(frozen=True)
class Linked:
    """How figures lead to the list of files: of which days, and, for a sum, of which place."""

    first: date
    last: date
    scope: Scope

    def figure(self, line: Line, title: str, count: Any, reviewed: str, **more: Any) -> Figure:
        place = self._place(line)
        if not count or place is None:
            return Figure(title, count)
        asked = {
            "process": line.kind, "district": place, "opened_from": self.first, "opened_to": self.last, "reviewed": reviewed, **more,
        }  # fmt: skip
        return Figure(title, count, files(**asked))

    def whole(self, line: Line) -> tuple[Figure, ...]:
        """Return all that a board says of a line, in the order of its columns (see ``HEADINGS``)."""
        return _whole(self, line.kind, line.district, tuple(line.figures.items()), get_language())

    def _place(self, line: Line) -> int | str | None:
        """Return the district to narrow by, empty for a whole State; ``None`` for a sum that no one list of files shows."""
        if line.district:
            return line.district.pk
        states = self.scope.states.union(part.state for part in self.scope.parts)
        return "" if len(states) == 1 and not self.scope.districts else None


# Of so many lines: one that says what it said before has the same figures, and the same addresses.
@lru_cache(maxsize=1024)
def _whole(linked: Linked, kind: str, place: District | None, said: tuple[tuple[str, Any], ...], _language: str) -> tuple[Figure, ...]:
    line, told = Line(kind, place), dict(said)
    return (
        linked.figure(line, _("Received"), told["received"], ""),
        linked.figure(line, _("Sanctioned"), told[Result.SANCTIONED], Result.SANCTIONED),
        linked.figure(line, _("Rejected"), told[Result.REJECTED], Result.REJECTED),
        linked.figure(line, _("Ended otherwise"), told[Result.OTHERWISE], Result.OTHERWISE),
        linked.figure(line, _("Pending"), told["pending"], "pending"),
        linked.figure(line, _("Of these late"), told[Result.LATE], Result.LATE),
        linked.figure(line, _("Of these returned"), told["returned"], "pending", limit="returned"),
        linked.figure(line, _("Oldest pending"), told["oldest"], "pending", opened_to=told["oldest"]),
        linked.figure(line, _("Amount (₹)"), told["amount"], ""),
        linked.figure(line, _("Sanctioned (₹)"), told["sanctioned_for"], Result.SANCTIONED),
    )


# Of so many figures, which sheets and boards show again and again.
@lru_cache(maxsize=4096)
def files(**asked: Any) -> str:
    """Return the address of the list of files that are asked for."""
    return f"{reverse('files')}?{urlencode({name: str(value) for name, value in asked.items() if value})}"
