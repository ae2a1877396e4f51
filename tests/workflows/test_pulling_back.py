"""Pulling a file back after it was sent: until somebody opens it there, and never past an order, money, a register or a sitting."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import District, Posting
from tests.files import a_file, holder_of, office, officer, take, waiting
from tests.processes.freight_files import a_claim
from tests.processes.identification_files import OPINIONS, a_product_file, desk_of, propose_product
from tests.processes.identification_files import answer as give_opinion
from tests.processes.loan_files import a_loan, corrected
from tests.processes.plan_files import a_plan
from tests.workflows.seated import a_claim as a_seated_claim
from tests.workflows.seated import called, in_place
from workflows import authority, clock, escalation, pulling_back, seasons
from workflows.authority import Overtaken, Refusal
from workflows.forms.decisions import PullBackForm
from workflows.history import note_sheet, opinions, stages
from workflows.letters.standing import standing_of
from workflows.models import Case, Movement, Notice, Order
from workflows.pages.boxes import beside
from workflows.postings import join
from workflows.record.verifier import verify
from workflows.steps import decide, record_opening

pytestmark = pytest.mark.django_db


def read_again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def pull(case: Case, by: str, text: str = "") -> Case:
    form = PullBackForm({"text": text})
    assert form.is_valid()
    pulling_back.pull_back(case, by=officer(by), form=form)
    return read_again(case)


def opened(case: Case, at: Any = None) -> None:
    stay = waiting(case, at)
    record_opening(stay, by=holder_of(stay.office))


def last(case: Case) -> dict[str, Any]:
    return json.loads(case.notings.order_by("-paragraph")[0].body)


def test_the_file_stands_again_where_it_was_sent_from_with_what_was_typed():
    case = a_file()
    sent = waiting(case)
    opened(case)
    take(case, "recommended", amount_recommended="15,00,000")
    case = pull(case, "odop.cell", "Another quotation has come.")
    back = waiting(case)
    assert (back.step, back.office, back.due, back.came_from, back.returns_to) == ("scrutinise", sent.office, sent.due, None, "")
    assert back.opened_by == officer("odop.cell") and back.opened_at is not None
    said = last(case)
    assert (said["outcome"], said["text"], said["step"]) == ("pulled_back", "Another quotation has come.", "concur")
    assert said["to"]["step"] == "scrutinise" and said["to"]["office"]["id"] == sent.office_id
    assert case.record.amount_recommended == case.amount == 1_500_000
    assert note_sheet(case).paragraphs[-1].taken_back == 2
    assert verify().findings == []


def test_a_late_file_pulled_back_has_no_new_working_days_and_its_superiors_are_not_told_again():
    case = a_file()
    late = {"due": timezone.now() - timedelta(days=40), "counted_from": today() - timedelta(days=50), "days_allowed": 7}
    Movement.objects.filter(pk=waiting(case).pk).update(**late)
    assert escalation.sweep()
    told = list(Notice.objects.filter(kind="escalated").values_list("pk", flat=True))
    opened(case)
    case = pull(take(case, "recommended"), "odop.cell")
    back = waiting(case)
    assert {name: getattr(back, name) for name in late} == late
    assert escalation.sweep() == 0
    assert list(Notice.objects.filter(kind="escalated").values_list("pk", flat=True)) == told


def test_the_receivers_stay_is_disposed_by_the_puller_and_the_receiver_is_told():
    case = take(a_file(), "recommended")
    received = waiting(case)
    pull(case, "odop.cell")
    received.refresh_from_db()
    assert (received.outcome, received.officer, received.posting.office) == ("pulled_back", officer("odop.cell"), office("odop_cell"))
    notice = Notice.objects.get(kind="pulled_back")
    assert notice.office == office("finance") and case.number in notice.text_en


def test_a_file_pulled_back_is_decided_again_and_goes_on():
    case = pull(take(a_file(), "recommended"), "odop.cell")
    take(case, "recommended", amount_recommended="12,00,000")
    assert (waiting(case).step, read_again(case).amount) == ("concur", 1_200_000)
    case = pull(case, "odop.cell")
    take(case, "rejected", text="Outside the scheme.")
    assert read_again(case).ending == "rejected" and verify().findings == []


def test_once_it_is_opened_there_it_stays_there():
    case = take(a_file(), "recommended")
    opened(case)
    with pytest.raises(Refusal, match="Finance Department has opened"):
        pull(case, "odop.cell")
    assert waiting(case).step == "concur"


def test_whoever_only_reads_it_does_not_open_it(client_for):
    case = take(a_file(), "recommended")
    for person in ("dm.agra", "auditor", "principal.secretary", "odop.cell"):
        assert client_for(person).get(reverse("file", args=[case.pk])).status_code == 200
    assert waiting(pull(case, "odop.cell")).step == "scrutinise"


@pytest.mark.parametrize("person", ["dm.agra", "finance", "auditor", "principal.secretary", "dm.mathura", "administrator"])
def test_only_the_office_that_sent_it_pulls_it_back(person):
    case = take(a_file(), "recommended")
    with pytest.raises(Refusal):
        pull(case, person)


def test_a_successor_at_the_sending_office_pulls_back_and_the_one_who_left_does_not():
    case = take(a_file(), "recommended")
    Posting.objects.filter(office=office("odop_cell")).update(ends_on=today() - timedelta(days=1))
    join(officer("epb"), office("odop_cell"), charge="additional", starts_on=today(), by=None)
    with pytest.raises(Refusal):
        pull(case, "odop.cell")
    assert waiting(pull(case, "epb")).step == "scrutinise"


@pytest.mark.parametrize(
    ("make", "person", "step"),
    [
        (lambda: a_file(), "dm.agra", "correct"),
        (lambda: a_claim(), "dic.moradabad", "correct"),
        (lambda: a_loan(), "dic.agra", "correct"),
        (lambda: propose_product(), "dic.agra", "correct"),
    ],
)
def test_the_first_sending_comes_back_to_the_correction_of_the_process(make, person, step):
    case = make()
    received = case.movements.count()
    case = pull(case, person)
    assert (waiting(case).step, waiting(case).office, waiting(case).returns_to) == (step, case.office, "")
    assert case.movements.filter(outcome="pulled_back").count() == received
    assert Notice.objects.filter(kind="pulled_back").count() == received
    assert verify().findings == []


def test_a_first_sending_pulled_back_is_written_on_and_sent_again():
    case = pull(a_file(), "dm.agra")
    take(case, "submitted", stalls="40")
    assert waiting(case).step == "scrutinise" and last(case)["lapsed"] == []
    assert read_again(case).record.stalls == 40


def test_a_process_that_has_no_correction_of_its_opening_says_to_withdraw():
    place, dic = District.objects.get(name_en="Agra", state__short="UP"), office("dic", "Agra")
    case = seasons.open_plan(place, financial_year(today()), by=officer("dic.agra"), office=dic)
    with pytest.raises(Refusal, match="Withdraw"):
        pull(case, "dic.agra")


def test_a_return_pulled_back_takes_its_objections_and_its_memo_back():
    case = take(a_file(), "returned", about_1="amount_asked", objection_1="No basis.")
    case = pull(case, "odop.cell")
    [objection] = case.objections.all()
    assert objection.taken_back_in.paragraph == 3
    assert not standing_of(Order.objects.get(kind="return_memo")).good
    take(case, "returned", about_1="amount_asked", objection_1="No basis at all.")
    assert [o.repeated for o in case.objections.order_by("pk")] == [False, False]
    page = case.movements.get(disposed=None).node.form_class
    form = page(movement=waiting(case), office=case.office, officer=officer("dm.agra"), norm=case.norm, papers=[])
    assert [o.text for o in form.objected] == ["No basis at all."]
    assert verify().findings == []


def test_a_correction_pulled_back_is_asked_the_same_objections_again():
    case = take(a_file(), "returned", about_1="stalls", objection_1="Too many.")
    reply = f"reply_{case.objections.get().pk}"
    take(case, "submitted", **{reply: "Sixty were sold last year."})
    assert case.objections.get().answered_in.paragraph == 3
    case = pull(case, "dm.agra")
    objection = case.objections.get()
    assert objection.answered_in is None and objection.taken_back_in is None
    assert waiting(case).returns_to == "scrutinise"
    with pytest.raises(AssertionError, match="Answer the objection"):
        take(case, "submitted")
    take(case, "submitted", stalls="50")
    assert case.objections.get().answered_in.paragraph == 5


def test_a_material_correction_pulled_back_and_sent_again_unchanged_still_makes_the_approvals_lapse():
    case = take(a_file(at="approve"), "returned", text="Fewer stalls.", return_to="correct")
    take(case, "submitted", stalls="40")
    case = pull(case, "dm.agra")
    assert waiting(case).afresh
    take(case, "submitted")
    assert waiting(case).step == "scrutinise" and last(case)["lapsed"] == [2, 3]


def test_a_correction_without_a_material_change_still_goes_back_to_the_returner():
    case = take(a_file(at="approve"), "returned", text="The name in full.", return_to="correct")
    take(case, "submitted", nodal_officer="Assistant Manager, DIC Agra")
    case = pull(case, "dm.agra")
    assert not waiting(case).afresh
    take(case, "submitted")
    assert waiting(case).step == "approve"


def test_an_approval_that_was_pulled_back_does_not_lapse_a_second_time():
    case = pull(take(a_file(), "recommended"), "odop.cell")
    take(case, "recommended")
    take(case, "returned", text="Reduce.", return_to="correct")
    take(case, "submitted", stalls="40")
    assert last(case)["lapsed"] == [4], "paragraph 2 was pulled back"


def test_an_order_stands_between():
    case = a_file(at="report")
    with pytest.raises(Refusal, match="order was issued"):
        pull(case, "principal.secretary")


def test_a_change_of_the_register_and_a_closed_file_stand_between():
    with pytest.raises(Refusal, match="closed"):
        pull(a_product_file(at="notified"), "principal.secretary")


def test_money_that_was_booked_stands_between():
    case = a_loan(at="watch")
    with pytest.raises(Refusal, match="Money was booked"):
        pull(case, "odop.cell")


def test_what_the_clock_sent_nobody_pulls_back():
    case = propose_product()
    Movement.objects.filter(case=case, disposed=None).update(wakes=timezone.now() - timedelta(minutes=1))
    clock.sweep()
    assert waiting(case).step == "recommend"
    for person in ("agriculture.agra", "dic.agra", "handloom.agra"):
        with pytest.raises(Refusal):
            pull(case, person)


def test_a_watch_that_the_clock_ended_is_not_pulled_back():
    case = a_loan(at="verify")
    with pytest.raises(Refusal, match="clock"):
        pull(case, "dic.agra")


def test_what_a_sitting_decided_stands():
    case = a_loan(at="appraise")
    with pytest.raises(Refusal, match="minutes"):
        pull(case, "dm.agra")


def test_a_file_on_the_agenda_of_a_sitting_stays_there():
    with in_place():
        case = a_seated_claim()
        called(case)
        with pytest.raises(Refusal, match="agenda"):
            pull(case, "dic.agra")


def test_one_office_of_several_that_opened_or_answered_keeps_the_file():
    case = propose_product()
    opened(case, desk_of(case, "handloom"))
    with pytest.raises(Refusal, match="Handloom"):
        pull(case, "dic.agra")
    other = propose_product(name_en="Marble inlay", name_hi="संगमरमर जड़ाई")
    give_opinion(other, OPINIONS[0])
    with pytest.raises(Refusal, match="Agriculture"):
        pull(other, "dic.agra")
    assert other.movements.filter(disposed=None).count() == 4


def test_the_last_office_of_several_pulls_its_own_opinion_back_alone():
    case = propose_product()
    for designation in OPINIONS:
        give_opinion(case, designation)
    with pytest.raises(Refusal):
        pull(case, "agriculture.agra")
    case = pull(case, "rural.agra")
    assert [(stay.step, stay.office) for stay in case.movements.filter(disposed=None)] == [("consult", desk_of(case, "rural_development"))]
    stays = list(case.movements.select_related("office__designation", "office__district").order_by("received", "pk"))
    [asked] = opinions(case, stays, note_sheet(case).paragraphs)
    assert len(asked.rows) == 5 and asked.open == 1 and not asked.earlier
    give_opinion(case, "rural_development", "opposed", text="After all, no.")
    assert waiting(case).step == "recommend" and verify().findings == []


def test_an_opinion_whose_window_has_closed_is_not_pulled_back():
    case = propose_product()
    for designation in OPINIONS:
        give_opinion(case, designation)
    case.movements.filter(step="consult").update(wakes=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Refusal, match="time given"):
        pull(case, "rural.agra")


def test_a_file_pulled_back_is_not_pulled_back_further_by_the_office_before():
    case = pull(take(a_file(), "recommended"), "odop.cell")
    for person in ("dm.agra", "odop.cell"):
        with pytest.raises(Refusal):
            pull(case, person)


def test_a_plan_pulled_back_after_its_signature_was_never_submitted():
    case = a_plan(at="scrutinise")
    assert case.record.submitted_at is not None
    case = pull(case, "dm.agra")
    assert case.record.submitted_at is None and waiting(case).step == "sign"
    assert list(last(case)["changes"]) == ["submitted_at"]
    take(case, "submitted")
    assert read_again(case).record.submitted_at is not None and verify().findings == []


def test_a_second_signature_pulled_back_leaves_the_first_submission():
    case = a_plan(at="scrutinise")
    first = case.record.submitted_at
    take(case, "returned", text="See section 2.", return_to="sign")
    take(case, "submitted")
    case = pull(case, "dm.agra")
    assert read_again(case).record.submitted_at == first


def test_the_history_counts_no_days_for_what_nobody_opened_and_the_strip_goes_back():
    case = pull(take(a_file(), "recommended"), "odop.cell")
    stays = list(case.movements.select_related("office__designation").order_by("received", "pk"))
    sheet = note_sheet(case, stays)
    assert [paragraph.days_held for paragraph in sheet.paragraphs] == [None, 0, None]
    assert sheet.paragraphs[2].kind == "return"
    strip = {stage.title: stage.state for stage in stages(case, stays)}
    assert (strip["Scrutiny"], strip["Financial concurrence"]) == ("current", "todo")


def test_a_corrected_loan_comes_back_to_the_district_with_its_numbers_kept():
    case = take(a_loan(at="examine"), "returned", text="The branch?", return_to="correct")
    case = corrected(case, branch="Loha Mandi")
    case = pull(case, "dic.agra")
    case = corrected(case, branch="Loha Mandi")
    assert waiting(case).step == "scrutinise", "the branch is material and was changed before it was pulled back"
    assert verify().findings == []


def test_the_page_offers_it_to_the_sender_alone_and_does_it(client_for):
    case = take(a_file(), "recommended")
    address, page = reverse("pull_back", args=[case.pk]), reverse("file", args=[case.pk])
    assert address in client_for("odop.cell").get(page).content.decode()
    assert address not in client_for("dm.agra").get(page).content.decode()
    assert client_for("dm.agra").post(address, {}).status_code == 403
    assert client_for("odop.cell").post(address, {"pull-text": "A mistake."}).status_code == 302
    assert client_for("odop.cell").post(address, {"pull-text": "A mistake."}).status_code == 403
    assert waiting(case).step == "scrutinise"
    assert address not in client_for("odop.cell").get(page).content.decode()


def test_opening_by_the_receiver_takes_the_offer_away(client_for):
    case = take(a_file(), "recommended")
    assert client_for("finance").get(reverse("file", args=[case.pk])).status_code == 200
    assert reverse("pull_back", args=[case.pk]) not in client_for("odop.cell").get(reverse("file", args=[case.pk])).content.decode()


def test_whoever_has_nothing_to_do_with_the_sending_costs_no_query(django_assert_num_queries):
    case = take(a_file(), "recommended")
    stays = list(case.movements.all())
    reader = officer("auditor")
    authority.capacities(reader)
    with django_assert_num_queries(0):
        assert pulling_back.may(reader, case, stays) is None
    assert beside(reader, case, stays, None, before=lambda *_box: {})["pulling"] is None


def test_a_decision_on_a_file_that_was_pulled_back_is_overtaken():
    case = take(a_file(), "recommended")
    movement = waiting(case)
    form = movement.node.form_class({"outcome": "concurred", "seen": read_again(case).head}, movement=movement, officer=officer("finance"))
    assert form.is_valid()
    pull(case, "odop.cell")
    with pytest.raises(Overtaken, match="Pulled back"):
        decide(movement, by=officer("finance"), form=form)
