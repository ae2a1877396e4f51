"""How stays behave that no single officer ends: steps taken together, windows and watches, checks that ask or stop."""

import pytest

from programme.checks import Check
from workflows.bars import barring
from workflows.models import Outcome

ASK, STOP = Check("ask", "Same PAN.", code="pan"), Check("stop", "No budget.", code="budget")
AT_ONCE = Check("stop", "Not the district's product.", code="product", at_once=True)


@pytest.mark.parametrize(
    ("check", "outcome", "bars"),
    [
        (ASK, Outcome.RECOMMEND, True),
        (ASK, Outcome.RETURN, False),
        (ASK, Outcome.REJECT, False),
        (STOP, Outcome.RECOMMEND, False),
        (STOP, Outcome.SANCTION, True),
        (STOP, Outcome.APPROVE, True),
        (AT_ONCE, Outcome.RECOMMEND, True),
        (AT_ONCE, Outcome.SUPPORT, True),
        (AT_ONCE, Outcome.WITHDRAW, False),
        (Check("look", "Another exhibition."), Outcome.SANCTION, False),
    ],
)
def test_a_check_bars_what_it_says(check, outcome, bars):
    assert (barring([check], outcome) == [check]) == bars


def test_an_answered_question_bars_nothing():
    assert barring([ASK], Outcome.RECOMMEND, {"pan": "Father and son run two units."}) == []


def test_an_answered_check_reads_with_the_answer_and_only_informs():
    said = ASK.answered({"text": "Two units.", "name_en": "Deputy Commissioner Industries, Agra", "name_hi": "उपायुक्त उद्योग, आगरा"})
    assert said.level == "look"
    assert "Two units." in said.text and "Same PAN." in said.text
