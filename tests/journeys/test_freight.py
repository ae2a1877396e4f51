"""A claim of freight subsidy: two containers by sea, filed on a desk, recommended in a sitting, computed, sanctioned and paid."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from programme.calendar import today
from programme.models import FreightClaim
from tests.files import an_allotment
from tests.journeys import committee
from tests.journeys.walking import SIGN, SUBMIT, Walk
from tests.processes.freight_files import SEA_PAPERS, claim_data, sea_line
from workflows.models import Case
from workflows.record.verifier import verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# 30 per cent of the freight: ₹24,000 for the 20 feet, cut at ₹20,000, and ₹36,000 for the 40 feet.
CLAIMED = Decimal(56_000)


def test_two_containers_by_sea_are_claimed_recommended_computed_sanctioned_and_paid(walk: Callable[[int], Walk]) -> None:
    an_allotment(scheme="GATEWAY_PORT_FREIGHT")
    desk, phone = walk(1280), walk(390)
    case = file(desk)
    phone.become("dic.agra")
    phone.decide(case, "recommended", amount=CLAIMED)
    committee.hold(phone, desk, case, CLAIMED)
    desk.become("epb")
    desk.decide(case, "recommended", amount=CLAIMED)
    phone.become("director")
    with phone.without_script():
        phone.open(case)
        phone.choose("returned")
        phone.refused(SIGN, "text")
        phone.choose("sanctioned")
        assert phone.press(SIGN) == 200
    phone.visit(f"/files/{case.pk}/order/", "order")
    phone.shows(CLAIMED)
    pay(desk, case)
    claim = FreightClaim.read(case.record_id)
    assert {claim.amount_asked, claim.amount_recommended, claim.amount_sanctioned, claim.amount_released} == {CLAIMED}
    assert verify().findings == []


def file(desk: Walk) -> Case:
    typed = claim_data([sea_line(1001), sea_line(1002, feet="", freight="1,20,000")], district="Agra")
    desk.become("manager.agra")
    desk.begin("freight")
    desk.fill(typed)
    desk.attach(SEA_PAPERS)
    desk.refused(SUBMIT, "lines-2-feet", "Choose 20 or 40 feet.")
    assert desk.value("lines-2-freight") == "1,20,000", "what was typed stands"
    desk.fill({"lines-2-feet": "40", **{name: typed[name] for name in ("iec", "gstin", "pan", "udyam", "account")}})
    assert desk.press(SUBMIT) == 200
    desk.look("acknowledgement")
    case = Case.objects.get()
    assert case.number in desk.page.inner_text("main")
    return case


def pay(desk: Walk, case: Case) -> None:
    desk.become("epb")
    desk.start_writing(case)
    desk.fill({"amount_released": "50,000", "payment_reference": "RTGS/1", "paid_on": today()})
    desk.refused(SUBMIT, "amount_released", "₹56,000 was sanctioned; exactly that is paid.")
    assert desk.value("payment_reference") == "RTGS/1"
    desk.fill({"amount_released": "56,000"})
    assert desk.press(SUBMIT) == 200
    desk.open(case)
    desk.shows(CLAIMED)
