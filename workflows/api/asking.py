"""What an address may ask for: the same forms as on the pages, read strictly, and told in the schema from their fields."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from workflows.filters import FilterForm, a_day_of_files
from workflows.flows import FLOWS
from workflows.forms.fields import DayField
from workflows.models import OrderKind

PAGING = frozenset({"cursor", "rows"})
# The list of files is always newest first here: another order has no cursor.
FILES = tuple(name for name in FilterForm.base_fields if name not in {"sort"})
TYPES: list[tuple[type, Any]] = [
    # Rupees are text, here as in the answers.
    (forms.DecimalField, OpenApiTypes.STR),
    (forms.DateField, OpenApiTypes.DATE),
    (forms.IntegerField, OpenApiTypes.INT),
]


class RowField(forms.IntegerField):
    """The number of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=10**18 - 1, required=False, **kwargs)


class Form(forms.Form):
    """Filters that all have sensible words of their own where they cannot be read."""

    use_required_attribute = False


def _processes() -> list[tuple[str, Any]]:
    return [("", ""), *((slug, flow.process_title) for slug, flow in FLOWS.items())]


class MovementForm(Form):
    """What narrows the list of movements."""

    file = RowField(label=gettext_lazy("Number (id) of the file"))
    office = RowField(label=gettext_lazy("Number (id) of the office"))
    process = forms.ChoiceField(label=gettext_lazy("Process"), required=False, choices=_processes)
    standing = forms.ChoiceField(
        label=gettext_lazy("Open or closed stays alone"),
        required=False,
        choices=[("", ""), ("open", gettext_lazy("Open")), ("closed", gettext_lazy("Closed"))],
    )
    received_from = DayField(label=gettext_lazy("Came to the office from this day on"), required=False, validators=[a_day_of_files])
    received_to = DayField(label=gettext_lazy("Came to the office up to this day"), required=False, validators=[a_day_of_files])


class OrderForm(Form):
    """What narrows the list of orders."""

    file = RowField(label=gettext_lazy("Number (id) of the file"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of order"), required=False, choices=[("", ""), *OrderKind.choices])
    issued_from = DayField(label=gettext_lazy("Issued from this day on"), required=False, validators=[a_day_of_files])
    issued_to = DayField(label=gettext_lazy("Issued up to this day"), required=False, validators=[a_day_of_files])


class NoForm(Form):
    """An address that asks for nothing besides its page."""


def understood(query: QueryDict, form: forms.Form, *, also: frozenset[str] = PAGING) -> dict[str, Any]:
    """Return what the address asks for; raise ``ValidationError`` with a sentence for each name that is not known or cannot be read.

    A misspelt filter would otherwise give all rows for some.
    """
    unknown = {name: [_("This address knows no such filter.")] for name in query if name not in form.fields and name not in also}
    twice = {name: [_("Say it once.")] for name in query if len(query.getlist(name)) > 1}
    empty = {name: [_("Say something, or leave it out.")] for name in query if not query[name]}
    wrong = {name: [str(text) for text in texts] for name, texts in (form.errors or {}).items()}
    if unknown or twice or empty or wrong:
        raise ValidationError({**wrong, **empty, **twice, **unknown})
    return form.cleaned_data


def parameters(fields: dict[str, forms.Field]) -> list[OpenApiParameter]:
    """Return how the schema tells of these fields."""
    # The label stays as it is: it is translated when somebody reads it.
    labels: dict[str, Any] = {name: field.label for name, field in fields.items()}
    return [OpenApiParameter(name, _type(field), description=labels[name], enum=_enum(field)) for name, field in fields.items()]


def _type(field: forms.Field) -> Any:
    return next((told for kind, told in TYPES if isinstance(field, kind)), OpenApiTypes.STR)


def _enum(field: forms.Field) -> list[str] | None:
    """Return the codes a field takes; ``None`` where they depend on the reader, as his districts do."""
    if not isinstance(field, forms.ChoiceField):
        return None
    offered: Any = field.choices
    codes = [code for group, rows in offered for code in ([key for key, _title in rows] if isinstance(rows, list) else [group])]
    return [str(code) for code in codes if code] or None
