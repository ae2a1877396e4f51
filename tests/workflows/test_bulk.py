"""Many files under one signature: what is shown before, what is left out and why, and what each file's own paragraph says."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from programme.calendar import today
from programme.models import Posting
from tests.files import a_file, an_allotment, office, officer, propose, take, waiting
from tests.processes.identification_files import a_product_file, desk_of, propose_product
from tests.processes.loan_files import SCHEME, a_loan
from tests.processes.plan_files import a_plan
from tests.workflows.bulk_files import exhibitions, own_days, signed, stays_of
from tests.workflows.seated import in_place
from workflows import bulk, jobs
from workflows.authority import Refusal
from workflows.flows import FLOWS
from workflows.models import Case, Job, JobStatus, Movement, Noting, Outcome
from workflows.postings import join, relieve
from workflows.record.verifier import verify
from workflows.work import WORK

pytestmark = pytest.mark.django_db


def shown(cases: list[Case], outcome: str, by: str) -> bulk.Preview:
    return bulk.preview(stays_of(cases), Outcome(outcome), by=officer(by))


def why_not(cases: list[Case], outcome: str, by: str) -> list[str]:
    return [left.why for left in shown(cases, outcome, by).left_out]


def said_of(job: Job) -> dict[str, tuple[str, str]]:
    return {row.name_en: (row.status, row.sentence_en) for row in job.rows.all()}


def finished(job: Job) -> Job:
    jobs.run(WORK)
    job.refresh_from_db()
    assert job.status == JobStatus.FINISHED
    return job


# --- before the signature -----------------------------------------------------------------------------------------------


def test_the_preview_shows_the_amount_that_the_files_own_page_offers():
    first, second = exhibitions(2, amount_asked="12,00,000")
    take(first, "recommended", amount_recommended="10,00,000")
    take(second, "recommended", amount_recommended="9,00,000")
    found = shown([first, second], "sanctioned", "principal.secretary")
    offered = [stay.node.form_class(movement=stay, officer=officer("principal.secretary")) for stay in stays_of([first, second])]
    assert [line.amount for line in found.lines] == [form["amount_sanctioned"].initial for form in offered] == [1_000_000, 900_000]
    assert found.amount == Decimal(1_900_000)
    assert [(total.title, total.files, total.amount) for total in found.by_process] == [("Exhibition proposal", 2, 1_900_000)]


def test_nothing_is_written_by_looking(django_assert_max_num_queries):
    cases = exhibitions(8)
    before = Noting.objects.count()
    with django_assert_max_num_queries(8 * 7 + 5) as asked:
        assert len(shown(cases, "recommended", "odop.cell").lines) == 8
    assert not [query["sql"] for query in asked if not query["sql"].lstrip("(").startswith("SELECT")]
    assert Noting.objects.count() == before


def test_sanctions_beyond_the_budget_head_are_warned_of_by_their_sum():
    cases = [take(case, "recommended") for case in exhibitions(3, amount_asked="9,00,000")]
    an_allotment(2_000_000)
    (head,) = shown(cases, "sanctioned", "principal.secretary").by_head
    assert (head.files, head.amount, head.left, head.exceeds) == (3, 2_700_000, 2_000_000, True)
    an_allotment(2_700_000)
    assert not shown(cases, "sanctioned", "principal.secretary").by_head[0].exceeds
    assert shown(exhibitions(1), "recommended", "odop.cell").by_head == [], "a recommendation takes nothing out of a head"


def test_a_loan_is_counted_against_the_head_its_sanction_would_book():
    with in_place():
        case = a_loan(at="sanction")
        (line,) = shown([case], "sanctioned", "director").lines
        assert (line.head.scheme, line.amount) == (SCHEME, case.record.computed)


def test_the_warnings_of_a_file_stand_beside_it():
    early, late = exhibitions(2, amount_asked="19,00,000")
    Movement.objects.filter(pk=waiting(late).pk).update(due=timezone.now() - timedelta(days=30))
    lines = shown([early, late], "recommended", "odop.cell").lines
    assert [line.standing.kind for line in lines] == ["late", "in_time"]
    assert any("above the norm" in check.text for line in lines for check in line.warnings)
    assert all(check.level != "ok" for line in lines for check in line.warnings)


def test_only_outcomes_common_to_the_steps_are_offered():
    with in_place():
        at_scrutiny, product = a_file(), a_product_file(at="scrutinise", district="Mathura")
        assert bulk.offered(stays_of([at_scrutiny, product])) == {Outcome.RECOMMEND: 2}
        to_sanction, plan = a_file(at="approve", district="Mathura", **own_days(9)), a_plan(at="approve")
        assert bulk.offered(stays_of([to_sanction, plan])) == {Outcome.SANCTION: 1, Outcome.APPROVE: 1}


def test_no_outcome_that_needs_a_reason_is_ever_offered():
    for flow in FLOWS.values():
        for node in flow.in_order():
            if hasattr(node, "ways_by_hand"):
                assert all(outcome.is_forward and not outcome.needs_reason for outcome in bulk.ways(node)), node
                assert not (bulk.ways(node) and (node.in_committee or node.own_page)), node


def test_a_file_of_another_way_a_page_of_its_own_or_a_committee_is_left_out_with_the_reason():
    with in_place():
        correction, committee, plan = a_file(at="correct"), a_loan(at="committee"), a_plan(at="sign")
        assert why_not([correction], "recommended", "dm.agra") == ["This step is written on a page of its own."]
        assert why_not([committee], "recommended", "dm.agra") == ["It is decided in a sitting of the committee."]
        assert why_not([plan], "recommended", "dm.agra") == [
            "At the step “Signature” the ways are: Sign and submit, Return with objection."
        ]


def test_a_file_that_needs_entries_or_an_answer_of_its_own_is_left_out():
    with in_place():
        (why,) = why_not([a_loan(at="appraise")], "loan_sanctioned", "bank.agra")
        assert why.startswith("It needs entries of its own: ") and "Sanction letter number of the bank" in why


def test_a_file_that_a_check_bars_is_left_out_with_the_check():
    case = take(exhibitions(1, amount_asked="9,00,000")[0], "recommended")
    an_allotment(100)
    (why,) = why_not([case], "sanctioned", "principal.secretary")
    assert why.startswith("The file cannot go on: Head ")


def test_a_file_that_is_not_mine_or_on_which_i_acted_before_is_left_out():
    here, gone = exhibitions(2, amount_asked="9,00,000")
    stays = stays_of([here, gone])
    take(gone, "recommended")
    stays = list(Movement.objects.filter(pk__in=[stay.pk for stay in stays]).select_related(*bulk.RELATED).order_by("pk"))
    found = bulk.preview(stays, Outcome.RECOMMEND, by=officer("odop.cell"))
    assert [line.stay.case_id for line in found.lines] == [here.pk]
    assert [left.why for left in found.left_out] == ["It does not wait at this step any more."]
    assert why_not([here], "recommended", "principal.secretary") == ["You hold no charge at ODOP Cell, Directorate of Industries today."]
    join(officer("odop.cell"), office("principal_secretary"), charge="additional", starts_on=today(), by=None)
    (why,) = why_not([gone], "sanctioned", "odop.cell")
    assert why.startswith("You yourself signed or prepared paragraph 2")


def test_a_link_officer_is_shown_what_lies_above_his_limit():
    cheap, dear = (take(case, "recommended") for case in exhibitions(2, amount_asked="9,00,000"))
    posting = join(officer("dm.lucknow"), office("principal_secretary"), charge="link", starts_on=today(), ends_on=today(), by=None)
    Posting.objects.filter(pk=posting.pk).update(upto=800_000)
    Case.objects.filter(pk=cheap.pk).update(amount=700_000)
    found = shown([cheap, dear], "sanctioned", "dm.lucknow")
    assert [line.stay.case_id for line in found.lines] == [cheap.pk]
    assert found.left_out[0].why.startswith("As link officer of Principal Secretary MSME you act up to ₹8,00,000")


# --- after it -----------------------------------------------------------------------------------------------------------


def test_each_file_is_decided_by_itself_and_says_that_it_was_decided_with_others():
    cases = exhibitions(3, amount_asked="12,00,000")
    job = finished(signed(stays_of(cases), "recommended", by=officer("odop.cell"), text="Within the norm."))
    assert (job.total, job.done, job.refused, job.failed) == (3, 3, 0, 0)
    for case in Case.objects.filter(pk__in=[case.pk for case in cases]):
        assert waiting(case).step == "approve" or waiting(case).step == "concur"
        noting = case.notings.get(paragraph=2)
        body = json.loads(noting.body)
        assert (noting.officer.username, noting.outcome, body["text"]) == ("odop.cell", "recommended", "Within the norm.")
        assert body["together"] == {"files": 3, "job": job.pk}
        assert case.record.amount_recommended == 1_200_000
    assert set(said_of(job).values()) == {("done", "Recommended: ₹12,00,000 (₹12 lakh)")}
    assert verify().findings == []


def test_a_file_decided_alone_says_nothing_of_others():
    case = take(a_file(), "recommended")
    assert "together" not in json.loads(case.notings.get(paragraph=2).body)


def test_a_file_that_changed_since_the_preview_is_refused_by_name_and_the_others_go_on():
    cases = exhibitions(3)
    job = signed(stays_of(cases), "recommended", by=officer("odop.cell"))
    take(cases[1], "returned", text="The basis of the stall rate is not given.")
    take(Case.objects.get(pk=cases[1].pk), "submitted")
    take(cases[2], "recommended")
    said = said_of(finished(job))
    assert said[cases[0].number][0] == "done"
    status, sentence = said[cases[1].number]
    assert status == "refused" and sentence.startswith("This step is already taken: Returned with objection by")
    assert said[cases[2].number][0] == "refused"
    assert waiting(Case.objects.get(pk=cases[1].pk)).step == "scrutinise", "what came back is a new stay, and was not seen"


def test_a_paragraph_written_while_the_file_stayed_is_a_change_too():
    with in_place():
        case = propose_product()
        stay = waiting(case, desk_of(case, "agriculture"))
        stays = list(Movement.objects.filter(pk=stay.pk).select_related(*bulk.RELATED))
        job = bulk.sign(stays, {stay.pk: "0" * 64}, Outcome.SUPPORT, "", by=officer("agriculture.agra"), key="k")
        assert said_of(finished(job))[case.number][1].startswith("The file changed after you opened this page: paragraph 1")


def test_the_budget_head_is_used_up_in_the_order_shown_and_the_rest_is_refused():
    cases = [take(case, "recommended") for case in exhibitions(3, amount_asked="9,00,000")]
    an_allotment(2_000_000)
    job = finished(signed(stays_of(cases), "sanctioned", by=officer("principal.secretary")))
    assert [row.status for row in job.rows.order_by("position")] == ["done", "done", "refused"]
    assert "has ₹2,00,000 left" in job.rows.get(position=3).sentence_en
    assert [Case.objects.get(pk=case.pk).order is not None for case in cases] == [True, True, False]


def test_the_officer_is_asked_for_his_power_again_at_each_row():
    first, second = exhibitions(2)
    job = signed(stays_of([first, second]), "recommended", by=officer("odop.cell"))
    assert jobs.run(WORK, seconds=0.001) == 1
    posting = Posting.objects.get(officer=officer("odop.cell"), ends_on=None)
    Posting.objects.filter(pk=posting.pk).update(starts_on=today() - timedelta(days=9))
    relieve(Posting.objects.get(pk=posting.pk), on=today() - timedelta(days=1), by=None)
    said = said_of(finished(job))
    assert said[first.number][0] == "done"
    assert said[second.number] == ("refused", "You hold no charge at ODOP Cell, Directorate of Industries today.")
    assert waiting(second).step == "scrutinise"


def test_stopping_the_work_leaves_the_rest_undecided():
    cases = exhibitions(3)
    job = signed(stays_of(cases), "recommended", by=officer("odop.cell"))
    assert jobs.run(WORK, seconds=0.001) == 1
    assert jobs.cancel(job, by=officer("odop.cell"), work=WORK[job.kind])
    jobs.run(WORK)
    assert [waiting(case).step == "scrutinise" for case in cases] == [False, True, True]


def test_the_same_key_is_one_work_and_another_officer_has_his_own():
    stays = stays_of(exhibitions(2))
    first = signed(stays, "recommended", by=officer("odop.cell"))
    assert signed(stays, "recommended", by=officer("odop.cell")).pk == first.pk
    assert signed(stays, "recommended", by=officer("director")).pk != first.pk
    assert finished(first).done == 2
    assert Noting.objects.filter(outcome="recommended").count() == 2


def test_what_was_refused_is_tried_again_and_still_asks_what_was_seen():
    case, other = exhibitions(2)
    job = signed(stays_of([case, other]), "recommended", by=officer("odop.cell"))
    take(case, "recommended")
    assert jobs.retry(finished(job), by=officer("odop.cell"))
    assert said_of(finished(job))[case.number][0] == "refused"
    assert Noting.objects.filter(case__in=[case, other], outcome="recommended").count() == 2


def test_more_files_than_a_signature_can_answer_for_are_refused():
    stays = stays_of([propose()])
    with pytest.raises(Refusal, match="At most 500 files"):
        signed(stays * (bulk.MOST + 1), "recommended", by=officer("odop.cell"))
    with pytest.raises(Refusal, match="No file is chosen"):
        signed([], "recommended", by=officer("odop.cell"))
