"""A committee sits: who calls it, what stands in the way of its minutes, and what their signature does to the files."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from viewflow import this

from programme.calendar import financial_year, today
from programme.models import ExhibitionProposal, Norm
from programme.powers import Power
from tests.files import office, officer, take, waiting
from tests.workflows.seated import (
    SeatedFlow,
    a_claim,
    all_present,
    called,
    chair,
    convener,
    decided,
    draft,
    gone,
    in_place,
    member,
    moved,
    ready,
    signed,
)
from workflows import checks, jobs
from workflows.authority import Overtaken, Refusal
from workflows.demonstration import walk
from workflows.demonstration.story import Story, Telling
from workflows.forms.decisions import DecisionForm
from workflows.forms.exhibition import ProposalForm, ScrutinyForm
from workflows.forms.sittings import ItemForm, as_sent
from workflows.models import Committee, ItemState, Job, JobStatus, Sitting, SittingState
from workflows.models.outcomes import RECOMMEND
from workflows.nodes import DISTRICT, Begin, CaseFlow, Ending, Step
from workflows.postings import join, relieve
from workflows.record.canonical import sha256_of
from workflows.record.verifier import verify
from workflows.sittings import agenda, minutes, seats, signing
from workflows.steps import decide
from workflows.work import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def committee():
    with in_place():
        yield


def refusals(sitting: Sitting, by=None) -> str:
    with pytest.raises(Refusal) as refused:
        signed(sitting, by)
    assert Sitting.objects.get(pk=sitting.pk).state in ("called", "held")
    assert not Job.objects.exists()
    return str(refused.value)


# --- the agenda -------------------------------------------------------------------------------------------------------------


def test_a_sitting_is_called_with_the_members_and_the_quorum_of_the_norm():
    sitting = called(a_claim())
    assert [m.office.designation.code for m in agenda.members_of(sitting)] == ["dm", "dic", "ldm", "cdo"]
    assert (sitting.quorum, sitting.state, sitting.number) == (3, SittingState.CALLED, None)
    assert sitting.called_by == convener()


def test_a_later_norm_does_not_change_a_sitting_that_was_called():
    sitting = called(a_claim())
    Norm.objects.create(
        state=sitting.norm.state, scheme=sitting.norm.scheme, version="later", applies_from=today(), status="published",
        rules=sitting.norm.rules | {"committee": {"quorum": 1, "members": ["dm"]}},
    )  # fmt: skip
    sitting.refresh_from_db()
    assert (sitting.quorum, sitting.members.count()) == (3, 4)
    assert called().quorum == 1


@pytest.mark.parametrize("person", ["dic.mathura", "dm.mathura", "cdo.agra", "ldm.agra", "odop.cell", "principal.secretary"])
def test_only_the_convener_and_the_chair_of_the_district_call_a_sitting(person):
    with pytest.raises(Refusal):
        called(by=officer(person))
    assert called(by=chair()).pk


def test_a_file_is_on_one_open_agenda_only():
    case = a_claim()
    called(case)
    with pytest.raises(Refusal, match="open agenda already"):
        called(case)
    assert Sitting.objects.count() == 1, "a refused call leaves no sitting behind"
    assert list(seats.waiting(Committee.USERS, office("dm", "Agra"))) == []


def test_a_file_taken_off_the_agenda_or_of_a_sitting_called_off_waits_for_another():
    first, second = a_claim(), a_claim("2,00,000")
    sitting = called(first, second)
    agenda.remove(sitting.items.get(position=1), by=convener())
    assert sitting.items.get().position == 1
    assert called(first).items.count() == 1
    agenda.call_off(sitting, by=convener())
    assert called(second).items.count() == 1


def test_a_file_of_another_district_or_step_does_not_come_on_the_agenda():
    sitting = called()
    with pytest.raises(Refusal, match="does not wait for this committee"):
        agenda.add(sitting, waiting(a_claim(district="Mathura")), by=convener())
    returned = a_claim()
    moved(ready(returned, outcome="returned", text="Give the rate."))
    with pytest.raises(Refusal, match="does not wait for this committee"):
        agenda.add(sitting, waiting(returned), by=convener())


def test_a_step_of_a_committee_is_not_taken_outside_a_sitting():
    case = a_claim()
    stay = waiting(case)
    data = {"outcome": "recommended", "amount_recommended": "100", "seen": case.head}
    form = stay.node.form_class(data, movement=stay, officer=chair())
    assert form.is_valid()
    with pytest.raises(Refusal, match="signing its minutes"):
        decide(stay, by=chair(), form=form)
    assert waiting(case).step == "sit"


# --- the signature ----------------------------------------------------------------------------------------------------------


def test_one_sitting_recommends_seven_units_and_the_sum_is_right_everywhere():
    amounts = ["1,23,385", "1,23,386", "1,23,386", "1,23,386", "1,23,386", "1,23,386", "1,23,386"]
    cases = [a_claim(amount) for amount in amounts]
    sitting = moved(ready(*cases))
    told = json.loads(sitting.minutes)
    assert told["recommended"] == {"files": 7, "amount": "863701.00"}
    assert minutes.read_signed(sitting).amount == Decimal(863701)
    assert sum(item.amount for item in sitting.items.all()) == Decimal(863701)
    assert (sitting.state, sitting.number) == (SittingState.DONE, f"UP/USERS/MINUTES/{financial_year(today())}/0001")
    assert sha256_of(sitting.minutes) == sitting.sha256
    recommended = Decimal(0)
    for position, case in enumerate(cases, 1):
        case.refresh_from_db()
        assert waiting(case).step == "accept"
        paragraph = case.notings.get(step="sit")
        body = json.loads(paragraph.body)
        assert body["sitting"]["number"] == sitting.number and body["sitting"]["minutes_sha256"] == sitting.sha256
        assert body["sitting"]["item"] == position
        assert body["sitting"]["present"][0]["name_en"] == "District Magistrate, Agra"
        assert (paragraph.officer, paragraph.prepared_by) == (chair(), convener())
        assert paragraph.item.state == ItemState.DONE
        recommended += type(case.record).objects.get(pk=case.record_id).amount_recommended
    assert recommended == Decimal(863701)
    assert Job.objects.get().status == JobStatus.FINISHED
    assert verify().findings == []


def test_numbers_of_minutes_are_given_with_the_signature_and_have_no_gap():
    first, second = ready(a_claim()), ready(a_claim("2,00,000"))
    agenda.record_presence(first, [], by=convener())
    refusals(first)
    assert moved(second).number.endswith("/0001")
    all_present(first)
    assert moved(first).number.endswith("/0002")


def test_each_file_goes_its_own_way():
    recommended, returned, rejected, deferred = (a_claim(f"{n},00,000") for n in range(1, 5))
    sitting = all_present(called(recommended, returned, rejected, deferred))
    items = list(agenda.items_of(sitting))
    decided(items[0], amount_recommended="90,000")
    decided(items[1], "returned", text="Give the rate.", about_1="amount_asked", objection_1="No basis.")
    decided(items[2], "rejected", text="Not a product of the district.")
    decided(items[3], "deferred", text="The exporter is heard next time.")
    moved(sitting)
    assert waiting(recommended).step == "accept"
    assert waiting(returned).step == "correct"
    assert returned.objections.get().text == "No basis."
    rejected.refresh_from_db()
    assert rejected.ending == "rejected"
    assert waiting(deferred).step == "sit"
    assert list(sitting.items.values_list("state", flat=True)) == ["done", "done", "done", "deferred"]
    assert json.loads(sitting.minutes)["recommended"] == {"files": 1, "amount": "90000.00"}
    assert called(deferred).items.count() == 1, "a deferred file waits for the next sitting"
    assert verify().findings == []


def test_a_sitting_that_only_deferred_is_done_with_the_signature():
    sitting = ready(a_claim(), outcome="deferred", text="The bank was not there.")
    signed(sitting)
    sitting.refresh_from_db()
    assert sitting.state == SittingState.DONE
    jobs.run(WORK)
    assert Job.objects.get().status == JobStatus.FINISHED


def test_without_quorum_nothing_is_signed():
    sitting = ready(a_claim())
    agenda.record_presence(sitting, [member(sitting, "dm"), member(sitting, "dic")], by=convener())
    assert "no quorum: 2 present, 3 must be" in refusals(sitting)


def test_a_member_from_outside_counts_and_is_named_with_his_post():
    case = a_claim()
    sitting = ready(case)
    agenda.record_presence(sitting, [member(sitting, "dm"), member(sitting, "dic")], by=convener())
    agenda.seat_outsider(sitting, by=convener(), name="Rakesh Kumar", post="Exporters of the district")
    moved(sitting)
    body = json.loads(case.notings.get(step="sit").body)
    assert [post["name_en"] for post in body["sitting"]["present"]][-1] == "Exporters of the district"
    assert "Rakesh" not in case.notings.get(step="sit").body
    assert json.loads(sitting.minutes)["members"][-1]["person"] == "Rakesh Kumar"


def test_an_absent_chair_signs_nothing():
    sitting = ready(a_claim())
    agenda.record_presence(sitting, sitting.members.exclude(office__designation__code="dm"), by=convener())
    assert "The chair is not marked as present" in refusals(sitting)


def test_an_undecided_file_keeps_the_minutes_unsigned():
    sitting = all_present(called(a_claim(), a_claim("2,00,000")))
    decided(sitting.items.get(position=1))
    assert "Not decided yet: UP/SEA/" in refusals(sitting)


def test_an_empty_agenda_and_a_day_to_come_are_not_signed():
    assert "No file is on the agenda" in refusals(all_present(called()))
    sitting = all_present(called(a_claim(), on=today() + timedelta(days=1)))
    decided(sitting.items.get())
    assert "has not come yet" in refusals(sitting)


def test_a_recused_chair_decides_nothing_of_that_file_but_may_defer_it():
    sitting = all_present(called(a_claim(), a_claim("2,00,000")))
    first, second = agenda.items_of(sitting)
    decided(first, recused=[member(sitting, "dm")])
    decided(second)
    assert "the chair takes no part in it" in refusals(sitting)
    decided(first, "deferred", text="The chair takes no part.", recused=[member(sitting, "dm")])
    assert moved(sitting).state == SittingState.DONE


def test_a_recused_member_is_named_in_the_paragraph_and_does_not_judge():
    case = a_claim()
    sitting = all_present(called(case))
    decided(sitting.items.get(), recused=[member(sitting, "ldm")])
    moved(sitting)
    said = json.loads(case.notings.get(step="sit").body)["sitting"]
    assert [post["name_en"] for post in said["recused"]] == ["Lead District Manager, Agra"]
    assert "Lead District Manager, Agra" not in [post["name_en"] for post in said["present"]]


def test_recusals_that_leave_too_few_stop_that_file():
    sitting = all_present(called(a_claim()))
    decided(sitting.items.get(), recused=[member(sitting, "ldm"), member(sitting, "cdo")])
    assert "there is no quorum" in refusals(sitting)


def test_the_convener_minutes_what_he_filed_but_a_chair_who_filed_it_does_not_sign():
    case = a_claim()
    sitting = ready(case)
    join(convener(), office("dm", "Agra"), charge="link", starts_on=today(), ends_on=today(), by=None)
    assert "You yourself signed or prepared paragraph 1" in refusals(sitting, by=convener())
    assert moved(sitting).state == SittingState.DONE


@pytest.mark.parametrize("person", ["dic.agra", "cdo.agra", "dm.mathura", "dm.agra.earlier", "principal.secretary"])
def test_nobody_but_the_chair_signs(person):
    sitting = ready(a_claim())
    refusals(sitting, by=officer(person))


def test_a_draft_that_became_another_one_is_read_again():
    sitting = ready(a_claim())
    read = draft(sitting)
    decided(agenda.items_of(sitting)[0], amount_recommended="1,000")
    with pytest.raises(Overtaken, match="Read them again"):
        signing.sign(sitting, by=chair(), seen=read)


def test_an_amount_changed_behind_the_form_is_found():
    sitting = ready(a_claim())
    sitting.items.update(amount=Decimal(99))
    assert "is not the amount that was decided" in refusals(sitting)


def test_a_step_that_writes_no_amount_is_summed_up_with_what_the_files_stand_at(monkeypatch):
    monkeypatch.setattr(SeatedFlow.instance.node("sit"), "form_class", DecisionForm)
    sitting = all_present(called(a_claim("1,00,000"), a_claim("2,50,000"), a_claim("9,00,000")))
    first, second, third = agenda.items_of(sitting)
    decided(first)
    decided(second)
    decided(third, "rejected", text="Not a product of the district.")
    moved(sitting)
    assert json.loads(sitting.minutes)["recommended"] == {"files": 2, "amount": "350000.00"}


def test_a_check_that_asks_is_answered_in_the_sitting():
    case = a_claim(stalls="150")
    sitting = all_present(called(case))
    item = agenda.items_of(sitting)[0]
    form = ItemForm(item, officer=convener(), members=[], data=as_sent(item, {"outcome": "recommended", "amount_recommended": "1,000"}))
    assert not form.is_valid() and "answer_stalls" in form.form.errors
    decided(item, answer_stalls="The ground is large.")
    moved(sitting)
    assert json.loads(case.notings.get(step="sit").body)["answers"] == {"stalls": "The ground is large."}


# --- the files move ---------------------------------------------------------------------------------------------------------


def test_a_file_that_left_before_the_signature_is_taken_off_first():
    first, second = a_claim(), a_claim("2,00,000")
    sitting = ready(first, second)
    gone(first)
    assert "does not wait for the committee any more" in refusals(sitting)
    agenda.remove(sitting.items.get(position=1), by=convener())
    moved(sitting)
    assert waiting(second).step == "accept"


def test_a_file_that_moved_meanwhile_is_refused_with_its_sentence_and_the_others_go_on():
    first, second = a_claim(), a_claim("2,00,000")
    sitting = ready(first, second)
    signed(sitting)
    gone(first)
    jobs.run(WORK)
    sitting.refresh_from_db()
    refused, done = sitting.items.all()
    assert (refused.state, done.state, sitting.state) == ("refused", "done", SittingState.DONE)
    assert "already taken" in refused.sentence_en and refused.sentence_hi
    assert first.notings.filter(step="sit").exclude(outcome="withdrawn").count() == 0
    job = Job.objects.get()
    assert (job.done, job.refused) == (1, 1)
    assert verify().findings == []


def test_a_chair_relieved_before_the_files_moved_moves_none_and_they_wait_for_another_sitting():
    case = a_claim()
    sitting = ready(case)
    signed(sitting)
    relieve(chair().postings.get(ends_on=None), on=today() - timedelta(days=1), by=None)
    jobs.run(WORK)
    item = sitting.items.get()
    assert item.state == "refused" and "hold no charge" in item.sentence_en
    assert waiting(case).step == "sit"
    assert called(case).items.count() == 1


def test_a_refused_file_on_another_agenda_is_not_moved_by_trying_again():
    case = a_claim()
    sitting = ready(case)
    signed(sitting)
    posting = chair().postings.get(ends_on=None)
    relieve(posting, on=today() - timedelta(days=1), by=None)
    jobs.run(WORK)
    called(case)
    join(chair(), office("dm", "Agra"), charge="regular", starts_on=today(), by=None)
    jobs.retry(Job.objects.get(), by=chair())
    jobs.run(WORK)
    assert "agenda of another sitting" in sitting.items.get().sentence_en
    assert waiting(case).step == "sit"


class Killed(BaseException):
    """The worker is gone, whatever it was doing."""


def test_a_worker_lost_between_two_files_leaves_each_file_once(monkeypatch):
    cases = [a_claim(f"{n},00,000") for n in range(1, 6)]
    sitting = ready(*cases)
    signed(sitting)
    real, count = signing.steps.decide, 0

    def decide(*args, **kwargs):
        nonlocal count
        count += 1
        case = real(*args, **kwargs)
        if count == 3:
            raise Killed
        return case

    monkeypatch.setattr(signing.steps, "decide", decide)
    with pytest.raises(Killed):
        jobs.run(WORK)
    assert list(sitting.items.values_list("state", flat=True)) == ["done", "done", "waiting", "waiting", "waiting"]
    assert Sitting.objects.get(pk=sitting.pk).state == SittingState.SIGNED
    Job.objects.update(leased_until=None)
    jobs.run(WORK)
    assert set(sitting.items.values_list("state", flat=True)) == {"done"}
    assert [case.notings.filter(step="sit").count() for case in cases] == [1] * 5
    assert Sitting.objects.get(pk=sitting.pk).state == SittingState.DONE
    assert verify().findings == []


def test_a_returned_file_comes_before_the_committee_again():
    case = a_claim()
    moved(ready(case, outcome="returned", text="Give the rate."))
    take(case, "submitted", by="dic.agra", stalls="61", **as_filed(case))
    assert waiting(case).step == "sit"
    moved(ready(case))
    assert waiting(case).step == "accept"


def as_filed(case) -> dict:
    record = case.record
    names = ("title", "purpose", "venue", "starts_on", "ends_on", "nodal_officer", "nodal_mobile", "amount_asked")
    filed = {name: getattr(record, name) for name in names}
    districts = [district.pk for district in record.districts_shown.all()]
    return filed | {"product": record.product_id, "budget_head": record.budget_head_id, "districts_shown": districts}


# --- what others build on ---------------------------------------------------------------------------------------------------


def test_a_test_takes_a_committees_step_in_one_line():
    case = take(a_claim(), "recommended", amount_recommended="1,000")
    assert waiting(case).step == "accept"
    assert Sitting.objects.get().state == SittingState.DONE


def test_the_demonstration_takes_a_committees_step_in_a_sitting():
    case = a_claim()
    stay = waiting(case)
    telling = Telling(
        flow=SeatedFlow, begins=lambda *_told: {}, turns=lambda *_told: {"outcome": "recommended", "amount_recommended": "1,000"}
    )
    walk.take(stay, Story("seated", case.district, 0, "accept"), telling)
    assert waiting(case).step == "accept"
    noting = case.notings.get(step="sit")
    assert (noting.officer, noting.prepared_by) == (chair(), convener())


def test_a_committees_step_and_the_power_of_its_chair_go_together():
    assert list(checks.faults(SeatedFlow)) == []

    class Unseated(CaseFlow):
        process_title = "Unseated"
        slug, prefix, scheme, record = "unseated", "UNS", "SEATED", ExhibitionProposal
        propose = Begin(ProposalForm, "Claim").By(Power.FILE_FREIGHT, at=DISTRICT).Next(this.sit)
        sit = Step(ScrutinyForm, "Committee").By(Power.CHAIR_USERS_COMMITTEE, at=DISTRICT).Within(days=1).On(RECOMMEND, this.ended)
        ended = Ending("Ended", good=True)

    assert [error.id for error in checks.faults(Unseated)] == ["workflows.E017"]
