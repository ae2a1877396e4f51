"""Events: planned, re-planned, held and closed; their sessions, participants and departments."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from programme.calendar import today
from programme.events import announced_total, close_event, replan
from programme.models import Department, Event, EventLevel, Officer, ParticipantKind, SessionKind, Topic
from programme.money import rupees
from workflows.forms.fields import DayField, NumberField, TextField
from workflows.forms.rows import Column as Cells
from workflows.forms.rows import RowsField
from workflows.registers import clashes, series
from workflows.registers.declaring import Act, Board, Cell, Column, Register, Standing, Table
from workflows.registers.forms import EntryForm, ReasonForm
from workflows.sheets.columns import Type

SERIES = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DISTRICT_NEEDED = gettext_lazy("Choose the district of an event of a district.")


class EventForm(EntryForm):
    sessions = RowsField(
        [
            Cells("kind", forms.ChoiceField(label=gettext_lazy("Kind"), choices=SessionKind.choices)),
            Cells("topic", forms.ChoiceField(label=gettext_lazy("Topic"), choices=Topic.choices, required=False)),
            Cells("title", TextField(label=gettext_lazy("Title"), max_length=200, required=False), "wide"),
            Cells("expert", TextField(label=gettext_lazy("Expert"), max_length=200, required=False)),
            Cells("portal", TextField(label=gettext_lazy("Portal"), max_length=80, required=False)),
        ],
        label=gettext_lazy("Sessions"),
    )
    participants = RowsField(
        [
            Cells("kind", forms.ChoiceField(label=gettext_lazy("Who"), choices=ParticipantKind.choices)),
            Cells("count", NumberField(label=gettext_lazy("How many"), min_value=1), "narrow"),
        ],
        label=gettext_lazy("Who took part"),
    )
    attendance = RowsField(
        [
            Cells("department", forms.ModelChoiceField(Department.objects.all(), label=gettext_lazy("Department"))),
            Cells("count", NumberField(label=gettext_lazy("How many"), min_value=1, required=False), "narrow"),
        ],
        label=gettext_lazy("Departments present"),
    )
    sections = [
        (gettext_lazy("What and where"), ["kind", "level", "name_en", "name_hi", "district", "venue", "organiser", "series", "agenda"]),
        (gettext_lazy("Days"), ["planned_from", "planned_to", "held_from", "held_to", "document_date", "reference", "source"]),
        (gettext_lazy("Who answers for it"), ["chair", "chair_person", "administration", "industries"]),
        (gettext_lazy("What happened"), ["sessions", "participants", "attendance", "outcomes"]),
        (gettext_lazy("Letters of intent announced"), ["announced_total", "announced_products", "products"]),
    ]
    # The days planned are moved by re-planning, with its reason.
    fixed = frozenset({"planned_from", "planned_to"})

    class Meta(EntryForm.Meta):
        model = Event
        fields = [
            "kind", "level", "name_en", "name_hi", "district", "venue", "organiser", "series", "agenda",
            "planned_from", "planned_to", "held_from", "held_to", "document_date", "reference", "source",
            "chair", "chair_person", "administration", "industries", "outcomes", "announced_total", "announced_products", "products",
        ]  # fmt: skip

    def clean_series(self) -> str:
        name = self.cleaned_data["series"].lower()
        if name and not SERIES.fullmatch(name):
            raise ValidationError(_("Write small letters, digits and hyphens, for example samagam-2026."))
        return name

    def clean_participants(self) -> list[Any]:
        return self._each_once("participants", "kind")

    def clean_attendance(self) -> list[Any]:
        return self._each_once("attendance", "department")

    def _each_once(self, name: str, column: str) -> list[Any]:
        lines: list[Any] = self.cleaned_data[name]
        if len({line[column] for line in lines}) < len(lines):
            raise ValidationError(_("Write each of them in one line."))
        return lines

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.in_order("planned_from", "planned_to")
        self.in_order("held_from", "held_to")
        self.day_not_ahead("held_from", "document_date")
        if bool(data.get("held_from")) != bool(data.get("held_to")) and not {"held_from", "held_to"} & self.errors.keys():
            self.add_error("held_to", _("Write the first and the last day on which it was held."))
        if data.get("level") == EventLevel.DISTRICT and not data.get("district") and "district" not in self.errors:
            self.add_error("district", DISTRICT_NEEDED)
        if data.get("series") and data.get("district") and self._stands_in_series(data):
            self.add_error("series", _("The district has its event in this series already."))
        return data

    def _stands_in_series(self, data: Mapping[str, Any]) -> bool:
        others = Event.objects.filter(series=data["series"], district=data["district"], removed_why="").exclude(pk=self.instance.pk)
        return others.exists()


class ReplanForm(ReasonForm):
    """Other days for an event, and why."""

    field_order = ["starts_on", "ends_on", "why"]

    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=pgettext_lazy("date", "To"))


def _replan(event: Event, said: Mapping[str, Any], by: Officer) -> None:
    replan(event, starts_on=said["starts_on"], ends_on=said["ends_on"], reason=said["why"], by=by)


def _close(event: Event, said: Mapping[str, Any], by: Officer) -> None:
    close_event(event, by=by)


def _days(event: Event) -> str:
    """Say on which days an event was held or, before it, is planned."""
    first, last = event.held_from or event.planned_from, event.held_to or event.planned_to
    return date_format(first) if first == last else f"{date_format(first)} – {date_format(last)}"


def _tables(event: Event, officer: Officer) -> Iterator[Table]:
    """Yield what is linked to an event: other plans it had, matters raised at it, letters of intent."""
    if changes := list(event.changes.select_related("by").order_by("pk")):
        rows = [
            [Cell(f"{date_format(c.old_from)} – {date_format(c.old_to)}"), Cell(f"{date_format(c.new_from)} – {date_format(c.new_to)}"),
             Cell(c.reason), Cell(c.by.name)]
            for c in changes
        ]  # fmt: skip
        yield Table(_("Re-planned"), [_("Days before"), _("Days after"), _("Why"), _("Officer")], rows)
    matters = list(event.matters.filter(removed_why="").order_by("pk"))
    rows = [
        [Cell(str(matter), reverse("entry", args=["matters", matter.pk])), Cell(str(matter.get_outcome_display()))] for matter in matters
    ]
    yield Table(_("Matters raised here"), [_("Matter"), _("What came of the matter")], rows)
    yield from _letters(event)


def _letters(event: Event) -> Iterator[Table]:
    letters = list(event.letters.filter(removed_why="").select_related("product").order_by("dated", "pk"))
    if not letters and event.announced_total is None:
        return
    found = announced_total(event)
    rows = [
        [Cell(letter.product.name, reverse("entry", args=["letters", letter.pk])), Cell(letter.seller), Cell(letter.buyer),
         Cell(rupees(letter.amount)), Cell(rupees(letter.realised) if letter.realised else "—")]
        for letter in letters
    ]  # fmt: skip
    faults = found.faults if found.announced is not None or found.announced_products is not None else []
    without = [_("Without a letter of intent: %(names)s") % {"names": ", ".join(p.name for p in found.without)}] if found.without else []
    yield Table(
        _("Letters of intent"),
        [_("Product"), _("Seller"), _("Buyer"), _("Amount (₹)"), _("Realised (₹)")],
        rows,
        warnings=[*faults, *without],
        numbers=frozenset({3, 4}),
        last=[_("Together"), "", "", rupees(found.written), ""],
    )


def _not_yet_held() -> Q:
    return Q(held_from=None, planned_to__gte=today())


def _overdue() -> Q:
    return Q(held_from=None, planned_to__lt=today())


EVENTS = Register(
    model=Event,
    order=("-planned_from",),
    title=gettext_lazy("Events"),
    one=gettext_lazy("Event"),
    about=gettext_lazy("Samagam, workshops, meetings, fairs, buyer-seller meets, training: planned, re-planned and held."),
    form=EventForm,
    columns=(
        Column("name", gettext_lazy("Event"), lambda event: event.name, width=40),
        "kind",
        "district",
        Column("days", gettext_lazy("Days"), _days),
        "level",
        Column("from", pgettext_lazy("event", "Held"), lambda event: event.held_from is not None, Type.YES_NO, 9),
    ),
    search=("name_en", "name_hi", "venue", "organiser", "reference", "series", "district__name_en", "district__name_hi"),
    filters=("kind", "district", "level", "series", "planned_from"),
    standings=(
        Standing("coming", gettext_lazy("Still to be held"), _not_yet_held),
        Standing("unheld", gettext_lazy("Days over, not held"), _overdue),
        Standing("held", pgettext_lazy("event", "Held"), lambda: Q(held_from__isnull=False)),
        Standing("open", gettext_lazy("Held and not closed"), lambda: Q(held_from__isnull=False, closed_at=None)),
        Standing("closed", gettext_lazy("Closed"), lambda: Q(closed_at__isnull=False)),
    ),
    related=("district", "state"),
    titled_by=("name_en", "district"),
    acts=(
        Act(
            "replanned",
            gettext_lazy("Re-plan"),
            gettext_lazy("Re-planned"),
            ReplanForm,
            _replan,
            lambda event: not event.held_from and not event.closed_at,
        ),
        Act(
            "closed",
            gettext_lazy("Close the event"),
            gettext_lazy("Closed"),
            forms.Form,
            _close,
            lambda event: event.held_to is not None and not event.closed_at,
        ),
    ),
    boards=(
        Board(
            "series",
            gettext_lazy("Series"),
            gettext_lazy("Which districts have their days, which have none, which are late."),
            series.tables,
        ),
        Board(
            "clashes",
            gettext_lazy("Clashes"),
            gettext_lazy("Events on the same days in one district, and many at once in the State."),
            clashes.tables,
        ),
    ),
    tables=_tables,
)
