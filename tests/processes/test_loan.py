"""The story of a loan with margin money, told through the verbs that every page and job uses."""

import json
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from programme.calendar import financial_year, today
from programme.models import Allotment, BenefitOnce, IdentityMark, LedgerEntry, LoanApplication, Norm, NormStatus
from programme.norms.windows import months_after
from tests.files import a_draft, an_allotment, office, officer, take, waiting
from tests.processes.loan_files import (
    PAPERS,
    SCHEME,
    Seated,
    a_loan,
    apply,
    convert,
    corrected,
    later,
    lend,
    release,
    sit,
    visited,
)
from workflows import clock
from workflows.authority import Refusal
from workflows.flows import LoanFlow
from workflows.forms.decisions import WithdrawalForm
from workflows.history import note_sheet
from workflows.models import Case, Order
from workflows.postings import join
from workflows.record.verifier import verify
from workflows.steps import decide, withdraw

pytestmark = pytest.mark.django_db


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def eighteen_today() -> date:
    """Return the birthday of somebody who is eighteen today."""
    return date(today().year - 18, today().month, min(today().day, 28))


def steps_of(case: Case) -> list[str]:
    return [movement.step for movement in case.movements.order_by("pk")]


def checks(case: Case) -> dict[str, str]:
    """Return the level of each check that has a code."""
    return {check.code: check.level for check in LoanFlow.checks(again(case)) if check.code}


def decision(case: Case, outcome: str, **data):
    """Return the bound form of the step the file waits at, as its holder would send it."""
    movement = waiting(case)
    signer = officer(data.pop("by")) if "by" in data else movement.office.postings.get(ends_on=None, charge="regular").officer
    return movement.node.form_class({"outcome": outcome, "seen": movement.case.head, **data}, movement=movement, officer=signer)


def said_in(case: Case, paragraph: int) -> dict:
    return json.loads(case.notings.get(paragraph=paragraph).body)


def test_a_loan_ends_as_a_grant():
    case = again(a_loan(at="converted"))
    assert steps_of(case) == [
        "scrutinise", "committee", "appraise", "examine", "sanction", "release", "watch", "verify", "decide_conversion",
    ]  # fmt: skip
    assert (case.ending, case.record.dropped) == ("converted", False)
    assert [noting.outcome for noting in case.notings.order_by("paragraph")] == [
        "submitted", "recommended", "recommended", "loan_sanctioned", "recommended", "sanctioned", "order_issued", "submitted",
        "time_came", "submitted", "converted",
    ]  # fmt: skip
    loan = case.record
    stages = ("asked", "recommended", "sanctioned", "released", "utilised")
    assert {getattr(loan, f"amount_{stage}") for stage in stages} == {Decimal(600000)}
    entries = dict(LedgerEntry.objects.filter(file_number=case.number).values_list("kind", "amount"))
    assert entries == dict.fromkeys(["commitment", "release", "utilisation"], Decimal(600000))
    assert set(IdentityMark.objects.values_list("file_number", "standing")) == {(case.number, "granted")}
    assert verify().findings == []


def test_a_unit_that_closed_pays_back():
    case = visited(a_loan(at="verify"), running="closed")
    with patch.object(timezone, "now", return_value=later(case)):
        take(case, "recovery_ordered", text="The unit closed in the first year.")
        data = {"amount_recovered": "6,00,000", "recovery_reference": "CH/9", "recovered_on": today().isoformat()}
        case = again(take(again(case), "submitted", **data))
    assert (case.ending, case.record.dropped) == ("recovered", False)
    assert LedgerEntry.objects.get(kind="recovery").amount == Decimal(600000)
    assert set(IdentityMark.objects.values_list("standing", flat=True)) == {"granted"}
    assert verify().findings == []


