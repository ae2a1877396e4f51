"""Exceptions of order and time, each planted by walking the real flow, and its evidence."""

from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from programme.calendar import today
from programme.zone import IST
from tests.files import a_file, officer, propose, take, waiting
from tests.processes.identification_files import a_product_file
from tests.workflows.audit.windows import fact, hits, shown
from tests.workflows.bulk_files import exhibitions, signed, stays_of
from tests.workflows.repairs.plans import REASON, repaired
from workflows import jobs
from workflows.audit.turns import ways
from workflows.models import RepairKind
from workflows.steps import record_opening
from workflows.work import WORK

pytestmark = pytest.mark.django_db


def on(day, hour=11):
    """Let the clock stand at an hour in India, that many days after today."""
    moment = datetime.combine(today() + timedelta(days=day), datetime.min.time(), IST) + timedelta(hours=hour)
    return patch.object(timezone, "now", return_value=moment)


def test_the_ways_of_a_process_hold_its_returns_and_lead_through_gateways_and_acts():
    assert {"exhibition:::scrutinise", "exhibition:scrutinise:recommended:concur", "exhibition:scrutinise:recommended:approve"} <= ways()
    assert {"exhibition:correct:submitted:approve", "exhibition:approve:sanctioned:report", "loan:release:submitted:watch"} <= ways()
    assert not {"exhibition:scrutinise:recommended:report", "exhibition:scrutinise:moved:approve"} & ways()


def test_a_file_moved_past_a_step_is_found_with_where_it_came_from():
    a_file(at="approve", district="Mathura")
    case = repaired(a_file(at="scrutinise"), RepairKind.MOVE, step="approve")
    [hit] = hits("out-of-order")
    assert (hit.case, hit.paragraphs) == (case, [2])
    assert fact(hit, "Came from").startswith("Scrutiny · Moved by the administrator") and fact(hit, "Went to") == "Sanction"


def test_a_returned_and_corrected_file_is_in_order():
    take(a_file(at="correct"), "submitted")
    take(take(a_file(at="approve", district="Mathura"), "returned", text="Why?", return_to="correct"), "submitted")
    assert hits("out-of-order") == []


def test_a_file_decided_before_an_earlier_one_that_waits_more_than_a_week_longer_is_found():
    with on(0):
        first, near = a_file(district="Agra"), a_file(district="Lucknow")
    with on(1):
        second = a_file(district="Mathura")
    with on(2):
        take(second, "recommended")
    with on(8):
        take(near, "recommended")
    assert [hit.case for hit in hits("overtaking")] == []
    with on(12):
        take(first, "recommended")
    [hit] = hits("overtaking")
    assert (hit.case, hit.paragraphs, hit.office.designation.code) == (second, [2], "odop_cell")
    assert fact(hit, "Earlier files that waited on") == f"{first.number} (since {today():%d-%m-%Y})"


def test_a_file_that_still_waits_is_overtaken_too_once_the_week_has_passed():
    propose("Agra")
    second = propose("Mathura")
    take(second, "recommended")
    with on(5):
        assert shown("overtaking") == []
    with on(9):
        assert shown("overtaking") == [(second.number, [2])]


def test_a_late_decision_is_found_with_its_post_and_the_time_on_its_account():
    take(a_file(district="Mathura"), "recommended")
    late = a_file()
    with on(40):
        take(late, "recommended")
    [hit] = hits("late")
    stay = late.movements.get(step="scrutinise")
    assert (hit.case, hit.office.designation.code, hit.paragraphs) == (late, "odop_cell", [2])
    assert fact(hit, "Late by") == f"{stay.days_late} working days" and stay.days_late > 10
    assert fact(hit, "On the account of") == "Department" and fact(hit, "Kept the file alone for").startswith(("39 days", "40 days"))


def test_a_repair_is_found_with_its_reason_and_effects():
    case = repaired(a_product_file(at="scrutinise"), RepairKind.MOVE, step="recommend")
    [hit] = hits("repairs")
    assert (hit.case, hit.paragraphs) == (case, [case.paragraphs])
    assert fact(hit, "Reason") == REASON and "The file leaves" in fact(hit, "Effects")
    assert (fact(hit, "Money is involved"), fact(hit, "Approved by a second administrator")) == ("no", "no")


def test_a_file_signed_in_a_bundle_and_never_opened_is_found_and_an_opened_one_is_not():
    opened, unread = exhibitions(2)
    record_opening(waiting(opened), by=officer("odop.cell"))
    signed(stays_of([opened, unread]), "recommended", by=officer("odop.cell"))
    jobs.run(WORK)
    [hit] = hits("unread")
    assert (hit.case, hit.paragraphs) == (unread, [2])
    assert (fact(hit, "Signed together"), fact(hit, "Opened"), fact(hit, "Outcome")) == ("2 files", "never", "Recommended")


def test_a_single_decision_on_a_file_nobody_opened_is_no_bundle():
    take(a_file(), "recommended")
    assert hits("unread") == []


@pytest.mark.parametrize(("hour", "found"), [(5, 1), (6, 0), (21, 0), (22, 1), (23, 1)])
def test_what_is_signed_between_ten_at_night_and_six_is_found(hour, found):
    with on(0, hour):
        case = propose()
    assert shown("at-night") == [(case.number, [1])] * found
