"""The forms of an opinion that is asked beside the file's way: the question, the answer, the taking back."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programme.calendar import calendar_at, calendar_of, today
from programme.models import Office
from workflows.forms.decisions import SignedForm
from workflows.forms.fields import DayField, NumberField
from workflows.models import Movement, Outcome

USUAL_DAYS = 7
# Working days, and days, up to which an answer may be asked for.
LONGEST = 60
LONGEST_DAYS = 90
WAITS, GOES_ON = "waits", "goes_on"


class QuestionForm(SignedForm):
    """What is asked, of whom, until when, and whether the file waits for it."""

    days = NumberField(label=_("Answer within how many working days"), required=False, min_value=1)
    on = DayField(label=_("Or on a certain day"), required=False)
    waiting = forms.ChoiceField(
        label=_("The file"),
        choices=[(WAITS, _("waits here for the answer, until that day at most")), (GOES_ON, _("may go on without the answer"))],
        widget=forms.RadioSelect,
        initial=WAITS,
    )

    def __init__(self, *args: Any, movement: Movement, offices: list[Office], **kwargs: Any) -> None:
        kwargs.setdefault("prefix", "ask")
        super().__init__(*args, **kwargs)
        self.case, self.offered = movement.case, {str(office.pk): office for office in offices}
        self.fields["seen"].initial = self.case.head
        self.fields["days"].initial = USUAL_DAYS
        self.fields["on"].help_text = _("A day that is written here counts; the working days do not.")
        self.fields["text"].label = _("What is asked")
        self.fields["text"].required = True
        self.fields["text"].max_length = 2000  # type: ignore[attr-defined]
        self.fields["text"].error_messages["required"] = _("Write what the other office shall say.")
        self.fields["offices"] = forms.MultipleChoiceField(
            label=_("Offices asked"),
            choices=[(str(office.pk), office.name) for office in offices],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": _("Choose at least one office."),
                "invalid_choice": _("This office cannot be asked, or it has your question already."),
            },
        )
        self.order_fields(["text", "offices", "days", "on", "waiting"])

    def clean_offices(self) -> list[Office]:
        return [self.offered[chosen] for chosen in dict.fromkeys(self.cleaned_data["offices"])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        days, day = data.get("days"), data.get("on")
        if not {"days", "on"} & set(self.errors):
            if day is None and days is None:
                self.add_error("days", _("Say until when the answer is asked: working days, or a day."))
            elif days is not None and days > LONGEST:
                self.add_error("days", _("Not more than 60 working days."))
            elif day is not None and self.due <= timezone.now():
                self.add_error("on", _("This day is over."))
            elif day is not None and (day - today()).days > LONGEST_DAYS:
                self.add_error("on", _("Not later than 90 days from today."))
        return data

    @property
    def due(self) -> datetime:
        """When the answer is due: the close of office on the day named, or after the working days; a day off moves to the next.

        They are the days of the offices asked; where these differ, of the one that has to wait longest.
        """
        day, days = self.cleaned_data.get("on"), self.cleaned_data.get("days") or 0
        start, counted = (day, 0) if day else (timezone.now(), days)
        asked = [calendar_of(office) for office in self.cleaned_data.get("offices", [])] or [calendar_at(self.case.state)]
        return max(calendar.add(start, counted) for calendar in asked)

    @property
    def waits(self) -> bool:
        return bool(self.cleaned_data["waiting"] == WAITS)

    @property
    def outcome(self) -> Outcome:
        return Outcome.ASK


class AnswerForm(SignedForm):
    """The opinion, in words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Your opinion")
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _("Write your opinion; it stands in the note sheet under your name.")

    @property
    def outcome(self) -> Outcome:
        return Outcome.ANSWER


class UnaskForm(SignedForm):
    """The question is taken back; a word why may be left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Why it is no longer needed")

    @property
    def outcome(self) -> Outcome:
        return Outcome.UNASK
