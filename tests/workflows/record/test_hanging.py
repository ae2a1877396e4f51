"""Rows beside the paragraphs, changed with SQL: who sees a file, where it waits, objections, questions and minutes. All of it is found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from programme.models import Norm
from tests.files import PDF, a_file, office, officer, take, waiting
from tests.processes.identification_files import a_product_file
from tests.workflows.record.exports import checked, exported
from tests.workflows.record.insider import change, doors_open
from tests.workflows.registers.entries import entered
from tests.workflows.seated import a_claim, in_place, moved, ready
from tests.workflows.test_questions import answer, ask
from workflows.models import Case, Item, Member, Movement, Objection, Question, Sitting
from workflows.record import sealer
from workflows.record.verifier import verify
from workflows.registers import writing
from workflows.registers.every import REGISTERS

pytestmark = pytest.mark.django_db


def kinds() -> set[str]:
    return {finding.kind for finding in verify().findings}


def altered(model: Any, **values: Any) -> set[str]:
    """Change the first row of a table with its guards away, and return what is found."""
    with doors_open():
        model.objects.filter(pk=model.objects.order_by("pk").first().pk).update(**values)
    return kinds()


def asked_and_answered() -> Case:
    case = a_file()
    first, _second = ask(case, office("dic", "Agra"), office("finance"))
    answer(first)
    assert kinds() == set()
    return case


def objected() -> Case:
    case = take(a_file(), "returned", about_1="venue", kind_1="other", objection_1="Which hall?", text="See the objection.")
    assert kinds() == set()
    return case


OWN_ROW: dict[str, Callable[[], Any]] = {
    "district": lambda: office("dm", "Mathura").district,
    "office": lambda: office("dm", "Mathura"),
    "state": lambda: office("odop_cell", None, "HP").designation.state,
    "norm": lambda: Norm.objects.exclude(version=Case.objects.get().norm.version).first(),
}


@pytest.mark.parametrize("name", OWN_ROW)
def test_a_file_is_not_given_to_other_readers_unseen(name: str):
    a_file()
    assert kinds() == set()
    assert altered(Case, **{name: OWN_ROW[name]()}) == {"row"}


def test_a_stay_is_not_moved_to_another_office_or_power_unseen():
    case = a_file(at="approve")
    assert kinds() == set()
    stay = waiting(case)
    with doors_open():
        Movement.objects.filter(pk=stay.pk).update(office=office("dm", "Agra"))
    assert kinds() == {"waits-elsewhere"}
    with doors_open():
        Movement.objects.filter(pk=stay.pk).update(office=stay.office, power="propose_exhibition")
    assert kinds() == {"waits-power"}


def test_a_step_taken_together_waits_where_it_was_sent():
    case = a_product_file(at="consult")
    assert kinds() == set()
    with doors_open():
        Movement.objects.filter(case=case, disposed=None).update(step="recommend", power="recommend_product")
    assert "waits-elsewhere" in kinds()


@pytest.mark.parametrize("values", [{"text": "Which hall, please?"}, {"to": "stalls"}, {"code": "dates"}, {"late": True}])
def test_an_objection_is_not_changed_unseen(values: dict[str, Any]):
    objected()
    assert altered(Objection, **values) == {"objections"}


def test_an_objection_is_not_taken_away_unseen():
    objected()
    with doors_open():
        Objection.objects.all().delete()
    assert kinds() == {"objections"}


@pytest.mark.parametrize("values", [{"answer": "None."}, {"answered_in": None}])
def test_an_answer_is_not_changed_unseen(values: dict[str, Any]):
    case = objected()
    take(case, "submitted", **{f"reply_{Objection.objects.get().pk}": "The large one."})
    assert Objection.objects.get().answered_in
    assert kinds() == set()
    assert altered(Objection, **values) == {"answers"}


@pytest.mark.parametrize("values", [{"text": "?"}, {"waits": False}, {"closed_in": None, "closed_at": None}])
def test_a_question_is_not_changed_unseen(values: dict[str, Any]):
    asked_and_answered()
    assert altered(Question, **values) == {"questions"}


def test_a_question_is_not_put_off_or_taken_away_unseen():
    asked_and_answered()
    [*_first, open_one] = Question.objects.order_by("pk")
    with doors_open():
        Question.objects.filter(pk=open_one.pk).update(due=open_one.due + timedelta(days=9))
    assert kinds() == {"questions"}
    with doors_open():
        Question.objects.filter(pk=open_one.pk).delete()
    assert kinds() == {"questions"}


@pytest.fixture
def committee():
    with in_place():
        yield


@pytest.mark.parametrize(
    "values", [{"to": {"step": []}}, {"to": [1]}, {"answers_question": {"paragraph": []}}, {"sitting": [1]}, {"asked": 1}]
)
def test_a_text_that_is_none_of_ours_is_told_and_stops_nobody(values: dict[str, Any]):
    case = a_file(at="approve")
    with doors_open():
        change(case.notings.order_by("-paragraph").first(), **values)
    assert "hash" in kinds()


def test_minutes_are_not_taken_away_unseen(committee: None):
    moved(ready(a_claim()))
    assert kinds() == set()
    with doors_open(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflows_item_recused")
        for model in (Item, Member, Sitting):
            model.objects.all()._raw_delete("default")
    assert kinds() == {"minutes-named"}


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Sitting, {"quorum": 1}),
        (Sitting, {"place": "Elsewhere"}),
        (Member, {"present": False}),
        (Item, {"text": "?"}),
        (Item, {"amount": 1}),
    ],
)
def test_what_is_kept_of_a_sitting_is_what_its_minutes_say(committee: None, model: Any, values: dict[str, Any]):
    moved(ready(a_claim()))
    assert altered(model, **values) == {"minutes-rows"}


def test_the_whole_record_is_exported_with_the_papers_of_registers():
    event = entered("events")
    paper = writing.attach(REGISTERS["events"], event, SimpleUploadedFile("a.pdf", PDF, "application/pdf"), by=officer("dm.agra"))
    sealer.seal()
    members = exported(whole=True)
    assert f"papers/{paper.sha256}.pdf" in members
    assert checked(members).verdict == "VALID"
