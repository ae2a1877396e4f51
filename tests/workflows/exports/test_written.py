"""Long lists: written by the worker, once, for whoever asked, and kept for a day."""

import io
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from tests.files import officer, propose
from tests.workflows.exports.reading import content, csv_lines, get
from tests.workflows.exports.written import a_written_list, asked_list
from workflows import jobs, tasks
from workflows.authority import Refusal
from workflows.exports import keeping, linking, writing
from workflows.models import AuditScope, Job, JobStatus, RowStatus, WrittenList
from workflows.postings import relieve
from workflows.work import WORK

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Any) -> Iterator[None]:
    with patch.object(storages["lists"], "_location", str(tmp_path)), patch.object(storages["lists"], "location", str(tmp_path)):
        yield


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a list of more than two lines be a long one."""
    monkeypatch.setattr(linking, "AT_ONCE", 2)
    for district in ("Agra", "Mathura", "Lucknow"):
        propose(district)


def kept_files() -> list[str]:
    storage = storages["lists"]
    return storage.listdir("")[1] if storage.exists("") else []


def english(client: Client) -> Client:
    client.post(reverse("set_language"), {"language": "en"})
    return client


def test_a_long_list_is_offered_asked_for_written_and_saved(client_for: Desk, short: None) -> None:
    client = english(client_for("odop.cell"))
    address = reverse("get_list", args=["files", "xlsx"])
    page = client.get(address)
    assert "This list has 3 lines" in page.content.decode() and not Job.objects.exists(), "looking asks for nothing"
    sent = {"key": str(page.context["key"])}
    first, second = client.post(address, sent), client.post(address, sent)
    assert first.url == second.url and WrittenList.objects.count() == 1, "a double press is one list"
    page = client.get(first.url).content.decode()
    assert "0 of 3 lines" in page and "take_list" not in page
    jobs.run(WORK)
    written = WrittenList.objects.get()
    page = client.get(first.url).content.decode()
    assert "The list is ready: 3 lines." in page and reverse("take_list", args=[written.pk]) in page
    body = content(client.get(reverse("take_list", args=[written.pk])))
    assert len(body) == written.size
    rows = list(load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in rows] == [case.number for case in client.get(reverse("files")).context["page"]]
    assert first.url in client.get(reverse("job", args=[written.job_id])).content.decode(), "the work leads to its list"


def test_it_is_written_in_the_language_in_which_it_was_asked_for(short: None) -> None:
    with translation.override("hi"):
        written = asked_list("odop.cell")
        heading, title = translation.gettext("File number"), translation.gettext("Files")
    with translation.override("en"):
        jobs.run(WORK)
    written.refresh_from_db()
    assert heading in csv_lines(written.stored.read())[0]
    assert written.job.rows.get().name_hi == title and written.job.rows.get().name_en == "Files"


def test_nobody_but_who_asked_gets_it_not_even_the_administrator_who_sees_the_work(client_for: Desk, short: None) -> None:
    written = a_written_list("odop.cell")
    assert client_for("administrator").get(reverse("job", args=[written.job_id])).status_code == 200
    for person in ("administrator", "principal.secretary", "dm.agra", "dc.bilaspur", "auditor"):
        for name in ("written_list", "take_list"):
            assert client_for(person).get(reverse(name, args=[written.pk])).status_code == 404, (person, name)
    assert client_for("odop.cell").get(reverse("take_list", args=[written.pk])).status_code == 200


def test_an_auditor_whose_part_was_changed_meanwhile_does_not_get_it(client_for: Desk, short: None) -> None:
    written = a_written_list("auditor")
    assert client_for("auditor").get(reverse("take_list", args=[written.pk])).status_code == 200
    AuditScope.objects.create(posting=officer("auditor").postings.get(), processes=["loan"])
    assert client_for("auditor").get(reverse("take_list", args=[written.pk])).status_code == 403


def test_whoever_is_relieved_meanwhile_does_not_get_it(client_for: Desk, short: None) -> None:
    written = a_written_list("odop.cell")
    posting = officer("odop.cell").postings.get()
    posting.starts_on -= timedelta(days=9)
    posting.save()
    relieve(posting, on=timezone.localdate() - timedelta(days=1), by=officer("administrator"))
    response = english(client_for("odop.cell")).get(reverse("take_list", args=[written.pk]))
    assert response.status_code == 403 and "Your charges have changed" in response.content.decode()


def test_whoever_is_relieved_before_it_is_written_has_none_written(short: None) -> None:
    written = asked_list("odop.cell", name="season")
    posting = officer("odop.cell").postings.get()
    posting.starts_on -= timedelta(days=9)
    posting.save()
    relieve(posting, on=timezone.localdate() - timedelta(days=1), by=officer("administrator"))
    jobs.run(WORK)
    row = written.job.rows.get()
    assert row.status == RowStatus.REFUSED and "read every file of the State" in row.sentence_en and row.sentence_hi != row.sentence_en
    assert not WrittenList.objects.get().stored and kept_files() == []


def test_an_officer_who_sees_less_gets_a_list_of_what_he_sees(short: None) -> None:
    """What the worker writes is asked of the authority when it is written, not when it was asked for."""
    written = asked_list("dm.agra")
    jobs.run(WORK)
    written.refresh_from_db()
    told = csv_lines(written.stored.read())
    assert len(told) == 1 == written.lines


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_worker_lost_while_writing_leaves_one_list_in_the_end(short: None, after: int) -> None:
    """Lost before, in the middle of, and after writing the file, but before anybody said so."""
    written = asked_list("odop.cell")

    class Lost(BaseException):
        pass

    def lose(*args: Any, **named: Any) -> Any:
        if after == 2:
            real(*args, **named)
        raise Lost

    place, name = {0: (keeping, "chunks"), 1: (keeping, "write_lines"), 2: (storages["lists"], "save")}[after]
    real = getattr(place, name)
    with patch.object(place, name, lose), pytest.raises(Lost):
        jobs.run(WORK)
    written.refresh_from_db()
    assert not written.stored and written.job.status == JobStatus.RUNNING
    assert jobs.run(WORK) == 0, "its lease still stands"
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert jobs.run(WORK) == 1
    written.refresh_from_db()
    assert written.lines == 3 and csv_lines(written.stored.read()) and written.job.rows.get().status == RowStatus.DONE
    left = [name for name in kept_files() if name != written.stored.name]
    assert len(left) == (1 if after == 2 else 0)
    for name in left:
        os.utime(storages["lists"].path(name), (time.time() - 7200,) * 2)
    assert keeping.sweep() == len(left)
    assert kept_files() == [written.stored.name]


def test_a_list_that_is_stopped_while_it_is_written_is_not_finished(short: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "TELL_EVERY", 0)
    written = asked_list("odop.cell")
    real = writing.write_lines

    def stopped(*args: Any, **named: Any) -> int:
        Job.objects.update(status=JobStatus.CANCELLED, cancelled_by=officer("odop.cell"), finished_at=timezone.now())
        return real(*args, **named)

    with patch.object(keeping, "write_lines", stopped):
        assert jobs.run(WORK) == 0
    written.refresh_from_db()
    assert not written.stored and written.job.status == JobStatus.CANCELLED and kept_files() == []


def test_how_far_it_is_is_told_while_it_is_written(short: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "TELL_EVERY", 0)
    monkeypatch.setattr(keeping, "CHUNK", 2)
    written, told = asked_list("odop.cell"), []
    real = keeping._tell

    def tell(*args: Any) -> None:
        real(*args)
        told.append(WrittenList.objects.get(pk=written.pk).written)

    with patch.object(keeping, "_tell", tell):
        jobs.run(WORK)
    assert told == [0, 2]


def test_after_a_day_it_is_gone_and_says_so(client_for: Desk, short: None) -> None:
    written = a_written_list("odop.cell", query="process=exhibition")
    client = english(client_for("odop.cell"))
    WrittenList.objects.update(kept_until=timezone.now())
    assert client.get(reverse("take_list", args=[written.pk])).status_code == 403, "its time is over, swept or not"
    tasks.sweep_lists()
    assert kept_files() == []
    page = client.get(reverse("written_list", args=[written.pk])).content.decode()
    assert "no longer kept" in page and reverse("get_list", args=["files", "csv"]) + "?process=exhibition" in page
    assert keeping.sweep() == 0


def test_no_more_than_a_few_are_written_for_one_officer_at_a_time(client_for: Desk, short: None) -> None:
    for number in range(keeping.AT_A_TIME):
        asked_list("odop.cell", query=f"q=a{number}", key=str(number))
    assert asked_list("odop.cell", query="q=a0", key="again").job_id == Job.objects.order_by("pk").first().pk, "the same list is one"
    with pytest.raises(Refusal, match="being written for you already"):
        asked_list("odop.cell", query="q=other", key="one more")
    answer = english(client_for("odop.cell")).post(reverse("get_list", args=["files", "csv"]) + "?q=x", {"key": str(uuid4())})
    assert answer.status_code == 403
    asked_list("dm.agra", key="0")


def test_a_forged_form_asks_for_nothing(client_for: Desk) -> None:
    client = client_for("odop.cell")
    assert client.post(reverse("get_list", args=["files", "csv"]), {"key": "x"}).status_code == 400
    assert client.post(reverse("get_list", args=["jobs", "csv"]), {"key": str(uuid4())}).status_code == 404
    assert client_for("dm.agra").post(reverse("get_list", args=["season", "csv"]), {"key": str(uuid4())}).status_code == 403
    assert client.post(reverse("get_list", args=["agenda", "csv"]) + "?sitting=9", {"key": str(uuid4())}).status_code == 404
    assert not Job.objects.exists()


def test_a_list_is_read_in_chunks_and_no_line_is_lost_between_them(client_for: Desk, short: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.exports.declaring.CHUNK", 2)
    monkeypatch.setattr(linking, "AT_ONCE", 5000)
    client = english(client_for("odop.cell"))
    shown = [case.number for case in client.get(reverse("files")).context["page"]]
    assert [line["File number"] for line in csv_lines(content(get(client, "inbox", "csv")))] == shown[::-1], "first due first"
    assert len(csv_lines(content(get(client, "season", "csv")))) == 75
    assert [line["File number"] for line in csv_lines(content(get(client, "files", "csv")))] == shown


def test_the_sweep_is_on_the_clock() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["sweep_lists"]["task"] == "workflows.tasks.sweep_lists"


def test_two_workers_at_one_list_make_one(short: None) -> None:
    """The first worker stood still until its lease was over; a second one has written the list when it wakes."""
    written = asked_list("odop.cell")
    real, others = writing.write_lines, []

    def overtaken(*args: Any, **named: Any) -> int:
        if not others:
            others.append(True)
            Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
            assert jobs.run(WORK) == 1
        return real(*args, **named)

    with patch.object(keeping, "write_lines", overtaken):
        assert jobs.run(WORK) == 0, "the first one has nothing left to do"
    written.refresh_from_db()
    assert written.job.status == JobStatus.FINISHED and csv_lines(written.stored.read())
    [left] = [name for name in kept_files() if name != written.stored.name]
    os.utime(storages["lists"].path(left), (time.time() - 7200,) * 2)
    assert keeping.sweep() == 1 and kept_files() == [written.stored.name]
