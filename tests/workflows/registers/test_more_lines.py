"""More lines in the table of a form, an upload that is too large, and what stands first in a list."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from programme.calendar import today
from programme.models import Event, Matter, MatterOutcome
from tests.files import PDF
from tests.workflows.registers.entries import TYPED, an_event, entered, rows
from workflows.models import EntryPaper, RegisterLine
from workflows.record.entries import lines_of

pytestmark = pytest.mark.django_db


def test_more_lines_keep_what_was_typed_and_enter_nothing(client_for: Callable) -> None:
    client, address = client_for("dm.agra"), reverse("new_entry", args=["events"])
    client.cookies["django_language"] = "en"
    typed = an_event(venue="Expo mart", **rows("sessions", *({"kind": "seminar", "title": f"Session {n}"} for n in (1, 2, 3))))
    page = client.get(address).content.decode()
    assert page.count("More lines") == 3 and 'value="more:sessions" formaction="#id_sessions"' in page
    answer = client.post(address, {**typed, "planned_to": "tomorrow", "action": "more:sessions"})
    page = answer.content.decode()
    assert answer.status_code == 200 and Event.objects.count() == 0 and 'role="alert"' not in page
    assert all(words in page for words in ("Expo mart", "Session 3", "tomorrow")) and 'name="sessions-6-kind"' in page
    assert client.post(address, {**typed, "sessions-rows": "6"}).status_code == 302
    assert [session["title"] for session in Event.objects.get().sessions] == ["Session 1", "Session 2", "Session 3"]


def test_a_box_that_was_cleared_and_a_change_of_somebody_else_are_not_lost_by_more_lines(client_for: Callable) -> None:
    event, client = entered("events"), client_for("dm.agra")
    address = reverse("change_entry", args=["events", event.pk])
    seen = lines_of(event).last().hash
    assert client.post(address, {**an_event(venue="Expo mart"), "seen": seen, "why": "Larger."}).status_code == 302
    more = client.post(address, {**an_event(venue="Museum"), "seen": seen, "action": "more:participants"})
    assert more.status_code == 200 and seen in more.content.decode() and "Museum" in more.content.decode()
    assert client.post(address, {**an_event(venue="Museum"), "seen": seen, "why": "Nearer."}).status_code == 409

    seller = entered("sellers")
    address = reverse("change_entry", args=["sellers", seller.pk])
    cleared = {**TYPED["sellers"](), "action": "more:nothing"}
    del cleared["active"]
    assert client.post(address, cleared).context["form"]["active"].value() is False


def test_a_paper_above_the_limit_is_refused_with_the_limit_and_nothing_is_kept(client_for: Callable) -> None:
    event, client = entered("events"), client_for("dm.agra")
    client.cookies["django_language"] = "en"
    address, before = reverse("act_on_entry", args=["events", event.pk, "paper"]), RegisterLine.objects.count()
    large = SimpleUploadedFile("large.pdf", PDF + b" " * 10 * 2**20, "application/pdf")
    answer = client.post(address, {"paper": large})
    assert answer.status_code == 422 and "10 MB" in answer.content.decode() and "id_paper_error" in answer.content.decode()
    answer = client.post(address, {"paper": SimpleUploadedFile("a.pdf", PDF)}, CONTENT_LENGTH=str(settings.REQUEST_LARGEST + 1))
    assert answer.status_code == 413 and "Papers may be up to 10 MB each" in answer.content.decode()
    assert RegisterLine.objects.count() == before and not EntryPaper.objects.exists()


def shown(client_for: Callable, key: str) -> list[int]:
    return [entry.pk for entry in client_for("dm.agra").get(reverse("register", args=[key])).context["page"]]


def test_the_newest_event_and_letter_stand_first(client_for: Callable) -> None:
    days = [today() - timedelta(days=800), today() + timedelta(days=30), today() - timedelta(days=10)]
    letters = [entered("letters", event=entered("events", series=f"s{n}").pk, dated=day.isoformat()) for n, day in enumerate(days[::2])]
    for event, day in zip(Event.objects.order_by("pk"), days, strict=False):
        Event.objects.filter(pk=event.pk).update(planned_from=day, planned_to=day)
    assert shown(client_for, "events") == list(Event.objects.order_by("-planned_from", "-pk").values_list("pk", flat=True))
    assert shown(client_for, "letters") == [letters[1].pk, letters[0].pk]


def test_what_is_to_be_done_stands_before_what_is_done_and_first_due_is_first(client_for: Callable) -> None:
    solved, late, open_, soon = (entered("matters") for _n in range(4))
    Matter.objects.filter(pk=solved.pk).update(outcome=MatterOutcome.SOLVED, solution="Told on the spot.")
    Matter.objects.filter(pk=late.pk).update(due=today() - timedelta(days=9))
    Matter.objects.filter(pk=soon.pk).update(due=today() + timedelta(days=9))
    assert shown(client_for, "matters") == [late.pk, soon.pk, open_.pk, solved.pk]
