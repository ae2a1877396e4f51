"""Asking, answering, opening and pulling back at the same moment, on PostgreSQL."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.files import a_file, office, officer, take, waiting
from tests.workflows.test_concurrency import at_once, decision, nothing_is_broken, post, statuses
from tests.workflows.test_questions import ask, read_again
from workflows.models import Case, Movement, Question
from workflows.steps import record_opening

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def answering(question: Question, client: Client) -> Callable[[], Any]:
    return post(client, reverse("answer", args=[question.pk]), {f"answer{question.pk}-text": "No objection of ours."})


def pulling(case: Case, client: Client) -> Callable[[], Any]:
    return post(client, reverse("pull_back", args=[case.pk]), {"pull-text": ""})


def test_answers_of_several_offices_at_once_all_count(client_for: Callable) -> None:
    for _round in range(4):
        case = a_file()
        asked = ask(case, office("dic", "Agra"), office("ldm", "Agra"), office("finance"))
        people = {"dic": "dic.agra", "ldm": "ldm.agra", "finance": "finance"}
        answers = at_once(*(answering(q, client_for(people[q.office.designation.code])) for q in asked))
        assert statuses(answers) == [302, 302, 302]
        assert list(case.notings.order_by("paragraph").values_list("paragraph", flat=True)) == [1, 2, 3, 4, 5]
        assert not Question.objects.filter(case=case, closed_in=None).exists()
        assert len(set(Question.objects.filter(case=case).values_list("closed_in", flat=True))) == 3
    nothing_is_broken()


def test_an_answer_sent_twice_at_once_is_given_once(client_for: Callable) -> None:
    for _round in range(6):
        case = a_file()
        [question] = ask(case, office("finance"))
        assert statuses(at_once(*(answering(question, client_for("finance")) for _click in range(2)))) == [302, 409]
        assert case.notings.filter(outcome="answered").count() == 1
    nothing_is_broken()


def test_an_answer_against_the_decision_that_goes_on_without_it(client_for: Callable) -> None:
    for _round in range(6):
        case = a_file()
        [question] = ask(case, office("ldm", "Agra"), waiting="goes_on")
        address, data = decision(case, "recommended", amount_recommended="1850000")
        answered, decided = at_once(answering(question, client_for("ldm.agra")), post(client_for("odop.cell"), address, data))
        assert sorted([answered.status_code, decided.status_code]) == [302, 409]
        question.refresh_from_db()
        assert question.closed_in.outcome == ("answered" if answered.status_code == 302 else "recommended")
    nothing_is_broken()


def test_an_answer_against_the_question_withdrawn_leaves_one_of_them(client_for: Callable) -> None:
    for _round in range(6):
        case = a_file()
        [question] = ask(case, office("ldm", "Agra"))
        withdrawal = post(client_for("odop.cell"), reverse("unask", args=[question.pk]), {})
        assert statuses(at_once(answering(question, client_for("ldm.agra")), withdrawal)) == [302, 409]
        assert read_again(case).paragraphs == 3
    nothing_is_broken()


def test_pulling_back_against_opening_leaves_one_of_them(client_for: Callable) -> None:
    for _round in range(8):
        case = take(a_file(), "recommended")
        movement = waiting(case)
        opening = partial(record_opening, movement, by=officer("finance"))
        pulled, _opened = at_once(pulling(case, client_for("odop.cell")), opening)
        stay = Movement.objects.get(pk=movement.pk)
        assert pulled.status_code in (302, 403, 409)
        assert (stay.opened_at is None) == (pulled.status_code == 302) == (stay.outcome == "pulled_back")
        assert waiting(case).step == ("scrutinise" if pulled.status_code == 302 else "concur")
    nothing_is_broken()


def test_pulling_back_against_deciding_leaves_one_of_them(client_for: Callable) -> None:
    for _round in range(8):
        case = take(a_file(), "recommended")
        address, data = decision(case, "concurred")
        pulled, decided = at_once(pulling(case, client_for("odop.cell")), post(client_for("finance"), address, data))
        assert (pulled.status_code == 302) != (decided.status_code == 302)
        assert {pulled.status_code, decided.status_code} <= {302, 403, 409}
        assert waiting(case).step == ("scrutinise" if pulled.status_code == 302 else "approve")
    nothing_is_broken()


def test_a_double_click_pulls_back_once(client_for: Callable) -> None:
    for _round in range(6):
        case = take(a_file(), "recommended")
        answers = at_once(*(pulling(case, client_for("odop.cell")) for _click in range(2)))
        assert statuses(answers)[0] == 302 and statuses(answers)[1] in (403, 409)
        assert case.notings.filter(outcome="pulled_back").count() == 1
    nothing_is_broken()
