"""However many beats ask and workers hear, a periodic task runs once at a time; a dead one is seen and lets go."""

from datetime import timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from celery import current_app
from django.conf import settings as configured
from django.urls import reverse
from django.utils import timezone

from tests.files import a_file
from tests.processes.plan_files import at_moment
from tests.workflows.test_concurrency import at_once
from workflows import leases, tasks
from workflows.models import Escalation, Message, Movement, Notice, Pulse
from workflows.pages import health

BOUND = timedelta(minutes=6)


@pytest.mark.django_db
def test_a_task_that_runs_elsewhere_is_left_alone_and_its_end_is_a_pulse():
    with leases.alone("escalate", bound=BOUND) as mine, leases.alone("escalate", bound=BOUND) as other:
        assert mine and not other
        with patch("workflows.escalation.sweep") as sweep:
            tasks.escalate()
        assert not sweep.called and Pulse.objects.get(name="escalate").at is None
    assert Pulse.objects.get(name="escalate").leased_until is None
    with patch("workflows.escalation.sweep") as sweep:
        tasks.escalate()
    assert sweep.called and Pulse.objects.get(name="escalate").at is not None


@pytest.mark.django_db
def test_a_task_that_fails_lets_go_and_leaves_no_pulse():
    with patch("workflows.escalation.sweep", side_effect=RuntimeError), pytest.raises(RuntimeError):
        tasks.escalate()
    pulse = Pulse.objects.get(name="escalate")
    assert (pulse.at, pulse.leased_until) == (None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "free"), [(timedelta(minutes=5), False), (timedelta(minutes=7), True), (timedelta(hours=-1), True)])
def test_a_dead_workers_lease_ends_after_its_bound_and_also_when_the_clock_is_put_back(later, free):
    Pulse.objects.create(name="remind", leased_until=timezone.now() + BOUND)
    with at_moment(timezone.now() + later), leases.alone("remind", bound=BOUND) as mine:
        assert mine is free


@pytest.mark.django_db
def test_a_worker_that_read_the_clock_a_moment_earlier_does_not_take_a_lease_just_taken():
    Pulse.objects.create(name="remind", leased_until=timezone.now() + BOUND)
    with at_moment(timezone.now() - timedelta(seconds=5)), leases.alone("remind", bound=BOUND) as mine:
        assert mine is False


@pytest.mark.django_db
def test_whoever_comes_back_after_his_lease_ran_out_does_not_end_the_next_ones():
    with leases.alone("remind", bound=BOUND):
        Pulse.objects.update(leased_until=timezone.now() + timedelta(minutes=3))
    assert Pulse.objects.get(name="remind").leased_until is not None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_that_hear_two_beats_run_the_task_once():
    for _round in range(3):
        ran, turned_away, others_left = [], [], Event()

        def run(ran=ran, turned_away=turned_away, others_left=others_left):
            with leases.alone("seal", bound=BOUND) as mine:
                if mine:
                    ran.append(1)
                    others_left.wait(10)
                    return
            turned_away.append(1)
            if len(turned_away) == 2:
                others_left.set()

        at_once(run, run, run)
        assert (len(ran), len(turned_away)) == (1, 2)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_whose_leases_ran_out_write_everything_once():
    for district in ("Agra", "Mathura"):
        a_file(district=district)
    Movement.objects.update(due=timezone.now() - timedelta(days=60))

    def sweeps():
        for task in ("escalate", "tell_due", "remind", "mail_digests"):
            Pulse.objects.filter(name=task).update(leased_until=None)
            getattr(tasks, task)()

    at_once(sweeps, sweeps, sweeps)
    keys = list(Notice.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == Escalation.objects.count() == 4


@pytest.mark.django_db
def test_each_sweep_is_asked_for_every_minute_and_depends_on_no_hour():
    schedule = current_app.conf.beat_schedule
    for name in health.SWEEPS:
        assert schedule[name]["schedule"] == 60


@pytest.mark.django_db
def test_a_dead_worker_is_shown_to_the_administrator_at_home_and_to_nobody_else(client_for):
    a_file()
    now = timezone.now()
    for name in ("worker", "beat", "drain", "seal", *health.SWEEPS):
        Pulse.objects.update_or_create(name=name, defaults={"at": now})
    client = client_for("administrator")
    client.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"
    assert _ailing(client.get(reverse("inbox"))) == []
    Pulse.objects.filter(name="worker").update(at=now - timedelta(minutes=2, seconds=1))
    Pulse.objects.filter(name="escalate").update(at=now - timedelta(minutes=3))
    page = client.get(reverse("inbox"))
    assert [sign.name for sign in _ailing(page)] == ["worker", "sweeps"]
    assert "Something here has stopped" in page.content.decode()
    other = client_for("dm.agra")
    other.cookies[configured.LANGUAGE_COOKIE_NAME] = "en"
    assert "Something here has stopped" not in other.get(reverse("inbox")).content.decode()


def _ailing(page: Any) -> list[Any]:
    ailing: list[Any] = page.context["told"]["ailing"]
    return ailing


@pytest.mark.django_db
def test_mail_given_up_or_stale_does_not_make_the_outbox_ill_for_ever():
    old = timezone.now() - timedelta(days=1)
    Message.objects.create(key="given up", subject="-", text="-", attempts=8)
    Message.objects.create(key="stale", subject="-", text="-", stale_at=old)
    Message.objects.update(made_at=old)
    sign = next(sign for sign in health.signs() if sign.name == "outbox")
    assert sign.well and sign.seconds == 0
    Message.objects.create(key="waits", subject="-", text="-")
    Message.objects.filter(key="waits").update(made_at=old)
    assert not next(sign for sign in health.signs() if sign.name == "outbox").well
