"""The story of an exhibition file, told through the verbs that every page and job uses."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from programme.calendar import today
from programme.models import Allotment, LedgerEntry, Norm, Posting
from tests.files import DEFAULTS, a_draft, a_file, a_paper, an_allotment, office, officer, proposal_data, propose, take, waiting
from workflows import authority, inbox, sight
from workflows.authority import Overtaken, Refusal
from workflows.flows import ExhibitionFlow
from workflows.forms.decisions import WithdrawalForm
from workflows.history import note_sheet
from workflows.models import Case, Message, Movement, Order
from workflows.postings import derive, join, relieve
from workflows.record.verifier import verify
from workflows.steps import decide, may_withdraw, open_case, withdraw

pytestmark = pytest.mark.django_db


def steps_of(case):
    return [movement.step for movement in case.movements.order_by("pk")]


def test_a_proposal_above_the_limit_goes_to_finance_and_ends_closed():
    case = a_file(at="closed")
    assert steps_of(case) == ["scrutinise", "concur", "approve", "report", "certify", "accept"]
    assert (case.ending, case.status) == ("closed", "DONE")
    assert not case.movements.filter(disposed=None).exists()
    assert [n.outcome for n in case.notings.order_by("paragraph")] == [
        "submitted", "recommended", "concurred", "sanctioned", "order_issued", "submitted", "submitted", "accepted",
    ]  # fmt: skip
    assert note_sheet(case).holds
    assert verify().findings == []


def test_a_small_proposal_passes_by_finance():
    case = a_file(at="approve", amount_asked="9,99,999")
    assert steps_of(case) == ["scrutinise", "approve"]


def test_the_limit_itself_still_passes_by_finance_and_one_rupee_more_does_not():
    assert steps_of(a_file(at="approve", amount_asked="10,00,000")) == ["scrutinise", "approve"]
    assert steps_of(a_file(at="concur", district="Mathura", amount_asked="10,00,001")) == ["scrutinise", "concur"]


def test_the_order_is_numbered_and_booked_with_the_sanction():
    case = a_file(at="report")
    order = Order.objects.get(case=case)
    assert order.amount == Decimal("1850000.00")
    assert order.number.startswith("UP/EXH/ORDER/") and order.number.endswith("/0001")
    entries = dict(LedgerEntry.objects.filter(file_number=case.number).values_list("kind", "amount"))
    assert entries == {"commitment": Decimal(1850000), "release": Decimal(1850000)}
    assert Allotment.objects.get().committed == Decimal(1850000)
    said = json.loads(order.noting.body)["order"]
    assert said.items() >= {"number": order.number, "amount": "1850000.00", "issued_on": today().isoformat()}.items()
    assert case.record.amount_released == Decimal(1850000)


def test_numbers_have_no_gaps_when_an_opening_fails():
    an_allotment()
    first = propose("Agra")
    with pytest.raises(Refusal):
        propose("Agra", by="dm.mathura")
    second = propose("Mathura")
    assert int(second.number[-4:]) == int(first.number[-4:]) + 1


def test_returned_proposal_comes_back_to_the_district_and_goes_on_from_the_returner():
    case = a_file(at="approve")
    take(case, "returned", text="Name the nodal officer in full.", return_to="correct")
    back = waiting(case)
    assert (back.step, back.office, back.returns_to) == ("correct", office("dm", "Agra"), "approve")
    take(case, "submitted", nodal_officer="Assistant Manager, DIC Agra")
    assert waiting(case).step == "approve"
    assert json.loads(case.notings.order_by("-paragraph")[0].body)["lapsed"] == []


def test_a_material_correction_makes_the_approvals_lapse_and_the_steps_come_again():
    case = a_file(at="approve")
    take(case, "returned", text="Reduce the number of stalls.", return_to="correct")
    take(case, "submitted", stalls="40")
    assert waiting(case).step == "scrutinise"
    assert json.loads(case.notings.order_by("-paragraph")[0].body)["lapsed"] == [2, 3]


def test_an_unchanged_or_whitespace_only_save_resets_nothing():
    case = a_file(at="approve")
    take(case, "returned", text="Please confirm.", return_to="correct")
    venue = case.record.venue
    take(case, "submitted", venue=f"  {venue}  ")
    assert waiting(case).step == "approve"
    assert json.loads(case.notings.order_by("-paragraph")[0].body)["changes"] == {}


def test_a_new_paper_is_a_material_change():
    case = a_file(at="approve")
    take(case, "returned", text="Attach the estimate again.", return_to="correct")
    old = case.enclosures.get(kind="cost_estimate")
    take(case, "submitted", papers=("cost_estimate",))
    assert waiting(case).step == "scrutinise"
    old.refresh_from_db()
    assert old.replaced_by is not None and old.replaced_by.kind == "cost_estimate"


def test_a_return_to_the_cell_and_from_there_to_the_district_finds_its_way_back_to_the_secretary():
    case = a_file(at="approve")
    take(case, "returned", text="Check the rate.", return_to="scrutinise")
    take(case, "returned", text="Give the basis of the rate.")
    assert (waiting(case).step, waiting(case).returns_to) == ("correct", "scrutinise")
    take(case, "submitted", text="Lowest of three quotations.")
    assert (waiting(case).step, waiting(case).returns_to) == ("scrutinise", "approve")
    take(case, "recommended")
    assert waiting(case).step == "approve"


def test_a_smaller_recommendation_after_a_return_takes_the_file_through_finance_again():
    case = a_file(at="approve")
    take(case, "returned", text="Recommend less.", return_to="scrutinise")
    take(case, "recommended", amount_recommended="15,00,000")
    assert waiting(case).step == "concur"


def test_an_objection_opens_its_field_alone():
    case = a_file()
    take(case, "returned", about_1="amount_asked", objection_1="Stall rate is above the schedule.")
    movement = waiting(case)
    take(case, "submitted", amount_asked="15,00,000", venue="Another place")
    record = Case.objects.get(pk=case.pk).record
    assert (record.amount_asked, record.venue) == (Decimal(1500000), "Expo Mart")
    assert movement.case.objections.get().answered_in.paragraph == 3


@pytest.mark.parametrize("at", ["scrutinise", "concur", "approve", "correct"])
def test_the_district_magistrate_may_withdraw_until_sanction(at):
    case = a_file(at=at)
    dm = officer("dm.agra")
    assert may_withdraw(dm, case)
    form = WithdrawalForm({"text": "The venue is not free.", "seen": case.head})
    assert form.is_valid()
    withdraw(case, by=dm, form=form)
    case = Case.objects.get(pk=case.pk)
    assert (case.ending, case.record.dropped) == ("withdrawn", True)
    assert verify().findings == []


def test_nobody_withdraws_after_the_order_or_from_another_office():
    case = a_file(at="report")
    form = WithdrawalForm({"text": "Too late.", "seen": case.head})
    assert form.is_valid()
    with pytest.raises(Refusal):
        withdraw(case, by=officer("dm.agra"), form=form)
    other = a_file(at="scrutinise", district="Mathura")
    form = WithdrawalForm({"text": "Not mine.", "seen": other.head})
    assert form.is_valid()
    with pytest.raises(Refusal):
        withdraw(other, by=officer("dm.agra"), form=form)
    assert waiting(other).step == "scrutinise"


@pytest.mark.parametrize("at", ["scrutinise", "approve"])
def test_a_rejected_file_ends_with_its_reason(at):
    case = a_file(at=at)
    take(case, "rejected", text="Outside the scheme.")
    case = Case.objects.get(pk=case.pk)
    assert case.ending == "rejected"
    assert note_sheet(case).paragraphs[-1].text == "Outside the scheme."
    assert verify().findings == []


def test_a_return_without_a_reason_is_refused_at_the_field():
    movement = waiting(a_file())
    form = movement.node.form_class({"outcome": "returned", "seen": movement.case.head}, movement=movement, officer=officer("odop.cell"))
    assert not form.is_valid() and list(form.errors) == ["text"]


def test_the_secretary_cannot_sanction_more_than_was_recommended():
    case = a_file(at="approve")
    movement = waiting(case)
    data = {"outcome": "sanctioned", "amount_sanctioned": "18,50,001", "seen": movement.case.head}
    form = movement.node.form_class(data, movement=movement, officer=officer("principal.secretary"))
    assert not form.is_valid() and list(form.errors) == ["amount_sanctioned"]


def test_a_sanction_beyond_the_budget_head_is_refused_and_leaves_nothing_behind():
    case = a_file(at="approve")
    an_allotment(1849999)
    with pytest.raises(Refusal, match="18,50,000"):
        take(case, "sanctioned")
    case = Case.objects.get(pk=case.pk)
    assert waiting(case).step == "approve"
    assert case.record.amount_sanctioned is None
    assert not LedgerEntry.objects.exists() and not Order.objects.exists()
    assert case.notings.count() == case.paragraphs == 3


def test_a_certificate_for_more_than_the_release_is_refused():
    movement = waiting(a_file(at="certify"))
    signer = officer("dm.agra")
    data = {**DEFAULTS["certify"](movement.case.record), "amount_utilised": "18,50,001", "seen": movement.case.head}
    draft = a_draft(signer, movement.office, ("utilisation_certificate",), movement)
    form = movement.node.form_class(
        data, movement=movement, office=movement.office, officer=signer, norm=movement.case.norm, papers=list(draft.enclosures.all())
    )
    assert not form.is_valid() and list(form.errors) == ["amount_utilised"]


def test_a_certificate_is_returned_corrected_and_accepted():
    case = a_file(at="accept")
    take(case, "returned", text="The number is wrong.", return_to="certify")
    take(case, "submitted", certificate_number="UC/2")
    take(case, "accepted")
    case = Case.objects.get(pk=case.pk)
    assert (case.ending, case.record.certificate_number) == ("closed", "UC/2")
    assert LedgerEntry.objects.get(kind="utilisation").amount == Decimal(1845000)


def test_whoever_signed_before_does_not_sanction_through_another_charge():
    case = a_file(at="approve")
    cell = officer("odop.cell")
    join(cell, office("principal_secretary"), charge="additional", starts_on=today(), by=None)
    with pytest.raises(Refusal, match="2"):
        take(case, "sanctioned", by="odop.cell")
    assert waiting(case).step == "approve"


def test_whoever_prepared_the_draft_does_not_scrutinise_it():
    an_allotment()
    dic = officer("dic.agra")
    join(dic, office("odop_cell"), charge="additional", starts_on=today(), by=None)
    prepared, other = propose("Agra", prepared_by="dic.agra"), propose("Mathura")
    assert not authority.may_take(dic, waiting(prepared))
    assert authority.may_take(dic, waiting(other))
    assert note_sheet(prepared).paragraphs[0].prepared_by == str(dic)


def test_a_paper_attached_behind_the_signers_back_is_refused_until_he_has_seen_it():
    an_allotment()
    dm, dic, at = officer("dm.agra"), officer("dic.agra"), office("dm", "Agra")
    draft = a_draft(dic, at, ("proposal_letter", "cost_estimate"))
    seen = " ".join(str(paper.pk) for paper in draft.enclosures.all())
    late = a_paper(draft, "venue_consent", by=dic, content=b"%PDF-1.4 late %%EOF")
    norm, data = Norm.in_force("EXHIBITION", at.designation.state, today()), proposal_data(papers_seen=seen)
    form = ExhibitionFlow.propose.form_class(data, office=at, officer=dm, norm=norm, papers=list(draft.enclosures.all()))
    assert not form.is_valid() and late.name in str(form.non_field_errors())
    again = ExhibitionFlow.propose.form_class(form.data, office=at, officer=dm, norm=norm, papers=list(draft.enclosures.all()))
    assert again.is_valid(), again.errors


def test_a_paper_taken_away_while_signing_opens_no_file():
    an_allotment()
    dm, at = officer("dm.agra"), office("dm", "Agra")
    draft = a_draft(dm, at, ("proposal_letter", "cost_estimate"))
    norm = Norm.in_force("EXHIBITION", at.designation.state, today())
    form = ExhibitionFlow.propose.form_class(proposal_data(), office=at, officer=dm, norm=norm, papers=list(draft.enclosures.all()))
    assert form.is_valid(), form.errors
    draft.enclosures.first().delete()
    with pytest.raises(Overtaken):
        open_case(ExhibitionFlow, by=dm, office=at, form=form, key=draft.key, draft=draft)
    assert not Case.objects.exists()


def test_a_stale_page_decides_nothing():
    case = a_file(at="concur")
    stale = waiting(case)
    form = stale.node.form_class({"outcome": "concurred", "seen": stale.case.head}, movement=stale, officer=officer("finance"))
    assert form.is_valid()
    take(case, "concurred")
    with pytest.raises(Overtaken):
        decide(stale, by=officer("finance"), form=form)
    assert steps_of(case) == ["scrutinise", "concur", "approve"]


def test_the_same_form_key_opens_one_file():
    an_allotment()
    case = propose("Agra")

    class Form:
        def save(self):
            raise AssertionError("a second record was made")

    again = open_case(ExhibitionFlow, by=officer("dm.agra"), office=office("dm", "Agra"), form=Form(), key=case.key)
    assert again.pk == case.pk and Case.objects.count() == 1


def test_a_transfer_moves_nobodys_file():
    case = a_file(at="correct")
    old, new = officer("dm.agra"), officer("dm.lucknow")
    posting = Posting.objects.get(officer=old, office=office("dm", "Agra"))
    relieve(posting, on=today() - timedelta(days=1), by=None)
    with pytest.raises(Refusal):
        take(case, "submitted", by="dm.agra")
    assert not sight.visible_to(officer("dm.agra")).exists()
    assert inbox.counts(officer("dm.agra")).all == 0
    join(new, office("dm", "Agra"), charge="additional", starts_on=today(), by=None)
    assert [m.case_id for m in inbox.waiting(officer("dm.lucknow"))] == [case.pk]
    take(case, "submitted", by="dm.lucknow", text="Corrected.")
    assert json.loads(case.notings.order_by("-paragraph")[0].body)["charge"] == "additional"


def test_an_ended_posting_gives_nothing_even_before_the_midnight_job():
    case = a_file()
    Posting.objects.filter(officer__username="odop.cell").update(ends_on=today() - timedelta(days=1), starts_on=today() - timedelta(days=9))
    with pytest.raises(Refusal):
        take(case, "recommended", by="odop.cell")
    drift = derive(officer("odop.cell"))
    assert drift.extra and not drift.missing


def test_a_return_is_mailed_to_the_district_once():
    case = a_file(at="correct")
    message = Message.objects.get(case=case)
    assert message.address == office("dm", "Agra").email
    assert case.number in message.subject
    assert case.record.nodal_officer not in message.subject + message.text


def test_a_movement_stands_for_each_open_human_task():
    case = a_file(at="concur")
    movement = waiting(case)
    assert movement.task.status == "NEW"
    assert movement.task.owner_permission == "programme.concur_finance"
    assert movement.task.owner_permission_obj == office("finance")
    closed = Movement.objects.get(case=case, step="scrutinise")
    assert (closed.task.status, closed.task.owner) == ("DONE", officer("odop.cell"))
