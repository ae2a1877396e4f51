"""Where files would stop before any comes there, and files that nobody can take, found as they arrive."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from threading import Event
from time import process_time
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.calendar import today
from programme.models import Designation, Norm, Officer, Posting
from tests.files import a_file, office, officer, take, waiting
from tests.processes.loan_files import a_loan
from workflows import feasibility, obstacles, tasks, waking
from workflows.models import Incident, Obstacle, ObstacleKind
from workflows.postings import join, relieve

pytestmark = pytest.mark.django_db


def of(kind: ObstacleKind, **where: object) -> list[Obstacle]:
    return list(Obstacle.objects.filter(kind=kind, closed_at=None, **where).order_by("pk"))


def steps_at(designation: str, district: str | None = None) -> list[str]:
    return of(ObstacleKind.VACANT, office=office(designation, district))[0].steps


# --- before a file comes --------------------------------------------------------------------------------------------------


def test_an_empty_post_is_one_row_that_names_every_step_files_would_stop_at():
    obstacles.check()
    assert not of(ObstacleKind.VACANT, office=office("finance"))
    relieve(Posting.objects.get(office=office("finance")), on=today() - timedelta(days=1), by=None)
    obstacles.check()
    assert steps_at("finance") == ["exhibition/1/concur"]
    join(officer("epb"), office("finance"), charge="officiating", starts_on=today(), by=None)
    obstacles.check()
    assert not of(ObstacleKind.VACANT, office=office("finance"))
    assert Obstacle.objects.get(kind="vacant", office=office("finance")).closed_at


def test_a_post_of_one_district_stops_all_its_processes_there():
    obstacles.check()
    assert {step.split("/")[0] for step in steps_at("dm", "Ballia")} == {"exhibition", "identification", "plan", "loan", "freight"}
    assert not of(ObstacleKind.VACANT, office=office("dm", "Agra"))


def test_a_process_that_nobody_in_the_state_may_open_is_not_walked_there():
    obstacles.check()
    assert not [row for row in Obstacle.objects.filter(state__short="HP") if any(s.startswith(("loan/", "freight/")) for s in row.steps)]


def test_a_posting_that_ends_soon_without_a_successor_is_seen_and_one_with_a_successor_is_not():
    held = Posting.objects.get(office=office("finance"))
    relieve(held, on=today() + timedelta(days=5), by=None)
    obstacles.check()
    row = of(ObstacleKind.ENDING, office=office("finance"))[0]
    assert (row.on, row.steps) == (today() + timedelta(days=6), ["exhibition/1/concur"])
    join(officer("cdo.agra"), office("finance"), charge="officiating", starts_on=today() + timedelta(days=6), by=None)
    obstacles.check()
    assert not of(ObstacleKind.ENDING, office=office("finance"))


def test_a_step_that_the_clock_closes_stops_nobody():
    obstacles.check()
    desk = of(ObstacleKind.VACANT, office=office("agriculture", "Ballia"))[0]
    assert (desk.stops, set(desk.steps)) == (False, {"identification/1/consult", "plan/1/contribute"})


def test_a_power_that_no_office_or_two_hold_is_named_where_it_is_so():
    Designation.objects.filter(state__short="UP", code="finance").update(powers=[])
    cdo = Designation.objects.get(state__short="UP", code="cdo")
    cdo.powers = [*cdo.powers, "recommend_product"]
    cdo.save()
    obstacles.check()
    assert [(row.power, row.steps, row.district) for row in of(ObstacleKind.NONE, state__short="UP")] == [
        ("concur_finance", ["exhibition/1/concur"], None)
    ]
    several = of(ObstacleKind.SEVERAL)
    assert {row.power for row in several} == {"recommend_product"} and len(several) == office(
        "dm", "Agra"
    ).designation.state.districts.count()


def test_an_opening_office_keeps_its_own_file_so_two_that_may_open_are_no_fault():
    obstacles.check()
    assert not of(ObstacleKind.SEVERAL) and not of(ObstacleKind.NONE) and not of(ObstacleKind.LADDER)


def test_a_delegation_that_names_a_post_without_the_power_is_found():
    Designation.objects.filter(state__short="UP", code="director").update(powers=["see_state"])
    obstacles.check()
    assert {(row.post, row.power) for row in of(ObstacleKind.LADDER)} == {("director", "sanction_loan"), ("director", "sanction_freight")}
    with patch.object(Norm, "in_force", side_effect=Norm.DoesNotExist):
        obstacles.check()
    assert {row.post for row in of(ObstacleKind.LADDER)} == {""}


def test_one_person_on_two_posts_that_must_not_meet_is_found_before_a_file_is():
    Posting.objects.filter(office=office("finance")).delete()
    join(officer("odop.cell"), office("finance"), charge="additional", starts_on=today(), by=None)
    obstacles.check()
    row = of(ObstacleKind.CONFLICT)[0]
    assert (row.office, row.officer, row.steps) == (office("finance"), officer("odop.cell"), ["exhibition/1/concur"])
    join(officer("epb"), office("finance"), charge="officiating", starts_on=today(), by=None)
    obstacles.check()
    assert not of(ObstacleKind.CONFLICT)


def test_a_link_officer_who_would_act_twice_is_found():
    Posting.objects.filter(office=office("dm", "Agra")).delete()
    join(officer("dic.agra"), office("dm", "Agra"), charge="link", starts_on=today(), ends_on=today() + timedelta(days=30), by=None)
    obstacles.check()
    found = of(ObstacleKind.CONFLICT, office=office("dm", "Agra"))
    assert found and "identification/1/recommend" in found[0].steps


def test_every_process_in_every_district_is_walked_with_few_queries_in_little_time(django_assert_max_num_queries):
    obstacles.check()
    began = process_time()
    with django_assert_max_num_queries(30):
        count = obstacles.check()
    assert count == Obstacle.objects.filter(closed_at=None).count() > 500
    assert process_time() - began < 60


def test_a_posting_made_or_ended_asks_for_the_check_once_a_transaction(django_capture_on_commit_callbacks):
    with sent_soon() as sent, django_capture_on_commit_callbacks(execute=True):
        join(officer("epb"), office("finance"), charge="additional", starts_on=today(), by=None)
        join(officer("epb"), office("odop_cell"), charge="additional", starts_on=today(), by=None)
    assert [call.args[0] for call in sent.call_args_list] == ["workflows.tasks.check_obstacles"]


# --- as a file comes ------------------------------------------------------------------------------------------------------


def test_a_file_that_comes_to_a_vacant_office_is_an_incident_at_once_without_a_statement_more(django_capture_on_commit_callbacks):
    relieve(Posting.objects.get(office=office("finance")), on=today() - timedelta(days=1), by=None)
    case = a_file()
    with sent_soon() as sent, django_capture_on_commit_callbacks(execute=True):
        take(case, "recommended")
    asked = [call for call in sent.call_args_list if call.args[0] == "workflows.tasks.look_at"]
    assert len(asked) == 1 and case.pk in asked[0].kwargs["args"][0]
    tasks.look_at([case.pk])
    assert "which nobody holds today" in Incident.objects.get().text_en
    join(officer("epb"), office("finance"), charge="additional", starts_on=today(), by=None)
    tasks.look_at([case.pk])
    assert Incident.objects.get().closed_at


def test_what_happens_within_a_moment_is_asked_about_in_one_letter(django_capture_on_commit_callbacks):
    with sent_soon() as sent, django_capture_on_commit_callbacks(execute=True):
        for number in (7, 3, 7):
            waking.after_commit("look_at_many", number)
    assert [call.kwargs["args"] for call in sent.call_args_list] == [([3, 7],)]


def test_whoever_acted_does_not_wait_for_the_letter_which_goes_by_itself(django_capture_on_commit_callbacks):
    left = Event()
    with patch("workflows.notices.wake", side_effect=lambda *_told: left.set()):
        with django_capture_on_commit_callbacks(execute=True):
            waking.after_commit("look_at_many", 7)
        assert left.wait(10)


@contextmanager
def sent_soon():
    """Catch what is sent to the broker for what happens inside."""
    with patch("workflows.notices.current_app.send_task") as sent:
        waking.ask_now()
        sent.reset_mock()
        yield sent
        waking.ask_now()


def linked(upto: str | None = None, only: list[str] | None = None) -> None:
    """Let Finance be held by a link officer alone."""
    Posting.objects.filter(office=office("finance")).delete()
    link = join(officer("epb"), office("finance"), charge="link", starts_on=today(), ends_on=today() + timedelta(days=9), by=None)
    Posting.objects.filter(pk=link.pk).update(upto=Decimal(upto) if upto else None, only=only)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"upto": "1000000"}, "more than its link officer may decide"),
        ({"only": []}, "nobody has the power today"),
        ({"upto": "9000000"}, ""),
    ],
)
def test_the_limits_of_a_link_officer_are_seen_by_sweep_and_at_once(limits, said):
    case = a_file(at="concur")
    linked(**limits)
    assert feasibility.sweep() == bool(said)
    feasibility.look_at([case.pk])
    assert [incident.text_en for incident in Incident.objects.filter(closed_at=None) if said not in incident.text_en] == []
    assert Incident.objects.filter(closed_at=None).exists() == bool(said)


def test_many_files_at_vacant_offices_cost_a_sweep_no_statement_more_than_one_and_are_written_once():
    def swept() -> list[str]:
        Officer.objects.filter(username__in=("finance", "principal.secretary")).update(is_active=False)
        with CaptureQueriesContext(connection) as statements:
            feasibility.sweep()
        Officer.objects.update(is_active=True)
        return [statement["sql"] for statement in statements.captured_queries]

    a_file(at="concur")
    one = swept()
    Incident.objects.all().delete()
    for district, step in (("Mathura", "concur"), ("Lucknow", "approve")):
        a_file(at=step, district=district)
    assert len(swept()) == len(one)
    assert Incident.objects.filter(closed_at=None).count() == 3
    assert [statement for statement in swept() if not statement.startswith("SELECT")] == []


def test_a_stay_keeps_its_one_incident_and_its_words_follow_the_reason():
    case = a_file(at="concur")
    linked(upto="1000000")
    feasibility.sweep()
    Posting.objects.filter(office=office("finance")).delete()
    assert feasibility.sweep() == 1
    incident = Incident.objects.get(case=case)
    assert "which nobody holds today" in incident.text_en and incident.closed_at is None


def test_an_assistant_alone_holds_no_office():
    case = a_file(at="concur")
    Posting.objects.filter(office=office("finance")).delete()
    join(officer("epb"), office("finance"), charge="assistant", starts_on=today(), by=None)
    assert feasibility.why_stuck(waiting(case)) == "vacant" and feasibility.sweep() == 1


def test_a_post_that_lost_its_power_leaves_its_files_stuck():
    a_file(at="concur")
    Designation.objects.filter(state__short="UP", code="finance").update(powers=[])
    assert feasibility.sweep() == 1
    assert "nobody has the power" in Incident.objects.get().text_en


def test_a_link_officer_stands_in_the_way_of_what_he_let_go_on_himself():
    case = a_loan(at="committee")
    Posting.objects.filter(office=office("dm", "Agra")).delete()
    join(officer("dic.agra"), office("dm", "Agra"), charge="link", starts_on=today(), ends_on=today() + timedelta(days=9), by=None)
    assert feasibility.why_stuck(waiting(case)) == "conflict" and feasibility.sweep() == 1


# --- the page -------------------------------------------------------------------------------------------------------------


def page(client: object, **asked: object) -> str:
    client.cookies["django_language"] = "en"  # type: ignore[attr-defined]
    return client.get(reverse("feasibility"), asked).content.decode()  # type: ignore[attr-defined]


def test_the_page_groups_like_posts_and_is_narrowed_by_district_and_process(client_for: Callable):
    obstacles.check()
    told = page(client_for("administrator"))
    assert told.count("District Agriculture Officer") == 1 and "Ballia" in told and "Closed by the clock" in told
    assert "Bilaspur" not in told, "another State"
    agra = page(client_for("auditor"), district=118, process="loan")
    assert "Ballia" not in agra.split("</form>")[-1]
    assert "District Agriculture Officer" in page(client_for("administrator"), district="9" * 30, process="nonsense")


def test_the_page_asks_little_for_hundreds_of_obstacles(client_for: Callable, django_assert_max_num_queries):
    obstacles.check()
    client = client_for("administrator")
    with django_assert_max_num_queries(17):
        assert len(page(client)) < 60_000


def test_health_and_the_administrators_first_page_count_the_places_and_nobody_elses_does(client_for: Callable):
    obstacles.check()
    count = Obstacle.objects.filter(state__short="UP", stops=True, closed_at=None).count()
    for person, shown in (("administrator", True), ("auditor", True), ("dm.agra", False)):
        client = client_for(person)
        client.cookies["django_language"] = "en"
        assert (f"{count} places where files would stop" in client.get(reverse("inbox")).content.decode()) == shown
        if shown:
            assert "Places where files would stop" in client.get(reverse("health")).content.decode()
