"""The questions of the calculator, made from what a scheme asks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.loading import ALL_INDIA
from programme.models import Norm, State
from programme.norms import inputs, labels, wording
from programme.norms.choosing import VERSION
from workflows.forms.fields import DIGITS, DayField, TextField, without_commas

CONTAINER_ROWS = 10


class RuleForm(forms.Form):
    """Which scheme is asked, for which State, on which day."""

    scheme = forms.ChoiceField(label=gettext_lazy("Scheme"))
    state = forms.ChoiceField(label=gettext_lazy("State"))
    on = DayField(label=gettext_lazy("On"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(state.short, state.name) for state in State.objects.exclude(short="")]
        self.fields["scheme"].choices = list(labels.SCHEMES.items())  # type: ignore[attr-defined]
        self.fields["state"].choices = [*states, (ALL_INDIA, _("all India"))]  # type: ignore[attr-defined]

    def place(self) -> State | None:
        """Return the State that was chosen, ``None`` for all India."""
        return State.objects.filter(short=self.cleaned_data["state"]).first()


class NumberText(TextField):
    """A figure as people type it: Devanagari digits, the rupee sign and commas are put into plain writing; the scheme checks it."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value).translate(DIGITS)
        return without_commas(text.replace("₹", "").replace(" ", "").removesuffix("/-"))


class QuestionForm(forms.Form):
    """The inputs of one scheme under one version. Their faults are found by the calculator itself and shown at the field."""

    def __init__(self, asked: Mapping[str, inputs.Field], norms: list[Norm], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        self.boxes = next((name for name, field in asked.items() if isinstance(field.check, inputs.Containers)), "")
        versions = [("", _("the one in force on that day")), *[(norm.version, norm.version) for norm in norms]]
        self.fields[VERSION] = forms.ChoiceField(label=labels.INPUTS[VERSION], choices=versions, required=False)
        for name, field in asked.items():
            if name == self.boxes:
                self._add_rows()
            else:
                self.fields[name] = _form_field(name, field)

    def _add_rows(self) -> None:
        for number in range(CONTAINER_ROWS):
            feet = [("", "—"), *[(str(length), str(length)) for length in inputs.FEET]]
            self.fields[f"feet_{number}"] = forms.ChoiceField(label=labels.INPUTS["feet"], choices=feet, required=False)
            self.fields[f"freight_{number}"] = NumberText(label=labels.INPUTS["freight_rupees"], required=False, max_length=40)

    def rows(self) -> list[tuple[int, Any, Any]]:
        """Return the rows of containers as they stand on the page."""
        return [(number + 1, self[f"feet_{number}"], self[f"freight_{number}"]) for number in range(CONTAINER_ROWS)] if self.boxes else []

    def plain_fields(self) -> list[Any]:
        """Return the fields outside the rows of containers."""
        return [self[name] for name in self.fields if name == VERSION or name in self.asked]

    def given(self) -> dict[str, Any]:
        """Return what was typed into a valid form, as the calculator takes it."""
        values = {name: self.cleaned_data.get(name) for name in [VERSION, *self.asked] if name != self.boxes}
        found = {name: value for name, value in values.items() if value not in (None, "", [])}
        if self.boxes:
            found[self.boxes] = [
                {"feet": int(feet) if feet else None, "freight_rupees": freight or None}
                for number in range(CONTAINER_ROWS)
                for feet, freight in [(self.cleaned_data[f"feet_{number}"], self.cleaned_data[f"freight_{number}"])]
                if feet or freight
            ]
        return found

    def show(self, errors: Mapping[str, str]) -> None:
        """Put the calculator's sentences beside the fields they are about."""
        for name, sentence in errors.items():
            place = "feet_0" if name == self.boxes else name
            self.add_error(place if place in self.fields else None, sentence)


class CountsField(NumberText):
    """One number of people, or several with commas between."""

    def to_python(self, value: Any) -> Any:
        parts = [part for part in str(value or "").split(",") if part.strip()]
        numbers = [super(CountsField, self).to_python(part) for part in parts]
        return numbers if len(numbers) > 1 else "".join(numbers)


def _form_field(name: str, field: inputs.Field) -> forms.Field:
    label = labels.INPUTS[name]
    if isinstance(field.check, inputs.OneOf):
        choices = [("", "—"), *[(code, wording.WORDS.get(code, code)) for code in field.check.choices]]
        return forms.ChoiceField(label=label, choices=choices, required=field.required)
    if field.check is inputs.flag:
        return forms.BooleanField(label=label, required=False)
    if field.check is inputs.day:
        return DayField(label=label, required=field.required)
    kind = CountsField if field.check is inputs.counts else NumberText
    return kind(label=label, required=field.required, max_length=200, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
