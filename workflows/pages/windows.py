"""Between which days, where and in which process an auditor looks: the form in the address, and the window it asks for."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import today
from programme.models import Designation, District, State
from workflows.audit.window import Window
from workflows.filters import ALL, a_day_of_files
from workflows.flows import FLOWS
from workflows.forms.fields import DayField
from workflows.models import Outcome

LONGEST = 1100
APRIL = 4


class WindowForm(forms.Form):
    """Days, place and process. Without days it asks for the financial year that runs."""

    use_required_attribute = False

    first = DayField(label=gettext_lazy("From"), required=False, validators=[a_day_of_files])
    last = DayField(label=gettext_lazy("Up to"), required=False, validators=[a_day_of_files])
    process = forms.ChoiceField(label=gettext_lazy("Process"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    office = forms.ChoiceField(label=gettext_lazy("Post"), required=False)

    def __init__(self, data: QueryDict, *, state: State) -> None:
        begins, ends = year_of(today())
        usual = {"first": begins.isoformat(), "last": ends.isoformat()}
        super().__init__({**usual, **{name: data[name] for name in data if data[name]}}, initial=usual)
        self.state = state
        places = District.objects.filter(state=state)
        posts = Designation.objects.filter(state=state).exclude(powers=[]).order_by("name_en")
        rows = {
            "process": [(slug, flow.process_title) for slug, flow in FLOWS.items()],
            "district": [(str(row.pk), row.name) for row in places],
            "office": [(str(row.pk), row.name) for row in posts],
        }
        for name, choices in rows.items():
            self.fields[name].choices = [ALL, *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        first, last = asked.get("first"), asked.get("last")
        if first and last and last < first:
            self.add_error("last", ValidationError(_("This day lies before the first one."), code="backwards"))
        elif first and last and (last - first).days > LONGEST:
            self.add_error("last", ValidationError(_("At most three years are looked at together."), code="long"))
        return asked

    @property
    def window(self) -> Window:
        """What a valid form asks for."""
        asked = self.cleaned_data
        district, office = (int(asked[name]) if asked[name] else None for name in ("district", "office"))
        return Window(self.state, asked["first"], asked["last"], district, asked["process"], office)

    @property
    def address(self) -> str:
        """What the form asks, as the end of an address; of days that are the usual ones too, so that it says the same tomorrow."""
        return urlencode([(name, self.data[name]) for name in self.fields if self.data.get(name)])


class NotingForm(WindowForm):
    """A window of notings, and what was done in them."""

    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False, choices=[ALL, *Outcome.choices])


def year_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the financial year in which a day lies."""
    begins = day.year if day.month >= APRIL else day.year - 1
    return date(begins, APRIL, 1), date(begins + 1, 3, 31)
