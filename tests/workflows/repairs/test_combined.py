"""What else is under way on a file that is brought to another version of its process: questions, agendas, clocks, superiors told."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from programme.models import Posting
from programme.powers import Power
from tests.files import a_file, office, officer, take, waiting
from tests.workflows import seated
from tests.workflows.repairs.plans import REASON, sound
from tests.workflows.repairs.second import ExhibitionAgain, in_place
from tests.workflows.test_questions import answer, ask
from workflows import due, escalation, holding, jobs
from workflows.models import Case, Message, Movement, Notice, NoticeKind, Question
from workflows.nodes import DEPARTMENT
from workflows.repairs import migrating
from workflows.work import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def second_version() -> Iterator[None]:
    with in_place():
        yield


def brought(case: Case) -> Case:
    repair = migrating.plan(case.state, case.kind, by=officer("administrator"), reason=REASON)
    assert migrating.apply(repair, by=officer("administrator"))
    jobs.run(WORK)
    return sound(case)


def test_an_open_question_goes_on_with_the_file_and_is_answered_there():
    case = a_file(at="concur")
    question = ask(case, office("epb"))[0]
    case = brought(case)
    assert Question.objects.get(pk=question.pk).movement == waiting(case)
    answer(question)
    take(case, "concurred")
    assert waiting(sound(case)).step == "approve"


def test_a_question_goes_on_also_where_the_new_version_gives_the_step_to_another_office():
    case = a_file(at="concur")
    question = ask(case, office("epb"))[0]
    advise = ExhibitionAgain.instance.node("advise")
    with patch.object(advise, "power", Power.SCRUTINISE_EXHIBITION), patch.object(advise, "level", DEPARTMENT):
        case = brought(case)
        stay = waiting(case)
        assert stay.office == office("odop_cell")
        assert Question.objects.get(pk=question.pk).movement == stay


def test_the_working_days_run_on_with_the_due_date_so_that_a_new_holiday_moves_it_as_before():
    case = a_file(at="concur")
    stay = waiting(case)
    begun = stay.counted_from - timedelta(days=20)
    Movement.objects.filter(pk=stay.pk).update(due=stay.due - timedelta(days=20), counted_from=begun, days_allowed=4)
    stay.refresh_from_db()
    after = waiting(brought(case))
    assert (after.due, after.counted_from, after.days_allowed) == (stay.due, begun, 4)


def test_superiors_are_not_told_again_of_a_stay_that_goes_on():
    case = a_file(at="concur")
    Movement.objects.filter(pk=waiting(case).pk).update(due=timezone.now() - timedelta(days=40), counted_from=None, days_allowed=None)
    escalation.sweep()
    told = list(Notice.objects.filter(kind=NoticeKind.ESCALATED).order_by("pk"))
    assert told
    case = brought(case)
    escalation.sweep()
    now = list(Notice.objects.filter(kind=NoticeKind.ESCALATED).order_by("pk"))
    assert [notice.pk for notice in now] == [notice.pk for notice in told]
    assert escalation.moved_on(now) == set()
    take(case, "concurred")
    assert escalation.moved_on(now) == {notice.pk for notice in now}


def test_the_office_is_not_told_again_that_a_file_is_due_tomorrow():
    case = a_file(at="concur")
    Movement.objects.filter(pk=waiting(case).pk).update(due=timezone.now() + timedelta(hours=1), counted_from=None, days_allowed=None)
    assert due.sweep() == 1
    mails = Message.objects.count()
    brought(case)
    assert due.sweep() == 0
    assert (Notice.objects.filter(kind=NoticeKind.DUE).count(), Message.objects.count()) == (1, mails)


def test_a_file_returned_for_correction_goes_back_to_its_returner_under_the_name_that_step_has_now():
    case = a_file(at="concur")
    take(case, "returned", return_to="correct", objection_1="Which hall?", about_1="venue")
    assert (waiting(case).step, waiting(case).returns_to) == ("correct", "concur")
    case = brought(case)
    take(case, "submitted", by="dm.agra", **{f"reply_{case.objections.get().pk}": "The hall of the collectorate."})
    assert waiting(sound(case)).step == "advise"


def test_a_file_on_an_agenda_stays_on_it():
    with seated.in_place():
        case = seated.a_claim()
        sitting = seated.called(case)
        with holding.locked(case.pk) as held:
            stay = holding.open_stays(held)[0]
            administrator = Posting.objects.get(officer=officer("administrator"))
            migrating._go_on(migrating.Place(stay, stay.node, stay.office), administrator)
        assert sitting.items.get().movement == waiting(case) != stay