def test_a_recovery_in_part_says_what_becomes_of_the_rest():
    case = visited(a_loan(at="verify"), running="closed")
    with patch.object(timezone, "now", return_value=later(case)):
        take(case, "recovery_ordered", text="The unit closed.")
        movement = waiting(again(case))
        data = {"amount_recovered": "1,00,000", "recovery_reference": "CH/9", "recovered_on": today().isoformat(), "seen": again(case).head}
        kept = {"office": movement.office, "officer": officer("odop.cell"), "norm": movement.case.norm, "papers": []}
        form = movement.node.form_class(data, movement=movement, **kept)
        assert not form.is_valid() and list(form.errors) == ["text"]
        assert movement.node.form_class({**data, "text": "The rest is recovered as land revenue."}, movement=movement, **kept).is_valid()
        more = movement.node.form_class({**data, "amount_recovered": "6,00,001"}, movement=movement, **kept)
        assert not more.is_valid() and "amount_recovered" in more.errors


@pytest.mark.parametrize("at", ["scrutinise", "committee", "examine", "sanction"])
def test_a_rejected_file_ends_with_its_reason_and_bars_nobody(at):
    case = a_loan(at=at)
    if at == "committee":
        sit(case, "rejected", text="Not a working proposal.")
    else:
        take(case, "rejected", text="Not a working proposal.")
    case = again(case)
    assert (case.ending, case.record.dropped) == ("rejected", True)
    assert set(IdentityMark.objects.values_list("standing", flat=True)) == {"ended"}
    assert not BenefitOnce.objects.exists() and not LedgerEntry.objects.exists()
    assert verify().findings == []


@pytest.mark.parametrize("at", ["scrutinise", "committee", "appraise", "examine", "sanction"])
def test_a_file_is_withdrawn_until_it_is_sanctioned(at):
    case = a_loan(at=at)
    form = WithdrawalForm({"text": "The applicant gives up.", "seen": case.head})
    assert form.is_valid()
    withdraw(case, by=officer("dic.agra"), form=form)
    assert (again(case).ending, again(case).record.dropped) == ("withdrawn", True)
    assert verify().findings == []


def test_a_sanctioned_file_is_not_withdrawn():
    case = a_loan(at="release")
    form = WithdrawalForm({"text": "Too late.", "seen": case.head})
    assert form.is_valid()
    with pytest.raises(Refusal):
        withdraw(case, by=officer("dic.agra"), form=form)


def test_the_bank_declines_with_a_code_and_in_words():
    case = a_loan(at="appraise")
    for data, wrong in [({"text": "Overdue elsewhere."}, "bank_reason"), ({"bank_reason": "credit"}, "text")]:
        form = decision(case, "declined", **data)
        assert not form.is_valid() and list(form.errors) == [wrong]
    case = again(take(case, "declined", bank_reason="credit", text="Overdue elsewhere."))
    assert (case.ending, case.record.bank_reason) == ("declined", "credit")
    assert case.orders.get().kind == "rejection"
    assert said_in(case, 4)["changes"]["bank_reason"] == ["", "credit"]
    assert verify().findings == []


def test_the_bank_returns_with_a_code_and_the_corrected_file_comes_back_to_it():
    case = take(a_loan(at="appraise"), "returned", bank_reason="papers", text="Attach quotations.", return_to="correct")
    assert (waiting(case).step, waiting(case).returns_to) == ("correct", "appraise")
    corrected(case, unit_name="Leather works, Agra")
    assert waiting(case).step == "appraise"
    lend(again(case))
    assert again(case).record.bank_reason == ""


def test_the_bank_cannot_return_without_a_code():
    form = decision(a_loan(at="appraise"), "returned", text="Attach quotations.")
    assert not form.is_valid() and list(form.errors) == ["bank_reason"]


def test_another_cost_at_the_bank_computes_the_margin_money_again():
    case = again(lend(a_loan(at="appraise"), cost="20,00,001", loan="18,00,000"))
    loan = case.record
    assert (loan.amount_asked, loan.amount_recommended, case.amount) == (Decimal(600000), Decimal(500000), Decimal(500000))
    assert loan.derivation["inputs"] == {"project_cost_rupees": "2000001.00", "special_category": False}
    sanctioned = again(take(take(case, "recommended"), "sanctioned"))
    assert sanctioned.record.amount_sanctioned == sanctioned.order.amount == Decimal(500000)
    body = json.loads(sanctioned.order.noting.body)
    assert body["derivation"] == loan.derivation and body["order"]["amount"] == "500000.00"
    assert loan.derivation_sentence() in " ".join(loan.derivation_steps())
    assert verify().findings == []


