"""A weight is read as it was typed, or refused."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from workflows.forms.fields import WeightField


@pytest.mark.parametrize(
    ("typed", "weight"),
    [("1,250", "1250"), ("1,25,000.5", "125000.5"), ("125,000", "125000"), ("12.5", "12.5"), ("१२.५", "12.5"), (" 12 500 ", "12500")],
)
def test_a_weight_with_the_commas_of_thousands_is_read(typed, weight):
    assert WeightField().clean(typed) == Decimal(weight)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("12,5", "commas"), ("1,50", "commas"), ("1,,0", "commas"), (",5", "commas"), ("१२,५", "commas"), ("1,250,", "commas"),
     ("1e3", "invalid"), ("NaN", "invalid"), ("١٢", "invalid"), ("-5", "min_value"), ("1.255", "max_decimal_places")],
)  # fmt: skip
def test_a_weight_that_can_be_read_in_two_ways_or_none_is_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        WeightField().clean(typed)
    assert [error.code for error in refused.value.error_list] == [code]


def test_a_weight_may_be_left_out_where_it_is_not_asked():
    assert WeightField(required=False).clean("  ") is None
