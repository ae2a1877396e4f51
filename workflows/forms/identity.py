"""Numbers that name a person or a unit, as they are typed into a form. The plain number leaves the form only as its keyed hash."""

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.identity import Identity, IdentityKind, conceal, identify, reveal
from workflows.forms.records import RecordForm

LETTERS = frozenset({IdentityKind.PAN, IdentityKind.GSTIN, IdentityKind.UDYAM, IdentityKind.IEC, IdentityKind.BANK_ACCOUNT})


class IdentityField(forms.Field):
    """A number of one kind. Its cleaned value is an ``Identity``, or ``None`` when nothing was typed."""

    default_error_messages = {"required": gettext_lazy("Write this number; only its last four stay readable.")}

    def __init__(self, kind: IdentityKind, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind
        mode = "text" if kind in LETTERS else "numeric"
        self.widget.attrs.update({"inputmode": mode, "autocomplete": "off", "spellcheck": "false"})

    def to_python(self, value: Any) -> Identity | None:
        if isinstance(value, Identity):
            return value
        typed = str(value or "").strip()
        return identify(self.kind, typed) if typed else None


class IdentitiesForm(RecordForm):
    """A page of a record with numbers. Where the record keeps one already, an empty field leaves it as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in identity_names(type(self)):
            kept, field = self.instance.identity(name), self.fields[name]
            if field.disabled:
                # The record has no plain number to begin from, so what stands here came from a draft.
                self.initial.pop(name, None)
            if kept:
                field.required = False
                field.widget.attrs["placeholder"] = kept.shown
                field.help_text = field.help_text or _("Kept already, ending in %(last)s; write only to replace it.") % {
                    "last": kept.last_four
                }

    def _post_clean(self) -> None:
        for name in identity_names(type(self)):
            identity = self.cleaned_data.get(name)
            if identity:
                self.instance.set_identity(name, identity)
        super()._post_clean()


@cache
def identity_names(form_class: Any) -> frozenset[str]:
    """Return the names of a form's fields that take a number of a person or unit."""
    return frozenset(name for name, field in form_class.base_fields.items() if isinstance(field, IdentityField))


def concealed(form_class: Any, typed: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return what was typed, as it may be stored: numbers concealed, the rest as it is."""
    names = identity_names(form_class)
    return {name: [conceal(value) for value in values] if name in names else values for name, values in typed.items()}


def revealed(form_class: Any, stored: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return what was typed, from what ``concealed`` made of it."""
    names = identity_names(form_class)
    return {name: [reveal(value) for value in values] if name in names else values for name, values in stored.items()}
