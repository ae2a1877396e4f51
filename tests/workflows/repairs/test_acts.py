"""What each repair does to a file, and what it refuses."""

import json

import pytest

from programme import ceilings
from programme.calendar import financial_year, today
from programme.models import ActionPlan, Allotment, BenefitOnce, IdentityMark, LedgerEntry, ShippingBill
from tests.files import a_draft, a_file, an_allotment, office, officer, take, waiting
from tests.processes.freight_files import a_claim, file_claim, sea_line
from tests.processes.identification_files import a_product_file, propose_product
from tests.processes.loan_files import a_loan, lend, sit
from tests.processes.plan_files import a_plan, opened
from tests.workflows.repairs.plans import REASON, last, planned, repaired, sound
from workflows import steps
from workflows.authority import Refusal
from workflows.forms.decisions import WithdrawalForm
from workflows.letters.standing import standing_of
from workflows.models import Case, Movement, Notice, Order, Outcome, RepairKind
from workflows.repairs import moving, reassigning

pytestmark = pytest.mark.django_db


def withdrawn(case: Case, by: str) -> Case:
    form = WithdrawalForm({"text": "Filed twice by mistake.", "seen": Case.objects.get(pk=case.pk).head})
    assert form.is_valid()
    return steps.withdraw(case, by=officer(by), form=form)


# --- to another office ----------------------------------------------------------------------------------------------------


def test_a_returned_proposal_is_given_to_nobody_outside_its_district():
    with pytest.raises(Refusal, match="No other office"):
        planned(a_file(at="correct"), RepairKind.REASSIGN, movement=0, office=0)


def test_a_file_waits_for_the_same_step_at_another_office_and_the_register_says_who_moved_it():
    case = a_product_file(at="recommend")
    stay, mathura = waiting(case), office("dm", "Mathura")
    case = repaired(case, RepairKind.REASSIGN, movement=stay.pk, office=mathura.pk)
    moved = waiting(case)
    assert (moved.step, moved.office, moved.came_from_id, moved.returns_to) == ("recommend", mathura, stay.came_from_id, "")
    stay.refresh_from_db()
    assert (stay.outcome, stay.officer.username) == (Outcome.REASSIGN, "administrator")
    said = last(case)
    assert (said.step, said.officer.username, said.prepared_by, said.office) == (
        "recommend", "administrator", None, office("administrator")
    )  # fmt: skip
    assert said.body.startswith("{") and json.loads(said.body)["text"].startswith(REASON)
    assert {notice.office for notice in Notice.objects.filter(kind="repaired")} == {stay.office, mathura, case.office}
    take(case, "recommended", by="dm.mathura")
    assert waiting(case).step == "scrutinise"


def test_one_of_the_offices_asked_together_is_replaced_and_the_others_keep_their_stays():
    case = propose_product()
    stay = waiting(case, office("agriculture", "Agra"))
    assert {o.district.name_en for o in reassigning.offices_for(stay)} == {d.name_en for d in case.state.districts.exclude(name_en="Agra")}
    there = office("agriculture", "Mathura")
    case = repaired(case, RepairKind.REASSIGN, movement=stay.pk, office=there.pk)
    assert case.movements.filter(disposed=None).count() == 5
    assert waiting(case, there).came_from_id == stay.came_from_id


def test_what_the_delegation_decides_is_given_to_no_other_post():
    case = a_loan(at="sanction")
    with pytest.raises(Refusal, match="No other office"):
        planned(case, RepairKind.REASSIGN, movement=waiting(case).pk, office=office("director").pk)


def test_a_file_is_not_given_to_an_office_without_the_power():
    case = a_product_file(at="recommend")
    with pytest.raises(Refusal, match="may not take the step"):
        planned(case, RepairKind.REASSIGN, movement=waiting(case).pk, office=office("finance").pk)


# --- to another step ------------------------------------------------------------------------------------------------------


def test_a_file_goes_back_and_the_approvals_that_lapse_are_named():
    case = a_file(at="approve")
    repair = planned(case, RepairKind.MOVE, step="scrutinise")
    assert not repair.money
    assert any("lapses" in effect and "2, 3" in effect for effect in repair.effects_en)
    case = repaired(a_file(at="approve", district="Mathura"), RepairKind.MOVE, step="scrutinise")
    assert waiting(case).step == "scrutinise"
    assert json.loads(last(case).body)["lapsed"] == [2, 3]
    for outcome in ("recommended", "concurred", "sanctioned"):
        take(case, outcome)
    assert waiting(sound(case)).step == "report"


