"""The forms of a committee's sitting: the call, the presence, and for each file the form of its own step."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.models import Officer
from programme.money import rupees
from workflows.forms.fields import DayField, TextField
from workflows.models import Item, Member, Movement
from workflows.models.sittings import DEFERRED


class CallForm(forms.Form):
    """When and where the committee sits, and which of the waiting files it takes up."""

    held_on = DayField(label=_("Day of the sitting"))
    place = TextField(label=_("Place"), max_length=200)

    def __init__(self, *args: Any, waiting: Iterable[Movement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["files"] = _choice_of_files(_("Files to be taken up"), waiting)
        self.fields["files"].initial = [str(movement.pk) for movement in waiting]


class AttendanceForm(forms.Form):
    """Day, place and presence, one member more from outside, and files that came in since the call."""

    held_on = DayField(label=_("Day of the sitting"))
    place = TextField(label=_("Place"), max_length=200)
    present = forms.MultipleChoiceField(label=_("Members present"), required=False, widget=forms.CheckboxSelectMultiple)
    outside_name = TextField(label=_("Name of a further member, nominated by the chair"), required=False, max_length=120)
    outside_post = TextField(label=_("Whom the further member stands for"), required=False, max_length=200)

    def __init__(self, *args: Any, members: list[Member], waiting: list[Movement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = self.fields["present"]
        present.choices = [(str(member.pk), member.name) for member in members]  # type: ignore[attr-defined]
        present.initial = [str(member.pk) for member in members if member.present]
        self.fields["outside_post"].help_text = _("For example: exporters of the district.")
        if waiting:
            self.fields["files"] = _choice_of_files(_("Put on the agenda"), waiting)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("outside_name")) != bool(data.get("outside_post")):
            missing = "outside_post" if data.get("outside_name") else "outside_name"
            self.add_error(missing, _("Give the name and whom the member stands for, or neither."))
        return data


def _choice_of_files(label: Any, waiting: Iterable[Movement]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(str(movement.pk), _in_a_line(movement)) for movement in waiting],
    )


def _in_a_line(movement: Movement) -> str:
    case = movement.case
    return " · ".join([case.number, case.subject, *([rupees(case.amount)] if case.amount is not None else [])])


def step_form(item: Item, *, officer: Officer) -> Any:
    """Return the form of the file's own step, filled with what the committee decided, for the signature."""
    return item.movement.node.form_class(dict(item.typed), movement=item.movement, officer=officer)


class ItemForm:
    """The form of a file's own step as a block of the sitting's page, with a way to defer the file and to name who takes no part.

    ``data`` is what was sent for the page, or ``None`` to show what was saved. A file without an outcome stays undecided.
    """

    def __init__(self, item: Item, *, officer: Officer, members: list[Member], data: Any = None) -> None:
        self.item, self.prefix, self.members = item, f"item{item.pk}", members
        chosen = item.outcome if data is None else data.get(f"{self.prefix}-outcome", "")
        self.deferred = chosen == DEFERRED
        kept = {name: value for name, value in item.typed.items() if name != "seen"}
        self.form = item.movement.node.form_class(
            self._without_deferral(data), movement=item.movement, officer=officer, prefix=self.prefix, initial=kept
        )
        outcome = self.form.fields["outcome"] = deepcopy(self.form.fields["outcome"])
        outcome.required, outcome.label = False, _("Decision of the committee")
        self.form.fields["text"].help_text = _("A reason is required when the file is returned, rejected or deferred.")
        if self.deferred:
            self.form.fields["text"].required = True
            self.form.fields["text"].error_messages["required"] = _("Write why the file is deferred.")
        self.form.fields["recused"] = forms.MultipleChoiceField(
            label=_("Members who take no part in this file"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            choices=[(str(member.pk), member.name) for member in members],
            initial=[str(member.pk) for member in item.recused.all()],
        )

    def _without_deferral(self, data: Any) -> Any:
        """The step itself knows no deferral: its form is shown the rest of what was typed."""
        if data is None or not self.deferred:
            return data
        rest = data.copy()
        rest[f"{self.prefix}-outcome"] = ""
        return rest

    def is_valid(self) -> bool:
        return bool(self.form.is_valid())

    @property
    def outcome(self) -> str:
        return DEFERRED if self.deferred else self.form.cleaned_data.get("outcome") or ""

    @property
    def amount(self) -> Decimal | None:
        """The amount in rupees with which the file goes on; ``None`` when it does not, or is a file without money."""
        return amount_going_on(self.form) if self.outcome and not self.deferred else None

    @property
    def text(self) -> str:
        if not self.outcome or self.deferred:
            return self.form.cleaned_data.get("text", "")
        return self.form.text_of_note

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, by the names of the step's form, for keeping."""
        widgets = {name: field.widget for name, field in self.form.fields.items() if name != "recused"}
        values = {name: widget.value_from_datadict(self.form.data, {}, f"{self.prefix}-{name}") for name, widget in widgets.items()}
        return {name: value for name, value in values.items() if value not in (None, "", [])}

    @property
    def recused(self) -> list[Member]:
        named = set(self.form.cleaned_data.get("recused", ()))
        return [member for member in self.members if str(member.pk) in named]


def amount_going_on(form: Any) -> Decimal | None:
    """Return the amount in rupees with which a file goes on by a valid form: the one it writes, else the one it stands at."""
    if not form.outcome.is_forward:
        return None
    return form.values().get(form.amount_field, form.record.amount)


def as_sent(item: Item, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is typed for one file as the sitting's page would send it."""
    return {f"item{item.pk}-{name}": value for name, value in {"seen": item.movement.case.head, **typed}.items()}
