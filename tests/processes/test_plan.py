"""The story of a district action plan, told through the verbs that every page and job uses."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from programme.models import ActionPlan, Activity
from tests.files import office, officer, take, waiting
from tests.processes.plan_files import (
    a_plan,
    an_activity,
    at_moment,
    close_window,
    contribute_all,
    drafted,
    lines,
    msme,
    opened,
    plan_of,
    write,
)
from workflows.authority import Overtaken, Refusal
from workflows.forms.decisions import WithdrawalForm
from workflows.history import note_sheet, stages
from workflows.models import Case, Movement
from workflows.record.sealer import seal
from workflows.record.verifier import verify
from workflows.steps import withdraw

pytestmark = pytest.mark.django_db

LAST_MOMENT = datetime(2026, 10, 30, 18, 29, 59, 999000, tzinfo=UTC)
FIRST_LATE = datetime(2026, 10, 30, 18, 30, tzinfo=UTC)


def outcomes(case):
    return list(case.notings.order_by("paragraph").values_list("outcome", flat=True))


def last(case):
    return json.loads(case.notings.order_by("-paragraph")[0].body)


def test_a_plan_is_drafted_completed_signed_scrutinised_and_adopted():
    case = a_plan(at="adopted")
    assert case.ending == "adopted" and case.record.adopted_on and not case.record.dropped
    assert outcomes(case) == ["opened", *["submitted"] * 7, "recommended", "approved", "order_issued"]
    assert verify().findings == []


def test_the_file_tells_who_opened_it_and_that_no_person_did():
    case = opened()
    body = last(case)
    assert (body["outcome"], body["person"], body["office"]["name_en"]) == ("opened", None, "ODOP Cell, Directorate of Industries")
    assert waiting(case).office == office("dic", "Agra")


def test_every_line_department_gets_its_own_stay_and_writes_its_own_lines():
    case = a_plan(at="contribute")
    assert case.movements.filter(step="contribute", disposed=None).count() == 5
    write(case, office("agriculture", "Agra"), **lines(an_activity("Potato seed", topic="raw_material", amount="")))
    write(case, office("handloom", "Agra"), **lines(an_activity("Zardozi design bank", topic="skill")))
    rows = list(Activity.objects.order_by("pk").values_list("desk", "title", "department__code"))
    assert rows == [
        ("dic", "Common facility centre for leather", "msme"),
        ("agriculture", "Potato seed", "agriculture"),
        ("handloom", "Zardozi design bank", "handloom"),
    ]
    assert case.movements.filter(step="sign").count() == 0


def test_two_departments_with_the_page_open_at_once_never_overwrite_each_other():
    case = a_plan(at="contribute")
    seen = case.head
    write(case, office("agriculture", "Agra"), seen=seen, **lines(an_activity("Potato seed")))
    write(case, office("handloom", "Agra"), seen=seen, **lines(an_activity("Design bank")))
    assert set(plan_of(case).activities.values_list("title", flat=True)) >= {"Potato seed", "Design bank"}
    assert plan_of(case).national_strategy
    assert verify().findings == []


def test_a_departments_page_refuses_another_departments_line():
    case = a_plan(at="contribute")
    other = Activity.objects.get(desk="dic")
    with pytest.raises(AssertionError, match="no line of this record"):
        write(case, office("agriculture", "Agra"), **lines(an_activity("Taken over") | {"id": str(other.pk)}))
    other.refresh_from_db()
    assert other.title == "Common facility centre for leather"


def test_departments_that_stay_silent_are_closed_by_the_clock_and_the_record_says_so():
    case = a_plan(at="contribute")
    write(case, office("agriculture", "Agra"), **lines(an_activity("Potato seed")))
    assert close_window(case) == 4
    case = Case.objects.get(pk=case.pk)
    assert outcomes(case)[-4:] == ["silent"] * 4
    assert waiting(case).step == "sign"
    assert verify().findings == []


def test_the_district_magistrate_has_until_the_last_moment_of_the_last_day():
    case = a_plan(at="sign")
    assert waiting(case).due == datetime(2026, 10, 30, 18, 29, 59, 999999, tzinfo=UTC)
    assert case.movements.get(step="draft").due == waiting(case).due


@pytest.mark.parametrize(("moment", "days", "said"), [
    (LAST_MOMENT, 0, "Submitted in time; the last day was 30-10-2026."),
    (FIRST_LATE, 1, "Submitted 1 day late; the last day was 30-10-2026."),
    (FIRST_LATE + timedelta(days=25, hours=23), 26, "Submitted 26 days late; the last day was 30-10-2026."),
])  # fmt: skip
def test_a_plan_is_in_time_up_to_the_last_moment_of_30_october_in_india(moment, days, said):
    case = a_plan(at="sign")
    with at_moment(moment):
        case = take(case, "submitted")
    assert plan_of(case).submitted_at == moment
    assert plan_of(case).days_late == days
    assert said in [check.text for check in case.flow_class.checks(Case.objects.get(pk=case.pk))]
    assert plan_of(case).flags() == ([("late", f"Submitted {days} day{'s' if days > 1 else ''} late")] if days else [])
    assert any("in time" in value if days == 0 else "late" in value for _label, value in plan_of(case).summary())
    if not days:
        with translation.override("hi"):
            assert any("समय के भीतर प्रस्तुत" in value for _label, value in plan_of(case).summary())


def test_a_return_and_a_second_signature_keep_the_first_date():
    case = a_plan(at="sign")
    with at_moment(LAST_MOMENT):
        take(case, "submitted")
    take(case, "returned", text="Name the activities of the export strategy.", return_to="correct")
    case = write(case, **drafted(international_strategy="Three buyers' delegations a year."))
    assert waiting(case).step == "sign"
    with at_moment(FIRST_LATE + timedelta(days=10)):
        case = take(Case.objects.get(pk=case.pk), "submitted")
    assert plan_of(case).submitted_at == LAST_MOMENT and plan_of(case).days_late == 0
    assert waiting(case).step == "scrutinise"
    seal()
    assert verify().findings == []


def test_a_correction_that_changes_nothing_goes_straight_back_to_the_returner():
    case = a_plan(at="scrutinise")
    take(case, "returned", text="Is the cost without tax?", return_to="correct")
    line = Activity.objects.get()
    case = write(case, text="Without tax.", **drafted(**lines(an_activity(department=msme()) | {"id": str(line.pk)})))
    assert waiting(case).step == "scrutinise"


def test_the_district_magistrate_may_have_the_departments_asked_again_and_their_lines_stay():
    case = a_plan(at="contribute")
    write(case, office("agriculture", "Agra"), **lines(an_activity("Potato seed")))
    close_window(case)
    take(Case.objects.get(pk=case.pk), "returned", text="Handloom is missing.", return_to="draft")
    write(case, **drafted())
    assert case.movements.filter(step="contribute", disposed=None).count() == 5
    assert Activity.objects.filter(desk="agriculture", title="Potato seed").exists()
    contribute_all(case)
    assert not Activity.objects.filter(desk="agriculture").exists()
    assert waiting(Case.objects.get(pk=case.pk)).step == "sign"
    assert verify().findings == []


def test_the_secretary_may_return_to_the_directorate_and_to_the_district():
    case = a_plan(at="approve")
    take(case, "returned", text="Check the cost.", return_to="scrutinise")
    take(case, "returned", text="Explain the cost.", return_to="correct")
    assert waiting(case).step == "correct"
    line = Activity.objects.get()
    case = write(case, text="By three quotations.", **drafted(**lines(an_activity(department=msme()) | {"id": str(line.pk)})))
    take(case, "recommended")
    assert waiting(case).step == "approve"


def test_an_objection_to_the_activities_opens_them_alone():
    case = a_plan(at="scrutinise")
    take(case, "returned", about_1="activities", objection_1="The centre has no land.", return_to="correct")
    line = Activity.objects.get()
    changed = an_activity("Rented centre", department=msme(), id=str(line.pk))
    case = write(case, **drafted(national_strategy="Another.", **lines(changed)))
    assert plan_of(case).national_strategy == "Fairs in six metros."
    old, new = last(case)["changes"]["activities"]
    assert (old[0]["title"], new[0]["title"]) == ("Common facility centre for leather", "Rented centre")


@pytest.mark.parametrize("at", ["draft", "contribute", "sign", "scrutinise", "approve"])
def test_the_office_that_opened_a_plan_by_mistake_withdraws_it_and_it_may_be_opened_again(at):
    case = a_plan(at=at)
    form = WithdrawalForm({"text": "Opened for the wrong year.", "seen": case.head})
    assert form.is_valid()
    withdraw(case, by=officer("odop.cell"), form=form)
    assert Case.objects.get(pk=case.pk).ending == "withdrawn" and plan_of(case).dropped
    assert not Movement.objects.filter(case=case, disposed=None).exists()
    again = opened()
    assert again.pk != case.pk
    assert verify().findings == []


def test_the_database_holds_one_live_plan_a_district_and_season():
    plan = plan_of(opened())
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionPlan.objects.create(district=plan.district, season=plan.season)


def test_whoever_drafted_or_signed_does_not_scrutinise():
    case = a_plan(at="scrutinise")
    with pytest.raises(Refusal):
        take(case, "recommended", by="dm.agra")


def test_a_page_that_was_open_while_the_plan_moved_is_refused():
    case = a_plan(at="draft")
    seen = case.head
    write(case, **drafted())
    contribute_all(case)
    take(Case.objects.get(pk=case.pk), "returned", text="Again.", return_to="draft")
    with pytest.raises(Overtaken):
        write(case, seen=seen, **drafted())


def test_the_strip_over_the_file_shows_a_correction_only_while_the_plan_waits_there():
    case = a_plan(at="scrutinise")
    titles = [stage.title for stage in stages(case, list(case.movements.all()))]
    assert titles == ["Opening", "Draft", "Sections of the departments", "Signature", "Scrutiny", "Approval"]
    take(case, "returned", text="Explain.", return_to="correct")
    assert "Correction" in [stage.title for stage in stages(case, list(case.movements.all()))]
    assert note_sheet(Case.objects.get(pk=case.pk)).holds


def test_the_history_tells_when_the_plan_was_first_submitted(client_for):
    case = a_plan(at="sign")
    with at_moment(LAST_MOMENT):
        take(case, "submitted")
    client = client_for("dic.agra")
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("history", args=[case.pk]))
    assert answer.status_code == 200 and "30 October 2026, 23:59" in answer.content.decode()
