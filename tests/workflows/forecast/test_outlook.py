"""The forecast itself: pinned figures, bands, what never comes, what a what-if changes, alone and together."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.forecast.seasons import ALWAYS, CALENDAR, LAST_DAY, TODAY, a_course, a_plan
from workflows.forecast.outlook import foresee, rank, reckon
from workflows.forecast.playing import Play, Table
from workflows.forecast.whatif import WhatIf

PINNED_IN_TIME = (9.37, (7, 11))
PINNED_DAYS = (date(2026, 10, 14), date(2026, 10, 26), date(2026, 11, 4))
PINNED_CHANCE = 0.79
FESTIVAL = (date(2026, 10, 12), date(2026, 10, 17))


def mean_day(outlook, name="adopted"):
    """Return the mean over all plans of the middle day, as a number."""
    days = [getattr(prospect, name).middle.toordinal() for prospect in outlook.prospects]
    return sum(days) / len(days)


def test_the_same_course_has_the_same_forecast_on_every_machine():
    outlook = foresee(a_course(), plays=400, seed=7)
    first = outlook.prospects[0]
    assert (outlook.in_time, outlook.in_time_band) == PINNED_IN_TIME
    assert (first.submitted.early, first.submitted.middle, first.submitted.late) == PINNED_DAYS
    assert first.in_time == PINNED_CHANCE
    assert reckon(a_course(), plays=400, seed=7) == outlook
    assert foresee(a_course(), plays=400, seed=8) != outlook


def test_a_rank_is_a_value_there_was():
    values = list(range(1, 401))
    assert [rank(values, share) for share in (0.1, 0.5, 0.9)] == [40, 200, 360]
    assert [rank([5, 7], share) for share in (0.1, 0.5, 0.9)] == [5, 5, 7]


plans = st.builds(
    lambda at, since, closes, vacant: {"at": at, "since": since, "closes_in": closes, "vacant": vacant},
    st.sampled_from(["draft", "sign", "scrutinise", "approve", "correct"]),
    st.integers(0, 60),
    st.none() | st.integers(0, 9),
    st.sampled_from([frozenset(), frozenset({"sign"})]),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(plans, min_size=1, max_size=8), st.floats(0, 0.9))
def test_bands_are_ordered_chances_are_chances_and_nothing_lies_before_today(told, returned):
    course = a_course(*[a_plan(place, **one) for place, one in enumerate(told)])
    course = course.with_stage(replace(course.stage("scrutinise"), returned=returned))
    outlook = reckon(course, plays=40)
    far = date.max
    for prospect in outlook.prospects:
        assert 0 <= prospect.in_time <= 1
        for band in (prospect.submitted, prospect.adopted):
            assert TODAY <= (band.early or far) <= (band.middle or far) <= (band.late or far)
    few, many = outlook.in_time_band
    assert 0 <= few <= many <= len(told)


def expected_end(course):
    """Return the mean over plays and plans of the number of the day of adoption; one beyond the days looked at counts as the last."""
    table, length = Table(course), course.calendar.length
    played = [Play(table, seed) for seed in range(60)]
    return sum(min(day, length) for play in played for day in play.adopted) / len(played) / len(course.plans)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.sampled_from([0.3, 0.7, 2.0]), st.floats(1, 4), st.floats(0, 3), st.sampled_from([0.0, 0.1, 0.3]))
def test_more_hands_never_make_it_later_to_be_expected(count, ceiling, times, plus, returned):
    course = a_course(*[a_plan(place) for place in range(count)])
    course = course.with_stage(replace(course.stage("approve"), rate=replace(ALWAYS, ceiling=ceiling), returned=returned))
    assert expected_end(WhatIf(hands=("approve", times, plus)).of(course)) <= expected_end(course) + 1e-9


def test_a_small_office_makes_a_queue_and_twice_the_hands_a_shorter_one():
    course = a_course(*[a_plan(place) for place in range(40)])
    course = course.with_stage(replace(course.stage("scrutinise"), rate=replace(ALWAYS, ceiling=1.0)))
    before = foresee(course)
    after = foresee(WhatIf(hands=("scrutinise", 2.0, 0.0)).of(course))
    assert before.queues["scrutinise"].middle > 2 * after.queues["scrutinise"].middle
    assert mean_day(after) < mean_day(before) - 5


def test_a_day_that_clears_the_desk_brings_forward_what_waits():
    waiting = a_course(*[a_plan(place, at="scrutinise", submitted=TODAY) for place in range(30)])
    waiting = waiting.with_stage(replace(waiting.stage("approve"), rate=replace(ALWAYS, ceiling=10.0)))
    cleared = WhatIf(cleared=("scrutinise", date(2026, 10, 5))).of(waiting)
    assert mean_day(foresee(cleared)) < mean_day(foresee(waiting))
    assert foresee(cleared).queues["approve"].middle > foresee(waiting).queues["approve"].middle


def test_a_week_of_closed_offices_moves_everything_back():
    before, after = foresee(a_course()), foresee(WhatIf(closed=FESTIVAL).of(a_course()))
    assert mean_day(after, "submitted") > mean_day(before, "submitted")
    assert after.in_time < before.in_time
    assert not any(FESTIVAL[0] <= p.submitted.middle <= FESTIVAL[1] for p in after.prospects)


def test_two_what_ifs_together_are_both_there():
    course = a_course(*[a_plan(place) for place in range(30)])
    course = course.with_stage(replace(course.stage("approve"), rate=replace(ALWAYS, ceiling=0.7)))
    both = WhatIf(hands=("approve", 3.0, 0.0), closed=FESTIVAL)
    alone = [mean_day(foresee(one.of(course))) for one in (WhatIf(), WhatIf(hands=both.hands), WhatIf(closed=both.closed))]
    together = mean_day(foresee(both.of(course)))
    assert alone[1] < together < alone[2]
    assert bool(both) and not WhatIf()


@pytest.mark.parametrize(("change", "step"), [
    (lambda course: course.with_stage(replace(course.stage("approve"), vacant=True)), "approve"),
    (lambda course: course.with_stage(replace(course.stage("scrutinise"), times=0.0)), "scrutinise"),
    (lambda course: course.with_stage(replace(course.stage("approve"), rate=replace(ALWAYS, luck=(0.0,)))), "approve"),
])  # fmt: skip
def test_an_office_that_disposes_of_nothing_is_named_and_has_no_day(change, step):
    for prospect in foresee(change(a_course())).prospects:
        assert (prospect.never_adopted, prospect.adopted.early) == (step, None)
        assert prospect.never_submitted == "" and prospect.submitted.middle is not None


def test_a_district_without_a_holder_never_submits_until_the_post_is_filled():
    course = a_course(a_plan(0, vacant=frozenset({"sign"})), a_plan(1))
    vacant, held = foresee(course).prospects
    assert (vacant.never_submitted, vacant.never_adopted, vacant.in_time, vacant.submitted.early) == ("sign", "sign", 0.0, None)
    assert held.never_submitted == "" and held.in_time > 0
    filled = foresee(WhatIf(filled=True).of(course)).prospects[0]
    assert filled.never_submitted == "" and filled.in_time > 0


def test_a_vacant_step_that_the_plan_has_passed_stops_nothing():
    course = a_course(a_plan(0, at="approve", submitted=TODAY, vacant=frozenset({"draft", "sign", "correct"})))
    assert foresee(course).prospects[0].never_adopted == ""


def test_a_vacant_office_can_be_given_a_day_on_which_its_desk_is_cleared():
    course = a_course(a_plan(0, at="approve", submitted=TODAY))
    course = course.with_stage(replace(course.stage("approve"), times=0.0))
    cleared = foresee(WhatIf(cleared=("approve", date(2026, 10, 5))).of(course)).prospects[0]
    assert (cleared.never_adopted, cleared.adopted.middle) == ("", date(2026, 10, 5))


def test_what_is_submitted_and_adopted_stays_so():
    early, late = date(2026, 9, 30), date(2026, 9, 15)
    done = foresee(a_course(a_plan(0, at="", submitted=late, adopted=early))).prospects[0]
    assert (done.submitted.early, done.submitted.late, done.adopted.middle, done.in_time) == (late, late, early, 1.0)
    assert (done.worst, done.never_adopted) == ("", "")


def test_the_clock_ends_a_stay_on_its_day_at_the_latest():
    course = a_course(a_plan(0, at="draft", since=3, closes_in=2))
    course = replace(course, stages=(replace(course.stages[0], closes_after=15), *course.stages[1:]))
    latest = CALENDAR.day(CALENDAR.after(CALENDAR.number(TODAY), 2))
    quick = foresee(replace(course, stages=(course.stages[0], replace(course.stages[1], table=None, rate=ALWAYS), *course.stages[2:])))
    assert quick.prospects[0].submitted.late <= latest


def test_the_longest_step_is_named():
    assert foresee(a_course(a_plan(0))).prospects[0].worst == "draft"
    assert foresee(a_course(a_plan(0, at="sign"))).prospects[0].worst == "sign"


def test_after_the_last_day_nothing_open_can_be_in_time():
    late = replace(a_course(), last_day=date(2026, 9, 29))
    assert foresee(late).in_time == 0
    assert LAST_DAY > TODAY and math.isclose(foresee(a_course()).in_time, sum(p.in_time for p in foresee(a_course()).prospects))
