"""The process cases of the domain facts. Where a case is proved beside its process, it is named here and not told again.

* P-03 plan in time and a second late: test_plan, test_a_plan_is_in_time_up_to_the_last_moment_of_30_october_in_india
* P-04 second primary: test_identification, test_a_second_primary_is_refused_at_the_form_by_the_name_of_the_first,
  test_petha_enters_the_register_as_secondary_while_leather_is_primary, test_a_decision_on_the_primary_makes_room_for_another
* P-05 another district's product: test_loan, test_the_applicant_of_ghaziabad_who_asks_for_carpets_can_only_be_rejected
* P-06 once per family: test_loan, test_the_brother_of_a_paid_beneficiary_is_stopped_and_only_a_named_power_lets_him_pass
* P-07 pause of two years: here
* P-08 day 180 and 181: test_freight_rules, test_an_air_claim_on_day_180_is_accepted and its neighbour
* P-09 the same objection twice: here, by the Directorate on a loan; test_freight by the Bureau
* P-10 a transfer while the file waits: here, with a link officer
* P-11 one person in two capacities: here; test_loan, test_whoever_scrutinised_does_not_sanction_through_another_charge
* P-12 forty claims and a new version: test_freight_rules, test_forty_pending_claims_keep_their_versions_when_a_new_one_is_published…
* P-13 one shipping bill twice: test_freight_rules, test_a_shipping_bill_is_claimed_once_by_sea_or_by_air_and_the_other_file_is_named;
  test_freight_at_once, test_one_bill_claimed_in_two_districts_at_once_opens_one_file
* P-14 and P-15 letters of intent and problems of an event: tests/programme/test_events
* P-16 certificate above the release: here
* P-17 a rupee above the allotment: test_loan, test_a_sanction_beyond_the_head_by_one_rupee_is_refused_and_leaves_nothing_behind;
  at once: tests/workflows/test_concurrency
* P-18 seven units in one note: test_freight, test_the_committee_recommends_seven_claims_in_one_sitting_and_the_minutes_hold_their_sum
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from programme.calendar import today
from programme.models import Posting, State
from programme.norms.choosing import answer
from tests.files import DEFAULTS, a_draft, a_file, office, officer, take, waiting
from tests.processes.identification_files import a_product_file
from tests.processes.loan_files import a_loan, corrected
from workflows import inbox
from workflows.authority import Refusal
from workflows.history import note_sheet
from workflows.models import Case
from workflows.postings import join, relieve
from workflows.record.verifier import verify
from workflows.sight import visible_to

pytestmark = pytest.mark.django_db
YESTERDAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("claimed", "barred"),
    [(date(2026, 10, 25), True), (date(2026, 11, 24), True), (date(2026, 11, 25), False)],
    ids=["one year and eleven months", "the day before the anniversary", "the anniversary"],
)
def test_p07_fair_assistance_is_refused_before_two_years_and_allowed_on_the_anniversary(claimed, barred):
    inputs = {"kind": "in_state", "stall": 60000, "last_benefit_date": "2024-11-25", "claim_date": claimed.isoformat()}
    _norm, found = answer("ODOP_MDA", State.objects.get(short="UP"), claimed, inputs)
    assert found.amounts["barred"] is barred
    assert found.amounts["payable_rupees"] == (0 if barred else Decimal(45_000))


def test_p09_the_directorate_objects_twice_on_one_point_in_one_file_and_the_second_is_marked():
    case = a_loan(at="examine")
    for place in ("Loha Mandi, Agra", "Loha Mandi, Agra 282002"):
        take(case, "returned", about_1="address", objection_1="Where is the unit?", return_to="correct")
        case = corrected(case, address=place)
        assert waiting(case).step == "examine"
    told = [objection for paragraph in note_sheet(Case.objects.get(pk=case.pk)).paragraphs for objection in paragraph.objections]
    assert [objection.repeated for objection in told] == [False, True]
    assert Case.objects.get().number == case.number and verify().findings == []


def test_p10_a_file_waits_for_the_post_and_the_note_names_person_and_charge():
    acted, left = a_product_file(at="recommend"), a_product_file(at="recommend", name_en="Marble inlay", name_hi="संगमरमर जड़ाई")
    dm = office("dm", "Agra")
    relieve(Posting.objects.get(officer=officer("dm.agra"), office=dm), on=today() - YESTERDAY, by=None)
    link = join(officer("cdo.agra"), dm, charge="link", starts_on=today(), ends_on=today(), by=None)
    with pytest.raises(Refusal):
        take(acted, "recommended", by="dm.agra")
    take(acted, "recommended", by="cdo.agra")
    signed = note_sheet(Case.objects.get(pk=acted.pk)).paragraphs[-1]
    assert (signed.officer_name, signed.body["charge"]) == ("Chief Development Officer, Agra", "link")
    Posting.objects.filter(pk=link.pk).update(starts_on=today() - 2 * YESTERDAY, ends_on=today() - YESTERDAY)
    join(officer("dm.lucknow"), dm, charge="additional", starts_on=today(), by=None)
    assert [movement.case_id for movement in inbox.waiting(officer("dm.lucknow"))] == [left.pk]
    assert set(visible_to(officer("dm.lucknow"))) >= {acted, left}


def test_p11_whoever_filed_for_a_relative_neither_examines_nor_sanctions_through_another_charge():
    case = a_loan(at="examine")
    join(officer("dic.agra"), office("odop_cell"), charge="additional", starts_on=today(), by=None)
    with pytest.raises(Refusal, match="You yourself signed"):
        take(case, "recommended", by="dic.agra")
    take(case, "recommended")
    join(officer("dic.agra"), office("director"), charge="additional", starts_on=today(), by=None)
    with pytest.raises(Refusal, match="You yourself signed"):
        take(case, "sanctioned", by="dic.agra")


def test_p16_a_certificate_of_ten_lakh_ten_thousand_on_a_release_of_ten_lakh_is_refused():
    case = a_file(at="certify", amount_asked="10,00,000")
    movement, signer = waiting(case), officer("dm.agra")
    draft = a_draft(signer, movement.office, ("utilisation_certificate",), movement)
    papers = list(draft.enclosures.all())
    told = DEFAULTS["certify"](case.record) | {"seen": movement.case.head}

    def sent(amount):
        data = told | {"amount_utilised": amount}
        return movement.node.form_class(data, movement=movement, office=movement.office, officer=signer, norm=case.norm, papers=papers)

    refused = sent("10,10,000")
    assert not refused.is_valid() and list(refused.errors) == ["amount_utilised"]
    assert sent("10,00,000").is_valid()
