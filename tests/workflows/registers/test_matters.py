"""Matters: solved on the spot, or a process is started; overdue ones are seen, and what is done for one is found from it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from programme.calendar import today
from programme.models import Activity, Matter
from tests.files import a_file, office
from tests.processes.plan_files import a_plan
from tests.workflows.registers.entries import a_matter, entered
from workflows.record.entries import lines_of

pytestmark = pytest.mark.django_db
YESTERDAY = (today() - timedelta(days=1)).isoformat()


@pytest.mark.parametrize(("changes", "field"), [
    ({"text_en": ""}, "text_hi"),
    ({"outcome": "solved_on_the_spot"}, "solution"),
    ({"outcome": "open", "solution": "Half."}, "outcome"),
    ({"outcome": "process_started"}, "task"),
    ({"outcome": "process_started", "task": "Write to the carriers."}, "owner"),
    ({"outcome": "process_started", "file_number": "UP/EXH/2026-27/9999"}, "file_number"),
    ({"outcome": "process_started", "task": "Write.", "done_on": YESTERDAY}, "done_how"),
    ({"done_on": YESTERDAY, "done_how": "Written."}, "task"),
])  # fmt: skip
def test_a_silent_third_state_is_refused_at_the_field(changes, field, client_for: Callable) -> None:
    answer = client_for("dm.agra").post(reverse("new_entry", args=["matters"]), a_matter(**changes))
    assert answer.status_code == 422 and f'href="#id_{field}"' in answer.content.decode()
    assert not Matter.objects.exists()


def test_a_process_is_a_file_of_the_own_state(client_for: Callable) -> None:
    case = a_file()
    theirs = entered("matters", outcome="process_started", file_number=case.number)
    page = client_for("dm.agra").get(reverse("entry", args=["matters", theirs.pk])).content.decode()
    assert reverse("file", args=[case.pk]) in page
    page = client_for("dm.mathura").get(reverse("entry", args=["matters", theirs.pk])).content.decode()
    assert case.number in page and reverse("file", args=[case.pk]) not in page, "a file is opened to whoever may read it alone"
    other = {**a_matter("Bilaspur"), "outcome": "process_started", "file_number": case.number}
    assert "no file with this number" in client_for("dc.bilaspur").post(reverse("new_entry", args=["matters"]), other).content.decode()


def test_an_overdue_task_is_seen_in_the_list_until_it_is_done_with_words(client_for: Callable) -> None:
    at = office("dic", "Agra")
    told = {"outcome": "process_started", "task": "Write to the carriers.", "owner": at.pk, "due": YESTERDAY}
    matter, client = entered("matters", **told), client_for("dm.agra")
    address = reverse("register", args=["matters"])
    assert reverse("entry", args=["matters", matter.pk]) in client.get(address, {"standing": "overdue"}).content.decode()
    assert "Overdue." in client.get(reverse("entry", args=["matters", matter.pk])).content.decode()
    sent = {**a_matter(**told), "done_on": YESTERDAY, "done_how": "The carriers have agreed.", "seen": lines_of(matter).last().hash}
    assert client.post(reverse("change_entry", args=["matters", matter.pk]), sent).status_code == 302
    assert "No entry fits" in client.get(address, {"standing": "overdue"}).content.decode()


def test_another_due_day_asks_why(client_for: Callable) -> None:
    told = {"outcome": "process_started", "task": "Write.", "owner": office("dic", "Agra").pk, "due": today().isoformat()}
    matter, client = entered("matters", **told), client_for("dm.agra")
    sent = {**a_matter(**told), "due": (today() + timedelta(days=9)).isoformat(), "seen": lines_of(matter).last().hash}
    address = reverse("change_entry", args=["matters", matter.pk])
    assert "Write why this is changed." in client.post(address, sent).content.decode()
    assert client.post(address, {**sent, "why": "The carriers asked for it."}).status_code == 302


def test_a_matter_shows_the_activities_that_answer_it(client_for: Callable) -> None:
    matter, plan = entered("matters"), a_plan(at="adopted")
    activity = Activity.objects.filter(plan=plan.record_id).first()
    Activity.objects.filter(pk=activity.pk).update(matter=matter)
    page = client_for("dm.agra").get(reverse("entry", args=["matters", matter.pk])).content.decode()
    assert activity.title in page and reverse("activities", args=[plan.pk]) in page


def test_a_matter_of_the_whole_state_is_the_states_to_change(client_for: Callable) -> None:
    matter = entered("matters", by="odop.cell", district="Agra", text_en="Of the State.")
    assert (
        client_for("odop.cell").post(reverse("new_entry", args=["matters"]), a_matter(district="Agra") | {"district": ""}).status_code
        == 302
    )
    wide = Matter.objects.exclude(pk=matter.pk).get()
    assert wide.district is None and wide.state.short == "UP"
    assert client_for("dm.agra").get(reverse("entry", args=["matters", wide.pk])).status_code == 200
    assert client_for("dm.agra").get(reverse("change_entry", args=["matters", wide.pk])).status_code == 403
