"""How stays behave that no single officer ends: steps taken together, windows and watches, checks that ask or stop."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from viewflow.workflow.models import Task

from programme.calendar import today
from programme.checks import Check
from programme.models import Designation, Posting
from tests.files import office, officer, take, waiting
from tests.processes.identification_files import (
    OPINIONS,
    a_product_file,
    answer,
    desk_of,
    keep_silent,
    new_product,
    propose_product,
    reopened,
    step_of,
)
from workflows import authority, clock, feasibility, inbox
from workflows.bars import barring
from workflows.forms.decisions import WithdrawalForm
from workflows.history import note_sheet, opinions, stages
from workflows.models import Case, Incident, Movement, Outcome
from workflows.postings import relieve
from workflows.record.verifier import verify
from workflows.steps import Overtaken, decide, withdraw

ASK, STOP = Check("ask", "Same PAN.", code="pan"), Check("stop", "No budget.", code="budget")
AT_ONCE = Check("stop", "Not the district's product.", code="product", at_once=True)


@pytest.mark.parametrize(
    ("check", "outcome", "bars"),
    [
        (ASK, Outcome.RECOMMEND, True),
        (ASK, Outcome.RETURN, False),
        (ASK, Outcome.REJECT, False),
        (STOP, Outcome.RECOMMEND, False),
        (STOP, Outcome.SANCTION, True),
        (STOP, Outcome.APPROVE, True),
        (AT_ONCE, Outcome.RECOMMEND, True),
        (AT_ONCE, Outcome.SUPPORT, True),
        (AT_ONCE, Outcome.WITHDRAW, False),
        (Check("look", "Another exhibition."), Outcome.SANCTION, False),
    ],
)
def test_a_check_bars_what_it_says(check, outcome, bars):
    assert (barring([check], outcome) == [check]) == bars


def test_an_answered_question_bars_nothing():
    assert barring([ASK], Outcome.RECOMMEND, {"pan": "Father and son run two units."}) == []


def test_an_answered_check_reads_with_the_answer_and_only_informs():
    said = ASK.answered({"text": "Two units.", "name_en": "Deputy Commissioner Industries, Agra", "name_hi": "उपायुक्त उद्योग, आगरा"})
    assert said.level == "look"
    assert "Two units." in said.text and "Same PAN." in said.text


def stay_at(case: Case, designation: str) -> Movement:
    return waiting(case, desk_of(case, designation))


def opinion(movement: Movement, outcome: str = "supported", **data):
    """Return the form of an opinion as the holder of the desk has it before him now."""
    holder = Posting.objects.get(office=movement.office, ends_on=None).officer
    form = movement.node.form_class({"outcome": outcome, "seen": movement.case.head, **data}, movement=movement, officer=holder)
    assert form.is_valid(), form.errors
    return holder, form


def tasks_and_movements_agree(case: Case) -> bool:
    """Say whether the engine has an open task for each open stay and no other."""
    open_tasks = set(Task.objects.filter(process=case.pk, status="NEW").values_list("pk", flat=True))
    return open_tasks == set(case.movements.filter(disposed=None).values_list("task", flat=True))


def shut_the_window(case: Case, *designations: str) -> None:
    """Let the time of these desks be over, of all when none is named."""
    stays = Movement.objects.filter(case=case, disposed=None)
    stays = stays.filter(office__designation__code__in=designations) if designations else stays
    stays.update(wakes=timezone.now() - timedelta(minutes=1))


@pytest.mark.django_db
def test_every_office_that_holds_the_power_is_asked_once():
    case = propose_product()
    asked = [movement.office.designation.code for movement in case.movements.order_by("office__designation__code")]
    assert asked == list(OPINIONS)
    assert tasks_and_movements_agree(case)


@pytest.mark.django_db
def test_an_office_answers_once():
    case = propose_product()
    movement = stay_at(case, "handloom")
    holder, form = opinion(movement)
    decide(movement, by=holder, form=form)
    with pytest.raises(Overtaken):
        decide(movement, by=holder, form=form)
    assert case.notings.filter(step="consult").count() == 1


@pytest.mark.django_db
def test_no_office_answers_for_another():
    movement = stay_at(propose_product(), "handloom")
    _holder, form = opinion(movement)
    with pytest.raises(authority.Refusal):
        decide(movement, by=officer("agriculture.agra"), form=form)


@pytest.mark.django_db
def test_the_last_answer_alone_moves_the_file():
    case = propose_product()
    for designation in OPINIONS[:-1]:
        answer(case, designation)
        assert step_of(case) == "consult" and tasks_and_movements_agree(case)
        assert json.loads(case.notings.order_by("-paragraph")[0].body)["to"] is None
    answer(case, OPINIONS[-1], "opposed", text="The units are few.")
    assert waiting(case).step == "recommend" and tasks_and_movements_agree(case)
    assert json.loads(case.notings.order_by("-paragraph")[0].body)["to"]["step"] == "recommend"
    assert case.movements.filter(step="recommend").count() == 1
    assert verify().findings == []


@pytest.mark.django_db
def test_an_opinion_counts_though_others_wrote_after_its_page_was_opened():
    case = propose_product()
    movement = stay_at(case, "handloom")
    holder, form = opinion(movement)
    for designation in ("agriculture", "horticulture"):
        answer(case, designation)
    decide(movement, by=holder, form=form)
    assert list(case.notings.values_list("paragraph", flat=True).order_by("paragraph")) == [1, 2, 3, 4]
    assert verify().findings == []


@pytest.mark.django_db
def test_an_opinion_on_a_proposal_that_has_changed_since_is_refused():
    case = propose_product()
    seen = case.head
    keep_silent(case)
    take(case, "returned", text="As tertiary.")
    take(case, "submitted", **new_product(rank="tertiary"))
    movement = stay_at(case, "handloom")
    holder, form = opinion(movement, seen=seen)
    with pytest.raises(Overtaken):
        decide(movement, by=holder, form=form)
    holder, form = opinion(stay_at(case, "handloom"))
    decide(movement, by=holder, form=form)
    assert case.movements.filter(step="consult", disposed=None).count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("answered", [0, 2, 4])
def test_a_withdrawal_closes_every_open_stay_with_one_paragraph(answered):
    case = propose_product()
    for designation in OPINIONS[:answered]:
        answer(case, designation)
    case = reopened(case)
    form = WithdrawalForm({"text": "The survey is done again.", "seen": case.head})
    assert form.is_valid()
    withdraw(case, by=officer("dic.agra"), form=form)
    case = reopened(case)
    assert (case.ending, case.paragraphs) == ("withdrawn", answered + 2)
    assert case.movements.filter(outcome="withdrawn").count() == 5 - answered
    assert tasks_and_movements_agree(case) and not case.movements.filter(disposed=None).exists()
    assert verify().findings == []


@pytest.mark.django_db
def test_the_window_closes_for_the_silent_and_a_second_sweep_does_nothing():
    case = propose_product()
    assert clock.sweep() == 0
    answer(case, "agriculture")
    shut_the_window(case, "handloom", "horticulture")
    assert clock.sweep() == 2
    assert step_of(case) == "consult" and tasks_and_movements_agree(case)
    answer(case, "animal_husbandry")
    answer(case, "rural_development")
    assert waiting(case).step == "recommend"
    assert [n.outcome for n in case.notings.order_by("paragraph")][1:] == ["supported", "silent", "silent", "supported", "supported"]
    paragraphs = case.notings.count()
    assert clock.sweep() == 0 and case.notings.count() == paragraphs
    assert not Incident.objects.exists()
    assert verify().findings == []


@pytest.mark.django_db
def test_a_window_that_closes_on_everybody_moves_the_file_once():
    case = propose_product()
    shut_the_window(case)
    assert clock.sweep() == 5
    assert waiting(case).step == "recommend" and tasks_and_movements_agree(case)
    assert not case.movements.exclude(officer=None).exists()
    assert clock.sweep() == 0


@pytest.mark.django_db
def test_an_opinion_after_the_clock_closed_the_window_is_refused():
    case = propose_product()
    movement = stay_at(case, "handloom")
    holder, form = opinion(movement)
    shut_the_window(case, "handloom")
    clock.sweep()
    with pytest.raises(Overtaken):
        decide(movement, by=holder, form=form)


@pytest.mark.django_db
def test_a_desk_that_nobody_holds_is_named_and_the_others_are_not():
    case = propose_product()
    relieve(Posting.objects.get(officer=officer("handloom.agra")), on=today() - timedelta(days=1), by=None)
    assert feasibility.sweep() == 1
    incident = Incident.objects.get()
    with_name = desk_of(case, "handloom")
    assert with_name.designation.name_en in incident.text_en and case.number in incident.text_en
    shut_the_window(case, "handloom")
    clock.sweep()
    assert feasibility.sweep() == 0


@pytest.mark.django_db
def test_the_inbox_of_a_desk_shows_its_own_stay_and_no_other():
    case = propose_product()
    for designation, username in [("handloom", "handloom.agra"), ("animal_husbandry", "veterinary.agra")]:
        assert [movement.office for movement in inbox.waiting(officer(username))] == [desk_of(case, designation)]
        assert inbox.counts(officer(username)).all == 1
    answer(case, "handloom")
    assert inbox.counts(officer("handloom.agra")).all == 0
    assert inbox.counts(officer("veterinary.agra")).all == 1
    assert inbox.counts(officer("dm.agra")).all == 0


def side_by_side(case: Case) -> dict[str, tuple[str, str]]:
    case = reopened(case)
    stays = list(case.movements.select_related("office__designation", "office__district").order_by("received", "pk"))
    [asked] = opinions(case, stays, note_sheet(case).paragraphs)
    return {row.office.partition(",")[0]: (row.kind, row.text) for row in asked.rows}


@pytest.mark.django_db
def test_the_answers_stand_side_by_side(settings):
    settings.LANGUAGE_CODE = "en"
    case = propose_product()
    answer(case, "agriculture", text="The gourd is grown here.")
    answer(case, "handloom", "opposed", text="The units are few.")
    rows = side_by_side(case)
    assert rows["District Agriculture Officer"] == ("ok", "The gourd is grown here.")
    assert rows["Handloom and Textile desk"] == ("look", "The units are few.")
    assert rows["Chief Veterinary Officer"] == ("", "")
    keep_silent(case)
    assert "Silence is no objection" in side_by_side(case)["Chief Veterinary Officer"][1]


@pytest.mark.django_db
def test_a_second_round_shows_its_own_answers_alone():
    case = a_product_file(at="correct")
    take(case, "submitted", **new_product(rank="tertiary"))
    assert set(side_by_side(case).values()) == {("", "")}
    answer(case, "handloom", "opposed", text="Not as tertiary.")
    assert sorted(kind for kind, _text in side_by_side(case).values()) == ["", "", "", "", "look"]


@pytest.mark.django_db
def test_the_strip_says_how_many_of_those_asked_have_answered():
    case = propose_product()
    answer(case, "agriculture")
    case = reopened(case)
    strip = stages(case, list(case.movements.select_related("office__designation").order_by("received", "pk")))
    current = next(stage for stage in strip if stage.state == "current")
    assert current.office.startswith("1") and "5" in current.office


@pytest.mark.django_db
def test_a_file_is_not_opened_where_no_office_gives_opinions():
    at = office("dic", "Agra")
    Designation.objects.filter(code__in=OPINIONS, state=at.state_id).update(powers=[])
    with pytest.raises(authority.Refusal):
        propose_product()
    assert not Case.objects.exists()
