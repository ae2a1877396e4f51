"""The forms of an action plan: opening, the district's draft, a department's section, the signature, scrutiny, approval, progress."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from programme.calendar import financial_year, today
from programme.models import ActionPlan, ActivityStatus, Department, District, Matter, Office, Topic
from programme.plans import live_plan, season_of
from workflows.authority import Refusal
from workflows.forms.decisions import DecisionForm
from workflows.forms.fields import DayField, NumberField, RupeeField, TextField
from workflows.forms.records import RecordForm
from workflows.forms.rows import CellError, Column, Line, RowsField
from workflows.models import Outcome

# The code of the form's fault when the district has a plan.
ALREADY = "already"


class AlreadyOpen(Refusal):
    """The district has a plan of the year that was not withdrawn."""


class SeasonForm(RecordForm):
    """Opens the plan of one district: for the office's own, or for any of the State where the office has none."""

    year = forms.ChoiceField(label=_("Financial year"), choices=())

    sections = [(_("Season"), ["year", "district"])]

    class Meta:
        model = ActionPlan
        fields = ["district"]

    def scope(self, office: Office) -> None:
        self.fields["year"].choices = [(year, year) for year in planned_years()]  # type: ignore[attr-defined]
        districts = District.objects.filter(state=office.state_id).select_related("state")
        if office.district_id:
            districts = districts.filter(pk=office.district_id)
            self.initial["district"] = office.district_id
        self.fields["district"].queryset = districts  # type: ignore[attr-defined]

    @property
    def outcome(self) -> Outcome:
        return Outcome.OPEN

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        district, year = data.get("district"), data.get("year")
        if district and year and live_plan(district, year):
            self.add_error("district", forms.ValidationError(_already(district, year), code=ALREADY))
        return data

    def save(self, commit: bool = True) -> ActionPlan:
        """Save the plan with its season; raise ``AlreadyOpen`` when another was faster."""
        district, year = self.cleaned_data["district"], self.cleaned_data["year"]
        self.instance.season = season_of(district.state, year, self.norm)
        try:
            with transaction.atomic():
                super().save(commit)
        except IntegrityError:
            raise AlreadyOpen(_already(district, year)) from None
        return ActionPlan.read(self.instance.pk)


def planned_years() -> list[str]:
    """Return the financial years for which plans are opened today: this one and the next."""
    this = financial_year(today())
    first = int(this[:4])
    return [this, f"{first + 1}-{(first + 2) % 100:02}"]


def _already(district: District, year: str) -> str:
    return gettext("%(district)s has its action plan of %(year)s already.") % {"district": district.name, "year": year}


def _activity_columns() -> list[Column]:
    return [
        Column("topic", forms.ChoiceField(label=_("Topic"), choices=Topic.choices), "wide"),
        Column("title", TextField(label=_("Activity"), max_length=200), "wide"),
        Column("starts_on", DayField(label=_("From"))),
        Column("ends_on", DayField(label=_("To"))),
        Column("amount", RupeeField(label=_("Amount (₹)"), required=False)),
        Column("matter", forms.ModelChoiceField(Matter.objects.none(), label=_("Problem or suggestion it answers"), required=False)),
    ]


def _with_department() -> list[Column]:
    first, second, *others = _activity_columns()
    return [first, second, Column("department", forms.ModelChoiceField(Department.objects.none(), label=_("Department")), "wide"), *others]


class ActivitiesForm(RecordForm):
    """A page with the activities of the office's own section; other sections are neither shown here nor touched."""

    def scope(self, office: Office) -> None:
        matters = Matter.objects.filter(district=office.district_id, removed_why="")
        self.fields["activities"].column("matter").queryset = matters  # type: ignore[attr-defined]

    def own_rows(self, name: str) -> dict[str, Any]:
        return {"desk": self.office.designation.code}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for fault in days_in_disorder(data.get("activities", [])):
            self.add_error("activities", fault)
        return data


def days_in_disorder(lines: list[Line]) -> list[CellError]:
    """Return a fault for each activity that ends before it begins."""
    said = gettext("The last day comes before the first.")
    return [CellError(said, line=line.n, column="ends_on") for line in lines if line["ends_on"] < line["starts_on"]]


class PlanForm(ActivitiesForm):
    """What the District Industries Centre drafts, and corrects when the plan comes back."""

    national_strategy = TextField(label=_("Strategy for the national market"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    international_strategy = TextField(
        label=_("Strategy for international markets"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5})
    )
    activities = RowsField(
        _with_department(),
        label=_("Activities"),
        min_rows=1,
        help_text=_("Line departments add theirs afterwards, each in a section of its own."),
    )

    sections = [(_("Strategy"), ["national_strategy", "international_strategy"]), (_("Activities"), ["activities"])]

    class Meta:
        model = ActionPlan
        fields = ["national_strategy", "international_strategy"]

    def scope(self, office: Office) -> None:
        super().scope(office)
        departments = Department.objects.filter(state=office.state_id)
        self.fields["activities"].column("department").queryset = departments  # type: ignore[attr-defined]


class SectionForm(ActivitiesForm):
    """What one line department adds. It writes its own lines and nothing else, because others write beside it."""

    activities = RowsField(_activity_columns(), label=_("Activities of your department"))

    sections = [(_("Section of your department"), ["activities"])]

    class Meta:
        model = ActionPlan
        fields: list[str] = []

    def own_rows(self, name: str) -> dict[str, Any]:
        return super().own_rows(name) | {"department_id": self.office.designation.department_id}

    def save(self, commit: bool = True) -> ActionPlan:
        self.keep_lines()
        return ActionPlan.read(self.instance.pk)


class SignatureForm(DecisionForm):
    """The District Magistrate signs and submits, or returns. The first signature is the one that counts against the last day."""

    def values(self) -> dict[str, Any]:
        if self.outcome != Outcome.SUBMIT or self.record.submitted_at:
            return {}
        return {"submitted_at": timezone.now()}


class PlanScrutinyForm(DecisionForm):
    pass


class PlanApprovalForm(DecisionForm):
    pass


class ProgressForm(forms.Form):
    """One report on one activity of an adopted plan."""

    status = forms.ChoiceField(label=_("Status"), choices=ActivityStatus.choices)
    progress = NumberField(label=_("Progress (per cent)"))
    evidence = TextField(label=_("What was done, and what shows it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    paper = forms.FileField(label=_("Paper that shows it"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        status, progress = data.get("status"), data.get("progress")
        if status is None or progress is None:
            return data
        if progress > 100:
            self.add_error("progress", gettext_lazy("Not more than 100 per cent."))
        elif status == ActivityStatus.DONE and progress != 100:
            self.add_error("progress", gettext_lazy("What is done is done to 100 per cent."))
        elif status == ActivityStatus.NOT_BEGUN and progress:
            self.add_error("progress", gettext_lazy("What has not begun has no progress."))
        return data
