"""A repair is planned, read, approved where money is involved, and void once the file has moved."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from programme.calendar import today
from programme.models import Designation
from tests.files import a_file, office, officer, take, waiting
from tests.processes.identification_files import a_product_file
from tests.processes.loan_files import a_loan
from tests.workflows.repairs.plans import REASON, last, planned, repaired, sound
from tests.workflows.test_questions import ask
from workflows import authority, history
from workflows.authority import Overtaken, Refusal
from workflows.models import Case, Notice, Repair, RepairKind
from workflows.postings import join
from workflows.repairs import planning

pytestmark = pytest.mark.django_db


def test_nothing_happens_before_a_plan_is_applied():
    case = a_file(at="concur")
    repair = planned(case, RepairKind.CANCEL)
    assert repair.is_open and repair.head == case.head
    assert waiting(sound(case)).step == "concur"


def test_where_money_is_involved_another_administrator_approves_and_signs():
    case = a_loan(at="release")
    repair = planned(case, RepairKind.CANCEL)
    assert repair.money
    with pytest.raises(Refusal, match="Another administrator"):
        planning.apply(repair, by=officer("administrator"))
    noting = planning.apply(repair, by=officer("administrator.second"))
    assert (noting.officer.username, noting.prepared_by.username) == ("administrator.second", "administrator")
    repair.refresh_from_db()
    assert (repair.approved_by.username, repair.noting, repair.applied_at is None) == ("administrator.second", noting, False)


def test_the_database_itself_lets_nobody_approve_his_own_repair_nor_one_of_money_go_unapproved():
    repair = planned(a_loan(at="release"), RepairKind.CANCEL)
    noting = last(repair.case)
    for fields in ({"approved_by": repair.planned_by}, {"approved_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Repair.objects.filter(pk=repair.pk).update(applied_at=timezone.now(), noting=noting, **fields)


def test_a_plan_is_void_once_the_file_has_moved_and_can_be_planned_anew():
    case = a_file(at="concur")
    repair = planned(case, RepairKind.MOVE, step="scrutinise")
    take(case, "concurred")
    with pytest.raises(Overtaken, match=r"has moved since this was planned: paragraph 3, Concurred.*Plan again"):
        planning.apply(repair, by=officer("administrator"))
    assert waiting(sound(case)).step == "approve"
    repaired(case, RepairKind.MOVE, step="scrutinise")
    repair.refresh_from_db()
    assert repair.cancelled_by.username == "administrator" and repair.applied_at is None


def test_a_plan_whose_effects_became_others_is_not_applied():
    case = a_file(at="concur")
    repair = planned(case, RepairKind.MOVE, step="scrutinise")
    Designation.objects.filter(state__short="UP", code="odop_cell").update(name_en="ODOP Mission")
    with pytest.raises(Overtaken, match="no longer what was planned"):
        planning.apply(repair, by=officer("administrator"))


def test_one_plan_at_a_time_and_a_dropped_one_makes_room():
    case = a_file(at="concur")
    repair = planned(case, RepairKind.CANCEL)
    with pytest.raises(Refusal, match="planned already"):
        planned(case, RepairKind.MOVE, by="administrator.second", step="scrutinise")
    planning.drop(repair, by=officer("administrator.second"))
    for act in (planning.drop, planning.apply):
        with pytest.raises(Overtaken, match="dropped"):
            act(repair, by=officer("administrator"))
    repaired(case, RepairKind.MOVE, step="scrutinise")


def test_a_repair_is_applied_once():
    repair = planned(a_file(at="concur"), RepairKind.CANCEL)
    planning.apply(repair, by=officer("administrator"))
    with pytest.raises(Overtaken, match="applied already"):
        planning.apply(repair, by=officer("administrator"))


@pytest.mark.parametrize("stranger", ["principal.secretary", "auditor", "dm.agra", "administrator.hp"])
def test_only_the_administrator_of_the_files_own_state_plans_applies_or_drops(stranger):
    case = a_file(at="concur")
    with pytest.raises(Refusal, match="Only the programme administrator"):
        planned(case, RepairKind.CANCEL, by=stranger)
    repair = planned(case, RepairKind.CANCEL)
    for act in (planning.apply, planning.drop):
        with pytest.raises(Refusal, match="Only the programme administrator"):
            act(repair, by=officer(stranger))
    assert waiting(sound(case)).step == "concur"


def test_an_administrator_who_acted_on_the_file_in_another_charge_does_not_repair_it():
    join(officer("administrator.second"), office("odop_cell"), charge="additional", starts_on=today(), by=None)
    case = take(a_file(), "recommended", by="administrator.second")
    with pytest.raises(Refusal, match="yourself signed or prepared paragraph 2"):
        planned(case, RepairKind.CANCEL, by="administrator.second")
    repair = planned(case, RepairKind.MOVE, step="approve")
    assert repair.money
    with pytest.raises(Refusal, match="yourself signed or prepared"):
        planning.apply(repair, by=officer("administrator.second"))


def test_an_administrator_brings_no_file_to_an_office_he_holds_himself():
    join(officer("administrator"), office("principal_secretary"), charge="additional", starts_on=today(), by=None)
    with pytest.raises(Refusal, match="You hold Principal Secretary"):
        planned(a_file(at="concur"), RepairKind.MOVE, step="approve")


def test_whoever_brought_a_file_to_its_sanction_by_a_repair_does_not_sanction_it_later():
    case = repaired(a_file(at="concur"), RepairKind.MOVE, step="approve")
    for person in ("administrator", "administrator.second"):
        join(officer(person), office("principal_secretary"), charge="additional", starts_on=today(), by=None)
        with pytest.raises(Refusal, match="yourself signed or prepared"):
            authority.check_step(officer(person), waiting(case))


def test_a_reason_is_asked():
    with pytest.raises(Refusal, match="Write the reason"):
        planning.plan(a_file(), RepairKind.CANCEL, by=officer("administrator"), reason="  ")


def test_the_note_sheet_says_what_was_done_why_and_by_whom_in_both_languages():
    case = repaired(a_file(at="concur"), RepairKind.MOVE, step="approve")
    paragraph = history.note_sheet(case).paragraphs[-1]
    assert paragraph.outcome == "Moved by the administrator" and paragraph.kind == "system"
    assert paragraph.text.startswith(REASON) and "skipped" in paragraph.text
    assert paragraph.prepared_by == officer("administrator").name_en
    assert paragraph.days_held is not None


def test_days_held_are_told_of_each_stay_also_after_a_repair_of_many():
    case = a_product_file(at="consult")
    case = repaired(case, RepairKind.MOVE, step="recommend")
    case = repaired(case, RepairKind.MOVE, step="consult")
    held = [paragraph.days_held for paragraph in history.note_sheet(case).paragraphs]
    assert held == [None, 0, 0]


def test_open_questions_go_with_the_stay_or_are_closed_with_it():
    case = a_product_file(at="recommend")
    [question] = ask(case, office("finance"))
    case = repaired(case, RepairKind.REASSIGN, movement=waiting(case).pk, office=office("dm", "Mathura").pk)
    question.refresh_from_db()
    assert question.is_open and question.movement == waiting(case)
    case = repaired(case, RepairKind.MOVE, step="consult")
    question.refresh_from_db()
    assert question.closed_in == last(Case.objects.get(pk=case.pk))


def test_an_office_whose_answer_is_no_longer_waited_for_is_told():
    case = a_file(at="approve")
    ask(case, office("epb"))
    repaired(case, RepairKind.MOVE, step="scrutinise")
    assert Notice.objects.filter(kind="repaired", office=office("epb"), case=case).count() == 1