def test_a_material_correction_after_the_appraisal_passes_every_step_again_from_the_applicants_cost():
    case = lend(a_loan(at="appraise"), cost="20,00,000", loan="18,00,000")
    take(case, "returned", text="Correct the cost.", return_to="correct")
    case = again(corrected(case, project_cost="30,00,000", own_contribution="3,00,000", term_loan="22,00,000"))
    assert waiting(case).step == "scrutinise"
    assert said_in(case, case.paragraphs)["lapsed"] == [2, 3, 4]
    loan = case.record
    assert (loan.appraised_cost, loan.amount_recommended, loan.amount_asked) == (None, None, Decimal(625000))
    assert loan.cost == Decimal(3000000)


def test_a_correction_that_is_not_material_leaves_the_appraisal():
    case = lend(a_loan(at="appraise"), cost="20,00,000", loan="18,00,000")
    take(case, "returned", text="Correct the name of the unit.", return_to="correct")
    corrected(case, unit_name="Leather works, Agra")
    assert waiting(case).step == "examine"
    assert again(case).record.amount_recommended == Decimal(500000)


def test_the_applicant_of_ghaziabad_who_asks_for_carpets_can_only_be_rejected():
    an_allotment(scheme=SCHEME)
    at = office("dic", "Ghaziabad")
    join(officer("dic.mathura"), at, charge="additional", starts_on=today(), by=None)
    case = apply(at, by="dic.mathura", product="", product_words="कालीन")
    assert checks(case)["product"] == "stop"
    form = decision(case, "recommended", by="dic.mathura")
    assert not form.is_valid() and "कालीन" in str(form.errors["outcome"])
    offered = decision(case, "rejected", by="dic.mathura")
    assert "only a unit of the district's own product" in str(offered.fields["text"].help_text)
    take(case, "rejected", by="dic.mathura")
    [_filed, rejected] = note_sheet(again(case)).paragraphs
    assert "version 2018 of the rules" in rejected.text and "कालीन" in rejected.text
    assert again(case).ending == "rejected"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"date_of_birth": (eighteen_today() + timedelta(days=1)).isoformat()}, "age"),
        ({"residence": "elsewhere"}, "residence"),
        ({"declarations": ["no_default", "affidavit"]}, "declared_no_other_scheme"),
    ],
    ids=["a day too young", "not resident", "not declared"],
)
def test_whoever_does_not_fit_the_rule_is_not_sent_on(changes, code):
    case = a_loan(**changes)
    assert checks(case) == {code: "stop"}
    assert not decision(case, "recommended").is_valid()


def test_whoever_is_eighteen_on_the_day_of_application_fits():
    assert checks(a_loan(date_of_birth=eighteen_today().isoformat())) == {}


def test_the_brother_of_a_paid_beneficiary_is_stopped_and_only_a_named_power_lets_him_pass():
    paid = a_loan(at="watch", family_id="234567890123")
    brother = at_sanction(family_id="2345 6789 0123")
    assert checks(brother)["family"] == "stop" and paid.number in texts(brother)
    refused = decision(brother, "sanctioned")
    assert not refused.is_valid() and list(refused.errors) == ["answer_family"]
    take(brother, "sanctioned", answer_family="Separate household since 2019, proved by the ration card.")
    case = again(brother)
    assert case.record.answers["family"]["name_en"] == "Commissioner and Director of Industries"
    sanction = next(p for p in note_sheet(case).paragraphs if p.body["outcome"] == "sanctioned")
    assert sanction.answers == [("family", "Separate household since 2019, proved by the ration card.")]
    assert BenefitOnce.objects.filter(overridden=True).count() == 1
    assert verify().findings == []


def at_sanction(**changes) -> Case:
    return take(lend(sit(take(apply(**changes), "recommended"))), "recommended")


def texts(case: Case) -> str:
    return " ".join(check.text for check in LoanFlow.checks(again(case)))


