"""Opening a season for a whole State: by the command, by long work from the page, twice, and how its board reads."""

from collections import Counter
from datetime import UTC, datetime
from io import StringIO
from time import perf_counter
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.calendar import financial_year, today
from programme.models import ActionPlan, Office, Posting, Season, State
from programme.plans import season_board
from tests.files import office, officer, take
from tests.processes.plan_files import a_plan, at_moment, opened, plan_of
from tests.workflows.test_concurrency import at_once
from workflows import jobs, seasons
from workflows.authority import Refusal
from workflows.demonstration.crowd import ASKING, IN_TIME, LATE, UNSIGNED, tell_crowd
from workflows.demonstration.walk import as_if, morning
from workflows.management.commands.load_demonstration import load_crowd
from workflows.models import Case, Job, JobRow, Movement
from workflows.record.verifier import verify
from workflows.work import WORK

YEAR = "2026-27"


@pytest.fixture
def up(db):
    return State.objects.get(short="UP")


def command(*args):
    said = StringIO()
    call_command("open_season", *args, stdout=said)
    return said.getvalue().splitlines()


def test_the_command_opens_all_75_districts_and_a_second_call_none(up):
    began = perf_counter()
    said = command(YEAR, "--state", "UP")
    seconds = perf_counter() - began
    assert said[-1] == "75 opened, 0 already there."
    assert said[0].startswith("Agra: opened, UP/PLN/")
    assert Case.objects.filter(kind="plan", office=office("odop_cell")).count() == 75
    assert command(YEAR, "--state", "UP")[-1] == "0 opened, 75 already there."
    assert Case.objects.count() == 75
    assert Season.objects.get(state=up).deadline.isoformat() == "2026-10-30"
    assert verify().findings == []
    assert seconds < 30, "opening a season took half a minute; its budget is three seconds on a machine of its own"


def test_a_district_whose_offices_are_vacant_is_opened_all_the_same(up):
    assert not Posting.objects.filter(office=office("dic", "Ballia")).exists()
    assert Movement.objects.filter(office=office("dic", "Ballia")).count() == 0
    case = opened("Ballia")
    assert Movement.objects.get(case=case).office == office("dic", "Ballia")


@pytest.mark.parametrize(("args", "said"), [
    (("2026-28", "--state", "UP"), "no financial year"),
    ((YEAR, "--state", "XX"), "no State with the short name"),
    ((YEAR, "--state", "\udcff"), "no State with the short name"),
    (("2031-32", "--state", "UP"), "2031-32"),
])  # fmt: skip
@pytest.mark.django_db
def test_the_command_refuses_with_a_sentence(args, said):
    with pytest.raises(CommandError, match=said):
        command(*args)
    assert not Case.objects.exists()


def test_the_cell_opens_the_season_as_long_work_in_its_own_name(up):
    opened("Agra")
    job = seasons.start(up, YEAR, by=officer("odop.cell"), office=office("odop_cell"), key="one")
    assert seasons.start(up, YEAR, by=officer("odop.cell"), office=office("odop_cell"), key="one") == job
    JobRow.objects.filter(job=job, position__gt=4).delete()
    Job.objects.filter(pk=job.pk).update(total=4)
    jobs.run(WORK)
    job.refresh_from_db()
    assert (job.status, job.done, job.refused, job.failed) == ("finished", 4, 0, 0)
    agra, other = JobRow.objects.filter(job=job).order_by("position")[:2]
    assert (agra.sentence_en, agra.case) == ("Its plan was opened before.", None)
    assert other.case.notings.get().officer == officer("odop.cell")


def test_nobody_else_opens_a_season(up):
    for person, at in [("dic.agra", office("dic", "Agra")), ("principal.secretary", office("principal_secretary"))]:
        with pytest.raises(Refusal):
            seasons.start(up, YEAR, by=officer(person), office=at, key=person)
    assert not Job.objects.exists()


def test_the_button_leads_to_the_work_and_pressed_twice_begins_it_once(client_for, up):
    client, key = client_for("odop.cell"), str(uuid4())
    first, second = (client.post(reverse("open_season"), {"key": key, "year": YEAR}) for _again in range(2))
    assert first.url == second.url == reverse("job", args=[Job.objects.get().pk])
    assert Job.objects.get().total == 75


def test_a_page_without_its_key_opens_nothing(client_for, up):
    assert client_for("odop.cell").post(reverse("open_season"), {"year": YEAR}).status_code == 400
    assert client_for("principal.secretary").post(reverse("open_season"), {"key": str(uuid4())}).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize("year", ["", "x", "2026-28", "2020-21", "2031-32", "٢٠٢٦-٢٧", "2026-27\n", "9" * 5000])
def test_a_year_that_is_not_planned_for_opens_nothing_and_is_no_other_year(client_for, up, year):
    answer = client_for("odop.cell").post(reverse("open_season"), {"key": str(uuid4()), "year": year})
    assert answer.status_code == 403 and YEAR in answer.content.decode()
    assert not Job.objects.exists()
    page = client_for("odop.cell").get(reverse("season"), {"year": "2031-32"}).content.decode()
    assert reverse("open_season") not in page


