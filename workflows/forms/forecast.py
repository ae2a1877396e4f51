"""The questions of the forecast: as known when, and what if."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import is_working_day
from programme.models import State
from workflows.forms.fields import DayField, NumberField

# A longer closure is not a what-if but another season.
LONGEST_CLOSURE = 31
AHEAD = timedelta(days=365)
MOST_PLUS = 200
# A list, because people write a decimal point in two ways.
TIMES = ("0", "0.5", "1", "1.5", "2", "3", "5", "10")


class WhatIfForm(forms.Form):
    """What is supposed of the rest of a season. Everything may be left empty, and everything may be supposed together."""

    on = DayField(label=gettext_lazy("As known on"), required=False, help_text=gettext_lazy("An earlier day shows what was said then."))
    hands = forms.ChoiceField(label=gettext_lazy("More hands at"), required=False)
    times = forms.ChoiceField(
        label=gettext_lazy("Times the files of a day"), required=False, choices=[(one, f"× {one}") for one in TIMES], initial="1"
    )
    plus = NumberField(label=gettext_lazy("So many more files a day"), required=False)
    clears = forms.ChoiceField(
        label=gettext_lazy("Desk cleared at"), required=False, help_text=gettext_lazy("On one day everything that waits is disposed of.")
    )
    clears_on = DayField(label=gettext_lazy("Cleared on"), required=False)
    closed_from = DayField(label=gettext_lazy("Offices closed from"), required=False)
    closed_to = DayField(label=gettext_lazy("Offices closed up to"), required=False)
    filled = forms.BooleanField(label=gettext_lazy("Every vacant post is filled today"), required=False)

    def __init__(self, *args: Any, state: State, today: date, first: date, offices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state, self.today, self.first = state, today, first
        for name in ("hands", "clears"):
            self.fields[name].choices = [("", "—"), *offices]  # type: ignore[attr-defined]

    def clean_on(self) -> date:
        on = self.cleaned_data["on"] or self.today
        if on > self.today:
            raise ValidationError(_("Nothing is known of a day to come; write today or an earlier day."))
        if on < self.first:
            raise ValidationError(_("The season had not begun on this day."))
        return on

    def clean_plus(self) -> int:
        plus = self.cleaned_data["plus"] or 0
        if plus > MOST_PLUS:
            raise ValidationError(_("Write a number up to %(most)s.") % {"most": MOST_PLUS})
        return plus

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self._both("clears", "clears_on")
        self._both("closed_from", "closed_to")
        if self.has_changed_hands and not data.get("hands") and "hands" not in self.errors:
            self.add_error("hands", _("Say at which office there are more hands."))
        if data.get("clears_on"):
            self._to_come("clears_on")
            if not self.has_error("clears_on") and not is_working_day(data["clears_on"], self.state):
                self.add_error("clears_on", _("Offices are closed on this day."))
        self._closure(data)
        return data

    @property
    def has_changed_hands(self) -> bool:
        return self.cleaned_data.get("times") not in {"", "1", None} or bool(self.cleaned_data.get("plus"))

    def _both(self, one: str, other: str) -> None:
        """Ask for the other of two fields that say something only together."""
        for given, missing in ((one, other), (other, one)):
            if self.cleaned_data.get(given) and not self.cleaned_data.get(missing) and missing not in self.errors:
                self.add_error(missing, _("Fill in this field too, or empty “%(field)s”.") % {"field": self.fields[given].label})

    def _to_come(self, name: str) -> None:
        day, on = self.cleaned_data[name], self.cleaned_data.get("on") or self.today
        if not on <= day <= on + AHEAD:
            self.add_error(name, _("Write a day from %(day)s on, within a year.") % {"day": on.strftime("%d-%m-%Y")})

    def _closure(self, data: dict[str, Any]) -> None:
        first, last = data.get("closed_from"), data.get("closed_to")
        if not first or not last:
            return
        self._to_come("closed_from")
        if last < first:
            self.add_error("closed_to", _("The last day lies before the first."))
        elif (last - first).days >= LONGEST_CLOSURE:
            self.add_error("closed_to", _("Write at most %(most)s days.") % {"most": LONGEST_CLOSURE})
