"""Forms that judge a row of a workbook where the record is kept in set-up or stands in no form of its own."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import BudgetHead, Charge, Designation, District, Holiday, Office, Officer, Posting, State
from workflows.forms.fields import DIGITS, DayField, RupeeField, TextField

YEAR = re.compile(r"(20\d\d)-(\d\d)")
SERIES = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class StatesForm(forms.Form):
    """A row of a table of one State; its choices are the State's own."""

    def __init__(self, *args: Any, state: State, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state = state
        self.choices_of("district", District.objects.filter(state=state))
        self.choices_of("post", Designation.objects.filter(state=state))

    def choices_of(self, name: str, rows: Any) -> None:
        if name in self.fields:
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def office_of(self, data: dict[str, Any]) -> Office | None:
        """Return the office of a post and a district; ``None``, with a fault, when there is none."""
        post, district = data.get("post"), data.get("district")
        if post is None:
            return None
        found = self.offices.get((post.pk, district.pk if district else None))
        if found is None:
            self.add_error("post", _("There is no such office. Leave the district empty for a post of the whole State."))
        return found

    @property
    def offices(self) -> dict[tuple[int, int | None], Office]:
        """The State's offices by post and district, read once."""
        if not hasattr(self, "_offices"):
            rows = Office.objects.filter(designation__state=self.state).select_related("designation__state", "district")
            self._offices = {(office.designation_id, office.district_id): office for office in rows}
        return self._offices


class HolidayForm(StatesForm):
    date = DayField(label=gettext_lazy("Date"))
    name_en = TextField(label=gettext_lazy("Name in English"), max_length=200)
    name_hi = TextField(label=gettext_lazy("Name in Hindi"), max_length=200, required=False)
    works = forms.BooleanField(label=gettext_lazy("A working day instead"), required=False)
    district = forms.ModelChoiceField(
        District.objects.none(), label=gettext_lazy("District"), required=False, help_text=gettext_lazy("Empty: the whole State.")
    )
    post = forms.ModelChoiceField(
        Designation.objects.none(), label=gettext_lazy("Post"), required=False, help_text=gettext_lazy("For one office alone.")
    )
    source = TextField(
        label=gettext_lazy("Source"), max_length=200, required=False, help_text=gettext_lazy("Number and date of the order.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["office"] = self.office_of(data)
        return data

    def holiday(self) -> Holiday:
        """Return the holiday that the row declares, not yet saved."""
        data = self.cleaned_data
        place = {"office": data["office"]} if data["office"] else {"district": data["district"]}
        said = {name: data[name] for name in ("date", "name_en", "name_hi", "works", "source")}
        return Holiday(state=self.state, **place, **said)


class OfficerField(TextField):
    """An officer, by the name with which he signs in. Cleaned: the officer."""

    officers: dict[str, Officer] = {}

    def to_python(self, value: Any) -> Any:
        name = super().to_python(value)
        if not name:
            return None
        found = self.officers.get(name.casefold())
        if found is None:
            raise ValidationError(_("Nobody of your State signs in as “%(name)s”.") % {"name": name}, code="officer")
        return found

    def run_validators(self, value: Any) -> None:
        """Judge nothing more: the officer was found by the text."""


class PostingForm(StatesForm):
    officer = OfficerField(label=gettext_lazy("User name of the officer"), max_length=150)
    post = forms.ModelChoiceField(Designation.objects.none(), label=gettext_lazy("Post"))
    district = forms.ModelChoiceField(
        District.objects.none(), label=gettext_lazy("District"), required=False, help_text=gettext_lazy("Empty: a post of the State.")
    )
    charge = forms.ChoiceField(label=gettext_lazy("Charge"), choices=Charge.choices)
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"), required=False)
    order_number = TextField(label=gettext_lazy("Order number"), max_length=80, required=False)

    def __init__(self, *args: Any, state: State, **kwargs: Any) -> None:
        super().__init__(*args, state=state, **kwargs)
        here = Q(postings__office__designation__state=state) | Q(postings=None)
        rows = Officer.objects.filter(here, is_superuser=False, is_active=True).distinct()
        self.fields["officer"].officers = {officer.username.casefold(): officer for officer in rows}  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["office"] = self.office_of(data)
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        if data.get("charge") == Charge.LINK and last is None and "ends_on" not in self.errors:
            self.add_error("ends_on", _("A link officer needs a last day."))
        return data

    def posting(self) -> Posting:
        """Return the posting that the row asks for, not yet saved."""
        return Posting(
            **{name: self.cleaned_data[name] for name in ("officer", "office", "charge", "starts_on", "ends_on", "order_number")}
        )


class YearField(TextField):
    """A financial year, written 2026-27."""

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").translate(DIGITS).replace("–", "-")
        years = YEAR.fullmatch(text)
        if value and (not years or (int(years[1]) + 1) % 100 != int(years[2])):
            raise ValidationError(_("Write the financial year like 2026-27."), code="year")
        return text


class HeadField(forms.ModelChoiceField):
    def label_from_instance(self, head: BudgetHead) -> str:
        return f"{head.code} · {head.name}"


class AllotmentForm(StatesForm):
    head = HeadField(BudgetHead.objects.none(), label=gettext_lazy("Budget head"))
    year = YearField(label=gettext_lazy("Financial year"), max_length=7)
    allotted = RupeeField(label=gettext_lazy("Allotted (₹)"))

    def __init__(self, *args: Any, state: State, **kwargs: Any) -> None:
        super().__init__(*args, state=state, **kwargs)
        self.choices_of("head", BudgetHead.objects.filter(state=state))


class SlotForm(StatesForm):
    """One district's days in a series of the Udyam Samagam."""

    district = forms.ModelChoiceField(District.objects.none(), label=gettext_lazy("District"))
    planned_from = DayField(label=gettext_lazy("From"))
    planned_to = DayField(label=gettext_lazy("To"))
    series = TextField(
        label=gettext_lazy("Series"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Small letters, digits and hyphens; empty: samagam and the year."),
    )
    reason = TextField(
        label=gettext_lazy("Why it is moved"),
        max_length=1000,
        required=False,
        help_text=gettext_lazy("Only where the district has other days already."),
    )

    def clean_series(self) -> str:
        series = self.cleaned_data["series"].lower()
        if series and not SERIES.fullmatch(series):
            raise ValidationError(_("Write small letters, digits and hyphens, for example samagam-2026."))
        return series

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("planned_from"), data.get("planned_to")
        if first and last and last < first:
            self.add_error("planned_to", _("The last day comes before the first."))
        if first:
            data["series"] = data.get("series") or f"samagam-{first.year}"
        return data
