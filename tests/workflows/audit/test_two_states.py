"""An auditor of two States chooses the State on every page of his bench, the address keeps it, and nothing of the other is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.files import a_file, officer, propose
from tests.workflows.audit.persons import also_in_himachal, limit
from tests.workflows.audit.windows import in_english
from workflows.audit.reading import files_of
from workflows.models import Reading, Sample

pytestmark = pytest.mark.django_db
PAGES: dict[str, list[Any]] = {
    "exceptions": [], "exceptions_of_kind": ["late"], "audit_notings": [], "samples": [], "new_sample": [],
    "event_logs": [], "log_xes": [], "log_ocel": [], "conformance": [], "conformance_list": ["csv"], "process_picture": [],
}  # fmt: skip
TYPED = {"title": "Both", "method": "random", "size": "5", "seed": "2026"}


@pytest.fixture
def client(client_for: Callable) -> Any:
    """The auditor of both States, of which Uttar Pradesh has a file."""
    propose("Agra", title="Marker of Agra")
    also_in_himachal()
    return in_english(client_for("auditor"))


def body(answer: Any) -> str:
    return (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_state_is_taken_for_him_and_the_address_keeps_his_choice(name: str, client: Any) -> None:
    address = reverse(name, args=PAGES[name])
    asked = client.get(address, {"process": "exhibition"})
    text = body(asked)
    assert "Choose the State" in text and "Marker" not in text
    assert [state for state, _way in asked.context["choices"]] == ["Uttar Pradesh", "Himachal Pradesh"]
    for (state, way), other in zip(asked.context["choices"], ("Himachal Pradesh", "Uttar Pradesh"), strict=True):
        assert "process=exhibition" in way
        page = client.get(address + way)
        assert page.status_code == 200
        if name not in ("log_xes", "log_ocel", "conformance_list"):
            shown = body(page)
            assert f"<strong>{state}</strong>" in shown and f"Look at {other} instead" in shown
    assert client.get(address, {"of_state": "MP"}).status_code == 404
    assert client.get(address, {"of_state": "up"}).status_code == 404


def test_each_state_is_counted_searched_and_logged_alone(client: Any) -> None:
    up, hp = ({"of_state": short} for short in ("UP", "HP"))
    assert [len(client.get(reverse("audit_notings"), asked).context["hits"]) for asked in (up, hp)] == [1, 0]
    assert [client.get(reverse("event_logs"), asked).context["count"] for asked in (up, hp)] == [1, 0]
    number = files_of(officer("auditor")).get().number
    assert [number in body(client.get(reverse("log_xes"), asked)) for asked in (up, hp)] == [True, False]
    told = [client.get(reverse("new_sample"), asked).context["told"]["files"] for asked in (up, hp)]
    assert told == [1, 0]
    page = client.get(reverse("event_logs"), {**up, "process": "exhibition"})
    assert page.context["query"] == "process=exhibition&of_state=UP"
    assert [chip.address for chip in page.context["chips"]] == ["?of_state=UP"]
    assert 'name="of_state" value="UP"' in body(page)


def test_what_he_draws_is_of_the_state_he_chose(client: Any) -> None:
    asked = client.post(reverse("new_sample"), TYPED)
    assert asked.status_code == 400 and not Sample.objects.exists()
    assert client.post(reverse("new_sample") + "?of_state=HP", TYPED).status_code == 403, "Himachal has no file to draw"
    assert client.post(reverse("new_sample") + "?of_state=UP", TYPED).status_code == 302
    sample = Sample.objects.get()
    assert (sample.state.short, sample.population) == ("UP", 1)
    lists = [body(client.get(reverse("samples"), {"of_state": short})) for short in ("UP", "HP")]
    assert [reverse("sample", args=[sample.pk]) in page for page in lists] == [True, False]
    assert f"{reverse('samples')}?of_state=UP" in body(client.get(reverse("sample", args=[sample.pk])))


def test_his_reading_is_written_down_in_the_state_that_he_read(client: Any) -> None:
    case = files_of(officer("auditor")).get()
    for address in (reverse("file", args=[case.pk]), reverse("exceptions") + "?of_state=HP", reverse("audit")):
        client.get(address)
    rows = Reading.objects.order_by("pk").values_list("page", "posting__office__designation__state__short")
    assert list(rows)[:2] == [("file", "UP"), ("exceptions", "HP")]
    assert sorted(list(rows)[2:]) == [("audit", "HP"), ("audit", "UP")], "what shows both is read in both"


def test_a_part_in_one_state_limits_nothing_in_the_other(client: Any) -> None:
    limit(districts=("Mathura",), posting=officer("auditor").postings.get(charge="regular"))
    page = body(client.get(reverse("audit")))
    assert "Mathura" in page and "all of the State" in page
    assert not files_of(officer("auditor")).exists()
    assert client.get(reverse("event_logs"), {"of_state": "UP"}).context["count"] == 0


def test_whoever_audits_one_state_is_asked_nothing(client_for: Callable) -> None:
    a_file()
    page = in_english(client_for("auditor")).get(reverse("event_logs"))
    assert page.context["count"] == 1 and "of_state" not in body(page)
