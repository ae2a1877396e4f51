"""The clock of an office stands still while the file it returned is away, and goes on when it comes back as it was."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from programme.calendar import calendar_of
from programme.zone import IST
from tests.files import a_file, take, waiting
from tests.processes.loan_files import a_loan, lend, sit
from workflows.deadlines import standing
from workflows.models import Case, Movement

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=IST)


@pytest.fixture
def desk(client_for: Callable) -> Callable:
    """Return a client of an officer who reads in English."""

    def sign_in(username: str) -> Client:
        client = client_for(username)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return sign_in


def on(days: int) -> Any:
    """Let the clock stand at ten in the morning, so many days after a Monday with no holiday in its week."""
    return patch.object(timezone, "now", return_value=MONDAY + timedelta(days=days))


def returned_by_the_cell(after: int) -> Case:
    """Return a proposal that came to the cell on Monday, with seven working days, and was returned so many days later."""
    with on(0):
        case = a_file()
    with on(after):
        return take(case, "returned", text="The basis of the stall rate is not given.")


def test_a_file_that_comes_back_unchanged_has_the_days_that_were_left():
    case = returned_by_the_cell(after=2)
    cell = case.movements.get(step="scrutinise")
    assert (cell.days_allowed, cell.days_held, cell.days_late) == (7, 2, 0)
    with on(14):
        take(case, "submitted")
    back = waiting(case)
    assert (back.step, back.days_allowed) == ("scrutinise", 5)
    assert back.due == calendar_of(back.office).add(back.received, 5)


def test_a_file_that_was_returned_late_comes_back_with_one_day():
    case = returned_by_the_cell(after=14)
    with on(15):
        take(case, "submitted")
    assert waiting(case).days_allowed == 1
    assert case.movements.filter(step="scrutinise").order_by("pk")[0].days_late > 1


def test_when_something_material_changed_the_clock_begins_afresh():
    case = returned_by_the_cell(after=3)
    with on(4):
        take(case, "submitted", amount_asked="17,00,000")
    assert waiting(case).days_allowed == 7


def test_the_correction_has_a_clock_of_its_own():
    case = returned_by_the_cell(after=2)
    here = waiting(case)
    assert (here.step, here.days_allowed) == ("correct", 5)
    assert here.due == calendar_of(here.office).add(here.received, 5)


def test_a_second_return_leaves_what_the_first_had_left():
    case = returned_by_the_cell(after=2)
    with on(3):
        take(case, "submitted")
    with on(4):
        take(case, "returned", text="Still not given.")
    with on(9):
        take(case, "submitted")
    assert waiting(case).days_allowed == 4


def test_a_return_that_is_passed_down_keeps_both_clocks_standing():
    with on(0):
        case = a_file(at="approve")
    with on(1):
        take(case, "returned", return_to="scrutinise", text="Ask the district.")
    with on(3):
        take(case, "returned", text="The Secretary asks for the basis.")
    with on(8):
        take(case, "submitted")
    assert (waiting(case).step, waiting(case).days_allowed) == ("scrutinise", 5)
    with on(9):
        take(case, "recommended")
    back = waiting(case)
    assert (back.step, back.days_allowed) == ("approve", 9)


def test_the_first_arrival_at_a_step_has_its_whole_clock():
    assert waiting(a_file(at="approve")).days_allowed == 10


def test_while_a_file_is_away_its_returner_reads_since_when_his_clock_stands_still(desk: Callable):
    case = returned_by_the_cell(after=2)
    said = "The clock stands still since 18-11-2026: the file is with the district for correction."
    for name, args in (("file", [case.pk]), ("files", [])):
        assert said in desk("odop.cell").get(reverse(name, args=args)).content.decode(), name
        for other in ("dm.agra", "principal.secretary"):
            assert "stands still" not in desk(other).get(reverse(name, args=args)).content.decode()
    with on(5):
        take(case, "submitted")
    page = desk("odop.cell").get(reverse("file", args=[case.pk])).content.decode()
    assert "stands still" not in page and "5 working days were left" in page


def test_an_applicants_correction_is_with_the_applicant(desk: Callable):
    with on(0):
        case = a_loan()
    with on(1):
        take(case, "returned", text="The address is not legible.")
    page = desk("dic.agra").get(reverse("file", args=[case.pk])).content.decode()
    assert "since 17-11-2026: the file is with the applicant for correction" in page


def test_a_file_returned_to_the_bank_is_with_the_bank(desk: Callable):
    case = lend(sit(a_loan(at="committee")))
    take(case, "returned", return_to="appraise", text="The term is missing.")
    page = desk("odop.cell").get(reverse("file", args=[case.pk])).content.decode()
    assert "the file is with the bank for correction" in page


def test_the_list_asks_once_for_all_files_that_are_away(desk: Callable, django_assert_max_num_queries):
    client = desk("odop.cell")
    for district in ("Agra", "Mathura"):
        take(a_file(district=district), "returned", text="The basis is missing.")
    client.get(reverse("files"))
    with django_assert_max_num_queries(50) as two:
        client.get(reverse("files"))
    take(a_file(district="Lucknow"), "returned", text="The basis is missing.")
    with django_assert_max_num_queries(len(two)):
        assert client.get(reverse("files")).content.decode().count("stands still") == 3


def test_a_closed_stay_is_judged_by_what_was_written_when_it_ended():
    case = returned_by_the_cell(after=14)
    stay = Movement.objects.get(case=case, step="scrutinise")
    late = standing(stay)
    assert late.kind == "late"
    Movement.objects.filter(pk=stay.pk).update(due=timezone.now() + timedelta(days=90))
    stay.refresh_from_db()
    assert standing(stay) == late
