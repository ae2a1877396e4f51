"""How the series of events stand: how many districts have their days, which have none, which are late."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from programme.calendar import today
from programme.events import series_standing
from programme.models import Event, Officer, State
from workflows.registers.declaring import Cell, Table
from workflows.registers.filtering import states_of


def tables(officer: Officer, query: Mapping[str, str]) -> list[Table]:
    """Return a table of every series of the reader's States, and the districts of the one that the address names."""
    found = []
    for state in states_of(officer):
        names = _series_in(state)
        found.append(_all(state, names))
        if query.get("series") in names:
            found.append(_one(state, query["series"]))
    return found


def _series_in(state: State) -> list[str]:
    rows = Event.objects.filter(state=state, removed_why="", district__isnull=False).exclude(series="")
    return sorted(set(rows.values_list("series", flat=True)), reverse=True)


def _all(state: State, names: list[str]) -> Table:
    rows = []
    for name in names:
        standing = series_standing(name, state)
        held = Event.objects.filter(state=state, series=name, removed_why="", held_from__isnull=False).count()
        rows.append([Cell(name, f"?series={name}"), Cell(standing.text), Cell(str(held)), Cell(_names(standing.late))])
    return Table(
        state.name, [_("Series"), _("Districts"), pgettext("event", "Held"), _("Moved to a later day")], rows, numbers=frozenset({2})
    )


def _one(state: State, name: str) -> Table:
    standing = series_standing(name, state)
    late = {event.pk for event in standing.late}
    events = Event.objects.filter(state=state, series=name, removed_why="", district__isnull=False).select_related("district")
    rows = [
        [
            Cell(event.district.name if event.district else "", reverse("entry", args=["events", event.pk])),
            Cell(_days(event)),
            Cell(_stands(event, late)),
        ]
        for event in events.order_by("planned_from", "pk")
    ]
    rows += [[Cell(district.name), Cell("—"), Cell(_("without a slot"))] for district in standing.missing]
    calendar = [Cell(_("Calendar of the series (.ics)"), f"{reverse('series_calendar')}?series={name}"), Cell(""), Cell("")]
    return Table(name, [_("District"), _("Days"), _("How it stands")], [*rows, calendar], note=standing.text)


def _days(event: Event) -> str:
    first, last = event.held_from or event.planned_from, event.held_to or event.planned_to
    return f"{date_format(first)} – {date_format(last)}"


def _stands(event: Event, late: set[int]) -> str:
    if event.held_from:
        return _("held late") if event.pk in late else _("held")
    if event.planned_to < today():
        return _("days over, not held")
    return _("moved to a later day") if event.pk in late else _("planned")


def _names(events: list[Any]) -> str:
    return ", ".join(event.district.name for event in events)
