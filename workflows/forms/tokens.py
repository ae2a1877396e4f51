"""What an officer says of a token that he makes."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from workflows.forms.fields import DayField, TextField
from workflows.tokens import Resource

USUALLY = timedelta(days=90)


class TokenForm(forms.Form):
    """Name, what may be read, and the last day."""

    name = TextField(label=_("Name"), max_length=60, help_text=_("For which program it is, so that you know it again."))
    scope = forms.MultipleChoiceField(label=_("What it may read"), choices=Resource.choices, widget=forms.CheckboxSelectMultiple)
    last_day = DayField(label=_("Last day"), help_text=_("A year from today at most."))

    prefix = "token"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = today() + USUALLY