def test_a_file_goes_forward_past_finance_and_the_step_skipped_is_named():
    case = a_file(at="concur")
    repair = planned(case, RepairKind.MOVE, step="approve")
    assert repair.money and any("skipped" in effect and "Financial concurrence" in effect for effect in repair.effects_en)
    case = repaired(a_file(at="scrutinise", district="Mathura"), RepairKind.MOVE, step="approve")
    take(case, "sanctioned")
    assert waiting(sound(case)).step == "report"


def test_five_offices_asked_together_are_all_relieved_when_the_file_is_moved_on():
    case = propose_product()
    case = repaired(case, RepairKind.MOVE, step="recommend")
    assert waiting(case).office == office("dm", "Agra")
    assert case.movements.filter(step="consult", outcome=Outcome.MOVE).count() == 5
    case = repaired(case, RepairKind.MOVE, step="consult")
    assert case.movements.filter(step="consult", disposed=None).count() == 5


@pytest.mark.parametrize(
    ("at", "step", "why"),
    [
        ("approve", "report", "decision or an order"),
        ("report", "approve", "decision or an order"),
        ("report", "scrutinise", "decision or an order"),
        ("report", "certify", "cannot be skipped"),
        ("scrutinise", "scrutinise", "already"),
        ("scrutinise", "issue_order", "no such step"),
        ("scrutinise", "nowhere", "no such step"),
    ],
)
def test_an_exhibition_is_not_moved_where_something_would_be_passed_by(at, step, why):
    with pytest.raises(Refusal, match=why):
        planned(a_file(at=at), RepairKind.MOVE, step=step)


@pytest.mark.parametrize(
    ("at", "choices"),
    [
        ("scrutinise", ["committee", "appraise", "correct"]),
        ("examine", ["scrutinise", "committee", "appraise", "sanction", "correct"]),
        ("release", []),
        ("watch", []),
    ],
)
def test_a_loan_is_moved_over_no_bank_no_sanction_and_no_watch(at, choices):
    assert [node.name for node in moving.choices(a_loan(at=at))] == choices


def test_a_claims_computation_is_never_skipped():
    assert [node.name for node in moving.choices(a_claim(at="committee"))] == ["scrutinise", "correct"]


def test_a_correction_that_nobody_needs_is_passed_by():
    case = repaired(a_file(at="correct"), RepairKind.MOVE, step="scrutinise")
    assert waiting(case).step == "scrutinise"


# --- cancelled ------------------------------------------------------------------------------------------------------------


def test_a_cancelled_file_has_ended_and_waits_nowhere():
    case = a_file(at="concur")
    a_draft(officer("finance"), office("finance"), movement=waiting(case))
    case = repaired(case, RepairKind.CANCEL)
    assert (case.ending, case.ending_title, case.ended_well) == ("cancelled", "Cancelled", False)
    assert case.record.dropped


def test_cancelling_a_sanctioned_loan_gives_the_money_back_and_frees_the_family():
    case = a_loan(at="release")
    allotment = Allotment.objects.get(entries__file_number=case.number)
    committed = allotment.committed
    case = repaired(case, RepairKind.CANCEL)
    allotment.refresh_from_db()
    given = LedgerEntry.objects.get(file_number=case.number, kind="given_back")
    assert committed - allotment.committed == given.amount == case.record.amount_sanctioned
    assert not any(benefit.stands for benefit in BenefitOnce.objects.filter(file_number=case.number))
    assert set(IdentityMark.objects.filter(file_number=case.number).values_list("standing", flat=True)) == {"ended"}
    assert case.record.dropped
    standing = standing_of(Order.objects.get(case=case, kind="sanction"))
    assert (standing.good, standing.text) == (False, "Withdrawn. The file was cancelled.")
    assert json.loads(last(case).body)["withdrawn_orders"] == [case.order.number]


def test_a_benefit_given_back_is_granted_again():
    case = a_loan(at="release")
    digest = BenefitOnce.objects.filter(file_number=case.number).first().digest
    with pytest.raises(ceilings.AlreadyBenefited):
        ceilings.grant_once(case.norm.scheme, [digest], file_number="UP/LON/X/0001")
    case = repaired(case, RepairKind.CANCEL)
    ceilings.grant_once(case.norm.scheme, [digest], file_number="UP/LON/X/0001")
    assert list(BenefitOnce.objects.filter(digest=digest).order_by("turn").values_list("turn", "overridden")) == [(1, False), (2, False)]


