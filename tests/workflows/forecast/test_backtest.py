"""Do the forecasts of made-up seasons come true: the command, and a margin on a fixed seed."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from workflows.forecast.backtest import EARLIER, Score, backtest, known_at
from workflows.forecast.outlook import Band
from workflows.forecast.years import SHAPES, state_of


@pytest.fixture(scope="module")
def scores():
    return backtest(years=24, seed=5, places=40, plays=60, cuts=(20, 45))


def test_the_band_holds_what_happened_about_as_often_as_it_says(scores):
    assert scores.total("submitted").bands > 1000
    assert 0.75 <= scores.total("submitted").coverage <= 0.92
    assert 0.75 <= scores.total("adopted").coverage <= 0.92
    for shape, score in scores.submitted.items():
        assert score.coverage >= 0.70, f"{shape}: {score.coverage:.2f} of {score.bands}"


def test_the_chance_of_being_in_time_is_worth_more_than_the_share_of_earlier_years(scores):
    submitted = scores.total("submitted")
    assert submitted.brier < 0.85 * submitted.base_brier


def test_a_bottleneck_is_found_where_it_is():
    calendar, seasons = state_of(SHAPES[3], 4, places=40, seasons=EARLIER + 1)
    course = known_at(seasons[-1].opened + timedelta(days=40), calendar, seasons)
    assert course.stage("scrutinise").rate.ceiling < 2.1 < course.stage("approve").rate.ceiling


def test_a_forecast_knows_nothing_of_what_comes_after_it():
    calendar, seasons = state_of(SHAPES[0], 4, places=10, seasons=EARLIER + 1)
    today = seasons[-1].opened + timedelta(days=20)
    before = known_at(today, calendar, seasons)
    cut = [stay for stay in seasons[-1].stays if stay.received >= today]
    assert cut, "the season goes on after the day of the forecast"
    seasons[-1] = type(seasons[-1])(
        seasons[-1].season, seasons[-1].opened, seasons[-1].last_day,
        tuple(stay for stay in seasons[-1].stays if stay.received < today), seasons[-1].submitted, seasons[-1].adopted,
    )  # fmt: skip
    assert known_at(today, calendar, seasons) == before


def test_a_score_counts_what_lay_in_its_band():
    calendar, seasons = state_of(SHAPES[0], 1, places=1, seasons=1)
    day, end = seasons[0].opened, calendar.day(calendar.length - 1)
    score = Score()
    score.band(Band(day, day, day + timedelta(days=4)), day + timedelta(days=4), end)
    score.band(Band(day, day, day + timedelta(days=2)), None, end)
    score.band(Band(day, None, None), None, end)
    assert (score.bands, score.held) == (3, 2)


def command(*args):
    said = StringIO()
    call_command("backtest_forecast", *args, stdout=said)
    return said.getvalue()


def test_the_command_prints_a_table_or_json():
    table = command("--years", "1", "--plays", "5")
    assert "1 made-up seasons, seed 1" in table and "quick" in table and "Brier" in table
    found = json.loads(command("--years", "1", "--plays", "5", "--json"))
    assert set(found) == {"submitted", "adopted", "counted"}
    assert 0 <= found["submitted"]["all"]["coverage"] <= 1
    with pytest.raises(CommandError, match="at least 1"):
        command("--years", "0")
