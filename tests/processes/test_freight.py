"""The story of a freight claim, told through the verbs that every page and job uses."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from programme.calendar import today
from programme.models import Allotment, FreightClaim, IdentityMark, LedgerEntry, ShippingBill
from programme.norms.entitlement import entitled
from tests.files import a_draft, office, officer, take, waiting
from tests.processes.freight_files import (
    LAKH,
    NEW_RATES,
    OLD_RATES,
    a_claim,
    again,
    air_line,
    boxes,
    claim_data,
    correct,
    exported_days_ago,
    file_claim,
    go_on,
    last_body,
    numbers_of,
    pay,
    record_of,
    sea_line,
    typed_lines,
    used_up,
)
from workflows import jobs, offices
from workflows.authority import Refusal
from workflows.forms.decisions import WithdrawalForm
from workflows.forms.freight import CommitteeForm
from workflows.forms.sittings import ItemForm, as_sent
from workflows.history import note_sheet
from workflows.models import Case, Order
from workflows.reasons import why
from workflows.recomputing import recompute
from workflows.record.verifier import verify
from workflows.sittings import agenda, minutes, signing
from workflows.steps import decide, may_withdraw, withdraw

pytestmark = pytest.mark.django_db

GOLDEN = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "programme/golden_cases.json").read_text())}
EXPORTED = {"2025-11-06": NEW_RATES, "pre-2025-11": OLD_RATES}


def steps_of(case):
    return [movement.step for movement in case.movements.order_by("pk")]


# To the good end


def test_a_claim_is_filed_checked_recommended_computed_sanctioned_and_paid():
    case = again(pay(a_claim(at="pay")))
    assert steps_of(case) == ["scrutinise", "committee", "compute", "sanction", "pay"]
    assert (case.ending, case.status, case.record.dropped) == ("paid", "DONE", False)
    outcomes = [n.outcome for n in case.notings.order_by("paragraph")]
    assert outcomes == ["submitted", "recommended", "recommended", "recommended", "sanctioned", "order_issued", "submitted"]
    claim = case.record
    amounts = [claim.amount_asked, claim.amount_recommended, claim.amount_sanctioned, claim.amount_released, claim.amount_utilised]
    assert amounts == [Decimal(20_000)] * 5
    assert note_sheet(case).holds and verify().findings == []


def test_the_order_commits_and_the_payment_releases_and_uses():
    case = a_claim(at="pay")
    assert case.number.startswith("UP/FRT/")
    assert Order.objects.get(case=case).amount == Decimal(20_000)
    booked = LedgerEntry.objects.filter(file_number=case.number)
    assert dict(booked.values_list("kind", "amount")) == {"commitment": Decimal(20_000)}
    pay(case)
    assert dict(booked.values_list("kind", "amount")) == dict.fromkeys(["commitment", "release", "utilisation"], Decimal(20_000))
    assert Allotment.objects.get(head__scheme="GATEWAY_PORT_FREIGHT").committed == Decimal(20_000)


def test_the_payment_must_be_what_was_sanctioned_and_not_before_the_order():
    case = a_claim(at="pay")
    with pytest.raises(AssertionError, match="exactly that is paid"):
        pay(case, amount_released="19,999")
    with pytest.raises(AssertionError, match="after this"):
        pay(case, paid_on=today() - timedelta(days=1))
    with pytest.raises(AssertionError, match="still to come"):
        pay(case, paid_on=today() + timedelta(days=1))


@pytest.mark.parametrize("number", ["GP-01", "GP-02", "GP-04", "GP-05"])
def test_golden_cases_of_the_gateway_port_come_out_of_the_flow(number):
    golden = GOLDEN[number]
    on, expected = EXPORTED[golden["input"]["rule_version"]], golden["expected"]
    lines = [
        sea_line(n, feet=box["feet"], freight=str(box["freight_rupees"]), on=on) for n, box in enumerate(golden["input"]["containers"], 1)
    ]
    case = file_claim(lines)
    already = golden["input"]["already_sanctioned_this_fy"]
    if already:
        used_up(case, str(already), "3000000")
    case = go_on(case, to="pay")
    claim = record_of(case)
    assert claim.amount_asked == expected["computed_rupees"]
    assert claim.amount_recommended == claim.amount_sanctioned == expected["payable_rupees"]
    told = {name: Decimal(text) for name, text in claim.derivation["amounts"].items() if name in expected}
    assert told == {name: Decimal(amount) for name, amount in expected.items()}
    assert verify().findings == []


def test_the_golden_case_of_air_freight_comes_out_of_the_flow():
    golden = GOLDEN["AIR-01"]
    line = air_line(1, kg=str(golden["input"]["kg"]), freight=str(golden["input"]["freight_rupees"]))
    case = a_claim(at="pay", lines=[line], mode="air")
    assert record_of(case).amount_sanctioned == golden["expected"]["payable_rupees"]
    assert case.norm.scheme == "AIR_FREIGHT"


def test_the_flow_pays_what_the_calculator_says_of_mixed_containers():
    lines = [sea_line(1, feet=20, freight="50,001.37"), sea_line(2, feet=40, freight="90,000.90"), sea_line(3, feet=20, freight="1,00,000")]
    case = a_claim(at="sanction", lines=lines)
    claim = record_of(case)
    inputs = [{"feet": line.feet, "freight_rupees": line.freight} for line in claim.lines.all()]
    assert claim.amount_recommended == entitled(case.norm, {"containers": inputs}).amounts["payable_rupees"] == Decimal(62_000)


# Other ends


@pytest.mark.parametrize("at", ["scrutinise", "committee", "compute", "sanction", "correct"])
def test_the_filing_office_may_withdraw_until_the_sanction_and_its_bills_are_free(at):
    case = a_claim(at="scrutinise" if at == "correct" else at)
    if at == "correct":
        case = take(case, "returned", text="The invoice is not readable.")
    by = officer("dic.moradabad")
    assert may_withdraw(by, case)
    form = WithdrawalForm({"text": "The exporter takes it back.", "seen": again(case).head})
    assert form.is_valid()
    withdraw(case, by=by, form=form)
    assert (again(case).ending, record_of(case).dropped) == ("withdrawn", True)
    assert not ShippingBill.objects.filter(live=True).exists()
    assert set(IdentityMark.objects.values_list("standing", flat=True)) == {"ended"}
    assert file_claim().ending == ""
    assert verify().findings == []


def test_nobody_withdraws_after_the_order():
    assert not may_withdraw(officer("dic.moradabad"), a_claim(at="pay"))


@pytest.mark.parametrize("at", ["scrutinise", "committee", "compute", "sanction"])
def test_each_step_up_to_the_sanction_may_reject_with_a_reason(at):
    case = a_claim(at=at)
    take(case, "rejected", text="Not a manufacturer.")
    assert (again(case).ending, record_of(case).dropped) == ("rejected", True)
    assert not ShippingBill.objects.filter(live=True).exists()
    assert verify().findings == []


# What the Bureau leaves out


def test_the_bureau_leaves_out_a_line_with_a_reason_and_the_amount_follows():
    case = a_claim(at="compute", lines=[sea_line(1), sea_line(2, feet=40, freight="1,20,000")])
    take(case, "recommended", leave_out_2="The invoice is of another firm.")
    claim = record_of(case)
    assert (claim.amount_asked, claim.amount_recommended) == (Decimal(56_000), Decimal(20_000))
    assert claim.inadmissible == [{"line": 2, "reason": "The invoice is of another firm."}]
    assert ("Not admissible, line 1", "—", "Line of the claim: 2 · Reason: The invoice is of another firm.") in note_sheet(case).paragraphs[
        -1
    ].changes
    lines = dict(claim.summary())["Lines"]
    assert "not admissible: The invoice is of another firm." in lines
    assert waiting(case).step == "sanction" and last_body(case)["lapsed"] == []
    assert verify().findings == []


def test_leaving_out_every_line_is_a_rejection():
    case = a_claim(at="compute")
    with pytest.raises(AssertionError, match="Reject the claim"):
        take(case, "recommended", leave_out_1="No container.")


# Ways back


def test_a_return_bound_to_the_lines_opens_them_alone():
    case = take(
        a_claim(at="compute"),
        "returned",
        about_1="lines",
        objection_1="Line 1: the freight is not that of the invoice.",
        return_to="correct",
    )
    line = record_of(case).lines.get()
    correct(case, unit="Another name", **typed_lines([sea_line(1001, freight="60,000")], [line.pk]))
    claim = record_of(case)
    assert (claim.unit, claim.amount_asked) == ("Exporter 1", Decimal(18_000))
    assert waiting(case).step == "scrutinise", "the freight is material, so the file passes the district again"
    assert last_body(case)["lapsed"] == [2, 3]
    assert verify().findings == []


def test_an_answer_in_words_goes_back_to_the_bureau_and_keeps_what_was_computed():
    case = take(a_claim(at="sanction"), "returned", text="Confirm the address.", return_to="correct")
    correct(case, address="Plot 8, industrial area")
    assert waiting(case).step == "sanction"
    assert record_of(case).amount_recommended == Decimal(20_000)


def test_the_same_point_objected_twice_is_marked_as_repeated_and_both_rounds_stand_in_one_file():
    case = a_claim(at="compute")
    for depot in ("Mundra port", "Mundra port, Adani"):
        take(case, "returned", about_1="gateway", objection_1="Which depot?", return_to="correct")
        correct(case, gateway=depot)
        assert waiting(case).step == "compute"
    assert [objection.repeated for objection in case.objections.order_by("pk")] == [False, True]
    assert [p.objections[0].repeated for p in note_sheet(again(case)).paragraphs if p.objections] == [False, True]
    assert Case.objects.count() == 1


def test_a_paper_can_be_objected_to_and_replaced():
    case = a_claim(at="compute")
    take(case, "returned", about_1="paper:ebrc", objection_1="Not legible.", return_to="correct")
    correct(case, papers=("ebrc",), unit="Another name")
    assert record_of(case).unit == "Exporter 1"
    assert case.enclosures.filter(kind="ebrc", replaced_by=None).count() == 1 and case.enclosures.filter(kind="ebrc").count() == 2
    assert waiting(case).step == "scrutinise"


def test_the_committee_decides_only_in_a_sitting():
    case = a_claim(at="committee")
    form = CommitteeForm({"outcome": "recommended", "seen": again(case).head}, movement=waiting(case), officer=officer("dm.moradabad"))
    assert form.is_valid()
    with pytest.raises(Refusal, match="sitting"):
        decide(waiting(case), by=officer("dm.moradabad"), form=form)
    take(case, "recommended")
    assert record_of(case).amount_recommended == Decimal(20_000)
    assert json.loads(case.notings.get(step="committee").body)["sitting"]["item"] == 1


def test_the_committee_recommends_seven_claims_in_one_sitting_and_the_minutes_hold_their_sum():
    lines = [boxes(count, first=bill) for bill, count in enumerate((4, 3, 5, 2, 3, 2), 1)]
    lines.append(boxes(2, first=7, more=[sea_line(8, feet=40, freight="79,004")]))
    files = [a_claim(at="committee", lines=each, exporter=n) for n, each in enumerate(lines, 1)]
    by, chair = officer("dic.moradabad"), officer("dm.moradabad")
    stays = [waiting(case) for case in files]
    sitting = agenda.call(stays[0].power, stays[0].office, by=by, held_on=today(), place="Collectorate", movements=stays)
    agenda.record_presence(sitting, sitting.members.all(), by=by)
    for item in agenda.items_of(sitting):
        form = ItemForm(item, officer=by, members=[], data=as_sent(item, {"outcome": "recommended", "text": "As the lines say."}))
        assert form.is_valid(), form.form.errors
        agenda.decide_item(item, by=by, form=form)
    sitting.refresh_from_db()
    seen = minutes.digest_of_draft(sitting, list(agenda.items_of(sitting)), agenda.members_of(sitting))
    signing.sign(sitting, by=chair, seen=seen)
    jobs.run({signing.KIND: signing.MOVING})
    sitting.refresh_from_db()
    assert json.loads(sitting.minutes)["recommended"] == {"files": 7, "amount": "863701.00"}
    assert [waiting(case).step for case in files] == ["compute"] * 7
    assert verify().findings == []


# Pages


def test_a_refused_cell_is_shown_at_its_place_and_nothing_typed_is_lost(client_for):
    client, at = client_for("dic.moradabad"), office("dic", "Moradabad")
    draft = a_draft(officer("dic.moradabad"), at, process="freight")
    address = reverse("draft", args=["freight", draft.key])
    day = exported_days_ago(181)
    typed = claim_data([air_line(4512345, on=day)], mode="air") | {"action": "submit", "lines-1-exported_on": day.isoformat()}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'name="time_barred"' in page and 'id="id_lines-1-exported_on_error"' in page
    again_shown = client.get(address).content.decode()
    assert "4512345" in again_shown and numbers_of(1)["gstin"] in again_shown
    draft.refresh_from_db()
    assert (draft.subject, numbers_of(1)["gstin"] in str(draft.typed)) == ("Exporter 1", False)


def test_an_amount_that_no_treasury_holds_is_refused_at_its_cell_and_the_draft_opens_again(client_for):
    client, at = client_for("dic.moradabad"), office("dic", "Moradabad")
    address = reverse("draft", args=["freight", a_draft(officer("dic.moradabad"), at, process="freight").key])
    answer = client.post(address, claim_data([sea_line(1, freight="9" * 5000)]) | {"action": "submit"})
    assert answer.status_code == 422 and 'id="id_lines-1-freight_error"' in answer.content.decode()
    assert client.get(address).status_code == 200


def test_the_order_and_the_acknowledgement_say_what_is_admissible_in_both_languages(client_for):
    case = a_claim(at="sanction", lines=boxes(50))
    used_up(case, "1500000", "3000000")
    case = take(case, "sanctioned")
    client = client_for("dic.moradabad")
    for language, words in (("en", "₹5,00,000 is inadmissible"), ("hi", "₹5,00,000")):
        client.cookies["django_language"] = language
        assert words in client.get(reverse("order", args=[case.pk])).content.decode()
        assert words in client.get(reverse("file", args=[case.pk])).content.decode()
    page = client.get(reverse("acknowledgement", args=[case.pk])).content.decode()
    assert case.number in page and "Exporter 1" in page


def test_every_sanctioned_amount_is_derived_again():
    first, second = a_claim(at="sanction", lines=boxes(50)), a_claim(at="sanction", lines=boxes(30, first=2))
    for case in (first, second, a_claim(at="sanction", lines=[air_line(3)], mode="air")):
        take(case, "sanctioned")
    found = recompute("GATEWAY_PORT_FREIGHT")
    assert (found.files, [difference.sentence for difference in found.differences]) == (2, [])
    assert (recompute("AIR_FREIGHT").files, recompute().files) == (1, 3)
    claim = record_of(first)
    claim.lines.filter(pk=claim.lines.first().pk).update(freight=Decimal(1000))
    FreightClaim.objects.filter(pk=record_of(second).pk).update(amount_sanctioned=Decimal(500_001))
    planted = {(difference.file, difference.what) for difference in recompute().differences}
    assert {(first.number, "inputs"), (second.number, "sanctioned")} <= planted


@pytest.mark.parametrize("derivation", [{}, {"inputs": "x"}, {"inputs": {"containers": 5}}, []])
def test_a_stored_computation_that_cannot_be_read_is_a_difference_and_no_crash(derivation):
    case = take(a_claim(at="sanction"), "sanctioned")
    FreightClaim.objects.filter(pk=record_of(case).pk).update(derivation=derivation)
    assert {difference.file for difference in recompute().differences} == {case.number}


# Who sanctions


def rupee_more():
    """One line that comes to one rupee under the rates of November 2025."""
    return [sea_line(2, feet=20, freight="3.34")]


@pytest.mark.parametrize(
    ("lines", "amount", "post", "line"),
    [
        (boxes(25), 10 * LAKH, "director", "up to ₹10,00,000"),
        (boxes(25, more=rupee_more()), 10 * LAKH + 1, "principal_secretary", "above ₹10,00,000"),
    ],
)
def test_the_delegation_names_who_sanctions(lines, amount, post, line):
    case = a_claim(at="sanction", lines=lines)
    here = waiting(case)
    assert (again(case).amount, here.office) == (Decimal(amount), office(post))
    assert line in why(here) and str(here.office.name) in why(here)
    take(case, "sanctioned")
    assert record_of(case).amount_sanctioned == Decimal(amount)


def test_a_sanction_above_the_rung_is_refused():
    low, high = a_claim(at="sanction", lines=boxes(25)), a_claim(at="sanction", lines=boxes(25, first=3, more=rupee_more()), exporter=2)
    with pytest.raises(Refusal, match="You hold no charge"):
        take(high, "sanctioned", by="director")
    with pytest.raises(Refusal, match="more than"):
        offices.check_delegation(waiting(low), Decimal(10 * LAKH + 1))


def test_whoever_computed_does_not_sanction():
    case = a_claim(at="sanction")
    assert set(waiting(case).node.not_by_steps) == {"compute"} and waiting(case).node.sanctions
