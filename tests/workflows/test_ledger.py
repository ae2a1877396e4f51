"""Each second of a file's life stands on exactly one account."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.calendar import calendar_of
from programme.kept import forget
from programme.models import Holiday
from programme.zone import IST
from tests.files import a_file, office, officer, take, waiting
from tests.processes.identification_files import answer, propose_product
from tests.processes.loan_files import a_loan
from workflows import ledger
from workflows.flows import ExhibitionFlow, LoanFlow
from workflows.ledger import NOTHING, Account
from workflows.models import Case, Movement

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=IST)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
a_while = st.timedeltas(timedelta(0), timedelta(days=90))
random_history = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def offices(db):
    """One office of each account, and the steps of a loan that are taken there."""
    return {
        ("scrutinise", "scrutinise_loan"): office("dic", "Agra"),
        ("appraise", "appraise_loan"): office("bank_desk", "Agra"),
        ("examine", "examine_loan"): office("odop_cell"),
        ("sanction", "sanction_loan"): office("principal_secretary"),
        ("correct", "file_loan"): office("manager_dic", "Agra"),
        ("watch", ""): office("manager_dic", "Agra"),
    }


def a_stay(pk, offices, at, received, disposed, flow=LoanFlow):
    (step, power), where = list(offices.items())[at % len(offices)]
    case = Case(flow_class=flow)
    return Movement(pk=pk, case=case, step=step, power=power, office=where, received=received, disposed=disposed)


@st.composite
def histories(draw):
    """Draw stays one after the other, with several offices asked at once, ends and reopenings, and perhaps one still open.

    Returns for each stay: which office, from when, until when (``None`` while it is open); and what the clock says now.
    """
    moment = datetime(2025, 1, 1, tzinfo=UTC) + draw(st.timedeltas(timedelta(0), timedelta(days=500)))
    told = []
    for _act in range(draw(st.integers(1, 8))):
        ends = [moment + draw(a_while) for _office in range(draw(st.sampled_from([1, 1, 1, 2, 5])))]
        told += [(draw(st.integers(0, 5)), moment, end) for end in ends]
        moment = max(ends)
        if draw(st.integers(0, 5)) == 0:
            moment += draw(a_while)  # it had ended and was reopened
    if draw(st.booleans()):
        told.append((draw(st.integers(0, 5)), moment, None))
    return told, moment + draw(a_while)


@random_history
@given(history=histories())
def test_any_history_sums_to_the_time_from_its_opening_to_its_end(offices, history):
    told, now = history
    stays = [a_stay(pk, offices, *one) for pk, one in enumerate(told, 1)]
    found = ledger.of_stays(stays, now)
    ends = now if told[-1][2] is None else max(until for _at, _since, until in told)
    assert sum(found.accounts.values(), NOTHING) == found.total == ends - told[0][1]
    for before, after in pairwise(found.segments):
        assert before.ends == after.begins
    assert all(segment.length > NOTHING for segment in found.segments)
    assert sum((kept for kept, _closed in found.stays.values()), NOTHING) <= found.total


@random_history
@given(history=histories())
def test_a_day_on_which_the_office_is_closed_is_nobodys_time_and_every_other_day_is_somebodys(offices, history):
    told, now = history
    for segment in ledger.of_stays([a_stay(pk, offices, *one) for pk, one in enumerate(told, 1)], now).segments:
        if segment.stay is None:
            assert segment.account == Account.NON_WORKING
            continue
        day, last = timezone.localdate(segment.begins, IST), timezone.localdate(segment.ends - timedelta(microseconds=1), IST)
        while day <= last:
            assert calendar_of(segment.office).works(day) == (segment.account != Account.NON_WORKING)
            day += DAY


@pytest.mark.parametrize(
    ("step", "flow", "account"),
    [
        ("scrutinise", LoanFlow, Account.DISTRICT),
        ("appraise", LoanFlow, Account.BANK),
        ("examine", LoanFlow, Account.DEPARTMENT),
        ("sanction", LoanFlow, Account.STATE),
        ("correct", LoanFlow, Account.APPLICANT),
        ("watch", LoanFlow, Account.APPLICANT),
        ("correct", ExhibitionFlow, Account.DISTRICT),
    ],
)
def test_whose_time_a_stay_is(offices, step, flow, account):
    at = [name for name, _power in offices].index(step)
    assert ledger.account_of(a_stay(1, offices, at, MONDAY, None, flow)) == account


def test_a_sunday_is_cut_out_at_midnight_in_india(offices):
    saturday, monday = MONDAY + 5 * DAY, MONDAY + 7 * DAY
    found = ledger.of_stays([a_stay(1, offices, 0, saturday, monday)], monday)
    assert [(segment.account, segment.step, segment.seconds) for segment in found.segments] == [
        (Account.DISTRICT, "scrutinise", 14 * 3600),
        (Account.NON_WORKING, "scrutinise", 24 * 3600),
        (Account.DISTRICT, "scrutinise", 10 * 3600),
    ]


def test_of_several_offices_asked_at_once_the_last_to_answer_keeps_the_file(offices):
    district, bank = a_stay(1, offices, 0, MONDAY, MONDAY + HOUR), a_stay(2, offices, 1, MONDAY, MONDAY + 3 * HOUR)
    found = ledger.of_stays([district, bank], MONDAY + DAY)
    assert found.accounts[Account.BANK] == 3 * HOUR == found.total
    assert found.stays == {2: (3 * HOUR, NOTHING)}


def test_between_an_end_and_a_reopening_nobody_has_the_file(offices):
    first, again = a_stay(1, offices, 0, MONDAY, MONDAY + HOUR), a_stay(2, offices, 0, MONDAY + 3 * HOUR, None)
    found = ledger.of_stays([first, again], MONDAY + 4 * HOUR)
    assert (found.accounts[Account.DISTRICT], found.accounts[Account.NON_WORKING]) == (2 * HOUR, 2 * HOUR)
    assert [segment.office for segment in found.segments][1] is None


def test_a_file_without_a_stay_has_an_empty_ledger():
    assert ledger.of_stays([], MONDAY).total == NOTHING


def test_a_holiday_declared_later_changes_nothing_in_what_was_closed_before(offices):
    stays = [a_stay(1, offices, 0, MONDAY, MONDAY + 2 * DAY), a_stay(2, offices, 0, MONDAY + 2 * DAY, None)]
    before = ledger.of_stays(stays, MONDAY + 4 * DAY).accounts
    for n, by in ((1, "administrator"), (3, "administrator")):
        day = (MONDAY + n * DAY).date()
        Holiday.objects.create(state_id=9, date=day, name_en="Late", added_by=officer(by), added_at=MONDAY + 3 * DAY)
    forget()
    after = ledger.of_stays(stays, MONDAY + 4 * DAY).accounts
    assert after[Account.NON_WORKING] - before[Account.NON_WORKING] == DAY


# --- files that really moved --------------------------------------------------------------------------------------------


def walked(case: Case) -> None:
    """Check what must hold of every file: no gap, no overlap but of offices asked together, sums to the microsecond."""
    stays = list(case.movements.order_by("received", "pk"))
    found, now = ledger.of(case), timezone.now()
    if not stays:
        assert found.total == NOTHING
        return
    for stay in stays:
        assert stay.came_from is None or stay.came_from.disposed <= stay.received
        assert (stay.days_held is None) == stay.is_open
    starts, ends = {stay.received for stay in stays}, {stay.disposed for stay in stays}
    assert starts - {stays[0].received} <= ends, "a stay begins at the moment another one ends"
    if case.ending:
        assert found.total == max(stay.disposed for stay in stays) - stays[0].received
        assert case.finished == max(stay.disposed for stay in stays)
    assert sum(found.accounts.values(), NOTHING) == found.total <= now - stays[0].received


@pytest.mark.parametrize("at", ["scrutinise", "correct", "approve", "accept", "closed"])
def test_the_stay_that_ends_and_the_one_that_begins_share_their_moment(at):
    walked(a_file(at=at))


def test_the_moments_of_a_file_that_five_offices_answer_leave_no_gap():
    case = propose_product()
    for desk in ("agriculture", "handloom", "horticulture", "animal_husbandry", "rural_development"):
        answer(case, desk, text="ठीक है।")
    assert waiting(case).step == "recommend"
    walked(case)


def test_a_clock_that_is_set_back_an_hour_ends_no_stay_before_it_began():
    case = a_file()
    with patch.object(timezone, "now", return_value=timezone.now() - HOUR):
        take(case, "recommended")
    first, second = case.movements.order_by("pk")
    assert first.received == first.disposed == second.received
    walked(case)


@pytest.mark.slow
def test_every_file_of_the_demonstration_sums_and_has_no_gap(db):
    call_command("load_demonstration", verbosity=0)
    cases = Case.objects.select_related("state").order_by("pk")
    assert cases.count() > 70
    for case in cases:
        walked(case)
    now = timezone.now()
    together = ledger.totals(cases, now)
    each = [ledger.of(case, now).accounts for case in cases]
    assert together == {account: sum((one[account] for one in each), NOTHING) for account in Account}
    assert all(together.values()), "the demonstration has time on every account"


def test_the_totals_of_many_files_cost_one_query(django_assert_num_queries):
    cases = [a_file(), a_file(district="Mathura")]
    ledger.totals(cases)
    with django_assert_num_queries(1):
        ledger.totals(cases)


def test_the_history_shows_the_accounts_and_each_stay(client_for: Callable):
    with patch.object(timezone, "now", return_value=timezone.now() - 40 * DAY):
        case = a_loan(at="committee")
    text = client_for("dm.agra").get(reverse("history", args=[case.pk])).content.decode()
    stripes = re.findall(r'<rect class="(\w+)" x="[\d.]+" width="([\d.]+)" height="24">', text)
    assert {account for account, _width in stripes} == {Account.DISTRICT, Account.NON_WORKING}
    assert sum(float(width) for _account, width in stripes) == pytest.approx(1000, abs=0.1)
    steps = re.findall(r'<td class="subject">(.*?)<span', text)
    with override("hi"):
        assert steps == [str(LoanFlow.instance.node(step).title) for step in ("scrutinise", "committee")]
    assert "<rect" in text and "style=" not in text
