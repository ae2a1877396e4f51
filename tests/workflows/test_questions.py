"""Asking other offices while the file stays: the question, the answer, silence, and what becomes of questions nobody answered."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from programme.calendar import add_working_days, calendar_of, today
from programme.kept import forget
from programme.models import Holiday, Posting
from tests.files import a_file, holder_of, office, officer, take, waiting
from tests.processes.identification_files import answer as give_opinion
from tests.processes.identification_files import desk_of, propose_product
from tests.processes.loan_files import a_loan
from workflows import authority, questions, sight
from workflows.authority import Overtaken, Refusal
from workflows.forms.decisions import WithdrawalForm
from workflows.forms.questions import AnswerForm, QuestionForm, UnaskForm
from workflows.history import note_sheet, stages
from workflows.letters.letter import letter_of
from workflows.models import Case, Movement, Notice, Question
from workflows.postings import join
from workflows.record.verifier import verify
from workflows.steps import decide, withdraw

pytestmark = pytest.mark.django_db


def typed(case: Case, *asked: Any, **changes: Any) -> dict[str, Any]:
    offices = [str(at.pk) for at in asked]
    data = {"text": "Is the venue free on these days?", "offices": offices, "days": "5", "waiting": "waits", "seen": case.head}
    return {f"ask-{name}": value for name, value in (data | changes).items()}


def question_form(case: Case, *asked: Any, at: Any = None, **changes: Any) -> QuestionForm:
    stay = waiting(case, at)
    case.refresh_from_db()
    return QuestionForm(typed(case, *asked, **changes), movement=stay, offices=questions.offices_to_ask(stay))


def ask(case: Case, *asked: Any, by: str = "", at: Any = None, **changes: Any) -> list[Question]:
    """Ask these offices from the step the file waits at; return the questions."""
    form = question_form(case, *asked, at=at, **changes)
    assert form.is_valid(), form.errors
    stay = waiting(case, at)
    questions.ask(stay, by=officer(by) if by else holder_of(stay.office), form=form)
    return list(Question.objects.filter(movement=stay).order_by("-asked_in", "pk")[: len(asked)])


def answer(question: Question, by: str = "", text: str = "It is free.") -> Any:
    form = AnswerForm({"text": text})
    assert form.is_valid()
    return questions.answer(question, by=officer(by) if by else holder_of(question.office), form=form)


def unask(question: Question, by: str) -> Any:
    form = UnaskForm({"text": ""})
    assert form.is_valid()
    return questions.unask(question, by=officer(by), form=form)


def body(case: Case, paragraph: int) -> dict[str, Any]:
    return json.loads(case.notings.get(paragraph=paragraph).body)


def read_again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def overdue(*asked: Question) -> None:
    Question.objects.filter(pk__in=[question.pk for question in asked]).update(due=timezone.now() - timedelta(minutes=1))


def test_the_file_stays_where_it_is_and_the_question_is_a_signed_paragraph():
    case = a_file(at="approve")
    stay = waiting(case)
    [first, second] = ask(case, office("dic", "Agra"), office("finance"))
    assert waiting(case) == stay
    said = body(case, 4)
    assert (said["outcome"], said["person"]["username"], said["to"]) == ("asked", "principal.secretary", None)
    assert [at["name_en"] for at in said["asked"]["offices"]] == ["Deputy Commissioner Industries, Agra", "Finance Department"]
    assert said["asked"]["waits"] is True and said["text"] == "Is the venue free on these days?"
    assert first.due == second.due == add_working_days(timezone.now(), 5, case.state, case.district)
    assert note_sheet(read_again(case)).holds and verify().findings == []


def test_each_asked_office_is_told_once_in_both_languages_and_without_the_text():
    case = a_file(at="approve")
    ask(case, office("dic", "Agra"), office("finance"))
    told = list(Notice.objects.filter(kind="question").order_by("office__designation__code"))
    assert [notice.office for notice in told] == [office("dic", "Agra"), office("finance")]
    assert case.number in told[0].text_en and "Principal Secretary" in told[0].text_en and "प्रमुख सचिव" in told[0].text_hi
    assert "venue" not in told[0].text_en


def test_the_asked_office_sees_the_file_finds_the_question_and_answers_it():
    case = a_file(at="scrutinise")
    ldm = officer("ldm.agra")
    assert not sight.visible_to(ldm).filter(pk=case.pk).exists()
    [question] = ask(case, office("ldm", "Agra"))
    ldm = officer("ldm.agra")
    assert sight.visible_to(ldm).filter(pk=case.pk).exists()
    assert list(questions.open_to(ldm)) == [question]
    answer(question, text="The bank has no objection.")
    assert not questions.open_to(officer("ldm.agra")).exists()
    said = body(case, 3)
    assert (said["outcome"], said["office"]["name_en"]) == ("answered", "Lead District Manager, Agra")
    assert said["answers_question"] == {"paragraph": 2, "text": "Is the venue free on these days?"}
    question.refresh_from_db()
    assert question.closed_in.paragraph == 3 and question.closed_at == question.closed_in.written_at
    assert Notice.objects.get(kind="answer").office == office("odop_cell")
    assert waiting(case).step == "scrutinise" and verify().findings == []


def test_a_link_officer_of_the_asked_office_answers_and_the_paragraph_says_in_which_charge():
    [question] = ask(a_file(), office("dic", "Agra"))
    join(officer("cdo.agra"), office("dic", "Agra"), charge="link", starts_on=today(), ends_on=today(), by=None)
    noting = answer(question, by="cdo.agra")
    assert json.loads(noting.body)["charge"] == "link" and noting.office == office("dic", "Agra")


@pytest.mark.parametrize("person", ["ldm.agra", "dm.mathura", "odop.cell", "auditor", "dm.agra.earlier"])
def test_nobody_answers_for_an_office_he_does_not_hold(person):
    [question] = ask(a_file(), office("dic", "Agra"))
    with pytest.raises(Refusal):
        answer(question, by=person)
    assert Question.objects.get().is_open


def test_nobody_answers_his_own_question_through_another_charge():
    case = a_file()
    [question] = ask(case, office("dic", "Agra"))
    join(officer("odop.cell"), office("dic", "Agra"), charge="additional", starts_on=today(), by=None)
    with pytest.raises(Refusal, match="yourself"):
        answer(question, by="odop.cell")


def test_an_answer_is_given_once():
    [question] = ask(a_file(), office("dic", "Agra"))
    answer(question)
    with pytest.raises(Overtaken, match="Opinion given"):
        answer(question)


@pytest.mark.parametrize("outcome", ["recommended", "returned", "rejected"])
def test_while_an_answer_is_waited_for_no_way_out_is_open_and_the_sentence_names_who(outcome):
    case = a_file()
    form = waiting(case).node.form_class
    data = {"outcome": outcome, "text": "So be it.", "amount_recommended": "1850000", "seen": case.head}
    ready = form(data, movement=waiting(case), officer=officer("odop.cell"))
    assert ready.is_valid()
    ask(case, office("dic", "Agra"), office("ldm", "Agra"))
    refused = form(data | {"seen": read_again(case).head}, movement=waiting(case), officer=officer("odop.cell"))
    assert not refused.is_valid()
    [sentence] = refused.errors["outcome"]
    assert "Deputy Commissioner Industries, Agra" in sentence and "Lead District Manager, Agra" in sentence


def test_the_verb_refuses_too_while_an_answer_is_waited_for():
    case = a_file()
    [question] = ask(case, office("dic", "Agra"), waiting="goes_on")
    movement = waiting(case)
    data = {"outcome": "returned", "text": "Once more.", "seen": read_again(case).head}
    form = movement.node.form_class(data, movement=movement, officer=officer("odop.cell"))
    assert form.is_valid()
    Question.objects.update(waits=True)
    with pytest.raises(Refusal, match="Deputy Commissioner Industries"):
        decide(movement, by=officer("odop.cell"), form=form)
    answer(question)
    take(case, "returned", text="Once more.")
    assert waiting(case).step == "correct"


def test_a_correction_waits_for_its_answer_as_well():
    case = a_file(at="correct")
    [question] = ask(case, office("dic", "Agra"))
    with pytest.raises(AssertionError, match="waits for the answer"):
        take(case, "submitted")
    answer(question)
    take(case, "submitted")
    assert waiting(case).step == "scrutinise"


def test_more_may_be_asked_and_the_opening_office_may_withdraw_while_an_answer_is_waited_for():
    case = a_file()
    ask(case, office("dic", "Agra"))
    [second] = ask(case, office("ldm", "Agra"))
    case = read_again(case)
    form = WithdrawalForm({"text": "The venue is not free.", "seen": case.head})
    assert form.is_valid()
    withdraw(case, by=officer("dm.agra"), form=form)
    assert read_again(case).ending == "withdrawn"
    assert not Question.objects.filter(closed_in=None).exists()
    assert [said["paragraph"] for said in body(case, 4)["unanswered"]] == [2, 3]
    with pytest.raises(Overtaken, match="Withdrawn"):
        answer(second)
    assert verify().findings == []


def test_silence_after_the_day_frees_the_step_and_is_said():
    case = a_file()
    [question] = ask(case, office("dic", "Agra"))
    due = question.due
    overdue(question)
    take(case, "recommended")
    [said] = body(case, 3)["unanswered"]
    assert said["late"] is True and said["office"]["name_en"] == "Deputy Commissioner Industries, Agra"
    question.refresh_from_db()
    assert question.closed_in.paragraph == 3
    assert note_sheet(read_again(case)).paragraphs[2].unanswered == [("Deputy Commissioner Industries, Agra", 2, True)]
    Question.objects.update(due=due)
    assert verify().findings == []


def test_a_late_answer_still_counts_while_the_file_is_there():
    case = a_file()
    [question] = ask(case, office("dic", "Agra"))
    overdue(question)
    answer(question)
    assert body(case, 3)["outcome"] == "answered"


def test_what_need_not_be_waited_for_is_closed_with_the_decision_that_goes_on_without_it():
    case = a_file()
    first, second = ask(case, office("dic", "Agra"), office("ldm", "Agra"), waiting="goes_on")
    answer(first)
    take(case, "recommended")
    assert [(said["office"]["name_en"], said["late"]) for said in body(case, 4)["unanswered"]] == [("Lead District Manager, Agra", False)]
    second.refresh_from_db()
    assert second.closed_in.outcome == "recommended"
    assert not questions.open_to(officer("ldm.agra")).exists()


def test_a_decision_whose_page_was_opened_before_an_answer_came_is_overtaken():
    case = a_file()
    [question] = ask(case, office("dic", "Agra"), waiting="goes_on")
    seen = read_again(case).head
    answer(question)
    with pytest.raises(Overtaken, match="Opinion given"):
        take(case, "recommended", seen=seen)
    assert waiting(case).step == "scrutinise"


def test_a_question_is_withdrawn_by_the_office_that_asked_and_the_step_is_free():
    case = a_file()
    [question] = ask(case, office("dic", "Agra"))
    with pytest.raises(Refusal):
        unask(question, by="dm.agra")
    unask(question, by="odop.cell")
    assert body(case, 3)["takes_back_question"]["office"]["name_en"] == "Deputy Commissioner Industries, Agra"
    assert Notice.objects.filter(office=office("dic", "Agra"), key=f"unasked/{question.pk}").exists()
    with pytest.raises(Overtaken, match="Question withdrawn"):
        answer(question)
    take(case, "recommended")
    assert "unanswered" not in body(case, 4)
    assert verify().findings == []


@pytest.mark.parametrize("person", ["dm.agra", "finance", "auditor", "dm.mathura", "principal.secretary"])
def test_only_whoever_may_take_the_step_asks(person):
    case = a_file()
    with pytest.raises(Refusal):
        ask(case, office("ldm", "Agra"), by=person)
    assert not Question.objects.exists()


def test_a_committee_asks_nobody_beside_its_sitting():
    case = a_loan(at="committee")
    with pytest.raises(Refusal, match="sitting"):
        ask(case, office("ldm", "Agra"))


def test_only_offices_of_the_district_and_of_the_state_that_answer_may_be_asked():
    case = a_file()
    offered = questions.offices_to_ask(waiting(case))
    assert {at.designation.state_id for at in offered} == {case.state_id}
    assert {at.district_id for at in offered} == {case.district_id, None}
    assert office("odop_cell") not in offered, "the asking office itself"
    assert office("auditor") not in offered, "an office without the power"
    places = [at.district_id is None for at in offered]
    assert places == sorted(places), "the district first"
    ask(case, office("dic", "Agra"))
    assert office("dic", "Agra") not in questions.offices_to_ask(waiting(case)), "nobody is asked the same twice"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"offices": []}, "offices"),
        ({"days": "", "on": ""}, "days"),
        ({"days": "0"}, "days"),
        ({"days": "61"}, "days"),
        ({"on": (today() - timedelta(days=1)).isoformat()}, "on"),
        ({"on": (today() + timedelta(days=91)).isoformat()}, "on"),
        ({"offices": ["987654"]}, "offices"),
        ({"waiting": "perhaps"}, "waiting"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_field(wrong, field):
    form = question_form(a_file(), office("dic", "Agra"), **wrong)
    assert not form.is_valid() and list(form.errors) == [field]


def test_a_day_that_is_written_counts_and_ends_with_the_office():
    case = a_file()
    day = today() + timedelta(days=10)
    [question] = ask(case, office("dic", "Agra"), on=day.isoformat())
    assert question.due == add_working_days(day, 0, case.state, case.district)


def test_an_opinion_is_no_approval_and_bars_nobody_from_a_later_step():
    case = a_file()
    [question] = ask(case, office("finance"))
    answer(question)
    take(case, "recommended")
    take(case, "concurred")
    assert [waiting(case).step, authority.may_take(officer("finance"), waiting(case))] == ["approve", False]
    take(case, "returned", text="Reduce.", return_to="correct")
    take(case, "submitted", stalls="40")
    assert body(case, 7)["lapsed"] == [4, 5], "the opinion is no approval that could lapse"


def test_one_of_several_offices_that_decide_together_asks_for_itself_alone():
    case = propose_product()
    [question] = ask(case, office("dm", "Agra"), at=desk_of(case, "handloom"))
    give_opinion(case, "agriculture")
    with pytest.raises(AssertionError, match="waits for the answer"):
        give_opinion(case, "handloom")
    seen = read_again(case).head
    answer(question)
    with pytest.raises(Overtaken):
        give_opinion(case, "handloom", seen=seen)
    give_opinion(case, "horticulture", seen=seen)
    give_opinion(case, "handloom")
    assert Movement.objects.filter(case=case, step="consult", disposed=None).count() == 2
    assert verify().findings == []


def test_a_departments_question_goes_with_its_own_opinion_and_no_other():
    case = propose_product()
    [own] = ask(case, office("dm", "Agra"), at=desk_of(case, "handloom"), waiting="goes_on")
    [other] = ask(case, office("cdo", "Agra"), at=desk_of(case, "horticulture"), waiting="goes_on")
    give_opinion(case, "handloom")
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.is_open, other.is_open) == (False, True)


def test_the_history_and_the_strip_read_as_before():
    case = a_file()
    [question] = ask(case, office("dic", "Agra"))
    answer(question)
    take(case, "recommended")
    case = read_again(case)
    stays = list(case.movements.select_related("office__designation").order_by("received", "pk"))
    paragraphs = note_sheet(case, stays).paragraphs
    assert [paragraph.kind for paragraph in paragraphs] == ["forward", "aside", "aside", "forward"]
    assert [paragraph.days_held is None for paragraph in paragraphs] == [True, True, True, False]
    assert paragraphs[1].asked["offices"] == "Deputy Commissioner Industries, Agra"
    assert paragraphs[2].about_question["paragraph"] == 2
    assert [stage.state for stage in stages(case, stays)][:3] == ["done", "done", "current"]


def test_the_copies_of_an_order_do_not_name_those_who_were_only_asked():
    case = a_file()
    [question] = ask(case, office("ldm", "Agra"))
    answer(question)
    take(case, "recommended")
    take(case, "concurred")
    take(case, "sanctioned")
    assert not any("Lead District Manager" in copy for copy in letter_of(read_again(case).order, "en").copies)


def test_the_page_asks_answers_and_withdraws(client_for):
    case = a_file()
    cell, stay = client_for("odop.cell"), waiting(case)
    page = cell.get(reverse("file", args=[case.pk])).content.decode()
    assert reverse("ask", args=[stay.pk]) in page and 'name="ask-offices"' in page
    data = typed(case, office("dic", "Agra"), office("ldm", "Agra"))
    refused = cell.post(reverse("ask", args=[stay.pk]), data | {"ask-text": ""})
    assert refused.status_code == 422 and 'href="#id_ask-text"' in refused.content.decode()
    assert cell.post(reverse("ask", args=[stay.pk]), data).status_code == 302
    assert cell.post(reverse("ask", args=[stay.pk]), data).status_code == 422, "a second click asks nobody again"
    more = {**data, "ask-offices": [str(office("finance").pk)]}
    assert cell.post(reverse("ask", args=[stay.pk]), more).status_code == 409, "the page is old"
    first, second = Question.objects.order_by("pk")
    page = cell.get(reverse("file", args=[case.pk])).content.decode()
    assert reverse("unask", args=[first.pk]) in page and reverse("decide", args=[stay.pk]) not in page
    bank = client_for("ldm.agra")
    with translation.override("hi"):
        assert f"#question-{second.pk}" in bank.get(reverse("inbox")).content.decode()
    assert reverse("answer", args=[second.pk]) in bank.get(reverse("file", args=[case.pk])).content.decode()
    empty = bank.post(reverse("answer", args=[second.pk]), {f"answer{second.pk}-text": " "})
    assert empty.status_code == 422 and f'href="#id_answer{second.pk}-text"' in empty.content.decode()
    assert bank.post(reverse("answer", args=[second.pk]), {f"answer{second.pk}-text": "No objection."}).status_code == 302
    again = bank.post(reverse("answer", args=[second.pk]), {f"answer{second.pk}-text": "No objection of ours."})
    assert again.status_code == 409 and "No objection of ours." in again.content.decode()
    assert cell.post(reverse("unask", args=[first.pk]), {}).status_code == 302
    assert reverse("decide", args=[stay.pk]) in cell.get(reverse("file", args=[case.pk])).content.decode()
    assert verify().findings == []


def test_the_inbox_shows_the_first_due_and_counts_all(client_for, django_assert_max_num_queries):
    for district in ("Agra", "Mathura", "Lucknow"):
        ask(a_file(district=district), office("finance"))
    page = client_for("finance")
    with django_assert_max_num_queries(30):
        text = page.get(reverse("inbox")).content.decode()
    assert text.count("#question-") == 6 and '<span class="badge">3</span>' in text


def test_the_inbox_costs_no_more_for_more_questions(client_for, django_assert_num_queries):
    ask(a_file(), office("finance"))
    client = client_for("finance")
    address = reverse("inbox")
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for district in ("Mathura", "Lucknow"):
        ask(a_file(district=district), office("finance"))
    with django_assert_num_queries(len(one)):
        client.get(address)


def test_a_relieved_officer_finds_no_question_any_more():
    ask(a_file(), office("finance"))
    Posting.objects.filter(office=office("finance")).update(ends_on=today() - timedelta(days=1))
    assert not questions.open_to(officer("finance")).exists()


def test_a_question_is_due_by_the_days_of_the_office_asked():
    case = a_file()
    stay = waiting(case)
    asked = next(at for at in questions.offices_to_ask(stay) if at.district_id is None)
    tomorrow = add_working_days(timezone.now(), 1, case.state).date()
    Holiday.objects.create(state=case.state, office=asked, date=tomorrow, name_en="Move", name_hi="स्थानांतरण")
    Holiday.objects.create(state=case.state, district=case.district, date=tomorrow + timedelta(days=1), name_en="Fair", name_hi="मेला")
    forget()
    (question,) = ask(case, asked, days="2")
    assert calendar_of(asked).between(timezone.now(), question.due) == 2
