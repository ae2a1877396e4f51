from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.money import rupees, short_rupees

amounts = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "₹0"),
        ("999", "₹999"),
        ("1000", "₹1,000"),
        ("99999", "₹99,999"),
        ("100000", "₹1,00,000"),
        ("1850000", "₹18,50,000"),
        ("9999999.99", "₹99,99,999.99"),
        ("52900000.00", "₹5,29,00,000"),
        ("1234567890.5", "₹1,23,45,67,890.50"),
        ("-250000", "-₹2,50,000"),
    ],
)
def test_rupees_are_grouped_in_lakh_and_crore(amount, written):
    assert rupees(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("99999.99", "₹99,999.99"),
        ("100000", "₹1 lakh"),
        ("1850000", "₹18.5 lakh"),
        ("863701", "₹8.64 lakh"),
        ("250500", "₹2.51 lakh"),
        ("9999499.99", "₹99.99 lakh"),
        ("9999500", "₹1 crore"),
        ("9999999.99", "₹1 crore"),
        ("10000000", "₹1 crore"),
        ("52900000", "₹5.29 crore"),
        ("1000000000", "₹100 crore"),
    ],
)
def test_the_short_form_is_rounded_half_up_and_never_reads_a_hundred_lakh(amount, written):
    assert short_rupees(Decimal(amount)) == written


@given(amounts)
def test_an_exact_amount_can_be_read_back(amount):
    assert Decimal(rupees(amount).removeprefix("₹").replace(",", "")) == amount


@given(amounts)
def test_the_short_form_is_never_off_by_more_than_half_a_hundredth_of_its_unit(amount):
    figure, _space, unit = short_rupees(amount).removeprefix("₹").replace(",", "").partition(" ")
    size = {"": Decimal(1), "lakh": Decimal(100_000), "crore": Decimal(10_000_000)}[unit]
    assert abs(Decimal(figure) * size - amount) <= size / 200
    assert unit != "lakh" or 1 <= Decimal(figure) < 100
