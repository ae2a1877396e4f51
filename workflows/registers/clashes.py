"""Events that fall together: on the same days in one district, and too many at once in the State."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Event, Officer, State
from workflows.registers.declaring import Cell, Table
from workflows.registers.filtering import states_of

# So many events on one day draw the officers and the experts of a State apart; the Samagam of 2019 had up to 16 on one. Nobody's order.
MANY = 10
AHEAD, LONGEST = timedelta(days=366), 60


def tables(officer: Officer, query: Mapping[str, str]) -> list[Table]:
    """Return what falls together from a day on, for a year: today, unless the address names another one."""
    first = _day_in(query.get("from", "")) or today()
    most = int(query["most"]) if query.get("most", "").isdecimal() and len(query["most"]) < 4 else MANY
    found = []
    for state in states_of(officer):
        events = list(_between(state, first, first + AHEAD))
        found += [_in_districts(state, events), _in_the_state(state, events, first, most)]
    return found


def _day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == 10 and text.isascii() and 1950 <= int(text[:4]) < 2200 else None
    except ValueError:
        return None


def _between(state: State, first: date, last: date) -> Iterator[Event]:
    rows = Event.objects.filter(state=state, removed_why="", held_from=None, planned_to__gte=first, planned_from__lte=last)
    return rows.select_related("district").order_by("planned_from", "pk").iterator()


def _in_districts(state: State, events: list[Event]) -> Table:
    rows, by_district = [], defaultdict(list)
    for event in events:
        if event.district_id:
            by_district[event.district_id].append(event)
    for group in by_district.values():
        for place, event in enumerate(group):
            for other in group[place + 1 :]:
                if other.planned_from <= event.planned_to and event.planned_from <= other.planned_to:
                    rows.append([Cell(event.district.name if event.district else ""), _cell(event), _cell(other)])
    title = _("%(state)s: on the same days in one district") % {"state": state.name}
    return Table(title, [_("District"), _("Event"), _("Event at the same time")], rows)


def _in_the_state(state: State, events: list[Event], first: date, most: int) -> Table:
    on: dict[date, list[Event]] = defaultdict(list)
    for event in events:
        day = max(event.planned_from, first)
        while day <= event.planned_to and (day - event.planned_from).days < LONGEST:
            on[day].append(event)
            day += timedelta(days=1)
    rows = [
        [
            Cell(date_format(day)),
            Cell(str(len(held))),
            Cell(", ".join(event.district.name if event.district else event.name for event in held)),
        ]
        for day, held in sorted(on.items())
        if len(held) > most
    ]
    title = _("%(state)s: more than %(most)s on one day") % {"state": state.name, "most": most}
    return Table(title, [_("Day"), _("Events"), _("Where")], rows, numbers=frozenset({1}))


def _cell(event: Event) -> Cell:
    days = f"{date_format(event.planned_from)} – {date_format(event.planned_to)}"
    return Cell(f"{event.name}, {days}", reverse("entry", args=["events", event.pk]))
