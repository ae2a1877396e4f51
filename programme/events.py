"""Events of the programme: re-planned with a reason, closed when nothing is left open, and what was announced against what is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.checks import NotAllowed
from programme.models import District, Event, EventChange, EventKind, Matter, MatterOutcome, Officer, Product, State
from programme.money import rupees

NAMED_AT_MOST = 3


class NotYet(NotAllowed):
    """The event cannot be changed or closed as asked; the message says why."""


def slot(series: str, district: District, *, starts_on: date, ends_on: date, source: str = "") -> Event:
    """Return a district's days of the Udyam Samagam, not yet saved."""
    names = {"name_en": f"Udyam Samagam, {district.name_en}", "name_hi": f"उद्यम समागम, {district.name_hi or district.name_en}"}
    days = {"planned_from": starts_on, "planned_to": ends_on}
    return Event(kind=EventKind.SAMAGAM, series=series, state_id=district.state_id, district=district, source=source, **names, **days)


@transaction.atomic
def replan(event: Event, *, starts_on: date, ends_on: date, reason: str, by: Officer) -> EventChange:
    """Plan an event for other days; the days before, the reason and the officer are kept.

    Raises ``NotYet`` without a reason, for days in the wrong order or the days it is planned for, and for an event that was held
    or closed.
    """
    held = Event.objects.select_for_update().get(pk=event.pk)
    if held.held_from or held.closed_at:
        raise NotYet(_("The event was held already."))
    if not reason.strip():
        raise NotYet(_("Write why the event is moved."))
    if ends_on < starts_on:
        raise NotYet(_("The last day comes before the first."))
    if (starts_on, ends_on) == (held.planned_from, held.planned_to):
        raise NotYet(_("It is planned for these days already."))
    change = EventChange.objects.create(
        event=held, old_from=held.planned_from, old_to=held.planned_to, new_from=starts_on, new_to=ends_on, reason=reason.strip(), by=by
    )
    event.planned_from, event.planned_to = starts_on, ends_on
    event.save(update_fields=["planned_from", "planned_to"])
    return change


@transaction.atomic
def close_event(event: Event, *, by: Officer) -> Event:
    """Close an event once each matter raised at it was solved on the spot or has its process. Raises ``NotYet``, naming the others."""
    held = Event.objects.select_for_update().get(pk=event.pk)
    if held.closed_at:
        raise NotYet(_("The event is closed already."))
    if held.held_to is None:
        raise NotYet(_("The event was not held yet."))
    left = list(Matter.objects.filter(event=held, outcome=MatterOutcome.OPEN, removed_why=""))
    if left:
        said = {"count": len(left), "matters": _named(str(matter) for matter in left)}
        raise NotYet(
            ngettext(
                "%(count)s matter is neither solved nor begun: %(matters)s.",
                "%(count)s matters are neither solved nor begun: %(matters)s.",
                len(left),
            )
            % said
        )
    held.closed_at, held.closed_by = timezone.now(), by
    held.save(update_fields=["closed_at", "closed_by"])
    return held


@dataclass(frozen=True)
class SeriesStanding:
    """How a series of one event a district stands: how many have a slot, of how many, who has none, and who was moved to a later day."""

    planned: int
    districts: int
    missing: list[District]
    late: list[Event]

    @property
    def text(self) -> str:
        """Say it in the reader's language, such as "73 of 75 districts; without a slot: Shahjahanpur, Unnao"."""
        said = {"planned": self.planned, "districts": self.districts, "missing": ", ".join(district.name for district in self.missing)}
        if self.missing:
            return _("%(planned)s of %(districts)s districts; without a slot: %(missing)s") % said
        return _("%(planned)s of %(districts)s districts") % said


def series_standing(series: str, state: State) -> SeriesStanding:
    """Return how a series stands in the State. Three queries."""
    events = Event.objects.filter(series=series, state=state, district__isnull=False, removed_why="")
    missing = state.districts.exclude(pk__in=events.values("district")).order_by("name_en")
    moved = EventChange.objects.filter(new_from__gt=F("old_from")).values("event")
    late = events.filter(Q(pk__in=moved)).select_related("district")
    return SeriesStanding(events.count(), state.districts.count(), list(missing), list(late))


@dataclass(frozen=True)
class Announcement:
    """What was announced of an event's letters of intent, in rupees, and what the letters say."""

    announced: Decimal | None
    written: Decimal
    announced_products: int | None
    written_products: int
    without: list[Product]

    @property
    def difference(self) -> Decimal:
        """How much more the letters come to than was announced, in rupees; less is negative."""
        return self.written - (self.announced or Decimal(0))

    @property
    def faults(self) -> list[str]:
        """Say in the reader's language what does not agree; empty when everything does."""
        found = []
        if self.difference:
            said = {"written": rupees(self.written), "announced": rupees(self.announced or Decimal(0)), "by": rupees(abs(self.difference))}
            found.append(_("The letters come to %(written)s, announced were %(announced)s: a difference of %(by)s.") % said)
        if self.written_products != self.announced_products:
            said = {"written": str(self.written_products), "announced": str(self.announced_products or 0)}
            found.append(_("The letters are for %(written)s products, announced were %(announced)s.") % said)
        return found


def announced_total(event: Event) -> Announcement:
    """Compare what was announced of an event with its letters of intent, and name the products that took part and have none."""
    letters = list(event.letters.filter(removed_why=""))
    products = {letter.product_id for letter in letters}
    return Announcement(
        announced=event.announced_total,
        written=sum((letter.amount for letter in letters), Decimal(0)),
        announced_products=event.announced_products,
        written_products=len(products),
        without=list(event.products.exclude(pk__in=products).select_related("district").order_by("name_en")),
    )


def _named(words: Iterable[str]) -> str:
    listed = list(words)
    named = "; ".join(listed[:NAMED_AT_MOST])
    if len(listed) <= NAMED_AT_MOST:
        return named
    return _("%(names)s and %(count)s more") % {"names": named, "count": len(listed) - NAMED_AT_MOST}
