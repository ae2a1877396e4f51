"""Pure rules of the loan with margin money: ages, the end of the watch, what a derivation says."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from programme.loans import age_on, reckon, watch_ends
from programme.models import Bank, LoanApplication, Norm

pytestmark = pytest.mark.django_db


@pytest.fixture
def norm(up) -> Norm:
    return Norm.in_force("ODOP_MARGIN_MONEY", up, date(2026, 11, 25))


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2008, 11, 25), date(2026, 11, 24), 17),
        (date(2008, 11, 25), date(2026, 11, 25), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_an_age_is_completed_on_the_birthday(born, day, age):
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("released", "ends"),
    [
        (date(2024, 11, 25), date(2026, 11, 25)),
        (date(2024, 2, 29), date(2026, 3, 1)),
        (date(2024, 8, 31), date(2026, 8, 31)),
        (date(2024, 12, 31), date(2026, 12, 31)),
    ],
)
def test_the_watch_ends_on_the_same_day_two_years_later_or_the_first_after_a_day_that_is_missing(norm, released, ends):
    assert watch_ends(released, norm) == ends


def test_a_watch_of_other_months_ends_by_the_same_convention(norm):
    norm.rules["watch_months"] = 6
    assert watch_ends(date(2025, 8, 31), norm) == date(2026, 3, 1)
    assert watch_ends(date(2025, 7, 15), norm) == date(2026, 1, 15)


def a_loan(**values) -> LoanApplication:
    return LoanApplication(project_cost=Decimal(2400000), category="general", gender="male", **values)


def test_the_margin_money_goes_by_the_cost_of_the_bank_once_it_has_appraised(norm):
    assert reckon(a_loan(), norm) == Decimal(600000)
    assert reckon(a_loan(appraised_cost=Decimal(2000001)), norm) == Decimal(500000)


@pytest.mark.parametrize(
    ("category", "gender", "own"),
    [
        ("general", "male", "240000.00"),
        ("general", "female", "120000.00"),
        ("obc", "male", "120000.00"),
        ("disabled", "other", "120000.00"),
    ],
)
def test_the_own_contribution_goes_by_the_category(norm, category, gender, own):
    loan = LoanApplication(project_cost=Decimal(2400000), category=category, gender=gender)
    reckon(loan, norm)
    assert loan.derivation["amounts"]["own_contribution_rupees"] == own


def test_a_derivation_reads_in_the_language_of_the_reader(norm):
    loan = a_loan()
    reckon(loan, norm)
    with translation.override("en"):
        assert "The margin money is ₹6,00,000." in loan.derivation_steps()
        assert loan.derivation_sentence().startswith("The project cost is ₹24,00,000.")
    with translation.override("hi"):
        assert "₹6,00,000" in loan.derivation_sentence()


def test_the_banks_are_a_short_list_known_by_the_beginning_of_their_ifsc():
    assert Bank.objects.get(ifsc="BARB").name_en == "Bank of Baroda"
    assert all(len(ifsc) == 4 for ifsc in Bank.objects.values_list("ifsc", flat=True))