def test_nobody_else_answers_for_the_family():
    a_loan(at="watch", family_id="234567890123")
    brother = take(apply(family_id="2345 6789 0123"), "recommended")
    form = Seated(
        {"outcome": "recommended", "seen": brother.head, "answer_family": "Let it pass."},
        movement=waiting(brother),
        officer=officer("dm.agra"),
    )
    assert "answer_family" not in form.fields and form.is_valid() and form.answers == {}

    class Forged(Seated):
        answers = {"family": "Let it pass."}

    forged = Forged({"outcome": "recommended", "seen": brother.head}, movement=waiting(brother), officer=officer("dm.agra"))
    assert forged.is_valid()
    with pytest.raises(Refusal):
        decide(waiting(brother), by=officer("dm.agra"), form=forged)


def test_a_version_that_gives_it_twice_only_shows_the_first_benefit():
    paid = a_loan(at="watch", family_id="234567890123")
    norm = Norm.objects.get(scheme=SCHEME)
    Norm.objects.create(
        state=norm.state, scheme=SCHEME, version="2.0", applies_from=today(), status=NormStatus.PUBLISHED,
        rules=norm.rules | {"once_per_family": False},
    )  # fmt: skip
    brother = at_sanction(family_id="2345 6789 0123")
    assert "family" not in checks(brother) and paid.number in texts(brother)
    take(brother, "sanctioned")
    assert BenefitOnce.objects.filter(turn=2).exists()


def test_a_file_with_the_same_numbers_must_be_answered_for_once():
    first = a_loan(at="committee", aadhaar="234123412346")
    second = apply(aadhaar="2341 2341 2346")
    assert f"Same Aadhaar …2346 as file {first.number}" in texts(second)
    [code] = checks(second)
    form = decision(second, "recommended")
    assert not form.is_valid() and list(form.errors) == [f"answer_{code}"]
    take(second, "recommended", **{f"answer_{code}": "The first application will be withdrawn."})
    assert checks(second) == {code: "look"}
    sit(second)
    assert waiting(second).step == "appraise"


def test_a_file_that_was_rejected_is_shown_and_asks_nothing():
    first = a_loan(aadhaar="234123412346")
    take(first, "rejected", text="Incomplete.")
    second = apply(aadhaar="2341 2341 2346")
    assert checks(second) == {} and first.number in texts(second)


def test_a_corrected_number_is_compared_afresh():
    a_loan(aadhaar="234123412346")
    second = take(apply(), "returned", about_1="aadhaar", objection_1="Not the number of the card.")
    corrected(second, aadhaar="2341 2341 2346")
    assert list(checks(second).values()) == ["ask"]
    assert IdentityMark.objects.filter(file_number=second.number, kind="aadhaar").count() == 1


def test_whoever_scrutinised_does_not_sanction_through_another_charge():
    case = a_loan(at="sanction")
    join(officer("dic.agra"), office("director"), charge="additional", starts_on=today(), by=None)
    with pytest.raises(Refusal, match="1"):
        take(case, "sanctioned", by="dic.agra")
    assert waiting(case).step == "sanction"


def test_a_file_filed_by_the_manager_is_corrected_by_him_and_scrutinised_by_the_commissioner():
    an_allotment(scheme=SCHEME)
    case = apply(office("manager_dic", "Agra"))
    assert waiting(case).office == office("dic", "Agra")
    take(case, "returned", text="The address is not legible.")
    assert waiting(case).office == office("manager_dic", "Agra")


@pytest.mark.parametrize(
    ("cost", "own", "term", "designation"),
    [
        ("1,00,00,000", "10,00,000", "85,00,000", "director"),
        ("1,00,00,010", "10,00,001", "85,00,009", "principal_secretary"),
    ],
    ids=["10,00,000", "10,00,001"],
)
def test_the_amount_says_who_sanctions(cost, own, term, designation):
    an_allotment(scheme=SCHEME)
    case = sit(take(apply(cost=cost, own=own, term=term), "recommended"))
    case = take(lend(case, cost=cost, loan="85,00,000"), "recommended")
    assert waiting(case).office.designation.code == designation
    assert again(take(case, "sanctioned")).record.amount_sanctioned == (Decimal(1000000) if designation == "director" else Decimal(1000001))


