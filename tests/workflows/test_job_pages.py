"""The page of long work: how far it is, what became of each row, and what may be done about it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from programme.models import Officer
from tests.files import a_file, officer
from tests.workflows.long_work import TABLE, letters
from workflows import jobs
from workflows.models import Job, JobRow, JobStatus, Pulse
from workflows.pages.health import signs
from workflows.work import WORK

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


@pytest.fixture(autouse=True)
def the_kind_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WORK, "letters", TABLE["letters"])


@pytest.fixture
def reader(client_for: Desk) -> Callable[..., str]:
    """Return how a page reads for the District Magistrate of Agra in the language asked for."""
    client = client_for("dm.agra")

    def read(address: str, language: str = "en") -> str:
        client.post(reverse("set_language"), {"language": language})
        response = client.get(address)
        assert response.status_code == 200
        return re.sub(r"\s+", " ", response.content.decode())

    return read


def page_of(job: Job) -> str:
    return reverse("job", args=[job.pk])


def worker_seen(ago: timedelta) -> None:
    Pulse.objects.update_or_create(name="worker", defaults={"at": timezone.now() - ago})


def test_a_running_job_shows_how_far_it_is_and_asks_again_without_a_script(reader: Callable[..., str]) -> None:
    worker_seen(timedelta(seconds=10))
    job = letters(4, each={"seconds": 0.02})
    jobs.run(TABLE, seconds=0.01)
    Job.objects.update(started_at=timezone.now() - timedelta(seconds=90))  # 270 seconds left, and a slow machine adds some
    page = reader(page_of(job))
    assert '<progress max="4" value="1"' in page
    assert "1 of 4" in page and "about 5 minutes left" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page and 'data-running="2"' in page
    assert "last seen" not in page
    assert "Stop this work" in page


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_finished_job_has_a_line_for_each_row_in_the_readers_language(reader: Callable[..., str], language: str) -> None:
    case = a_file()
    job = letters(3, r2={"end": "refusal"}, r3={"end": "fault"})
    job.rows.filter(key="r1").update(case=case)
    jobs.run(TABLE)
    page = reader(page_of(job), language)
    assert f'<html lang="{language}">' in page
    names = ["Row 1", "Row 2", "Row 3"] if language == "en" else ["पंक्ति 1", "पंक्ति 2", "पंक्ति 3"]
    assert re.findall(r'<td class="subject">(.+?)</td>', page) == names
    with translation.override(language):
        assert getattr(job.rows.get(key="r2"), f"sentence_{language}") in page
    assert f'<a href="{reverse("file", args=[case.pk])}">{case.number}</a>' in page
    assert 'http-equiv="refresh"' not in page and "data-running" not in page
    assert reverse("retry_job", args=[job.pk]) in page and reverse("cancel_job", args=[job.pk]) not in page


def test_the_rows_can_be_narrowed_to_those_that_failed(reader: Callable[..., str]) -> None:
    job = letters(3, r3={"end": "fault"})
    jobs.run(TABLE)
    assert re.findall(r'<td class="subject">(.+?)</td>', reader(page_of(job) + "?show=failed")) == ["Row 3"]
    assert "Failed (1)" in reader(page_of(job)) and "Refused (" not in reader(page_of(job))


@pytest.mark.parametrize("ago", [timedelta(minutes=3), None])
def test_a_waiting_job_says_when_no_worker_is_there(reader: Callable[..., str], ago: timedelta | None) -> None:
    job = letters(2)
    if ago:
        worker_seen(ago)
    page = reader(page_of(job))
    assert ("The worker was last seen on" if ago else "No worker was seen yet") in page
    assert 'content="30"' in page


def test_no_page_does_the_work_itself(reader: Callable[..., str], client_for: Desk) -> None:
    job = letters(2)
    for address in (page_of(job), reverse("jobs"), reverse("inbox")):
        reader(address)
    client_for("dm.agra").post(reverse("retry_job", args=[job.pk]))
    assert list(job.rows.values_list("status", flat=True)) == ["waiting", "waiting"]


def test_the_officer_stops_his_work_and_the_page_says_who_did(reader: Callable[..., str], client_for: Desk) -> None:
    job = letters(2)
    response = client_for("dm.agra").post(reverse("cancel_job", args=[job.pk]))
    assert (response.status_code, response.url) == (302, page_of(job))
    page = reader(page_of(job))
    assert f"Stopped by {officer('dm.agra').name_en}" in page and "The rows that waited were left." in page
    assert Job.objects.get().status == JobStatus.CANCELLED


def test_the_officer_has_the_rest_tried_again(client_for: Desk) -> None:
    job = letters(2, r1={"end": "refusal"})
    jobs.run(TABLE)
    JobRow.objects.update(args={})
    assert client_for("dm.agra").post(reverse("retry_job", args=[job.pk])).status_code == 302
    jobs.run(TABLE)
    assert list(job.rows.values_list("status", flat=True)) == ["done", "done"]


def test_the_administrator_looks_on_and_retries_nothing(client_for: Desk) -> None:
    job = letters(2, r1={"end": "refusal"})
    jobs.run(TABLE)
    client = client_for("administrator")
    assert reverse("retry_job", args=[job.pk]) not in client.get(page_of(job)).content.decode()
    assert client.post(reverse("retry_job", args=[job.pk])).status_code == 403
    assert page_of(job) in client.get(reverse("jobs")).content.decode()


@pytest.mark.parametrize("stranger", ["dm.mathura", "dm.agra.earlier", "administrator.hp", "auditor", "principal.secretary"])
def test_a_stranger_finds_no_trace_of_a_job(stranger: str, client_for: Desk) -> None:
    job = letters(2)
    client = client_for(stranger)
    assert client.get(page_of(job)).status_code == 404
    assert client.post(reverse("cancel_job", args=[job.pk])).status_code == (403 if stranger == "auditor" else 404)
    for address in (reverse("jobs"), reverse("inbox")):
        assert "Letters of" not in client.get(address).content.decode()


def test_the_inbox_leads_back_to_work_of_today_and_not_of_last_week(reader: Callable[..., str]) -> None:
    job = letters(1)
    assert page_of(job) in reader(reverse("inbox"))
    jobs.run(TABLE)
    assert page_of(job) in reader(reverse("inbox"))
    Job.objects.update(finished_at=timezone.now() - timedelta(days=7))
    assert page_of(job) not in reader(reverse("inbox"))
    assert page_of(job) in reader(reverse("jobs"))


def test_a_kind_no_longer_known_is_still_shown(reader: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    job = letters(1)
    monkeypatch.delitem(WORK, "letters")
    assert "letters" in reader(page_of(job))


def test_a_page_of_many_rows_asks_little(client_for: Desk) -> None:
    Officer.objects.filter(username="dm.agra").update(language="en")
    job = letters(75)
    client = client_for("dm.agra")
    client.get(page_of(job))
    with CaptureQueriesContext(connection) as asked:
        page = client.get(page_of(job)).content
    assert len(asked) <= 10, [query["sql"][:160] for query in asked]
    assert len(page) < 30 * 1024


def test_health_counts_jobs_and_calls_one_that_nobody_does_stale() -> None:
    with translation.override("en"):
        job = letters(2, r1={"end": "fault"})
        sign = next(sign for sign in signs() if sign.name == "jobs")
        assert (sign.well, sign.said) == (True, "1 open, 0 with failures")
        Job.objects.update(made_at=timezone.now() - timedelta(minutes=3))
        assert not next(sign for sign in signs() if sign.name == "jobs").well
        jobs.run(TABLE)
        sign = next(sign for sign in signs() if sign.name == "jobs")
        assert (sign.well, sign.said) == (True, "0 open, 1 with failures")
        assert job.rows.filter(status="failed").count() == 1


def test_work_of_a_kind_no_longer_known_is_read_and_not_begun_again(reader, client_for, monkeypatch):
    job = letters(2, key="old", by="dm.agra")
    JobRow.objects.filter(job=job).update(status="failed", ended_at=timezone.now())
    Job.objects.filter(pk=job.pk).update(status=JobStatus.FINISHED, failed=2, finished_at=timezone.now())
    assert reverse("retry_job", args=[job.pk]) in reader(page_of(job))
    monkeypatch.delitem(WORK, "letters")
    assert reverse("retry_job", args=[job.pk]) not in reader(page_of(job))
    client_for("dm.agra").post(reverse("retry_job", args=[job.pk]))
    job.refresh_from_db()
    assert (job.status, job.rows.filter(status="failed").count()) == (JobStatus.FINISHED, 2)
