"""The bounds of a question: one State, some days, and what it may be narrowed to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from programme.calendar import day_begins
from programme.models import State


@dataclass(frozen=True)
class Window:
    """Days in India, both included. ``office`` is a designation: the post in whichever district."""

    state: State
    first: date
    last: date
    district: int | None = None
    process: str = ""
    office: int | None = None

    @property
    def begins(self) -> datetime:
        return day_begins(self.first)

    @property
    def ends(self) -> datetime:
        """The moment at which the last day is over."""
        return day_begins(self.last + timedelta(days=1))