def test_a_cost_that_the_bank_raised_climbs_the_ladder():
    an_allotment(scheme=SCHEME)
    case = sit(take(apply(cost="1,00,00,000", own="20,00,000", term="75,00,000"), "recommended"))
    case = take(lend(case, cost="1,00,00,010", loan="75,00,000"), "recommended")
    assert waiting(case).office == office("principal_secretary")


def test_a_sanction_beyond_the_head_by_one_rupee_is_refused_and_leaves_nothing_behind():
    case = a_loan(at="sanction")
    an_allotment(599_999, scheme=SCHEME)
    form = decision(case, "sanctioned")
    assert not form.is_valid() and "₹5,99,999" in str(form.errors["outcome"])
    an_allotment(600_000, scheme=SCHEME)
    form = decision(case, "sanctioned")
    assert form.is_valid()
    an_allotment(599_999, scheme=SCHEME)
    with pytest.raises(Refusal, match="5,99,999"):
        decide(waiting(case), by=officer("director"), form=form)
    assert again(case).record.amount_sanctioned is None and waiting(case).step == "sanction"
    assert not LedgerEntry.objects.exists() and not Order.objects.exists() and not BenefitOnce.objects.exists()
    assert set(IdentityMark.objects.values_list("standing", flat=True)) == {"open"}
    assert Allotment.objects.get(head__scheme=SCHEME).committed == 0
    an_allotment(600_000, scheme=SCHEME)
    take(case, "sanctioned")
    assert Allotment.objects.get(head__scheme=SCHEME).balance == 0


def test_two_loans_that_each_fit_the_head_alone_leave_one():
    first, second = a_loan(at="sanction"), a_loan(at="sanction")
    an_allotment(1_199_999, scheme=SCHEME)
    take(first, "sanctioned")
    assert not decision(second, "sanctioned").is_valid()


def test_the_watch_ends_on_its_day_and_not_a_moment_before():
    case = release(a_loan(at="release"))
    ends = again(case).record.watch_ends_on
    assert ends == months_after(today(), 24)
    moment = waiting(case).wakes
    with patch.object(timezone, "now", return_value=moment - timedelta(seconds=1)):
        assert clock.sweep() == 0
    assert waiting(case).step == "watch"
    with patch.object(timezone, "now", return_value=moment):
        assert timezone.localtime(moment).date() == ends
        assert clock.sweep() == 1
    assert (waiting(case).step, waiting(case).office) == ("verify", office("dic", "Agra"))


def test_a_release_in_the_next_year_is_booked_against_the_year_of_the_sanction():
    case = a_loan(at="release")
    committed = LedgerEntry.objects.get(kind="commitment")
    with patch.object(timezone, "now", return_value=timezone.now() + timedelta(days=365)):
        assert financial_year(today()) != committed.allotment.year
        release(case)
    assert LedgerEntry.objects.get(kind="release").allotment_id == committed.allotment_id


def test_the_unit_is_not_verified_before_the_watch_ended():
    case = a_loan(at="verify")
    movement, signer = waiting(case), officer("dic.agra")
    draft = a_draft(signer, movement.office, ("verification_photographs",), movement, process="loan")
    data = {"visited_on": today().isoformat(), "running": "running", "employees": "3", "verification_remarks": "Early.", "seen": case.head}
    given = {"movement": movement, "office": movement.office, "officer": signer, "norm": case.norm, "papers": list(draft.enclosures.all())}
    form = movement.node.form_class(data, **given)
    assert not form.is_valid() and list(form.errors) == ["visited_on"]


def test_whoever_verified_does_not_decide_on_the_grant():
    case = visited(a_loan(at="verify"))
    join(officer("dic.agra"), office("director"), charge="additional", starts_on=today(), by=None)
    with patch.object(timezone, "now", return_value=later(case)), pytest.raises(Refusal):
        take(case, "converted", by="dic.agra")


def test_the_director_asks_for_another_visit():
    case = visited(a_loan(at="verify"))
    with patch.object(timezone, "now", return_value=later(case)):
        take(case, "returned", text="Count the persons employed again.")
    assert waiting(case).step == "verify"
    case = convert(visited(again(case), employees="5"))
    assert again(case).record.employees == 5


