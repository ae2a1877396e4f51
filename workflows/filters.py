"""What a reader may narrow the list of files by: the form, the rows it leaves, and the chips that take a filter away again."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import Case as Choice
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery, When
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from programme.calendar import day_before_working_days, day_begins, today
from programme.kept import as_set_up
from programme.models import Designation, District, Officer, State, TargetCategory
from workflows import beneficiaries, reviewing
from workflows.authority import capacities
from workflows.flows import FLOWS
from workflows.forms.fields import DayField, NumberField, RupeeField
from workflows.models import Case, Movement
from workflows.nodes import Ending, Stay
from workflows.searching import finding
from workflows.sight import visible_to
from workflows.templatetags.words import digits_day, rupees

ALL = ("", _("All"))
STATES = {"": _("All"), "open": _("Open"), "closed": _("Closed")}
LONGEST_WAIT = 1000
# What only the clock ends is never late, and waits for nobody.
LIMITS = [
    ("late", _("Beyond time")), ("in_time", _("In time")), ("acts", _("Somebody has to act")), ("returned", _("Waits for a correction")),
]  # fmt: skip
BACKWARDS = {
    "opened": _("This day lies before the first one."),
    "received": _("This day lies before the first one."),
    "amount": _("This amount is less than the smallest one."),
}
ENDED_OR_NOT = {"open": Q(ending=""), "closed": ~Q(ending="")}
FIRST_DUE = Movement.objects.filter(case=OuterRef("pk"), disposed=None).values("case").annotate(first=Min("due")).values("first")
ORDERS: dict[str, Any] = {
    # Only what is open is due, so that the closed files of years are not asked one by one.
    "due": Choice(When(ending="", then=Subquery(FIRST_DUE)), default=None).asc(nulls_last=True),
    "amount": F("amount").desc(nulls_last=True),
}


def a_day_of_files(day: date) -> None:
    """Raise ``ValidationError`` on a day on which no file of this programme was or will be."""
    if not 1950 <= day.year < 2200:
        raise ValidationError(_("Write the year with four figures, for example 2026."), code="year")


class Chip(NamedTuple):
    """One filter in use: how it reads, and the address of the list without it."""

    text: str
    address: str


def _nodes(kind: type[Any]) -> Callable[[], list[Any]]:
    """Return the choices of one kind of node, process by process; a value names both."""

    def choices() -> list[Any]:
        grouped = [
            (flow.process_title, [(f"{slug}:{node.name}", node.task_title) for node in flow.in_order() if isinstance(node, kind)])
            for slug, flow in FLOWS.items()
        ]
        return [ALL, *grouped]

    return choices


def _processes() -> list[Any]:
    return [ALL, *((slug, flow.process_title) for slug, flow in FLOWS.items())]


@as_set_up
def _places(states: tuple[int, ...], _language: str | None) -> dict[str, list[Any]]:
    """Return the districts and the posts that can be chosen in these States."""
    places = District.objects.filter(state__in=states)
    posts = Designation.objects.filter(state__in=states).exclude(powers=[]).order_by("name_en")
    return {name: [ALL, *((str(row.pk), row.name) for row in rows)] for name, rows in (("district", places), ("office", posts))}


class FilterForm(forms.Form):
    """Filters of the list, all from its address. Places and posts to choose are those of the reader's States."""

    use_required_attribute = False

    process = forms.ChoiceField(label=_("Process"), required=False, choices=_processes)
    step = forms.ChoiceField(label=_("Waits at step"), required=False, choices=_nodes(Stay))
    district = forms.ChoiceField(label=_("District"), required=False)
    office = forms.ChoiceField(label=_("Post that has it"), required=False)
    limit = forms.ChoiceField(label=_("Time limit"), required=False, choices=[ALL, *LIMITS])
    days = NumberField(
        label=_("Waiting longer than (working days)"),
        required=False,
        validators=[MaxValueValidator(LONGEST_WAIT, _("At most %(limit_value)s working days can be asked for."))],
    )
    opened_from = DayField(label=_("Opened from"), required=False, validators=[a_day_of_files])
    opened_to = DayField(label=_("Opened up to"), required=False, validators=[a_day_of_files])
    received_from = DayField(label=_("At its office since, from"), required=False, validators=[a_day_of_files])
    received_to = DayField(label=_("At its office since, up to"), required=False, validators=[a_day_of_files])
    amount_from = RupeeField(label=_("Amount from (₹)"), required=False)
    amount_to = RupeeField(label=_("Amount up to (₹)"), required=False)
    ending = forms.ChoiceField(label=_("Ended as"), required=False, choices=_nodes(Ending))
    reviewed = forms.ChoiceField(label=_("Stands in the review as"), required=False, choices=[ALL, *reviewing.CHOICES])
    beneficiary = forms.ChoiceField(label=_("Applicant is of the category"), required=False, choices=[ALL, *TargetCategory.choices])
    sort = forms.ChoiceField(
        label=_("In which order"),
        required=False,
        choices=[("", _("Newest first")), ("due", _("First due first")), ("amount", _("Largest amount first"))],
    )

    def __init__(self, data: QueryDict, *, states: list[State]) -> None:
        super().__init__(data)
        for name, choices in _places(tuple(state.pk for state in states), get_language()).items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was written into any field, so that the form looks the same to all readers of these States."""
        return not any(self.data.get(name) for name in self.fields)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        for name in ("opened", "received", "amount"):
            first, last = asked.get(f"{name}_from"), asked.get(f"{name}_to")
            if first is not None and last is not None and last < first:
                self.add_error(f"{name}_to", BACKWARDS[name])
        return asked

    def used(self) -> Iterator[tuple[str, str]]:
        """Yield the name of every filter in use, and how it reads; the order of the list is none."""
        for name, value in self.cleaned_data.items():
            if value not in (None, "") and name != "sort":
                yield name, f"{self.fields[name].label}: {self._said(name, value)}"

    def _said(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return digits_day(value)
        if isinstance(value, Decimal):
            return rupees(value)
        choices = getattr(self.fields[name], "choices", [])
        flat = {key: title for group, rows in choices for key, title in (rows if isinstance(rows, list) else [(group, rows)])}
        return str(flat.get(value, value))

    def chips(self, query: QueryDict) -> list[Chip]:
        """Return what is in use, each with the address that takes it away."""
        return [Chip(text, f"?{canonical(query, **{name: ''})}") for name, text in self.used()]


@as_set_up
def blank(states: tuple[int, ...], _language: str | None) -> FilterForm:
    """Return the form in which nothing is written, judged already; it is the same for all readers of these States."""
    form = FilterForm(QueryDict(), states=list(State.objects.filter(pk__in=states)))
    form.full_clean()
    return form


def canonical(query: QueryDict, **changes: str) -> str:
    """Return what an address asks of the list, without its page and without what the list does not know, in a fixed order."""
    asked = {name: changes.get(name, query.get(name, "")) for name in ("q", "state", *FilterForm.base_fields)}
    return urlencode([(name, value) for name, value in asked.items() if value])


def words_in(query: QueryDict) -> str:
    """Return what was typed into the search box, without what no database takes; raise ``BadRequest`` for half a character."""
    words = query.get("q", "").replace("\x00", "").strip()[:100]
    try:
        words.encode()
    except UnicodeEncodeError:
        raise BadRequest from None
    return words


def state_in(query: QueryDict) -> str:
    """Return whether open files alone are asked for, closed ones, or, empty, all."""
    asked = query.get("state", "")
    return asked if asked in STATES else ""


def homes_of(officer: Officer) -> list[State]:
    """Return the States in which the officer holds a charge, that of his first one first."""
    return list(dict.fromkeys(held.office.designation.state for held in capacities(officer)))


def asked_for(officer: Officer, query: QueryDict, *, now: datetime) -> tuple[FilterForm, QuerySet[Case]]:
    """Return the filters of an address, and the files the officer may read that fit them; none while a filter cannot be read."""
    homes = homes_of(officer)
    written = any(query.get(name) for name in FilterForm.base_fields)
    form = FilterForm(query, states=homes) if written else blank(tuple(state.pk for state in homes), get_language())
    if not form.is_valid():
        return form, Case.objects.none()
    home = homes[0] if homes else None
    return form, narrowed(visible_to(officer), form.cleaned_data, words=words_in(query), state=state_in(query), home=home, now=now)


def narrowed(rows: QuerySet[Case], asked: dict[str, Any], *, words: str, state: str, home: State | None, now: datetime) -> QuerySet[Case]:
    """Return the files that fit everything asked, in the order asked; working days are those of the ``home`` State."""
    named = finding.may_be_number(words)
    if words:
        rows = rows.filter(finding.matching(words))
    if named:
        rows = finding.number_first(rows, words)
    rows = rows.filter(ENDED_OR_NOT.get(state, Q()), _of_file(asked))
    stay = _of_stay(asked, home, now)
    if stay:
        rows = rows.filter(Exists(Movement.objects.filter(stay, case=OuterRef("pk"), disposed=None)))
    if asked["reviewed"]:
        rows = reviewing.standing_as(rows, asked["reviewed"], now)
    if asked["beneficiary"]:
        rows = beneficiaries.of_category(rows, asked["beneficiary"])
    order = [ORDERS[asked["sort"]]] if asked["sort"] else []
    return rows.order_by(*(["-is_named"] if named else []), *order, "-pk")


def _of_file(asked: dict[str, Any]) -> Q:
    process, ending = (asked["ending"] or ":").split(":")
    conditions = {
        "kind": asked["process"],
        "district": asked["district"],
        "amount__gte": asked["amount_from"],
        "amount__lte": asked["amount_to"],
        "created__gte": _begins(asked["opened_from"]),
        "created__lt": _begins(asked["opened_to"], after=1),
        "ending": ending,
    }
    return Q(**_given(conditions)) & Q(**_given({"kind": process}))


def _of_stay(asked: dict[str, Any], home: State | None, now: datetime) -> Q:
    """Return what one and the same open stay of the file must be; empty where nothing is asked of it."""
    process, step = (asked["step"] or ":").split(":")
    conditions = {
        "step": step,
        "case__kind": process,
        "office__designation": asked["office"],
        "received__gte": _begins(asked["received_from"]),
        "received__lt": _begins(asked["received_to"], after=1),
    }
    found = Q(**_given(conditions))
    if asked["days"] is not None and home:
        found &= Q(received__lt=_begins(day_before_working_days(asked["days"] + 1, today(), home), after=1))
    if asked["limit"]:
        acts = ~Q(power="")
        late = acts & Q(due__lt=now)
        found &= {"late": late, "in_time": ~late, "acts": acts, "returned": reviewing.RETURNED}[asked["limit"]]
    return found


def _given(conditions: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in conditions.items() if value not in (None, "")}


def _begins(day: date | None, after: int = 0) -> datetime | None:
    """Return the first moment of a day in India, or of the day ``after`` days later."""
    return None if day is None else day_begins(day + timedelta(days=after))


def told_order(sort: str) -> str:
    """Say in which order the files stand, as the end of a sentence."""
    return {"due": gettext("first due first"), "amount": gettext("largest amount first")}.get(sort, gettext("newest first"))
