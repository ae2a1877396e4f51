"""The desk as its administrators see it: where files stand, never what they say."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from programme.calendar import today
from programme.models import Posting
from tests.files import a_file, office, officer, take, waiting
from tests.processes.loan_files import a_loan
from tests.workflows.repairs.plans import REASON, planned, sound
from tests.workflows.repairs.second import in_place
from workflows import feasibility, jobs
from workflows.models import Case, Message, Repair
from workflows.postings import relieve
from workflows.work import WORK

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


@pytest.fixture
def desk(client_for: Desk) -> Desk:
    def sign_in(username: str) -> Client:
        client = client_for(username)
        client.cookies["django_language"] = "en"
        return client

    return sign_in


def send(client: Client, case: Case, kind: str, **typed: str) -> object:
    data = {f"{kind}-{name}": value for name, value in {"reason": REASON, **typed}.items()}
    return client.post(reverse("repair_file", args=[case.pk]), {"kind": kind, **data})


def test_a_stuck_file_is_found_on_the_desk_planned_read_and_repaired(desk):
    case = a_file(at="concur", title="Marker of Agra")
    relieve(Posting.objects.get(office=office("finance")), on=today() - timedelta(days=1), by=None)
    feasibility.look_at([case.pk])
    client = desk("administrator")
    page = client.get(reverse("repair")).content.decode()
    assert f"File {case.number} waits" in page and reverse("repair_file", args=[case.pk]) in page
    page = client.get(reverse("repair_file", args=[case.pk])).content.decode()
    assert "Financial concurrence" in page and "Marker of Agra" not in page and "18,50,000" not in page
    answer = send(client, case, "move", step="scrutinise")
    repair = Repair.objects.get()
    assert answer.url == reverse("repair_plan", args=[repair.pk])
    page = client.get(answer.url).content.decode()
    assert REASON in page and "waits for “Scrutiny”" in page and "Approve and apply" not in page
    assert client.post(reverse("apply_repair", args=[repair.pk])).status_code == 302
    assert waiting(sound(case)).step == "scrutinise"
    assert "Done" in client.get(reverse("repair_plan", args=[repair.pk])).content.decode()


def test_the_planner_of_a_repair_of_money_sees_no_button_and_the_second_administrator_does(desk):
    case = a_loan(at="release")
    send(desk("administrator"), case, "cancel")
    repair = Repair.objects.get()
    apply = reverse("apply_repair", args=[repair.pk])
    page = desk("administrator").get(reverse("repair_plan", args=[repair.pk])).content.decode()
    assert apply not in page and "Another administrator of the State approves it" in page
    assert desk("administrator").post(apply).status_code == 403
    second = desk("administrator.second")
    assert "waits for your approval" in second.get(reverse("repair")).content.decode()
    assert "Approve and apply" in second.get(reverse("repair_plan", args=[repair.pk])).content.decode()
    assert second.post(apply).status_code == 302
    assert sound(case).ending == "cancelled"
    assert second.post(apply).status_code == 409


def test_a_state_with_one_administrator_is_told_to_post_another(desk):
    Posting.objects.filter(officer=officer("administrator.second")).delete()
    send(desk("administrator"), a_loan(at="release"), "cancel")
    page = desk("administrator").get(reverse("repair_plan", args=[Repair.objects.get().pk])).content.decode()
    assert "no other administrator today" in page


def test_a_void_plan_says_so_and_offers_only_to_be_dropped(desk):
    case = a_file(at="concur")
    repair = planned(case, "move", step="scrutinise")
    take(case, "concurred")
    client = desk("administrator")
    page = client.get(reverse("repair_plan", args=[repair.pk])).content.decode()
    assert "has moved since this was planned" in page and reverse("apply_repair", args=[repair.pk]) not in page
    assert client.post(reverse("apply_repair", args=[repair.pk])).status_code == 409
    assert client.post(reverse("drop_repair", args=[repair.pk])).status_code == 302
    assert "Dropped" in client.get(reverse("repair_plan", args=[repair.pk])).content.decode()


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("cancel", {"reason": ""}, "This field is required"),
        ("move", {"step": "report"}, "Select a valid choice"),
        ("move", {}, "This field is required"),
        ("reassign", {"target": "1:1"}, ""),
        ("nonsense", {}, ""),
    ],
)
def test_a_form_that_cannot_be_is_shown_again_and_plans_nothing(desk, kind, typed, said):
    answer = send(desk("administrator"), a_file(at="concur"), kind, **typed)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Repair.objects.exists()


def test_a_plan_refused_when_it_is_made_keeps_what_was_typed(desk):
    case = a_file(at="concur")
    planned(case, "cancel")
    answer = send(desk("administrator"), case, "cancel", reason="Filed twice.")
    assert answer.status_code == 422
    assert "planned already" in answer.content.decode() and "Filed twice." in answer.content.decode()


def test_a_file_is_found_by_its_number_in_the_administrators_own_state_alone(desk):
    case = a_file()
    assert desk("administrator").get(reverse("repair"), {"q": case.number.lower()}).url == reverse("repair_file", args=[case.pk])
    page = desk("administrator.hp").get(reverse("repair"), {"q": case.number})
    assert page.status_code == 200 and "No file of your State" in page.content.decode()
    for name, args in (("repair_file", [case.pk]), ("repair_plan", [planned(case, "cancel").pk])):
        assert desk("administrator.hp").get(reverse(name, args=args)).status_code == 404


def test_what_the_machine_gave_up_is_tried_again_from_the_desk(desk):
    Message.objects.create(
        key="m", office=office("finance"), address="f@up.example", subject="UP/1", text="", attempts=8, failure="no route"
    )
    client = desk("administrator")
    assert "no route" in client.get(reverse("repair")).content.decode()
    assert client.post(reverse("retry_mail", args=[Message.objects.get().pk])).status_code == 302
    assert Message.objects.get().attempts == 0
    assert client.post(reverse("retry_mail", args=[Message.objects.get().pk])).status_code == 404


def test_files_of_an_old_version_are_tried_planned_brought_and_taken_back(desk):
    with in_place():
        case = a_file(at="concur")
        a_file(at="report", district="Mathura")
        client = desk("administrator")
        assert reverse("repair_versions", args=["exhibition"]) in client.get(reverse("repair")).content.decode()
        page = client.get(reverse("repair_versions", args=["exhibition"])).content.decode()
        assert "Financial concurrence → Advice of Finance" in page and "has no step for" in page and "Second look" in page
        address = client.post(reverse("repair_versions", args=["exhibition"]), {"reason": REASON}).url
        repair = Repair.objects.get()
        assert address == reverse("repair_plan", args=[repair.pk])
        assert client.post(reverse("apply_repair", args=[repair.pk])).status_code == 302
        jobs.run(WORK)
        assert sound(case).flow_version == 2
        page = client.get(address).content.decode()
        assert "1 file has not been acted on since" in page
        back = client.post(reverse("revert_repair", args=[repair.pk]), {"reason": REASON}).url
        assert client.post(back + "apply/").status_code == 302
        jobs.run(WORK)
        assert sound(case).flow_version == 1
        assert client.post(reverse("revert_repair", args=[repair.pk]), {"reason": REASON}).status_code == 403


def test_the_desk_asks_the_database_little_whatever_lies_on_it(desk, django_assert_max_num_queries):
    for district in ("Agra", "Mathura", "Lucknow"):
        case = a_file(at="concur", district=district)
        planned(case, "cancel")
    relieve(Posting.objects.get(office=office("finance")), on=today() - timedelta(days=1), by=None)
    assert feasibility.sweep() == 3
    client = desk("administrator")
    with django_assert_max_num_queries(24):
        page = client.get(reverse("repair")).content.decode()
    assert page.count("which nobody holds today") == 3
