"""The fields of a form as pages show them: of an ordinary one, what stands around its label, its help and its value is rendered once."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from workflows.pages.stencil import Cut, cut, hole, joined, part

# Whose value stands at one place; of the others one or several are chosen.
_WRITTEN = (forms.Textarea, forms.TextInput, forms.DateInput, forms.HiddenInput)
_CHOSEN = (forms.Select, forms.RadioSelect, forms.CheckboxSelectMultiple)
_ORDINARY = {*_WRITTEN, *_CHOSEN}
# Of so many fields, in every language; the choices of one are those of an office or of a step.
KEPT = 2048
_cut: dict[tuple[Any, ...], Cut] = {}


def drawn(fields: Iterable[Any], *, hide_optional: bool = False) -> SafeString:
    """Return fields one after the other, ``hide_optional`` without saying which may be left empty."""
    return joined(_drawn(field, hide_optional) for field in fields)


def _drawn(field: Any, hide_optional: bool) -> SafeString:
    if field.form.is_bound or type(field.field.widget) not in _ORDINARY:
        return part("parts/field.html", {"field": field, "hide_optional": hide_optional})
    written = isinstance(field.field.widget, _WRITTEN)
    value = field.field.widget.format_value(field.value())
    chosen = "" if not written else value not in (None, "")
    looks = (*_looks(field), hide_optional, chosen if written else tuple(value), bool(field.help_text), get_language())
    if looks not in _cut:
        if len(_cut) >= KEPT:
            _cut.clear()
        _cut[looks] = _rendered(field, hide_optional, hole("value") if written and chosen else field.value())
    return _cut[looks].filled({"label": field.label, "help": field.help_text, "value": value})


def _looks(field: Any) -> tuple[Any, ...]:
    """Return all that an ordinary field is rendered from, besides its label, its help and what was written into it."""
    of, widget = field.field, field.field.widget
    choices = tuple([(str(value), str(said)) for value, said in getattr(of, "choices", ())])
    asked = (of.required, of.disabled, getattr(of, "conditional", False), field.form.use_required_attribute)
    return type(of), type(widget), field.html_name, field.auto_id, *asked, tuple(widget.attrs.items()), choices


def _rendered(field: Any, hide_optional: bool, value: Any) -> Cut:
    shown = BoundField(field.form, field.field, field.name)
    shown.label, shown.help_text = hole("label"), hole("help") if field.help_text else ""
    shown.initial = value
    return cut(part("parts/field.html", {"field": shown, "hide_optional": hide_optional}))
