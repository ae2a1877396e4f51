"""Events: the series of the Samagam, re-planning, closing, sessions and participants, calendars, clashes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from icalendar import Calendar

from programme.calendar import today
from programme.models import Department, Event
from programme.samagam import load_samagam
from tests.files import office
from tests.workflows.registers.entries import an_event, entered, rows
from workflows.record.entries import lines_of
from workflows.record.verifier import verify
from workflows.registers.writing import begin_histories, take_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def samagam() -> list[Event]:
    load_samagam(settings.BASE_DIR / "fixtures")
    events = list(Event.objects.select_related("district").order_by("pk"))
    take_over(events, "samagam_2019.csv")
    return events


def of(events: list[Event], name: str) -> Event:
    return next(event for event in events if event.district.name_en == name)


def act(client, event: Event, key: str, **sent: str):
    words = {f"{key}-{name}": value for name, value in sent.items()}
    return client.post(reverse("act_on_entry", args=["events", event.pk, key]), {"seen": lines_of(event).last().hash, **words})


def test_the_series_page_names_the_two_districts_without_a_slot_and_the_late_one(samagam, client_for: Callable) -> None:
    client, kheri = client_for("odop.cell"), of(samagam, "Kheri")
    sent = {"starts_on": "2020-01-18", "ends_on": "2020-01-19"}
    assert "Why: This field is required." in act(client, kheri, "replanned", **sent).content.decode()
    assert act(client, kheri, "replanned", **sent, why="Floods.").status_code == 302
    page = client.get(reverse("register_board", args=["events", "series"]), {"series": "samagam-2019"}).content.decode()
    assert "73 of 75 districts; without a slot: Shahjahanpur, Unnao" in page and "Moved to a later day" in page
    entry = client.get(reverse("entry", args=["events", kheri.pk])).content.decode()
    assert "Floods." in entry and f"{date_format(date(2019, 9, 19))} – {date_format(date(2019, 9, 20))}" in entry and "Loaded" in entry
    line = lines_of(kheri).last()
    assert (line.act, line.officer.username, line.office.designation.code) == ("replanned", "odop.cell", "odop_cell")
    assert verify().findings == []


def test_the_days_planned_are_not_changed_on_the_form(client_for: Callable) -> None:
    event = entered("events")
    sent = {**an_event(), "planned_from": "2030-01-01", "planned_to": "2030-01-02", "seen": lines_of(event).last().hash}
    assert client_for("dm.agra").post(reverse("change_entry", args=["events", event.pk]), sent).status_code == 302
    planned = event.planned_from
    event.refresh_from_db()
    assert event.planned_from == planned and lines_of(event).count() == 1


def test_an_event_is_not_closed_while_a_matter_is_in_a_third_silent_state(client_for: Callable) -> None:
    day = (today() - timedelta(days=2)).isoformat()
    event = entered("events", planned_from=day, planned_to=day, held_from=day, held_to=day)
    matter = entered("matters", event=event.pk)
    client = client_for("dm.agra")
    refused = act(client, event, "closed")
    assert refused.status_code == 422 and "1 matter is neither solved nor begun" in refused.content.decode()
    sent = {"kind": "problem", "district": matter.district_id, "topic": "transport", "text_en": "Freight is dear.", "event": event.pk}
    solved = {**sent, "outcome": "solved_on_the_spot", "solution": "Agreed in the hall.", "seen": lines_of(matter).last().hash}
    assert client.post(reverse("change_entry", args=["matters", matter.pk]), solved).status_code == 302
    assert act(client, event, "closed").status_code == 302
    assert client.get(reverse("change_entry", args=["events", event.pk])).status_code == 403
    assert verify().findings == []


def test_sessions_participants_and_departments_stand_on_the_page_in_words(client_for: Callable) -> None:
    department = Department.objects.get(state__short="UP", code="msme")
    event = entered(
        "events", **rows("sessions", {"kind": "expert", "topic": "packaging", "expert": "A. Verma", "portal": "GeM"}),
        **rows("participants", {"kind": "artisans", "count": "120"}), **rows("attendance", {"department": department.pk, "count": "4"}),
        chair=office("dm", "Agra").pk, chair_person="S. Kumar", reference="2000861", document_date="2024-01-31",
    )  # fmt: skip
    page = client_for("dm.agra").get(reverse("entry", args=["events", event.pk])).content.decode()
    for said in (
        "Talk of a subject expert · Packaging · A. Verma · GeM",
        "Artisans · 120",
        f"{department.name_en} · 4",
        "2000861",
        date_format(date(2024, 1, 31)),
    ):
        assert said in page, said
    assert entered("events", series="s1").sessions == []


@pytest.mark.parametrize(("changes", "field"), [
    ({"level": "district", "district": ""}, "district"),
    ({"held_from": "2030-01-01", "held_to": "2030-01-02"}, "held_from"),
    ({"held_from": "2024-01-01"}, "held_to"),
    ({"series": "Not A Slug"}, "series"),
    ({"planned_from": "0026-01-01"}, "planned_from"),
    ({"chair": "9" * 40}, "chair"),
    (rows("participants", {"kind": "artisans", "count": "1"}, {"kind": "artisans", "count": "2"}), "participants"),
])  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(changes, field, client_for: Callable) -> None:
    answer = client_for("odop.cell").post(reverse("new_entry", args=["events"]), {**an_event(), **changes})
    assert answer.status_code == 422 and f"id_{field}" in answer.content.decode().partition("</ul>\n      </div>")[0]
    assert not Event.objects.exists()


def test_a_district_has_one_live_event_in_a_series(client_for: Callable) -> None:
    entered("events", series="samagam-2026")
    answer = client_for("dm.agra").post(reverse("new_entry", args=["events"]), an_event(series="samagam-2026"))
    assert answer.status_code == 422 and "in this series already" in answer.content.decode()


def test_a_calendar_holds_the_whole_days_of_a_series_and_another_states_reader_gets_none(client_for: Callable) -> None:
    event = entered("events", series="samagam-2026")
    entered("events", district="Mathura", series="samagam-2026")
    got = client_for("dm.agra").get(reverse("series_calendar"), {"series": "samagam-2026"})
    days = Calendar.from_ical(got.content).walk("VEVENT")
    assert len(days) == 2 and got.headers["Content-Type"].startswith("text/calendar")
    [one] = Calendar.from_ical(client_for("dm.agra").get(reverse("event_calendar", args=[event.pk])).content).walk("VEVENT")
    assert (one.decoded("dtstart"), one.decoded("dtend")) == (event.planned_from, event.planned_to + timedelta(days=1))
    assert client_for("dc.bilaspur").get(reverse("event_calendar", args=[event.pk])).status_code == 404
    assert client_for("dm.agra").get(reverse("series_calendar")).status_code == 404


def test_events_of_the_same_days_clash_in_a_district_and_many_at_once_in_the_state(client_for: Callable) -> None:
    entered("events"), entered("events", kind="fair", name_en="Leather fair"), entered("events", district="Mathura")
    address = reverse("register_board", args=["events", "clashes"])
    page = client_for("odop.cell").get(address, {"most": "2"}).content.decode()
    assert "Leather fair" in page and "Agra, Agra, Mathura" in page
    page = client_for("odop.cell").get(address).content.decode()
    assert "Leather fair" in page and "Agra, Agra, Mathura" not in page


def test_what_stood_before_there_were_histories_is_taken_over_once(db) -> None:
    load_samagam(settings.BASE_DIR / "fixtures")
    assert begin_histories("before") == 73 and verify().findings == []
    Event.objects.create(kind="fair", state_id=9, name_en="Put in", planned_from=date(2026, 1, 1), planned_to=date(2026, 1, 1))
    assert begin_histories("before") == 0
    assert [finding.kind for finding in verify().findings] == ["entry-unwritten"]
