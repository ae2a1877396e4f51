"""What one signature says of many files: the outcome, and one note for all."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms.fields import TextField
from workflows.models import Outcome


class BulkForm(forms.Form):
    """The outcome is one of those that the chosen files can be given; ``key`` makes one work of it, however often it is sent."""

    outcome = forms.ChoiceField(widget=forms.HiddenInput)
    text = TextField(
        label=_("One note for all files"),
        help_text=_("It stands in the note sheet of every one of them. It may be left empty."),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, outcomes: Iterable[Outcome], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["outcome"].choices = [(outcome.value, outcome.verb) for outcome in outcomes]  # type: ignore[attr-defined]