def test_the_board_tells_in_time_late_drafting_not_begun_and_not_opened(up):
    for name, at in [("Agra", "sign"), ("Mathura", "sign"), ("Varanasi", "contribute"), ("Aligarh", "draft")]:
        a_plan(at=at, district=name)
    with at_moment(datetime(2026, 10, 30, 18, 29, 59, tzinfo=UTC)):
        take(Case.objects.get(district__name_en="Agra"), "submitted")
    with at_moment(datetime(2026, 11, 4, 6, 0, tzinfo=UTC)):
        take(Case.objects.get(district__name_en="Mathura"), "submitted")
    with CaptureQueriesContext(connection) as queries:
        board = season_board(up, YEAR, now=datetime(2026, 11, 10, 6, 0, tzinfo=UTC))
    lines = {line.district.name_en: line for line in board}
    assert len(board) == 75 and len(queries) == 3
    found = {name: (lines[name].standing, lines[name].days) for name in ("Agra", "Mathura", "Varanasi", "Aligarh", "Ballia")}
    assert found == {
        "Agra": ("in_time", 0), "Mathura": ("late", 5), "Varanasi": ("drafting", 11), "Aligarh": ("not_begun", 11),
        "Ballia": ("not_opened", 11),
    }  # fmt: skip
    assert lines["Mathura"].text == "Submitted 5 days late"
    assert lines["Varanasi"].text == "Being drafted, 11 days beyond the last day"
    assert [line.is_missing for line in (lines["Agra"], lines["Ballia"])] == [False, True]


def test_the_season_page_names_the_missing_and_asks_few_questions(client_for, up):
    a_plan(at="contribute", district="Varanasi")
    client = client_for("principal.secretary")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("season")).content.decode()
    assert "Not opened" in page and "Varanasi" in page and "Being drafted" in page
    assert reverse("open_season") not in page
    assert len(queries) < 25
    assert reverse("open_season") in client_for("odop.cell").get(reverse("season"), {"year": "2026-27"}).content.decode()


def test_another_years_page_is_empty_and_a_wrong_year_is_this_one(client_for, up):
    opened("Agra")
    client = client_for("odop.cell")
    assert "2027-28" in client.get(reverse("season"), {"year": "2027-28"}).content.decode()
    assert financial_year(today()) in client.get(reverse("season"), {"year": "x"}).content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_open_75():
    at_once(*[lambda: command(YEAR, "--state", "UP")] * 2)
    assert ActionPlan.objects.filter(dropped=False).count() == Case.objects.count() == 75
    assert verify().findings == []


def test_the_plan_of_a_season_knows_its_last_day(up):
    assert plan_of(opened("Agra")).season.deadline.isoformat() == "2026-10-30"


def opening(client, district, year=YEAR):
    draft = reverse("draft", args=["plan", uuid4()])
    return client.post(draft, {"year": year, "district": district.pk, "text": "", "action": "submit"})


def test_a_district_opens_its_own_plan_once_and_no_other_districts(client_for, up):
    client, agra = client_for("dic.agra"), up.districts.get(name_en="Agra")
    assert opening(client, agra).status_code == 302
    assert Case.objects.get().office == office("dic", "Agra")
    assert opening(client, agra).status_code == 422
    assert opening(client, up.districts.get(name_en="Mathura")).status_code == 422
    assert opening(client_for("odop.cell"), up.districts.get(name_en="Mathura")).status_code == 302
    assert Case.objects.count() == 2


def test_the_crowd_of_the_demonstration_makes_a_board_of_every_standing(up):
    made = load_crowd()
    assert made and load_crowd() == 0
    assert not Office.objects.filter(designation__state=up, designation__code__in=["dm", "dic"], postings=None).exists()
    with as_if(morning(64, 0)):
        assert sum(case is not None for _district, case in seasons.open_all(up, financial_year(today()))) == 75
    tell_crowd(up, told={up.districts.get(name_en="Agra").pk})
    standing = Counter(line.standing for line in season_board(up, financial_year(today())))
    assert standing["drafting"] == ASKING + UNSIGNED and standing["not_begun"] == 75 - ASKING - UNSIGNED - IN_TIME - LATE
    assert (standing["in_time"], standing["late"]) == (IN_TIME, LATE)
    assert plan_of(Case.objects.get(district__name_en="Agra")).submitted_at is None
    assert verify().findings == []


def test_the_crowd_is_not_offered_on_the_sign_in_page(client, settings, db):
    settings.DEMONSTRATION = True
    load_crowd()
    page = client.get(reverse("sign_in")).content.decode()
    assert 'value="dm.agra"' in page and 'value="dm.ballia"' not in page
    assert client.post(reverse("try_as"), {"person": "dm.ballia"}).status_code == 404
