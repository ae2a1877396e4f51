"""Events for the calendars that people carry: one event, or a series (RFC 5545)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from icalendar import Calendar
from icalendar import Event as Day

from programme.models import Event
from workflows.pages.frame import OfficerRequest, for_officers
from workflows.pages.problems import SAFE, only
from workflows.pages.registers import register_named
from workflows.record.entries import last_line
from workflows.registers.access import readable

ICS = "text/calendar; charset=utf-8"


@only(*SAFE)
@for_officers
def event_calendar(request: OfficerRequest, pk: int) -> HttpResponse:
    """Give one event."""
    events = readable(register_named(request, Event.REGISTER), request.user).filter(pk=pk)
    return _given(events, f"event-{pk}")


@only(*SAFE)
@for_officers
def series_calendar(request: OfficerRequest) -> HttpResponse:
    """Give all events of the series that the address names."""
    name = request.GET.get("series", "").replace("\x00", "")
    rows = readable(register_named(request, Event.REGISTER), request.user)
    return _given(rows.filter(series=name, removed_why="") if name.isascii() and name else rows.none(), name)


def _given(events: Iterable[Any], name: str) -> HttpResponse:
    found = list(events)
    if not found:
        raise Http404
    book = Calendar()
    book.add("prodid", "-//Karyapravah//Events//EN")
    book.add("version", "2.0")
    for event in found:
        book.add_component(_day(event))
    response = HttpResponse(book.to_ical(), content_type=ICS)
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _day(event: Event) -> Day:
    """Return the whole days of an event as a calendar holds them; a struck off one is told as cancelled."""
    first, last = event.held_from or event.planned_from, event.held_to or event.planned_to
    line = last_line(event)
    day = Day()
    day.add("uid", f"event-{event.pk}@{settings.RECORD_ORIGIN}")
    day.add("dtstamp", line.written_at.astimezone(UTC) if line else datetime.combine(first, datetime.min.time(), UTC))
    day.add("sequence", line.number - 1 if line else 0)
    day.add("dtstart", first)
    # RFC 5545: the end of a day event is the day after its last one.
    day.add("dtend", last + timedelta(days=1))
    day.add("summary", event.name)
    day.add("location", ", ".join(filter(None, [event.venue, event.district.name if event.district else ""])))
    day.add("url", settings.PUBLIC_URL + reverse("entry", args=[Event.REGISTER, event.pk]))
    day.add("status", "CANCELLED" if event.is_removed else "CONFIRMED")
    return day
