"""A product enters the register: proposed on a desk in English, judged by departments on a phone in Hindi, approved on one."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from programme.models import Product
from tests.journeys.walking import SIGN, SUBMIT, Walk, waiting_step
from tests.processes.identification_files import PAPERS, new_product
from workflows import clock
from workflows.models import Case, Movement
from workflows.record.verifier import verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_petha_is_proposed_judged_and_entered_in_the_register(walk: Callable[[int], Walk]) -> None:
    desk, phone = walk(1280), walk(390)
    case = propose(desk)
    two_departments_answer(phone, case)
    Movement.objects.filter(case=case, disposed=None).update(wakes=timezone.now())
    assert clock.sweep() == 3, "the departments that kept silent"

    desk.become("dm.agra")
    desk.press(f"a[href^='/files/{case.pk}/'] >> nth=0")
    assert "The units are few." in desk.page.inner_text("main"), "the District Magistrate reads the opinion against it"
    desk.decide(case, "recommended")
    desk.become("odop.cell")
    desk.decide(case, "recommended", text="Within the sector list.")
    phone.become("principal.secretary")
    phone.decide(case, "approved")
    phone.visit(f"/files/{case.pk}/order/", "order")
    phone.visit(f"/files/{case.pk}/history/", "history")
    desk.become("dic.agra")
    desk.open(case)
    desk.visit(f"/files/{case.pk}/order/", "order")
    shown = desk.page.inner_text("main")
    assert "Petha" in shown and "Principal Secretary MSME" in shown, "the order says what was approved, and by whom"

    petha = Product.objects.get(name_en="Petha", district__name_en="Agra")
    assert (petha.rank, petha.live, petha.decided_in) == ("secondary", True, case.number)
    assert verify().findings == []


def propose(desk: Walk) -> Case:
    desk.become("dic.agra")
    desk.begin("identification")
    desk.fill(new_product(reasons=""))
    desk.attach(PAPERS)
    desk.refused(SUBMIT, "reasons")
    assert desk.value("name_hi") == "पेठा", "what was typed stands"
    desk.fill({"reasons": new_product()["reasons"]})
    assert desk.press(SUBMIT) == 200
    desk.look("after-submit")
    return Case.objects.get()


def two_departments_answer(phone: Walk, case: Case) -> None:
    phone.become("agriculture.agra")
    phone.decide(case, "supported")
    phone.become("handloom.agra")
    with phone.without_script():
        phone.open(case)
        phone.choose("opposed")
        phone.refused(SIGN, "text")
        phone.choose("opposed", text="The units are few.")
        assert phone.press(SIGN) == 200
        phone.look("opposed")
    assert waiting_step(case) == "consult"
