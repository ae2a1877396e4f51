"""The exhibition as people click it: in Hindi on a phone, in English on a desk, with no fault of access or of content policy."""

from collections.abc import Callable

import pytest

from programme.calendar import today
from tests.files import an_allotment, proposal_data
from tests.journeys.walking import Walk, waiting_step
from workflows.models import Case
from workflows.record.verifier import verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_exhibition_in_hindi_on_a_phone_from_the_proposal_to_the_certificate(walk: Callable[[int], Walk]) -> None:
    an_allotment()
    phone = walk(390)
    phone.become("dm.agra")
    phone.press("a[href='/new/exhibition/']")
    phone.look("proposal")
    typed = {**proposal_data(title="जनपद स्तरीय ओडीओपी प्रदर्शनी, आगरा"), "text": "स्वीकृति हेतु प्रस्तुत।"}
    phone.fill({name: value for name, value in typed.items() if name != "amount_asked"})
    phone.press(".actions button[value=save]")
    phone.look("draft-saved")
    phone.page.goto(f"{phone.address}/")
    phone.press("a[href*='/new/exhibition/'][href*='-']")
    assert phone.page.input_value("[name=venue]") == typed["venue"], "what was typed came back"
    phone.press("button[value=submit]")
    phone.look("proposal-with-faults")
    assert phone.page.locator("[role=alert] a, .error-summary a, .faults a").count() >= 3
    phone.fill({"amount_asked": "१८,५०,०००"})
    phone.attach(("proposal_letter", "cost_estimate"))
    phone.press("button[value=submit]")
    case = Case.objects.get()

    phone.become("odop.cell")
    phone.decide(case, "returned", text="कृपया दर का आधार दें।", about_1="amount_asked", kind_1="amount", objection_1="स्टॉल की दर अधिक है।")
    phone.become("dm.agra")
    phone.write(case, amount_asked="17,00,000")
    assert waiting_step(case) == "scrutinise"
    phone.become("odop.cell")
    phone.decide(case, "recommended")
    phone.become("finance")
    phone.decide(case, "concurred")
    phone.become("principal.secretary")
    phone.decide(case, "sanctioned")
    phone.page.goto(f"{phone.address}/files/{case.pk}/order/")
    phone.look("order")
    phone.become("dm.agra")
    phone.write(case, held_from=today(), held_to=today(), stalls_held=58, visitors=9000, outcome_report="सफल रही।")
    phone.write(case, ("utilisation_certificate",), amount_utilised="16,90,000", certificate_number="UC/7", certificate_date=today())
    phone.become("odop.cell")
    phone.decide(case, "accepted")
    phone.page.goto(f"{phone.address}/files/{case.pk}/history/")
    phone.look("history")

    case.refresh_from_db()
    assert case.ending == "closed"
    assert list(case.notings.order_by("paragraph").values_list("outcome", flat=True)) == [
        "submitted", "returned", "submitted", "recommended", "concurred", "sanctioned", "order_issued",
        "submitted", "submitted", "accepted",
    ]  # fmt: skip
    assert verify().findings == []


def test_an_exhibition_in_english_on_a_desk_prepared_by_the_dic_and_rejected(walk: Callable[[int], Walk]) -> None:
    an_allotment()
    desk = walk(1280)
    desk.become("dic.agra")
    desk.begin("exhibition")
    typed = proposal_data(amount_asked="9,00,000")
    desk.fill({name: value for name, value in typed.items() if name not in ("districts_shown",)})
    desk.attach(("proposal_letter", "cost_estimate"))
    assert desk.page.locator("button[value=submit]").count() == 0, "whoever prepares does not sign"
    desk.press(".actions button[value=save]")
    desk.become("dm.agra")
    desk.press("a[href*='/new/exhibition/'][href*='-']")
    desk.look("for-signature")
    desk.press("button[value=submit]")
    case = Case.objects.get()
    desk.become("odop.cell")
    desk.decide(case, "recommended", text="Within the norm.")
    desk.become("principal.secretary")
    desk.open(case)
    desk.page.check("input[name=outcome][value=rejected]")
    desk.press("#decision button:not([type=button])")
    desk.look("reason-missing")
    assert "Write the reason" in desk.page.inner_text("main")
    desk.decide(case, "rejected", text="One exhibition a year is enough.")
    for name in ("files", "seals", "health"):
        desk.become({"files": "director", "seals": "auditor", "health": "administrator"}[name])
        desk.page.goto(f"{desk.address}/{name}/")
        desk.look(name)
    desk.become("auditor")
    desk.page.goto(f"{desk.address}/files/{case.pk}/history/")
    desk.look("history")
    case.refresh_from_db()
    assert case.ending == "rejected"
    assert case.notings.get(paragraph=1).prepared_by.username == "dic.agra"
