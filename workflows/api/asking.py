"""What an address may ask for: the same fields as on the pages, each with the one way in which a program writes it.

What is not written so is refused (400); what is written so and names nothing that the reader has is not there (404). The
description is made from the same lines, so that it promises no more and no less.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError

from programme.models import Office, Officer
from workflows.filters import STATES, FilterForm, homes_of
from workflows.flows import FLOWS
from workflows.forms.fields import DayField
from workflows.models import Case, OrderKind
from workflows.sight import visible_to

Written = dict[str, Any]
ROW: Written = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
TEXT: Written = {"type": "string", "minLength": 1, "maxLength": 100}
DAY: Written = {"type": "string", "format": "date"}
# Rupees are text, here as in the answers.
RUPEES: Written = {"type": "string", "pattern": r"^[1-9][0-9]{0,11}(\.[0-9]{1,2})?$"}
WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
CALENDAR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# No file lies outside these days, and no clock of a database reads much further.
FIRST, LAST = date(1950, 1, 1), date(2199, 12, 31)
# Whatever depends on the reader is written alike for all of them.
WRITTEN: dict[str, Written] = {
    **dict.fromkeys(("file", "office", "district"), ROW),
    "process": {"type": "string", "enum": list(FLOWS)},
    # Codes of short tables, which an installation adds to: one that is not there is of nothing that the reader has.
    **dict.fromkeys(("channel", "partner"), TEXT),
    "year": {"type": "string", "pattern": r"^20[0-9]{2}-[0-9]{2}$"},
}
PAGING: dict[str, Written] = {
    "cursor": {"type": "string", "pattern": r"^(r|r?[0-9]{1,18})$"},
    "rows": {"type": "integer", "minimum": 1, "maximum": 200},
}


class Form(forms.Form):
    """Filters whose bounds may cross: then no row lies between them, and that is no fault."""

    use_required_attribute = False


class FileForm(FilterForm):
    """The filters of the list of files without its order, as another than newest first has no cursor."""

    sort = None  # type: ignore[assignment]
    q = forms.Field(label=gettext_lazy("Words, as in the search box"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Open or closed files alone"), required=False, choices=list(STATES.items()))

    def __init__(self, data: QueryDict, *, officer: Officer) -> None:
        super().__init__(data, states=homes_of(officer))

    def clean(self) -> dict[str, Any]:
        return {**self.cleaned_data, "sort": ""}


class MovementForm(Form):
    """What narrows the list of movements."""

    file = forms.ModelChoiceField(Case.objects.none(), label=gettext_lazy("Number (id) of the file"), required=False)
    office = forms.ModelChoiceField(Office.objects.none(), label=gettext_lazy("Number (id) of the office"), required=False)
    process = forms.ChoiceField(
        label=gettext_lazy("Process"), required=False, choices=[("", ""), *((slug, flow.process_title) for slug, flow in FLOWS.items())]
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Open or closed stays alone"),
        required=False,
        choices=[("", ""), ("open", gettext_lazy("Open")), ("closed", gettext_lazy("Closed"))],
    )
    received_from = DayField(label=gettext_lazy("Came to the office from this day on"), required=False)
    received_to = DayField(label=gettext_lazy("Came to the office up to this day"), required=False)

    def __init__(self, data: QueryDict, *, officer: Officer) -> None:
        super().__init__(data)
        self.fields["file"].queryset = visible_to(officer)  # type: ignore[attr-defined]
        self.fields["office"].queryset = Office.objects.filter(designation__state__in=homes_of(officer))  # type: ignore[attr-defined]


class OrderForm(Form):
    """What narrows the list of orders."""

    file = forms.ModelChoiceField(Case.objects.none(), label=gettext_lazy("Number (id) of the file"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of order"), required=False, choices=[("", ""), *OrderKind.choices])
    issued_from = DayField(label=gettext_lazy("Issued from this day on"), required=False)
    issued_to = DayField(label=gettext_lazy("Issued up to this day"), required=False)

    def __init__(self, data: QueryDict, *, officer: Officer) -> None:
        super().__init__(data)
        self.fields["file"].queryset = visible_to(officer)  # type: ignore[attr-defined]


def understood(query: QueryDict, form: Callable[[Any], forms.Form] = Form, *, paged: bool = True) -> Any:
    """Return the form, valid, with what the address asks for.

    Raise ``ValidationError`` with a sentence for each name that is not known, said twice or not written as it has to be: a
    misspelt filter would otherwise give all rows for some. Raise ``NotFound`` where a name is of nothing that the reader has.
    """
    asked = form({name: _within_days(str(value)) for name, value in query.items()})
    known = {name: written(name, field) for name, field in asked.fields.items()} | (PAGING if paged else {})
    faults = {name: _fault(query.getlist(name), known.get(name)) for name in query}
    if wrong := {name: [sentence] for name, sentence in faults.items() if sentence}:
        raise ValidationError(wrong)
    if not asked.is_valid():
        raise NotFound({name: [_("You have nothing that is called this.")] for name in asked.errors})
    return asked


def parameters(fields: dict[str, forms.Field]) -> list[OpenApiParameter]:
    """Return how the description tells of these fields."""
    # The label stays as it is: it is translated when somebody reads it.
    labels: dict[str, Any] = {name: field.label for name, field in fields.items()}
    return [OpenApiParameter(name, dict(written(name, field)), description=labels[name]) for name, field in fields.items()]


def written(name: str, field: forms.Field) -> Written:
    """Return how a program writes a field, as JSON Schema."""
    if name in WRITTEN:
        return WRITTEN[name]
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        return {"type": "string", "enum": sorted(_codes(offered))}
    if isinstance(field, forms.DecimalField):
        return RUPEES
    if isinstance(field, forms.IntegerField):
        most = min(each.limit_value for each in field.validators if isinstance(each, MaxValueValidator))
        return {"type": "integer", "minimum": field.min_value, "maximum": most}
    return DAY if isinstance(field, forms.DateField) else TEXT


def _codes(offered: Iterable[Any]) -> Iterable[str]:
    for group, rows in offered:
        yield from (str(code) for code in ([key for key, _title in rows] if isinstance(rows, list) else [group]) if code)


def _fault(values: list[str], said: Written | None) -> str:
    """Return what is wrong with the values of one name; empty for nothing."""
    if said is None:
        return _("This address knows no such filter.")
    if len(values) > 1:
        return _("Say it once.")
    if not values[0]:
        return _("Say something, or leave it out.")
    return "" if _is_written(values[0], said) else _how(said)


def _is_written(text: str, said: Written) -> bool:
    if "enum" in said:
        return text in said["enum"]
    if said["type"] == "integer":
        return bool(WHOLE.fullmatch(text)) and said["minimum"] <= int(text) <= said["maximum"]
    if "pattern" in said:
        return bool(re.fullmatch(said["pattern"], text, re.ASCII)) and not text.endswith("\n")
    return _day_in(text) is not None if "format" in said else len(text) <= said["maxLength"]


def _how(said: Written) -> str:
    if "enum" in said:
        return _("Say one of these: %(codes)s.") % {"codes": ", ".join(said["enum"])}
    if said["type"] == "integer":
        return _("Say a whole number from %(least)s to %(most)s.") % {"least": said["minimum"], "most": said["maximum"]}
    if "pattern" in said:
        return _("This has to be written as %(pattern)s.") % {"pattern": said["pattern"]}
    return _("Say a day as 2026-11-14.") if "format" in said else _("Say at most %(most)s characters.") % {"most": said["maxLength"]}


def _day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if CALENDAR.fullmatch(text) else None
    except ValueError:
        return None


def _within_days(text: str) -> str:
    """Return a day that lies before or after all files as the first or the last of theirs; anything else as it is."""
    day = _day_in(text)
    return text if day is None else min(max(day, FIRST), LAST).isoformat()
