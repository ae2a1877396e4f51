"""The form of an entry: made from the model's own fields, with the inputs of this house, limited to the place of its writer."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import today
from programme.models import Department, Designation, District, Entry, Event, Office, Product, Seller
from workflows.forms.fields import LONGEST_NUMBER, DayField, NumberField, RupeeField, SeveralField, TextField
from workflows.forms.rows import RowsField, lines_of, to_plain
from workflows.registers.access import Reach

LONGEST_TEXT, LONGEST_REASON = 4000, 1000
# How a row is found to be of a State.
PLACES: dict[type[models.Model], str] = {
    District: "state",
    Department: "state",
    Designation: "state",
    Office: "designation__state",
    Product: "district__state",
}
ORDERS: dict[type[models.Model], tuple[str, ...]] = {
    Event: ("-planned_from", "pk"),
    Product: ("district__name_en", "pk"),
    Office: ("designation__name_en", "district__name_en"),
}
RELATED: dict[type[models.Model], tuple[str, ...]] = {Product: ("district",), Seller: ("district",), Office: ("designation", "district")}


def told_apart(row: Any) -> str:
    """Return how people tell a row from others of the same name."""
    if isinstance(row, Product | Seller):
        return f"{row.name} ({row.district.name})"
    return f"{row.name} ({row.planned_from:%d-%m-%Y})" if isinstance(row, Event) else str(row)


class EntryChoice(forms.ModelChoiceField):
    """A row of a table, called as people tell it from others of the same name."""

    def label_from_instance(self, obj: Any) -> str:
        return told_apart(obj)

    def to_python(self, value: Any) -> Any:
        if len(str(value or "")) > LONGEST_NUMBER:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})
        return super().to_python(value)


class SeveralRows(SeveralField):
    """Rows of a table, called in the same way."""

    def label_from_instance(self, obj: Any) -> str:
        return told_apart(obj)


def a_day_of_the_programme(day: date) -> None:
    """Raise ``ValidationError`` on a day on which nothing of the programme was or will be."""
    if not 1950 <= day.year < 2200:
        raise ValidationError(_("Write the year with four figures, for example 2026."), code="year")


def house_field(known: Any, **kwargs: Any) -> forms.Field | None:
    """Return the input of this house for a field of a model."""
    if known.choices or isinstance(known, models.BooleanField):
        return known.formfield(**kwargs)
    if known.many_to_many:
        return known.formfield(form_class=SeveralRows, widget=forms.CheckboxSelectMultiple, **kwargs)
    if known.many_to_one:
        return known.formfield(form_class=EntryChoice, **kwargs)
    said = {"label": known.formfield().label, "required": not known.blank, "help_text": known.help_text}
    if isinstance(known, models.DateField):
        return DayField(validators=[a_day_of_the_programme], **said)
    if isinstance(known, models.DecimalField):
        return RupeeField(**said)
    if isinstance(known, models.IntegerField):
        return NumberField(**said)
    if isinstance(known, models.TextField):
        return TextField(max_length=known.max_length or LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3}), **said)
    if isinstance(known, models.CharField):
        return TextField(max_length=known.max_length, **said)
    return known.formfield(**kwargs)


class EntryForm(forms.ModelForm):
    """An entry of a register. A table of lines is declared as ``RowsField`` and kept in the JSON field of the same name.

    ``sections`` order the fields on the page; ``fixed`` are those that are not changed here once the entry stands.
    """

    sections: list[tuple[Any, list[str]]] = []
    fixed: frozenset[str] = frozenset()

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    why = TextField(
        label=gettext_lazy("Why it is changed"),
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    class Meta:
        formfield_callback = house_field

    def __init__(self, data: Any = None, *, reach: Reach, head: str = "", reasons: frozenset[str] = frozenset(), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.reach, self.reasons = reach, reasons
        self.tables = {name: asked for name, asked in self.fields.items() if isinstance(asked, RowsField)}
        for asked in self.fields.values():
            self._narrow(asked)
        for name, table in self.tables.items():
            for column in table.columns:
                self._narrow(column.field)
            self.initial.setdefault(name, lines_of(self.instance, name, table))
        self.fields["seen"].initial = head
        if self.instance.pk is None:
            del self.fields["why"]
        for name in self.fixed if self.instance.pk else ():
            self.fields[name].disabled = True
        if "district" in self.fields and reach.districts and len(reach.districts) == 1:
            self.initial.setdefault("district", next(iter(reach.districts)))

    def _narrow(self, asked: Any) -> None:
        """Limit a choice of rows to the State's, and of districts to those of the writer."""
        rows = getattr(asked, "queryset", None)
        if rows is None:
            return
        model = rows.model
        if model is District:
            asked.queryset = self.reach.choices()
        elif issubclass(model, Entry):
            here = {model.STATE: self.reach.state, "removed_why": ""}
            asked.queryset = rows.filter(**here).select_related(*RELATED.get(model, ())).order_by(*ORDERS.get(model, ("pk",)))
        elif model in PLACES:
            here = {PLACES[model]: self.reach.state}
            asked.queryset = rows.filter(**here).select_related(*RELATED.get(model, ())).order_by(*ORDERS.get(model, ("pk",)))

    @property
    def ordered(self) -> list[tuple[Any, list[str]]]:
        """The fields by section; what no section names stands in the first one."""
        besides = [name for name in self.fields if name not in ("seen", "why") and not any(name in names for _t, names in self.sections)]
        if not self.sections:
            return [("", besides)]
        (title, names), *others = self.sections
        return [(title, names + besides), *others]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "why" in self.fields and not data.get("why") and self.reasons & set(self.changed_data):
            self.add_error("why", _("Write why this is changed."))
        return data

    def _post_clean(self) -> None:
        entry: Any = self.instance
        if hasattr(entry, "state_id") and entry.state_id is None:
            entry.state = self.reach.state
        for name in self.tables:
            if name in self.cleaned_data:
                setattr(entry, name, to_plain(self.cleaned_data[name]))
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            # What the database will not take is said here, also where a rule looks at fields that the form does not show.
            try:
                entry.validate_constraints()
            except ValidationError as refusal:
                self.add_error(None, refusal.messages)
        if not self.errors and not self.reach.covers(entry.state_of, entry.district_of):
            name = entry.DISTRICT.partition("__")[0]
            self.add_error(name if name in self.fields else None, _("Your office enters and changes what concerns its own district alone."))

    def day_not_ahead(self, *names: str) -> None:
        """Refuse days that have not come yet."""
        for name in names:
            if (day := self.cleaned_data.get(name)) and day > today():
                self.add_error(name, _("This day has not come yet."))

    def in_order(self, first: str, last: str) -> None:
        """Refuse a last day before the first."""
        begins, ends = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if begins and ends and ends < begins:
            self.add_error(last, _("The last day comes before the first."))

    def whole_errors(self) -> list[str]:
        return [str(text) for text in self.errors.get(NON_FIELD_ERRORS, [])]


class ReasonForm(forms.Form):
    """Why something is done to an entry."""

    why = TextField(label=gettext_lazy("Why"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))
