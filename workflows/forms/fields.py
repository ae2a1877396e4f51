"""Inputs that accept what people really type, and refuse the rest with a sentence."""

import re
import unicodedata
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from programme.money import rupees
from programme.norms.inputs import LARGEST

# A longer number is that of no row; the same is so of an address.
LONGEST_NUMBER = 18
DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
OF_BROWSERS = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
GROUPED = r"(?:\d+|\d{1,2}(?:,\d{2})*,\d{3}|\d{1,3}(?:,\d{3})+)"
AMOUNT = re.compile(rf"{GROUPED}(?:\.\d{{1,2}})?", re.ASCII)
FIGURE = re.compile(rf"-?{GROUPED}(?:\.\d+)?", re.ASCII)


def clean_text(text: str) -> str:
    """Return text in NFC without invisible characters; raise ``ValidationError`` on direction overrides and control characters."""
    if text.isascii() and not CONTROL.search(text):
        return text.strip()
    if BIDI.search(text) or CONTROL.search(text):
        raise ValidationError(_("This text holds characters that cannot be seen. Type it again."), code="invisible")
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text).replace("\u00a0", " ")).strip()


def without_commas(figure: str) -> str:
    """Return a figure without the commas of its groups; raise ``ValidationError`` where they stand in the wrong places.

    A comma may have been meant as the decimal point: without it, 12,5 would become 125.
    """
    if "," in figure and not FIGURE.fullmatch(figure):
        sentence = _("The commas in “%(found)s” stand in the wrong places. Write it as 1,50,000.")
        raise ValidationError(sentence, code="commas", params={"found": figure[:40]})
    return figure.replace(",", "")


class TextField(forms.CharField):
    """Text of people: Hindi joiners are kept, invisible and reversing characters are not."""

    def to_python(self, value: Any) -> Any:
        return clean_text(super().to_python(value) or "")


class RupeeField(forms.DecimalField):
    """An amount in rupees as people write it: 1,00,000 · ₹ 1,00,000.50 · Rs. 1,00,000/- · १,००,०००."""

    widget = forms.TextInput
    default_error_messages = {
        "rupees": _("Write the full amount in rupees, for example 1,50,000."),
        "positive": _("The amount must be more than zero."),
        "large": _("This number is too large."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, Decimal):
            return value or None
        text = re.sub(r"\s", "", str(value).translate(DIGITS).replace("\u00a0", ""))
        text = re.sub(r"^(₹|Rs\.?|रु\.?|रू\.?)", "", text, flags=re.IGNORECASE).removesuffix("/-")
        if not AMOUNT.fullmatch(text):
            raise ValidationError(self.error_messages["rupees"], code="rupees")
        amount = Decimal(text.replace(",", ""))
        if amount <= 0:
            raise ValidationError(self.error_messages["positive"], code="positive")
        if amount >= LARGEST:
            raise ValidationError(self.error_messages["large"], code="large")
        return amount

    def prepare_value(self, value: Any) -> Any:
        return rupees(value).removeprefix("₹") if isinstance(value, Decimal) else value


class WeightField(forms.DecimalField):
    """A weight in kilograms, also in Devanagari digits and with the commas of thousands."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=10, decimal_places=2, min_value=Decimal("0.01"), **kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return super().to_python(value)
        text = without_commas(re.sub(r"\s", "", value.translate(DIGITS)))
        if text and not FIGURE.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


class DayField(forms.DateField):
    """A day: the browser's own date input, or typed as 14-11-2026, also in Devanagari digits."""

    default_error_messages = {"invalid": _("Write the date as day-month-year, for example 14-11-2026.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(input_formats=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        typed = value.translate(DIGITS).strip() if isinstance(value, str) else value
        if isinstance(typed, str) and OF_BROWSERS.fullmatch(typed):
            with suppress(ValueError):
                return date.fromisoformat(typed)
        return super().to_python(typed)


class NumberField(forms.IntegerField):
    """A whole number, also in Devanagari digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            min_value=kwargs.pop("min_value", 0), max_value=10_000_000, widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.translate(DIGITS) if isinstance(value, str) else value)


class SeveralField(forms.ModelMultipleChoiceField):
    """Rows chosen from a list. A number longer than any row has is no choice, and no database is asked for it."""

    def clean(self, value: Any) -> Any:
        for chosen in value if isinstance(value, list | tuple) else ():
            if len(str(chosen)) > LONGEST_NUMBER:
                raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": chosen})
        return super().clean(value)


class MobileField(forms.CharField):
    """A ten-digit Indian mobile number; +91, 0, spaces and dashes before or inside it are dropped."""

    default_error_messages = {"mobile": _("Write the ten-digit mobile number, for example 98765 43210.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}), **kwargs)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s\-]", "", (super().to_python(value) or "").translate(DIGITS))
        text = re.sub(r"^(\+91|0)(?=\d{10}$)", "", text)
        if text and not re.fullmatch(r"[6-9][0-9]{9}", text):
            raise ValidationError(self.error_messages["mobile"], code="mobile")
        return text
