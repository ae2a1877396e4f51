from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme import kept
from programme.calendar import IST, add_working_days, financial_year, is_working_day, today, weekly_off, working_days_between
from programme.models import Holiday

DIWALI, SECOND_SATURDAY, THIRD_SATURDAY = date(2026, 11, 8), date(2026, 11, 14), date(2026, 11, 21)

days = st.dates(date(2024, 12, 1), date(2028, 2, 1))
few = st.integers(0, 40)
property_test = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_today_is_the_date_in_india(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 10, 30, 18, 29, 59, tzinfo=UTC))
    assert today() == date(2026, 10, 30)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 10, 30, 18, 30, tzinfo=UTC))
    assert today() == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), "2025-26"),
        (date(2026, 4, 1), "2026-27"),
        (date(2026, 12, 31), "2026-27"),
        (date(2027, 1, 1), "2026-27"),
        (date(2000, 2, 1), "1999-00"),
        (date(2009, 6, 1), "2009-10"),
    ],
)
def test_the_financial_year_runs_from_april_to_march(day, year):
    assert financial_year(day) == year


@pytest.mark.parametrize(
    ("day", "open_", "why"),
    [
        (date(2026, 11, 22), False, "Sunday"),
        (SECOND_SATURDAY, False, "second Saturday"),
        (THIRD_SATURDAY, True, "third Saturday"),
        (date(2026, 11, 7), True, "first Saturday"),
        (date(2026, 8, 15), False, "Independence Day"),
        (date(2026, 11, 10), False, "Govardhan Puja"),
        (date(2026, 11, 23), True, "an ordinary Monday"),
    ],
)
def test_offices_close_on_weekly_offs_and_holidays(up, day, open_, why):
    assert is_working_day(day, up) is open_, why


def test_states_keep_their_own_holidays(up, hp):
    himachal_day = date(2026, 4, 15)
    assert is_working_day(himachal_day, up)
    assert not is_working_day(himachal_day, hp)


def test_a_district_holiday_closes_that_district_alone(up, agra, mathura):
    local = date(2026, 11, 23)
    Holiday.objects.create(state=up, district=agra, date=local, name_en="Local holiday")
    assert not is_working_day(local, up, agra)
    assert is_working_day(local, up, mathura)
    assert is_working_day(local, up)


def test_a_file_received_on_friday_night_is_due_when_offices_close(up):
    friday_night = datetime(2026, 11, 20, 23, 30, tzinfo=IST)
    assert add_working_days(friday_night, 1, up) == datetime(2026, 11, 21, 18, 0, tzinfo=IST)
    assert add_working_days(friday_night, 2, up) == datetime(2026, 11, 23, 18, 0, tzinfo=IST)
    # 24 November is Guru Nanak's Jayanti.
    assert add_working_days(friday_night, 3, up) == datetime(2026, 11, 25, 18, 0, tzinfo=IST)


def test_a_time_counts_as_its_date_in_india(up):
    late_on_friday_utc = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
    assert add_working_days(late_on_friday_utc, 1, up) == datetime(2026, 11, 23, 18, 0, tzinfo=IST)


def test_no_days_means_the_day_itself_or_the_next_working_day(up):
    assert add_working_days(THIRD_SATURDAY, 0, up).date() == THIRD_SATURDAY
    assert add_working_days(DIWALI, 0, up).date() == date(2026, 11, 9)


def test_working_days_between_is_negative_when_late(up):
    assert working_days_between(date(2026, 11, 20), date(2026, 11, 23), up) == 2
    assert working_days_between(date(2026, 11, 23), date(2026, 11, 20), up) == -2
    assert working_days_between(DIWALI, DIWALI, up) == 0


@property_test
@given(start=days, n=few)
def test_the_nth_working_day_lies_n_working_days_ahead(up, start, n):
    due = add_working_days(start, n, up)
    assert (due.hour, due.minute, due.tzinfo) == (18, 0, IST)
    assert is_working_day(due.date(), up)
    if n or is_working_day(start, up):
        assert working_days_between(start, due, up) == n


@property_test
@given(start=days, n=few, m=few)
def test_working_days_add_up(up, start, n, m):
    if n or is_working_day(start, up):
        assert add_working_days(add_working_days(start, n, up), m, up) == add_working_days(start, n + m, up)
    assert add_working_days(start, n + 1, up) > add_working_days(start, n, up) or not is_working_day(start, up)


@property_test
@given(a=days, b=days, c=days)
def test_stretches_of_working_days_add_up_in_any_order(up, a, b, c):
    assert working_days_between(a, c, up) == working_days_between(a, b, up) + working_days_between(b, c, up)
    assert working_days_between(a, b, up) == -working_days_between(b, a, up)


def test_counting_never_runs_for_ever(up):
    up.weekly_offs = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    with pytest.raises(ValueError, match="no working day within a year"):
        add_working_days(DIWALI, 1, up)


def test_days_are_not_counted_backwards(up):
    with pytest.raises(ValueError, match="forward"):
        add_working_days(DIWALI, -1, up)


def test_weekly_offs_are_read_by_their_words():
    assert weekly_off("sun") == (6, 0)
    assert weekly_off("sat2") == (5, 2)
    for word in ("sunday", "sat6", "", "Sat"):
        with pytest.raises(ValueError, match="weekly off"):
            weekly_off(word)


def test_a_hundred_questions_ask_the_database_once(up, django_assert_num_queries):
    with django_assert_num_queries(1):
        answers = [is_working_day(DIWALI + timedelta(days=n), up) for n in range(100)]
    assert not answers[0]
    assert any(answers)


def test_a_holiday_the_administrator_adds_counts_within_a_minute(up, monkeypatch):
    monday = date(2026, 11, 23)
    clock = [1000.0]
    monkeypatch.setattr(kept, "monotonic", lambda: clock[0])
    assert is_working_day(monday, up)
    Holiday.objects.create(state=up, date=monday, name_en="Declared holiday")
    clock[0] += 60
    assert not is_working_day(monday, up)


def test_a_holiday_the_administrator_deletes_counts_no_more(up, agra):
    Holiday.objects.filter(state=up, date=date(2026, 11, 10)).delete()
    assert is_working_day(date(2026, 11, 10), up, agra)
