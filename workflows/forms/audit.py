"""What an auditor types: how a sample is drawn, what it is tested for, what a test found, what is observed; and the office's reply."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import calendar_of, today
from programme.models import Office
from workflows.forms.fields import DayField, NumberField, TextField
from workflows.forms.questions import LONGEST, LONGEST_DAYS
from workflows.models import Finding, Method, Noting, Strata, TestStep

LONGEST_STEP = 300
# Working days that an office has for its reply where the auditor says nothing else.
USUAL_DAYS = 15


class StepLines(TextField):
    """Some lines, each an attribute to be tested."""

    widget = forms.Textarea(attrs={"rows": 5})

    def to_python(self, value: Any) -> Any:
        lines = tuple(line.strip() for line in super().to_python(value).splitlines() if line.strip())
        if any(len(line) > LONGEST_STEP for line in lines):
            raise ValidationError(_("A line has at most %(most)s characters.") % {"most": LONGEST_STEP}, code="long")
        return lines


class SampleForm(forms.Form):
    """How a sample is drawn from the selection above it."""

    title = TextField(label=gettext_lazy("Name of the sample"), max_length=120)
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=Method.choices, widget=forms.RadioSelect, initial=Method.RANDOM)
    strata = forms.ChoiceField(label=gettext_lazy("Stratified by"), required=False, choices=[("", "—"), *Strata.choices])
    size = NumberField(label=gettext_lazy("How many files"), min_value=1)
    seed = TextField(
        label=gettext_lazy("Seed"),
        max_length=40,
        help_text=gettext_lazy("With the same seed anybody draws the same files again. Take a number from a source that others can check."),
    )
    steps = StepLines(
        label=gettext_lazy("What each file is tested for"),
        required=False,
        help_text=gettext_lazy("One attribute a line. More can be added later."),
    )

    def __init__(self, *args: Any, most: int, most_steps: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = _("At most %(limit_value)s files are drawn at once.")
        self.fields["size"].validators.append(MaxValueValidator(most, said))
        self.most_steps = most_steps

    def clean_steps(self) -> tuple[str, ...]:
        steps: tuple[str, ...] = self.cleaned_data["steps"]
        if len(steps) > self.most_steps:
            raise ValidationError(_("A sample is tested for at most %(most)s attributes.") % {"most": self.most_steps}, code="many")
        return steps

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("method") == Method.STRATIFIED and not typed.get("strata"):
            self.add_error("strata", ValidationError(_("Choose by what the files are stratified."), code="strata"))
        if typed.get("method") != Method.STRATIFIED:
            typed["strata"] = ""
        return typed


class StepForm(forms.Form):
    text = TextField(label=gettext_lazy("Another attribute to test"), max_length=LONGEST_STEP)


class ResultForm(forms.Form):
    """The result of one step on one file; an empty result is a test not made yet."""

    finding = forms.ChoiceField(label=gettext_lazy("Result"), required=False, choices=[("", "—"), *Finding.choices])
    text = TextField(label=gettext_lazy("Remark"), required=False, max_length=1000)

    def __init__(self, data: Any, *, step: TestStep, initial: dict[str, str] | None = None) -> None:
        super().__init__(data, prefix=f"step-{step.pk}", initial=initial)
        self.step = step

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("finding") == Finding.NOT_MET and not typed.get("text"):
            self.add_error("text", ValidationError(_("Say what is not met."), code="required"))
        if typed.get("text") and not typed.get("finding"):
            self.add_error("finding", ValidationError(_("Choose a result for this remark."), code="required"))
        return typed


class ObservationForm(forms.Form):
    """An observation, tied to a paragraph; the office that wrote it replies, unless another one is named."""

    paragraph = forms.ChoiceField(label=gettext_lazy("About which paragraph"))
    text = TextField(label=gettext_lazy("Observation"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))
    office = forms.ChoiceField(label=gettext_lazy("Office that is to reply"), required=False)
    days = NumberField(label=gettext_lazy("Reply within how many working days"), required=False, min_value=1, initial=USUAL_DAYS)
    due = DayField(label=gettext_lazy("Or on a certain day"), required=False)

    def __init__(self, *args: Any, notings: list[Noting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = notings[0].case
        self.notings = {str(noting.paragraph): noting for noting in notings}
        self.offices = {str(office.pk): office for office in [case.office, *(noting.office for noting in notings)] if office}
        named = [(n, _named(noting)) for n, noting in self.notings.items()]
        self.fields["paragraph"].choices = named  # type: ignore[attr-defined]
        offices = [(pk, office.name) for pk, office in self.offices.items()]
        self.fields["office"].choices = [("", _("The office that wrote the paragraph")), *offices]  # type: ignore[attr-defined]
        self.fields["due"].help_text = _("A day that is written here counts; the working days do not.")

    def clean_days(self) -> Any:
        days = self.cleaned_data["days"]
        if days is not None and days > LONGEST:
            raise ValidationError(_("Not more than 60 working days."), code="too-long")
        return days

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due and due < today():
            raise ValidationError(_("This day has passed."), code="past")
        if due and (due - today()).days > LONGEST_DAYS:
            raise ValidationError(_("Not later than 90 days from today."), code="too-late")
        return due

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        noting = self.notings.get(typed.get("paragraph", ""))
        office = self.offices.get(typed.get("office", "")) or (noting.office if noting else None)
        if noting and office is None:
            self.add_error(
                "office", ValidationError(_("The system wrote this paragraph: name the office that is to reply."), code="required")
            )
        if not {"days", "due"} & set(self.errors) and not (typed.get("days") or typed.get("due")):
            self.add_error("days", ValidationError(_("Say until when the reply is expected: working days, or a day."), code="required"))
        return typed | {"noting": noting, "at": office, "due": self._due(typed, office) if office and not self.errors else None}

    @staticmethod
    def _due(typed: dict[str, Any], office: Office) -> date:
        """Return the working day of the office by which it is to reply; a day off moves to the next one."""
        start, counted = (typed["due"], 0) if typed["due"] else (today(), typed["days"])
        return timezone.localdate(calendar_of(office).add(start, counted))


def _named(noting: Noting) -> str:
    said = {"n": noting.paragraph, "outcome": noting.get_outcome_display(), "office": noting.office.name if noting.office else "—"}
    return _("%(n)s. %(outcome)s, %(office)s") % said


class ReplyForm(forms.Form):
    text = TextField(label=gettext_lazy("Reply"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


class SettleForm(forms.Form):
    text = TextField(label=gettext_lazy("Why it is settled"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
