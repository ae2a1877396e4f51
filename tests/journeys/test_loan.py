"""A loan with margin money: filed on a phone, recommended in a sitting, lent, released, and two years later made a grant."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from programme.calendar import today
from programme.models import LoanApplication
from tests.files import an_allotment, waiting
from tests.journeys import committee
from tests.journeys.walking import SIGN, SUBMIT, Walk, waiting_step
from tests.processes.loan_files import PAPERS, SCHEME, application, later
from tests.processes.plan_files import at_moment
from workflows import clock
from workflows.models import Case
from workflows.record.verifier import verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A quarter of a cost up to 25 lakh: of the 24 lakh asked for, and of the 22 lakh that the bank finds.
ASKED, APPRAISED = Decimal(600_000), Decimal(550_000)


def test_a_loan_is_filed_recommended_lent_released_and_converted(walk: Callable[[int], Walk]) -> None:
    an_allotment(scheme=SCHEME)
    desk, phone = walk(1280), walk(390)
    case = file(phone)
    desk.become("dic.agra")
    desk.decide(case, "recommended", amount=ASKED)
    committee.hold(desk, phone, case, ASKED)
    lend(phone, case)
    sanction(desk, case)
    release(desk, case)
    with at_moment(waiting(case).wakes):
        assert clock.sweep() == 1, "the watch is over"
    with at_moment(later(case)):
        verify_and_convert(desk, phone, case)
    loan = LoanApplication.read(case.record_id)
    assert (loan.amount_asked, loan.amount_sanctioned, loan.amount_released, loan.amount_utilised) == (ASKED, *[APPRAISED] * 3)
    assert verify().findings == []


def file(phone: Walk) -> Case:
    typed = application()
    phone.become("manager.agra")
    phone.begin("loan")
    phone.fill({**typed, "aadhaar": "2341 2341 2345", "pan": "ABCPK12345"})
    phone.attach(PAPERS)
    phone.refused(SUBMIT, "aadhaar")
    assert phone.page.locator("#id_pan_error").count() == 1
    assert phone.value("unit_name") == typed["unit_name"], "what was typed stands"
    phone.fill({"aadhaar": typed["aadhaar"], "pan": "ABCPK1234F", "bank_account": typed["bank_account"], "family_id": typed["family_id"]})
    assert phone.press(SUBMIT) == 200
    phone.look("acknowledgement")
    case = Case.objects.get()
    shown = phone.page.inner_text("main")
    assert phone.page.url.endswith("/acknowledgement/") and case.number in shown and typed["aadhaar"][-4:] not in shown
    return case


def lend(phone: Walk, case: Case) -> None:
    """The bank finds a smaller cost; it may not lend more than that."""
    phone.become("bank.agra")
    with phone.without_script():
        phone.open(case)
        loan = {"appraised_cost": "22,00,000", "loan_sanctioned": "23,00,000", "loan_reference": "BOB/AGR/77"}
        phone.choose("loan_sanctioned", **loan, loan_sanctioned_on=today())
        phone.refused(SIGN, "loan_sanctioned")
        assert phone.value("loan_reference") == "BOB/AGR/77", "what was typed stands"
        phone.choose("loan_sanctioned", loan_sanctioned="19,80,000")
        assert phone.press(SIGN) == 200
        phone.look("lent")


def sanction(desk: Walk, case: Case) -> None:
    desk.become("odop.cell")
    desk.decide(case, "recommended", amount=APPRAISED)
    desk.become("director")
    desk.open(case)
    desk.shows(APPRAISED)
    assert desk.page.locator("[name=amount_sanctioned]").count() == 0, "the amount is computed, nobody types it"
    desk.choose("sanctioned")
    assert desk.press(SIGN) == 200
    desk.visit(f"/files/{case.pk}/order/", "order")
    desk.shows(APPRAISED)


def release(desk: Walk, case: Case) -> None:
    desk.become("odop.cell")
    desk.start_writing(case)
    desk.shows(APPRAISED)
    desk.fill({"payment_reference": "UTR/1", "released_on": "2020-01-01"})
    desk.refused(SUBMIT, "released_on", "The money is released after the sanction and not after today.")
    desk.fill({"released_on": today()})
    assert desk.press(SUBMIT) == 200
    desk.open(case)
    assert waiting_step(case) == "watch"


def verify_and_convert(desk: Walk, phone: Walk, case: Case) -> None:
    phone.become("dic.agra")
    visit = {"visited_on": today(), "running": "running", "employees": "6", "verification_remarks": "इकाई चल रही है।"}
    phone.write(case, ("verification_photographs",), **visit)
    desk.become("director")
    desk.decide(case, "converted")
    desk.open(case)
    desk.shows(APPRAISED)
    phone.become("dic.agra")
    phone.visit(f"/files/{case.pk}/history/", "history")
