"""What the machine gave up is listed with its cause and tried again."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.utils import timezone

from programme.models import Designation
from tests.files import a_file, officer, waiting
from tests.processes.identification_files import propose_product
from tests.workflows.long_work import TABLE, letters
from tests.workflows.repairs.plans import sound
from workflows import clock, jobs, notices
from workflows.authority import Refusal
from workflows.models import Incident, JobRow, JobStatus, Message, Movement
from workflows.repairs import retrying

pytestmark = pytest.mark.django_db


def test_rows_at_which_the_machine_failed_are_tried_again_for_the_officer_who_asked_and_refused_ones_are_left():
    job = letters(3, r1={"end": "fault"}, r2={"end": "refusal"})
    jobs.run(TABLE)
    assert list(retrying.failed_jobs(officer("administrator"))) == [job]
    assert not retrying.failed_jobs(officer("administrator.hp")).exists()
    JobRow.objects.update(args={})
    with pytest.raises(Refusal, match="Only the programme administrator"):
        retrying.job_again(job, by=officer("administrator.hp"))
    assert retrying.job_again(job, by=officer("administrator"))
    jobs.run(TABLE)
    job.refresh_from_db()
    assert (job.done, job.refused, job.failed, job.status) == (2, 1, 0, JobStatus.FINISHED)
    assert Message.objects.filter(subject="r1").get().text.startswith("dm.agra")
    assert not retrying.failed_jobs(officer("administrator")).exists()
    assert not retrying.job_again(job, by=officer("administrator"))


def test_a_mail_that_was_given_up_is_listed_with_its_cause_and_leaves_when_tried_again():
    a_file(at="correct")
    with patch("workflows.notices.EmailMessage.send", side_effect=OSError("no route")):
        for _attempt in range(notices.GIVE_UP_AFTER):
            notices.drain()
            Message.objects.update(leased_until=None)
    message = retrying.undelivered(officer("administrator")).get()
    assert message.failure == "OSError: no route"
    with pytest.raises(Refusal, match="another State"):
        retrying.mail_again(message, by=officer("administrator.hp"))
    retrying.mail_again(message, by=officer("administrator"))
    assert notices.drain() == 1 and len(mail.outbox) == 1
    with pytest.raises(Refusal, match="has left"):
        retrying.mail_again(message, by=officer("administrator"))


def test_a_stay_the_clock_could_not_end_says_why_and_is_ended_when_the_cause_is_gone():
    case = propose_product()
    Movement.objects.filter(case=case, disposed=None).update(wakes=timezone.now() - timedelta(hours=1))
    dm = Designation.objects.filter(state__short="UP", code="dm")
    powers = dm.get().powers
    dm.update(powers=[power for power in powers if power != "recommend_product"])
    clock.sweep()
    stay = retrying.overdue_stays(officer("administrator")).get()
    assert Incident.objects.get(key=f"clock/{stay.pk}").closed_at is None
    with pytest.raises(Refusal, match="No office holds the power"):
        retrying.stay_again(stay, by=officer("administrator"))
    with patch("workflows.steps.note", side_effect=RuntimeError("Ram Kumar")), pytest.raises(Refusal, match="RuntimeError") as said:
        retrying.stay_again(stay, by=officer("administrator"))
    assert "Ram Kumar" not in str(said.value)
    dm.update(powers=powers)
    assert retrying.stay_again(stay, by=officer("administrator"))
    assert Incident.objects.get(key=f"clock/{stay.pk}").closed_at
    assert waiting(sound(case)).step == "recommend"
    assert retrying.stay_again(stay, by=officer("administrator")) is None
