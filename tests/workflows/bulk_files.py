"""Files to be decided together, and the signature for them, as the pages give it."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from programme.calendar import today
from programme.models import Officer
from tests.files import an_allotment, propose
from workflows import bulk
from workflows.models import Case, Job, Movement, Outcome

DISTRICTS = ("Agra", "Mathura", "Lucknow", "Varanasi", "Bhadohi", "Moradabad", "Gorakhpur", "Aligarh")


def exhibitions(count: int, **changes: Any) -> list[Case]:
    """Open that many exhibitions in turn in several districts, each with days of its own; they wait at the ODOP Cell."""
    an_allotment(10**10)
    return [propose(DISTRICTS[n % len(DISTRICTS)], **{**own_days(n), "title": f"Exhibition {n}", **changes}) for n in range(count)]


def own_days(n: int) -> dict[str, str]:
    day = (today() + timedelta(days=30 + 3 * n)).isoformat()
    return {"starts_on": day, "ends_on": day}


def stays_of(cases: Iterable[Case]) -> list[Movement]:
    """Return the open stays of files as the pages read them, the first due first."""
    rows = Movement.objects.filter(case__in=[case.pk for case in cases], disposed=None)
    return list(rows.select_related(*bulk.RELATED).order_by("due", "pk"))


def signed(stays: list[Movement], outcome: str, *, by: Officer, text: str = "", key: str = "one signature") -> Job:
    """Sign for the files as they stand now."""
    return bulk.sign(stays, {stay.pk: stay.case.head for stay in stays}, Outcome(outcome), text, by=by, key=key)
