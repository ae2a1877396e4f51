"""By what the list of a register is narrowed: one form made from its declaration, for the page, the list that goes out and programs."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import BadRequest
from django.db import models
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import District, Officer, State
from workflows.authority import capacities
from workflows.forms.fields import DayField, TextField
from workflows.registers.access import readable
from workflows.registers.declaring import Register
from workflows.registers.forms import a_day_of_the_programme

ALL = ("", gettext_lazy("All"))
YES_OR_NO = [("True", gettext_lazy("yes")), ("False", gettext_lazy("no"))]
REMOVED = "removed"


class EntryFilter(forms.Form):
    """The filters of one register; ``narrow`` leaves the rows that fit. What was struck off is shown to whoever asks for it."""

    use_required_attribute = False
    register: ClassVar[Register]

    q = TextField(label=gettext_lazy("Words"), required=False, max_length=100)
    standing = forms.ChoiceField(label=gettext_lazy("How it stands"), required=False)

    def __init__(self, data: Any = None, *, states: list[State]) -> None:
        super().__init__(data)
        if "district" in self.fields:
            places = District.objects.filter(state__in=states)
            self.fields["district"].choices = [ALL, *((str(place.pk), place.name) for place in places)]  # type: ignore[attr-defined]
        for name in self.register.short_tables:
            table: Any = self.register.model._meta.get_field(name).related_model
            self.fields[name].choices = [ALL, *((str(row.pk), row.name) for row in table.objects.all())]  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that fit what was asked; the form is valid."""
        asked, register = self.cleaned_data, self.register
        standings = {standing.key: standing.condition for standing in register.standings}
        rows = rows.exclude(removed_why="") if asked["standing"] == REMOVED else rows.filter(removed_why="")
        if asked["standing"] in standings:
            rows = rows.filter(standings[asked["standing"]]())
        for word in asked["q"].split():
            rows = rows.filter(_any_of(register.search, word))
        for name in register.filters:
            way = register.model.DISTRICT if name == "district" else name
            conditions = {way: asked.get(name), f"{way}__gte": asked.get(f"{name}_from"), f"{way}__lte": asked.get(f"{name}_to")}
            rows = rows.filter(**{key: value for key, value in conditions.items() if value not in (None, "")})
        return rows

    def used(self) -> Iterator[tuple[str, str]]:
        """Yield the name of every filter in use, and how it reads."""
        for name, value in self.cleaned_data.items():
            if value in (None, ""):
                continue
            choices = dict(getattr(self.fields[name], "choices", ()))
            said = date_format(value) if isinstance(value, date) else choices.get(value, value)
            yield name, f"{self.fields[name].label}: {said}"


def filter_form(register: Register) -> type[EntryFilter]:
    """Return the form of a register's filters."""
    standings = [ALL, *((s.key, s.label) for s in register.standings), (REMOVED, gettext_lazy("Struck off"))]
    fields: dict[str, Any] = {"standing": forms.ChoiceField(label=gettext_lazy("How it stands"), required=False, choices=standings)}
    for name in register.filters:
        fields |= _inputs(register, name)
    return type(f"{register.key.title()}Filter", (EntryFilter,), {"register": register, **fields})


def _inputs(register: Register, name: str) -> dict[str, Any]:
    if name == "district":
        return {name: forms.ChoiceField(label=gettext_lazy("District"), required=False)}
    known: Any = register.model._meta.get_field(name)
    label = capfirst(known.verbose_name)
    if known.many_to_one:
        return {name: forms.ChoiceField(label=label, required=False)}
    if known.choices:
        return {name: forms.ChoiceField(label=label, required=False, choices=[ALL, *known.choices])}
    if isinstance(known, models.DateField):
        days = {"from": gettext_lazy("{what}, from"), "to": gettext_lazy("{what}, up to")}
        return {
            f"{name}_{end}": DayField(label=format_lazy(said, what=label), required=False, validators=[a_day_of_the_programme])
            for end, said in days.items()
        }
    if isinstance(known, models.BooleanField):
        return {name: forms.ChoiceField(label=label, required=False, choices=[ALL, *YES_OR_NO])}
    return {name: TextField(label=label, required=False, max_length=100)}


def asked_for(register: Register, form_class: type[EntryFilter], officer: Officer, query: QueryDict) -> tuple[EntryFilter, QuerySet[Any]]:
    """Return the filters of an address, and the entries the officer reads that fit them; none while a filter cannot be read."""
    form = form_class(query, states=states_of(officer))
    rows = readable(register, officer)
    rows = rows.order_by(*register.order, "-pk") if register.order else rows
    return form, form.narrow(rows) if form.is_valid() else rows.none()


def states_of(officer: Officer) -> list[State]:
    """Return the States in which the officer holds a charge."""
    return list(dict.fromkeys(held.office.designation.state for held in capacities(officer) if held.powers))


def canonical(form_class: type[EntryFilter], query: QueryDict, **changes: str) -> str:
    """Return what an address asks of the list, without its page and what the list does not know."""
    asked = {name: changes.get(name, query.get(name, "")) for name in form_class.base_fields}
    try:
        return urlencode([(name, value) for name, value in asked.items() if value])
    except UnicodeEncodeError:
        raise BadRequest(_("This address cannot be read.")) from None


def _any_of(names: tuple[str, ...], word: str) -> Q:
    found = Q(pk__in=[])
    for name in names:
        found |= Q(**{f"{name}__icontains": word})
    return found
