"""What an administrator types for a repair: the reason always, and where the file is to go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms.fields import TextField


class ReasonForm(forms.Form):
    """A repair that needs no more than its reason."""

    reason = TextField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the note sheet of the file, word for word."),
    )

    @property
    def args(self) -> dict[str, Any]:
        """Return what the repair is told beside its reason."""
        return {}


class ReassignForm(ReasonForm):
    """Which stay, and the office that gets it."""

    target = forms.ChoiceField(label=_("Office"))

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        self.order_fields(["target", "reason"])

    @property
    def args(self) -> dict[str, Any]:
        movement, office = self.cleaned_data["target"].split(":")
        return {"movement": int(movement), "office": int(office)}


class MoveForm(ReasonForm):
    """The step the file is moved to."""

    step = forms.ChoiceField(label=_("Step"))

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        self.order_fields(["step", "reason"])

    @property
    def args(self) -> dict[str, Any]:
        return {"step": self.cleaned_data["step"]}
