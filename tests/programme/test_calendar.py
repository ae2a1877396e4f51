from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme import kept
from programme.calendar import (
    IST,
    Calendar,
    add_working_days,
    calendar_at,
    calendar_of,
    day_begins,
    financial_year,
    is_working_day,
    today,
    weekly_off,
    working_day_before,
)
from programme.kept import forget
from programme.models import District, Holiday, Office, Officer, State, WeeklyOffs

DIWALI, SECOND_SATURDAY, THIRD_SATURDAY = date(2026, 11, 8), date(2026, 11, 14), date(2026, 11, 21)

days = st.dates(date(2024, 12, 1), date(2028, 2, 1))
few = st.integers(0, 40)
any_calendar = settings(max_examples=60, deadline=None)
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
    assert calendar_at(up).between(date(2026, 11, 20), date(2026, 11, 23)) == 2
    assert calendar_at(up).between(date(2026, 11, 23), date(2026, 11, 20)) == -2
    assert calendar_at(up).between(DIWALI, DIWALI) == 0


@property_test
@given(start=days, n=few)
def test_the_nth_working_day_lies_n_working_days_ahead(up, start, n):
    due = add_working_days(start, n, up)
    assert (due.hour, due.minute, due.tzinfo) == (18, 0, IST)
    assert is_working_day(due.date(), up)
    if n or is_working_day(start, up):
        assert calendar_at(up).between(start, due) == n


@property_test
@given(start=days, n=few, m=few)
def test_working_days_add_up(up, start, n, m):
    if n or is_working_day(start, up):
        assert add_working_days(add_working_days(start, n, up), m, up) == add_working_days(start, n + m, up)
    assert add_working_days(start, n + 1, up) > add_working_days(start, n, up) or not is_working_day(start, up)


@property_test
@given(a=days, b=days, c=days)
def test_stretches_of_working_days_add_up_in_any_order(up, a, b, c):
    assert calendar_at(up).between(a, c) == calendar_at(up).between(a, b) + calendar_at(up).between(b, c)
    assert calendar_at(up).between(a, b) == -calendar_at(up).between(b, a)