def test_a_product_retired_during_the_watch_takes_nothing_away():
    case = visited(a_loan(at="verify"))
    type(case.record.product).objects.filter(pk=case.record.product_id).update(live=False)
    assert again(convert(case)).ending == "converted"


def test_a_paper_is_waived_by_who_may_with_a_reason_that_stays():
    an_allotment(scheme=SCHEME)
    without = tuple(kind for kind in PAPERS if kind != "income_certificate")
    case = apply(papers=without, waiver_income_certificate="The tehsil issues none this month.")
    assert again(case).record.waivers["income_certificate"]["text"] == "The tehsil issues none this month."
    assert said_in(case, 1)["waived"]["income_certificate"]["name_en"] == "Deputy Commissioner Industries, Agra"
    with translation.override("en"):
        [waived] = note_sheet(again(case)).paragraphs[0].waived
        assert waived == ("Income certificate", "Deputy Commissioner Industries, Agra", "The tehsil issues none this month.")
        shown = texts(case)
    assert "Income certificate is not attached; waived by Deputy Commissioner Industries, Agra" in shown
    assert verify().findings == []


def test_the_manager_cannot_waive_a_paper():
    an_allotment(scheme=SCHEME)
    with pytest.raises(AssertionError, match="paper_income_certificate"):
        apply(office("manager_dic", "Agra"), papers=PAPERS[:3] + PAPERS[4:], waiver_income_certificate="No time.")


def test_an_attached_paper_ends_its_waiver():
    an_allotment(scheme=SCHEME)
    case = apply(papers=PAPERS[:3] + PAPERS[4:], waiver_income_certificate="The tehsil issues none this month.")
    take(case, "returned", text="It is issued again.")
    case = corrected(case, papers=("income_certificate",))
    assert again(case).record.waivers == {}


def test_the_caste_certificate_is_asked_where_the_category_rests_on_it():
    an_allotment(scheme=SCHEME)
    with pytest.raises(AssertionError, match="paper_caste_certificate"):
        apply(category="sc")
    case = apply(category="sc", papers=(*PAPERS, "caste_certificate"), own="1,20,000", term="17,80,000")
    assert case.record.derivation["amounts"]["own_contribution_rupees"] == "120000.00"


def test_the_database_refuses_another_amount_than_the_computed_one():
    case = a_loan(at="release")
    with pytest.raises(IntegrityError), transaction.atomic():
        LoanApplication.objects.filter(pk=case.record_id).update(amount_sanctioned=Decimal(600001))


def test_a_stored_computation_that_was_tampered_with_is_not_sanctioned():
    case = a_loan(at="sanction")
    derivation = case.record.derivation
    derivation["amounts"]["margin_money_rupees"] = "900000.00"
    LoanApplication.objects.filter(pk=case.record_id).update(derivation=derivation)
    form = decision(again(case), "sanctioned")
    assert not form.is_valid() and "stored computation" in str(form.errors["outcome"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"own_contribution": "2,00,000"}, "project_cost"),
        ({"ifsc": "SBIN0001234"}, "ifsc"),
        ({"ifsc": "BARB1234"}, "ifsc"),
        ({"product_words": "Carpets"}, "product"),
        ({"product": ""}, "product"),
        ({"date_of_birth": "2030-01-01"}, "date_of_birth"),
        ({"aadhaar": "2341 2341 2345"}, "aadhaar"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes, field):
    with pytest.raises(AssertionError, match=field):
        apply(**changes)
    assert not LoanApplication.objects.exists() and not Case.objects.exists()


def test_the_checks_ask_the_database_seldom(django_assert_max_num_queries):
    case = again(a_loan(at="sanction"))
    record, norm = case.record, case.norm
    with django_assert_max_num_queries(4):
        checks = LoanFlow.machine_checks(record, norm)
    assert len(checks) >= 6


def test_no_number_of_a_person_stands_in_what_was_signed():
    case = a_loan(aadhaar="234123412346", family_id="234567890123")
    for noting in case.notings.all():
        assert "234123412346" not in noting.body and "234567890123" not in noting.body
        assert "Ram Prakash" not in noting.body
    assert "Ram Prakash" not in case.subject
