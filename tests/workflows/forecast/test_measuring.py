"""What is measured of past stays: lengths with those still open, how quick a place is, what an office manages."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.forecast.seasons import CALENDAR, LAST_DAY, TODAY, lasting
from workflows.forecast import offices, stays
from workflows.forecast.days import NEVER, Calendar
from workflows.forecast.measuring import History, Rule, Standing, course_of
from workflows.forecast.offices import Day, days_of, rate
from workflows.forecast.stays import ENOUGH, Length, Seen, Stay, Tempo, life_table, tempo


def test_working_days_are_counted_as_the_offices_count_them():
    thursday, sunday = CALENDAR.number(date(2026, 10, 1)), CALENDAR.number(date(2026, 10, 4))
    assert CALENDAR.day(CALENDAR.after(thursday, 3)) == date(2026, 10, 5)
    assert CALENDAR.day(CALENDAR.after(sunday, 0)) == date(2026, 10, 5)
    assert CALENDAR.day(CALENDAR.after(thursday, 0)) == date(2026, 10, 1)
    assert CALENDAR.between(date(2026, 10, 1), date(2026, 10, 5)) == 3
    assert CALENDAR.after(thursday, 5000) == NEVER
    assert CALENDAR.without([date(2026, 10, 2)]).between(date(2026, 10, 1), date(2026, 10, 5)) == 2


def test_half_of_the_stays_end_within_the_median():
    table = life_table(lasting(*[3] * 10, *[9] * 10))
    assert (table.median, table.closed) == (9, 20)
    assert life_table(lasting(*[3] * 30, *[9] * 10)).median == 3


def test_open_stays_count_as_at_least_so_long():
    closed = lasting(2, 2, 3, 3, 4, 4)
    slow = lasting(10, 10, 10, closed=False)
    assert life_table(closed).median == 3
    assert life_table(closed + slow).median == 4
    assert life_table(closed + slow * 3).median is None


def test_a_stay_longer_than_every_one_before_still_ends_some_day():
    table = life_table(lasting(*range(1, 11)))
    assert table.when(table.upto(40) + 1.0) > 40


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40), st.floats(0, 20), st.floats(0, 20))
def test_more_hazard_is_never_less_time(days, one, more):
    table = life_table(lasting(*days))
    assert 0 <= table.when(one) <= table.when(one + more)
    assert table.upto(table.when(one)) >= one - 1e-9


def test_the_median_of_few_stays_is_not_measured_but_the_norms():
    history = a_history([Stay("2025-26", 1, "draft", date(2026, 9, 1), date(2026, 9, 3))] * (ENOUGH - 1))
    table = course_of(history, [Rule("draft", norm_days=15)], []).stages[0].table
    assert (table.measured, table.closed) == (False, 0)
    assert table.when(1.0) + 1 == 15
    enough = a_history([Stay("2025-26", 1, "draft", date(2026, 9, 1), date(2026, 9, 3))] * ENOUGH)
    table = course_of(enough, [Rule("draft", norm_days=15)], []).stages[0].table
    assert (table.measured, table.closed, table.median) == (True, ENOUGH, 2)


def a_history(several):
    return History("2026-27", TODAY, {"2026-27": LAST_DAY, "2025-26": date(2025, 10, 30)}, CALENDAR, several, {})


def test_what_the_clock_ended_says_at_least_so_long():
    ends = [Stay("2026-27", n, "contribute", date(2026, 9, 1), date(2026, 9, 18), "passed" if n < 10 else "") for n in range(30)]
    table = course_of(a_history(ends), [Rule("contribute", closes_after=15)], []).stages[0].table
    assert (table.closed, table.measured) == (10, True)
    assert table.upto(15) == pytest.approx(10 / 30)


def test_a_quick_district_is_expected_sooner_and_one_with_too_few_stays_counts_as_any():
    quick = [Stay("2025-26", 1, "draft", date(2026, 9, 1), date(2026, 9, 2))] * 6
    slow = [Stay("2025-26", 2, "draft", date(2026, 9, 1), date(2026, 9, 26))] * 6
    new = [Stay("2025-26", 3, "draft", date(2026, 9, 1), date(2026, 9, 26))] * 2
    standings = [Standing(place, "draft", CALENDAR, TODAY) for place in (1, 2, 3)]
    one, two, three = course_of(a_history(quick + slow + new), [Rule("draft")], standings).plans
    assert one.pace.speed > 1 > two.pace.speed
    assert three.pace.speed == 1.0 and three.pace.spread > one.pace.spread


def test_little_seen_is_drawn_towards_the_middle():
    assert Seen(2, 1).pace(0.04).speed < Seen(200, 100).pace(0.04).speed < 2
    assert stays.variance([], prior=0.04, weight=2) == 0.04


def test_a_rush_before_the_last_day_is_measured_and_shortens_what_falls_into_it():
    rushing = []
    for rank in range(400):
        slowly = int(-math.log(1 - (rank + 0.5) / 400) * 30)
        rushing.append(Length("2025-26", 1, slowly if slowly <= 20 else 20 + (slowly - 20) // 4, True, 20, 29))
    table = life_table(rushing)
    found = tempo((table, length) for length in rushing)
    assert found.rush > 0.8 and tempo([(table, rushing[0])]) == Tempo()
    fast = Tempo(rush=4.0, other=1.0)
    assert fast.when(table, 0, 2.0, 5, 14) < Tempo().when(table, 0, 2.0, 5, 14)
    assert fast.when(table, 0, 0.01, 5, 14) == Tempo().when(table, 0, 0.01, 5, 14)


def working_days(count):
    calendar = Calendar.of(date(2026, 1, 1), date(2026, 12, 31), lambda day: True)
    return calendar, [date(2026, 1, 1) + timedelta(days=n) for n in range(count)]


def test_an_office_with_a_heap_before_it_shows_its_ceiling():
    assert rate([Day(waited, 3) for waited in range(80, 20, -3)]).ceiling == 3.0


def test_an_office_that_disposes_of_a_share_of_what_waits_shows_no_ceiling():
    found = rate([Day(waited, waited // 2) for waited in (2, 4, 8, 12, 16, 20, 30, 40)])
    assert found.ceiling == math.inf and 0.4 < found.share < 0.6


def test_days_of_an_office_are_those_on_which_something_waited():
    calendar, days = working_days(10)
    several = [
        Stay("2026", 1, "approve", days[1], days[3]),
        Stay("2026", 2, "approve", days[1], days[1]),
        Stay("2026", 3, "approve", days[6], None),
    ]
    assert days_of(several, calendar, 8) == [Day(2, 1), Day(1, 0), Day(1, 1), Day(1, 0), Day(1, 0)]


def test_an_office_not_measured_takes_the_norms_days_on_average():
    found = offices.by_norm(15)
    assert (found.measured, found.closed) == (False, 0)
    assert found.expected(10) * sum(found.luck) / len(found.luck) == pytest.approx(10 / 15)