def test_counting_never_runs_for_ever(up):
    State.objects.filter(pk=up.pk).update(weekly_offs=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
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


def test_a_hundred_questions_ask_the_database_once(up, agra, django_assert_num_queries):
    office = Office.objects.select_related("designation").get(district=agra, designation__code="dm")
    with django_assert_num_queries(3):  # the holidays, the weekly offs, the State's own
        answers = [is_working_day(DIWALI + timedelta(days=n), up, agra) for n in range(100)]
        assert calendar_of(office).between(DIWALI, DIWALI + timedelta(days=3650)) > 2500
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


# --- what is declared, and for whom -------------------------------------------------------------------------------------

MONDAY, SUNDAY, GOVARDHAN = date(2026, 11, 23), date(2026, 11, 22), date(2026, 11, 10)


@pytest.fixture
def dm(agra: District) -> Office:
    return Office.objects.select_related("designation").get(district=agra, designation__code="dm")


def withdraw(row: Holiday | WeeklyOffs) -> None:
    row.withdrawn_at, row.withdrawn_why = timezone.now(), "Not gazetted."
    row.withdrawn_by = Officer.objects.get(username="administrator")
    row.save()


def test_a_withdrawn_holiday_counts_no_more_and_stays_in_the_list(up, agra):
    withdraw(Holiday.objects.get(state=up, date=GOVARDHAN))
    assert is_working_day(GOVARDHAN, up, agra)
    assert Holiday.objects.filter(state=up, date=GOVARDHAN).exists()
    Holiday.objects.create(state=up, date=GOVARDHAN, name_en="Listed again after all")
    forget()
    assert not is_working_day(GOVARDHAN, up, agra)


def test_a_district_may_work_on_a_holiday_of_the_state_and_one_office_of_it_rest(up, agra, mathura, dm):
    Holiday.objects.create(state=up, district=agra, date=GOVARDHAN, works=True, name_en="Worked in Agra")
    Holiday.objects.create(state=up, office=dm, date=GOVARDHAN, name_en="But not at this office")
    other = Office.objects.select_related("designation").get(district=agra, designation__code="dic")
    assert not is_working_day(GOVARDHAN, up) and not is_working_day(GOVARDHAN, up, mathura)
    assert is_working_day(GOVARDHAN, up, agra) and calendar_of(other).works(GOVARDHAN)
    assert not calendar_of(dm).works(GOVARDHAN)


def test_a_weekly_off_may_be_worked_once(up):
    Holiday.objects.create(state=up, date=SUNDAY, works=True, name_en="Worked for the elections")
    assert is_working_day(SUNDAY, up) and not is_working_day(SUNDAY + timedelta(days=7), up)


def test_weekly_offs_apply_from_their_day_and_the_particular_place_comes_first(up, agra, mathura, dm):
    changes = date(2026, 12, 1)
    WeeklyOffs.objects.create(state=up, applies_from=changes, offs=["sat", "sun"])
    WeeklyOffs.objects.create(state=up, district=agra, applies_from=changes + timedelta(days=14), offs=["fri"])
    WeeklyOffs.objects.create(state=up, office=dm, applies_from=changes + timedelta(days=28), offs=["sun"])
    third_saturday, friday, january = date(2026, 12, 19), date(2026, 12, 18), date(2027, 1, 8)
    assert is_working_day(THIRD_SATURDAY, up) and not is_working_day(third_saturday, up)
    assert is_working_day(third_saturday, up, agra) and not is_working_day(friday, up, agra)
    assert is_working_day(friday, up, mathura) and not is_working_day(january, up, agra)
    assert calendar_of(dm).works(january)


def test_a_calendar_is_also_known_as_it_was_before_a_change(up, dm):
    asked = timezone.now()
    assert calendar_of(dm, known_at=asked).works(MONDAY)
    by = Officer.objects.get(username="administrator")
    Holiday.objects.create(state=up, date=MONDAY, name_en="Declared", added_by=by, added_at=asked + timedelta(hours=1))
    withdraw(Holiday.objects.get(state=up, date=GOVARDHAN))
    forget()
    assert not calendar_of(dm).works(MONDAY) and calendar_of(dm).works(GOVARDHAN)
    assert calendar_of(dm, known_at=asked - timedelta(days=1)).works(MONDAY)
    assert not calendar_of(dm, known_at=asked - timedelta(days=1)).works(GOVARDHAN)
    assert not calendar_of(dm, known_at=asked + timedelta(hours=2)).works(MONDAY)


@pytest.mark.parametrize("again", [{}, {"district": True}, {"office": True}])
def test_a_day_is_declared_once_for_a_place(up, agra, dm, again):
    place = {"district": agra} if "district" in again else {"office": dm} if "office" in again else {}
    day = MONDAY + timedelta(days=1000)
    Holiday.objects.create(state=up, date=day, name_en="Once", **place)
    with pytest.raises(IntegrityError):
        Holiday.objects.create(state=up, date=day, name_en="Twice", **place)


# --- any calendar there may be ------------------------------------------------------------------------------------------

WORDS = st.sampled_from([*("mon", "wed", "fri", "sat", "sun"), *(f"sat{n}" for n in range(1, 6))])
long_days = st.dates(date(2019, 6, 1), date(2031, 6, 1))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw holidays and worked days, on weekly offs too, and weekly offs that change in the middle at any of three places."""
    declared = draw(st.dictionaries(long_days, st.booleans(), max_size=30))
    changes = st.tuples(long_days, st.lists(WORDS, max_size=3))
    places = [sorted(draw(st.lists(changes, max_size=2)), key=lambda change: change[0], reverse=True) for _place in range(3)]
    return Calendar(declared, [*places, [(date.min, ["sun", "sat2"])]])


def one_by_one(calendar: Calendar, first: date, last: date) -> int:
    """Count working days as a clerk would, day by day."""
    return sum(calendar.works(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


@any_calendar
@given(calendar=calendars(), a=long_days, length=st.integers(0, 800))
def test_counting_is_what_a_clerk_counts_on_his_fingers(calendar, a, length):
    b = a + timedelta(days=length)
    assert calendar.between(a, b) == one_by_one(calendar, a, b) == -calendar.between(b, a)


@any_calendar
@given(calendar=calendars(), start=long_days, n=few)
def test_in_any_calendar_adding_and_counting_are_each_others_inverse(calendar, start, n):
    due = calendar.add(start, n)
    assert calendar.works(due.date()) and due.date() >= start
    if n or calendar.works(start):
        assert calendar.between(start, due) == n
    else:
        assert calendar.between(start, due) == 1
    assert calendar.add(start, n + 1) >= due
    assert calendar.add(start + timedelta(days=1), n) >= due


@any_calendar
@given(calendar=calendars(), start=st.sampled_from([date(2024, 2, 28), date(2026, 12, 31), date(2027, 3, 31), date(2026, 4, 30)]), n=few)
def test_month_and_year_ends_are_days_like_any_other(calendar, start, n):
    day, left = start, n
    while left or not calendar.works(day):
        day += timedelta(days=1)
        left = max(left - calendar.works(day), 0)
    assert calendar.add(start, n).date() == day


@any_calendar
@given(calendar=calendars(), day=long_days, hour=st.integers(0, 23))
def test_the_next_close_lies_ahead_and_no_working_day_before_it(calendar, day, hour):
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=IST)
    closes = calendar.next_close(moment)
    assert closes > moment and calendar.works(closes.date())
    assert calendar.between(moment, closes) == (closes.date() != day)


@pytest.mark.parametrize(
    ("day", "n", "before"),
    [
        (date(2026, 10, 30), 0, date(2026, 10, 30)),
        (date(2026, 10, 30), 1, date(2026, 10, 29)),
        (date(2026, 10, 30), 15, date(2026, 10, 12)),  # over three Sundays, the second Saturday and Dussehra
        (SECOND_SATURDAY, 0, SECOND_SATURDAY),
        (SECOND_SATURDAY + timedelta(days=2), 1, date(2026, 11, 13)),
    ],
)
def test_working_days_are_counted_back(up, day, n, before):
    assert working_day_before(day, n, up) == before


@property_test
@given(day=days, n=st.integers(1, 40))
def test_counting_back_and_forward_meet(up, day, n):
    back = working_day_before(day, n, up)
    assert is_working_day(back, up) and back < day
    assert calendar_at(up).between(back - timedelta(days=1), day - timedelta(days=1)) == n


def test_no_day_before_is_found_where_no_office_ever_opens_or_the_number_is_negative(up):
    with pytest.raises(ValueError, match="must not be negative"):
        working_day_before(DIWALI, -1, up)
    never = Calendar({}, [[(date.min, ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])]])
    with pytest.raises(ValueError, match="no working day"):
        never.before(DIWALI, 1)


def test_a_day_begins_at_midnight_in_india():
    assert day_begins(DIWALI) == datetime(2026, 11, 7, 18, 30, tzinfo=UTC)
