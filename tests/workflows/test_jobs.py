"""Long work: asked for once, done once a row, whatever happens to the worker."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programme.models import Officer, Posting
from tests.files import officer
from tests.workflows.long_work import TABLE, letters, written
from workflows import jobs, tasks
from workflows.authority import Refusal
from workflows.models import Incident, Job, JobRow, JobStatus, Message, RowStatus
from workflows.work import WORK

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What no worker catches."""


def now_of(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def statuses(job: Job) -> list[str]:
    return list(job.rows.order_by("position").values_list("status", flat=True))


def free(job: Job) -> None:
    """Let the lease of a lost worker run out."""
    Job.objects.filter(pk=job.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def nothing_is_doubled(job: Job) -> None:
    job = now_of(job)
    counted = {status: statuses(job).count(status) for status in ("done", "refused", "failed")}
    assert {"done": job.done, "refused": job.refused, "failed": job.failed} == counted
    assert written() == [row.key for row in job.rows.filter(status="done").order_by("position")]


def test_a_job_does_every_row_in_order_and_ends():
    job = letters(3)
    assert jobs.run(TABLE) == 3
    job = now_of(job)
    assert (job.status, job.done, job.total) == (JobStatus.FINISHED, 3, 3)
    assert written() == ["r1", "r2", "r3"]
    assert [row.pk for row in job.rows.order_by("ended_at")] == [row.pk for row in job.rows.order_by("position")]


def test_the_same_key_asked_for_twice_is_one_job():
    first, second = letters(3), letters(5, by="dm.mathura")
    assert (first.pk, second.by, JobRow.objects.count()) == (second.pk, officer("dm.agra"), 3)


def test_a_job_is_asked_for_with_the_act_that_needs_it_or_not_at_all(django_capture_on_commit_callbacks):
    with patch("workflows.notices.current_app.send_task") as sent, django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            letters(3)
            transaction.set_rollback(True)
    assert (Job.objects.count(), sent.call_count) == (0, 0)


def test_a_worker_is_woken_when_the_job_is_committed(django_capture_on_commit_callbacks):
    with patch("workflows.notices.current_app.send_task") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            letters(1)
            assert not sent.called
    assert sent.call_args.args == ("workflows.tasks.run_jobs",)


def test_whoever_holds_no_charge_starts_no_job():
    with pytest.raises(Refusal, match="You hold no charge today"):
        letters(1, by="dm.agra.earlier")
    assert not Job.objects.exists()


def test_a_job_without_rows_ends_at_once():
    job = letters(0)
    assert jobs.run(TABLE) == 0
    assert now_of(job).status == JobStatus.FINISHED


@pytest.mark.parametrize("end", ["refusal", "overtaken", "invalid", "fault", "double key"])
def test_a_row_that_does_not_come_off_leaves_nothing_and_the_job_goes_on(end):
    job = letters(3, r2={"end": end})
    jobs.run(TABLE)
    ending = "failed" if end in {"fault", "double key"} else "refused"
    assert statuses(job) == ["done", ending, "done"]
    assert now_of(job).status == JobStatus.FINISHED
    nothing_is_doubled(job)


def test_a_refused_row_says_why_in_both_languages():
    job = letters(1, r1={"end": "refusal"})
    jobs.run(TABLE)
    row = job.rows.get()
    assert row.sentence_en == "You hold no charge at Row 1 today."
    assert "पंक्ति 1" in row.sentence_hi


def test_the_sentences_of_a_faulty_row_are_joined():
    job = letters(1, r1={"end": "invalid"})
    jobs.run(TABLE)
    assert job.rows.get().sentence_en == "First. Second."


def test_what_an_act_says_of_itself_stands_on_its_row():
    job = letters(1, r1={"end": "said"})
    jobs.run(TABLE)
    assert (job.rows.get().sentence_en, job.rows.get().sentence_hi) == ("Written.", "लिखा गया।")


@pytest.mark.parametrize("language", ["en", "hi"])
def test_a_row_is_done_for_its_officer_in_his_language(language):
    Officer.objects.filter(username="dm.agra").update(language=language)
    letters(1)
    jobs.run(TABLE)
    assert Message.objects.get().text == f"dm.agra {language}"


def test_the_log_of_a_failed_row_names_the_fault_and_nobody(caplog):
    letters(1, r1={"end": "fault"})
    with caplog.at_level(logging.INFO):
        jobs.run(TABLE)
    assert "RuntimeError" in caplog.text and "long_work.py" in caplog.text
    assert "Ram Kumar" not in caplog.text and "9876543210" not in caplog.text


def test_a_failed_row_raises_an_incident_that_a_good_retry_closes():
    job = letters(3, r2={"end": "fault"})
    jobs.run(TABLE)
    incident = Incident.objects.get(key=f"job/{job.pk}")
    assert "Letters of 2026-27" in incident.text_en and "1 of 3" in incident.text_en and incident.closed_at is None
    job.rows.filter(key="r2").update(args={})
    assert jobs.retry(job, by=officer("dm.agra"))
    jobs.run(TABLE)
    incident.refresh_from_db()
    assert incident.closed_at is not None
    nothing_is_doubled(job)
    assert written() == ["r1", "r2", "r3"]


def test_a_refused_row_raises_no_incident():
    letters(1, r1={"end": "refusal"})
    jobs.run(TABLE)
    assert not Incident.objects.exists()


@pytest.mark.parametrize("status", ["waiting", "running", "cancelled"])
def test_only_a_job_that_ended_by_itself_is_retried(status):
    job = letters(2, r1={"end": "refusal"})
    if status == "running":
        jobs.run(TABLE, seconds=0)
        Job.objects.update(status="running")
    if status == "cancelled":
        jobs.cancel(job, by=officer("dm.agra"), work=TABLE["letters"])
    assert not jobs.retry(job, by=officer("dm.agra"))
    assert now_of(job).status == status


def test_nobody_else_has_an_officers_work_tried_again():
    job = letters(1, r1={"end": "refusal"})
    jobs.run(TABLE)
    for other in ("administrator", "dm.mathura", "dm.agra.earlier"):
        with pytest.raises(Refusal):
            jobs.retry(job, by=officer(other))
    assert now_of(job).status == JobStatus.FINISHED


def test_a_job_can_be_stopped_between_two_rows_and_stays_stopped():
    job = letters(3)

    def stop_after_first(row):
        done = TABLE["letters"].act(row)
        assert jobs.cancel(row.job, by=officer("dm.agra"), work=TABLE["letters"])
        return done

    jobs.run({"letters": jobs.Work(title=str, act=stop_after_first)})
    assert (now_of(job).status, statuses(job)) == (JobStatus.CANCELLED, ["done", "waiting", "waiting"])
    assert jobs.run(TABLE) == 0
    assert not jobs.cancel(job, by=officer("dm.agra"), work=TABLE["letters"])
    nothing_is_doubled(job)


def test_work_that_must_not_be_torn_is_not_stopped():
    job = letters(3)
    with pytest.raises(Refusal, match="half way"):
        jobs.cancel(job, by=officer("dm.agra"), work=jobs.Work(title=str, act=TABLE["letters"].act))
    assert now_of(job).is_open


@pytest.mark.parametrize("moment", ["before the act", "after the act", "after the mark"])
@pytest.mark.parametrize("row", ["r1", "r2", "r3"])
def test_a_worker_killed_at_a_row_loses_nothing_and_doubles_nothing(moment, row):
    job = letters(3)
    real_act, real_mark = TABLE["letters"].act, jobs._mark

    def act(at):
        if (at.key, moment) == (row, "before the act"):
            raise Killed
        done = real_act(at)
        if (at.key, moment) == (row, "after the act"):
            raise Killed
        return done

    def mark(at, **marks):
        real_mark(at, **marks)
        if (at.key, moment) == (row, "after the mark"):
            raise Killed

    with patch.object(jobs, "_mark", mark), pytest.raises(Killed):
        jobs.run({"letters": jobs.Work(title=str, act=act)})
    nothing_is_doubled(job)
    assert statuses(job).count("waiting") == 4 - int(row[1])
    assert jobs.run(TABLE) == 0, "the lost worker's lease still holds"
    free(job)
    jobs.run(TABLE)
    assert (now_of(job).status, written()) == (JobStatus.FINISHED, ["r1", "r2", "r3"])
    nothing_is_doubled(job)


def test_a_row_at_which_the_database_broke_off_waits_and_is_not_failed():
    job = letters(3)
    with patch.object(jobs, "_act", side_effect=OperationalError("terminating connection")), pytest.raises(OperationalError):
        jobs.run(TABLE)
    assert statuses(job) == ["waiting"] * 3 and not Incident.objects.exists()
    free(job)
    jobs.run(TABLE)
    assert statuses(job) == ["done"] * 3
    nothing_is_doubled(job)


def test_a_job_whose_workers_are_lost_again_and_again_is_given_up_and_can_be_retried():
    job = letters(2)

    def die(row):
        if row.key == "r2":
            raise Killed
        return TABLE["letters"].act(row)

    for _lost in range(jobs.GIVE_UP_AFTER + 1):
        with pytest.raises(Killed):
            jobs.run({"letters": jobs.Work(title=str, act=die)})
        free(job)
    assert jobs.run(TABLE) == 0
    assert (now_of(job).status, statuses(job)) == (JobStatus.FAILED, ["done", "waiting"])
    assert "given up" in Incident.objects.get(key=f"job/{job.pk}").text_en
    assert jobs.retry(job, by=officer("dm.agra"))
    jobs.run(TABLE)
    assert (now_of(job).status, written()) == (JobStatus.FINISHED, ["r1", "r2"])


def test_a_fault_that_only_the_commit_finds_fails_the_row_alone():
    job = letters(2)
    real = jobs._mark

    def broken_commit(row, *, status, **marks):
        real(row, status=status, **marks)
        if row.key == "r1" and status == RowStatus.DONE:
            raise RuntimeError("found at the end of the transaction")

    with patch.object(jobs, "_mark", broken_commit):
        jobs.run(TABLE)
    assert statuses(job) == ["failed", "done"]
    nothing_is_doubled(job)


def test_a_row_that_another_worker_ended_meanwhile_is_not_marked_again():
    job = letters(1)
    row = job.rows.get()
    jobs.run(TABLE)
    jobs._fail(row)
    assert (statuses(job), now_of(job).failed) == (["done"], 0)


def test_a_wake_up_delivered_twice_does_the_work_once(monkeypatch):
    monkeypatch.setitem(WORK, "letters", TABLE["letters"])
    job = letters(3)
    with patch("workflows.notices.wake") as woken:
        tasks.run_jobs()
        tasks.run_jobs()
    assert written() == ["r1", "r2", "r3"]
    assert woken.call_args_list == [(("run_jobs",),)]
    nothing_is_doubled(job)


def test_a_pass_that_is_over_leaves_the_rest_free_for_the_next():
    slow = {"seconds": 0.02}
    job, other = letters(3, each=slow), letters(1, key="other", each=slow)
    assert jobs.run(TABLE, seconds=0.01) == 1
    assert now_of(job).status == JobStatus.RUNNING
    assert jobs.run(TABLE, seconds=0.01) == 1
    assert now_of(other).done == 1, "a job that was served stands behind one that was not"
    while jobs.run(TABLE, seconds=0.01):
        pass
    assert {now_of(job).status, now_of(other).status} == {JobStatus.FINISHED}


def test_a_kind_this_worker_does_not_know_waits_for_one_that_does():
    job = letters(1)
    assert jobs.run({}) == 0
    assert now_of(job).status == JobStatus.WAITING
    assert jobs.run(TABLE) == 1


def test_each_row_asks_little_of_the_database():
    letters(1, key="warm")
    jobs.run(TABLE)
    asked = {}
    for count in (5, 15):
        letters(count, key=f"of {count}")
        with CaptureQueriesContext(connection) as queries:
            jobs.run(TABLE)
        asked[count] = len(queries)
    # Savepoints among them: the row, its act, its mark, its count.
    assert (asked[15] - asked[5]) / 10 <= 8


def test_whoever_lost_every_charge_no_longer_sees_his_jobs():
    job = letters(1)
    assert jobs.visible_to(officer("dm.agra")).get() == job
    Posting.objects.filter(officer=officer("dm.agra")).delete()
    assert not jobs.visible_to(officer("dm.agra")).exists()
    assert jobs.visible_to(officer("administrator")).get() == job
    assert not jobs.visible_to(officer("administrator.hp")).exists()