def test_cancelling_a_sanctioned_claim_gives_back_the_exporters_year_and_frees_the_bill():
    case = a_claim(at="pay")
    claim = case.record
    year = financial_year(today())
    assert ceilings.used(claim.scheme, claim.iec_digest, year) == claim.amount_sanctioned
    repaired(case, RepairKind.CANCEL)
    assert ceilings.used(claim.scheme, claim.iec_digest, year) == 0
    assert not ShippingBill.objects.filter(claim=claim.pk, live=True).exists()
    assert file_claim([sea_line(1001)], exporter=2).pk != case.pk


def test_a_file_on_which_money_was_released_is_not_cancelled_and_is_told_what_to_do():
    for case in (a_file(at="report"), a_loan(at="watch")):
        with pytest.raises(Refusal, match=r"was released on this file.*Let it go on"):
            planned(case, RepairKind.CANCEL)


def test_what_has_ended_is_not_cancelled():
    with pytest.raises(Refusal, match="has ended"):
        planned(take(a_file(), "rejected", text="No."), RepairKind.CANCEL)


# --- opened again ---------------------------------------------------------------------------------------------------------


def test_a_wrongly_rejected_proposal_waits_again_where_it_was_rejected():
    case = take(a_file(at="approve"), "rejected", text="Mixed up with another file.")
    letter = Order.objects.get(case=case, kind="rejection")
    assert standing_of(letter).good
    case = repaired(case, RepairKind.REOPEN)
    stay = waiting(case)
    assert (stay.step, stay.office, stay.came_from.step) == ("approve", office("principal_secretary"), "concur")
    assert not case.record.dropped and last(case).step == "rejected"
    letter.refresh_from_db()
    letter.case = case
    assert standing_of(letter).text == "No longer in force. The file was opened again."
    take(case, "sanctioned")
    assert waiting(sound(case)).step == "report"


def test_a_withdrawn_product_is_asked_again_of_the_offices_that_had_not_answered():
    case = propose_product()
    take(case, "supported", at=office("agriculture", "Agra"))
    case = repaired(withdrawn(case, "dic.agra"), RepairKind.REOPEN)
    asked = case.movements.filter(disposed=None)
    assert asked.count() == 4 and not asked.filter(office=office("agriculture", "Agra")).exists()
    for stay in asked:
        take(case, "supported", at=stay.office)
    assert waiting(sound(case)).step == "recommend"


def test_a_loan_the_bank_declined_by_mistake_is_opened_again_and_counts_for_other_files():
    case = take(sit(a_loan(at="committee")), "declined", text="Another applicant.", bank_reason="credit")
    assert set(case.record.marks().values_list("standing", flat=True)) == {"ended"}
    case = repaired(case, RepairKind.REOPEN)
    assert waiting(case).step == "appraise" and set(case.record.marks().values_list("standing", flat=True)) == {"open"}
    assert waiting(lend(case)).step == "examine"


def test_a_cancelled_file_is_opened_again_where_it_stood():
    case = repaired(repaired(a_file(at="concur"), RepairKind.CANCEL), RepairKind.REOPEN)
    assert waiting(case).step == "concur" and not case.record.dropped


def test_a_claim_whose_bill_another_file_holds_by_now_stays_closed():
    case = take(file_claim([sea_line(1001)]), "rejected", text="No.")
    other = file_claim([sea_line(1001)], exporter=2)
    with pytest.raises(Refusal, match=f"held by file {other.number}"):
        planned(case, RepairKind.REOPEN)
    take(other, "rejected", text="No.")
    case = repaired(case, RepairKind.REOPEN)
    assert ShippingBill.objects.get(claim=case.record_id).live


def test_a_district_with_another_plan_of_the_season_does_not_get_the_old_one_back():
    case = withdrawn(opened(), "odop.cell")
    opened()
    assert ActionPlan.objects.filter(dropped=False).count() == 1
    with pytest.raises(Refusal, match="another action plan"):
        planned(case, RepairKind.REOPEN)


def test_a_good_end_and_a_withdrawn_order_are_no_mistakes_to_open_again():
    with pytest.raises(Refusal, match="Only what was rejected"):
        planned(a_product_file(at="notified"), RepairKind.REOPEN)
    with pytest.raises(Refusal, match="Only what was rejected"):
        planned(a_plan(at="adopted"), RepairKind.REOPEN)
    with pytest.raises(Refusal, match="Open a new file"):
        planned(repaired(a_loan(at="release"), RepairKind.CANCEL), RepairKind.REOPEN)


def test_an_open_file_is_not_opened_again_and_a_reason_is_always_asked():
    an_allotment()
    case = a_file()
    with pytest.raises(Refusal, match="is open"):
        planned(case, RepairKind.REOPEN)
    assert not Movement.objects.filter(outcome=Outcome.REOPEN).exists()
