"""Files of an older version of a process are tried, brought to the newest one, and taken back."""

import json
from collections.abc import Iterator

import pytest
from viewflow.workflow.models import Task

from tests.files import a_file, officer, take, waiting
from tests.workflows.repairs.plans import REASON, last, planned, sound
from tests.workflows.repairs.second import ExhibitionAgain, in_place
from workflows import checks, feasibility, history, jobs
from workflows.authority import Overtaken, Refusal
from workflows.flows import FLOWS, VERSIONS, ExhibitionFlow, step_title
from workflows.models import Case, Draft, Job, Outcome, Repair, RepairKind
from workflows.repairs import migrating
from workflows.work import WORK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def second_version() -> Iterator[None]:
    with in_place():
        yield


def the_plan(by: str = "administrator") -> Repair:
    case = Case.objects.first()
    return migrating.plan(case.state, "exhibition", by=officer(by), reason=REASON)


def brought(repair: Repair, by: str = "administrator") -> Job:
    job = migrating.apply(repair, by=officer(by))
    jobs.run(WORK)
    job.refresh_from_db()
    return job


def test_files_run_on_in_their_own_version_and_only_the_newest_is_opened():
    case = a_file(at="concur")
    assert (case.flow_version, case.flow_class) == (1, ExhibitionFlow)
    assert waiting(take(case, "concurred")).step == "approve"
    assert FLOWS["exhibition"] is ExhibitionAgain
    assert checks.open_files_have_a_step(None, databases=["default"]) == []


def test_the_second_version_passes_the_checks_and_says_what_stands_for_what():
    assert list(checks.faults(ExhibitionAgain)) == []
    assert list(checks.version_faults(VERSIONS.values())) == []
    assert step_title("exhibition", 1, "concur") == "Financial concurrence"
    assert step_title("exhibition", 2, "advise") == "Advice of Finance"
    assert step_title("exhibition", 1, "gone") == "gone"


def test_a_dry_run_says_for_every_file_where_it_goes_on_and_what_it_has_not_passed():
    at_concur, at_report = a_file(at="concur"), a_file(at="report", district="Mathura")
    trials = {trial.case.pk: trial for trial in migrating.dry_run(at_concur.state, "exhibition")}
    assert [(place.node.name, place.office.designation.code) for place in trials[at_concur.pk].places] == [("advise", "finance")]
    assert [node.name for node in trials[at_concur.pk].not_passed] == ["look_again"]
    assert trials[at_report.pk].blocked == "Version 2 has no step for “Exhibition report”."
    assert Task.objects.count() and not Repair.objects.exists()
    assert migrating.outdated({at_concur.state_id}) == [("exhibition", 2)]


def test_files_are_brought_each_in_a_transaction_of_its_own_and_the_clock_of_the_office_runs_on():
    case, other = a_file(at="concur"), a_file(at="report", district="Mathura")
    before = waiting(case)
    Draft.objects.create(
        key=case.key, kind="exhibition", office=before.office, movement=before, made_by=officer("finance"), saved_by=officer("finance")
    )
    repair = the_plan()
    assert not repair.money and any("stays as it is" in effect for effect in repair.effects_en)
    job = brought(repair)
    assert (job.done, job.refused, job.failed, job.total) == (1, 0, 0, 1)
    case = sound(case)
    stay = waiting(case)
    assert (case.flow_class, case.flow_version, stay.step, stay.due) == (ExhibitionAgain, 2, "advise", before.due)
    assert stay.draft.kind == "exhibition"
    before.refresh_from_db()
    assert (before.step, before.outcome, before.officer.username) == ("concur", Outcome.MIGRATE, "administrator")
    assert {task.flow_task.flow_class for task in case.task_set.all()} == {ExhibitionAgain}
    assert json.loads(last(case).body)["flow"] == {"name": "exhibition", "version": 2}
    assert Case.objects.get(pk=other.pk).flow_version == 1
    take(case, "concurred")
    take(case, "sanctioned")
    assert waiting(sound(case)).step == "certify"


def test_the_history_calls_each_step_as_it_was_called_then():
    case = a_file(at="approve")
    brought(the_plan())
    titles = [paragraph.step for paragraph in history.note_sheet(sound(case)).paragraphs]
    assert titles == ["Proposal", "Scrutiny", "Financial concurrence", "Sanction"]


def test_files_with_money_are_brought_by_two_administrators():
    a_file(at="certify")
    repair = the_plan()
    assert repair.money
    with pytest.raises(Refusal, match="Another administrator"):
        migrating.apply(repair, by=officer("administrator"))
    job = brought(repair, by="administrator.second")
    noting = last(Case.objects.first())
    assert job.done == 1
    assert (noting.officer.username, noting.prepared_by.username) == ("administrator.second", "administrator")


def test_a_file_that_moved_since_the_plan_is_left_and_says_so():
    case, still = a_file(at="concur"), a_file(at="concur", district="Mathura")
    repair = the_plan()
    take(case, "concurred")
    job = brought(repair)
    assert (job.done, job.refused) == (1, 1)
    assert "moved since" in job.rows.get(case=case).sentence_en
    assert sound(case).flow_version == 1 and sound(still).flow_version == 2


def test_files_nobody_acted_on_are_taken_back_and_the_others_stay():
    case, acted = a_file(at="concur"), a_file(at="concur", district="Mathura")
    due = waiting(case).due
    repair = the_plan()
    brought(repair)
    take(acted, "concurred")
    repair.refresh_from_db()
    assert [file.pk for file in migrating.untouched(repair)] == [case.pk]
    back = migrating.plan_back(repair, by=officer("administrator"), reason=REASON)
    assert back.kind == RepairKind.REVERT
    assert brought(back).done == 1
    case = sound(case)
    stay = waiting(case)
    assert (case.flow_class, case.flow_version, stay.step, stay.due) == (ExhibitionFlow, 1, "concur", due)
    assert {task.flow_task.flow_class for task in case.task_set.all()} == {ExhibitionFlow}
    assert sound(acted).flow_version == 2
    with pytest.raises(Refusal, match="acted on since"):
        migrating.plan_back(repair, by=officer("administrator"), reason=REASON)
    take(case, "concurred")
    assert waiting(sound(case)).step == "approve"


def test_an_applied_plan_is_not_applied_twice():
    a_file(at="concur")
    repair = the_plan()
    brought(repair)
    with pytest.raises(Overtaken, match="applied already"):
        migrating.apply(repair, by=officer("administrator"))


def test_with_nothing_to_bring_nothing_is_planned():
    a_file(at="report")
    with pytest.raises(Refusal, match="No file of this process"):
        the_plan()
    with pytest.raises(Refusal, match="Only the programme administrator"):
        the_plan(by="principal.secretary")


def test_a_version_written_into_the_files_row_alone_is_found_by_the_verifier():
    case = a_file(at="concur")
    brought(the_plan())
    sound(case)
    Case.objects.filter(pk=case.pk).update(flow_version=1)
    with pytest.raises(AssertionError):
        sound(case)


def test_files_of_every_version_are_watched_for_steps_nobody_can_take():
    case = a_file(at="scrutinise")
    brought(the_plan())
    assert feasibility.sweep() == 0
    assert waiting(case).case.flow_version == 2


def test_a_repair_of_a_file_in_its_old_version_uses_the_steps_it_has():
    repair = planned(a_file(at="scrutinise"), RepairKind.MOVE, step="concur")
    assert repair.args == {"step": "concur"}
    with pytest.raises(Refusal, match="no such step"):
        planned(a_file(at="scrutinise", district="Mathura"), RepairKind.MOVE, step="advise")
