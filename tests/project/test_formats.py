from datetime import date

import pytest
from django import forms
from django.utils import formats, translation


@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("typed", ["05-11-2026", "05/11/2026", "5.11.2026", "2026-11-05"])
def test_dates_are_read_day_first_in_both_languages(language: str, typed: str) -> None:
    with translation.override(language):
        assert forms.DateField().clean(typed) == date(2026, 11, 5)
        assert formats.date_format(date(2026, 11, 5), "SHORT_DATE_FORMAT") == "05-11-2026"


@pytest.mark.parametrize("language", ["hi", "en"])
def test_figures_are_grouped_by_lakh_and_crore(language: str) -> None:
    with translation.override(language):
        assert formats.number_format(123456789, use_l10n=True, force_grouping=True) == "12,34,56,789"
