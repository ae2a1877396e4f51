"""Figures for a watching machine: right, without persons, and only for whoever may read them."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as switches
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from tests.files import a_file
from workflows import incidents, notices
from workflows.models import Message, Pulse
from workflows.pages import health
from workflows.record import sealer

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-watching-machine-0123456789"


def figures(client: Client, **headers: str) -> dict[tuple[str, ...], float]:
    """Return every figure by its name and labels."""
    answer = client.get(reverse("metrics"), headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_the_figures_say_how_the_installation_stands(client: Client) -> None:
    now = timezone.now()
    for name in ("worker", "beat"):
        Pulse.objects.create(name=name, at=now - timedelta(seconds=40))
    a_file()
    sealer.seal(now - timedelta(seconds=300))
    Message.objects.all().delete()
    for key, attempts in (("one", 0), ("two", 1), ("three", notices.GIVE_UP_AFTER)):
        Message.objects.create(key=key, subject="s", text="t", attempts=attempts)
    incidents.report("stuck/1", lambda: "nobody can take it")
    incidents.report("job/1", lambda: "it failed")
    told = figures(client)
    assert 40 <= told["karyapravah_pulse_age_seconds", "worker"] < 60
    assert 300 <= told["karyapravah_seal_age_seconds",] < 320
    assert told["karyapravah_mails", "waiting"] == 2 and told["karyapravah_mails", "failed"] == 1
    assert told["karyapravah_jobs", "failed"] == 1 and told["karyapravah_jobs", "open"] == 0
    assert told["karyapravah_files_stuck",] == 1 and told["karyapravah_incidents_open",] == 2
    assert told["karyapravah_well", "worker"] == 1 and told["karyapravah_well", "drain"] == 0


@pytest.mark.parametrize(("silent", "well"), [(100, 1), (130, 0)])
def test_what_was_silent_for_more_than_two_minutes_is_not_well(silent: int, well: int, client: Client) -> None:
    names = ["worker", "beat", "drain", "seal", *health.SWEEPS]
    Pulse.objects.bulk_create(Pulse(name=name, at=timezone.now()) for name in names)
    Pulse.objects.filter(name="worker").update(at=timezone.now() - timedelta(seconds=silent))
    assert figures(client)["karyapravah_well", "worker"] == well
    assert client.get(reverse("alive")).status_code == (200 if well else 503)


def test_requests_are_counted_by_the_name_of_their_address_and_the_class_of_the_answer(client_for) -> None:
    client, case = client_for("odop.cell"), a_file()
    names = [("karyapravah_requests_total", "file", "2xx"), ("karyapravah_requests_total", "file", "4xx"),
             ("karyapravah_request_seconds_count", "file")]  # fmt: skip
    before = figures(client)
    client.get(reverse("file", args=[case.pk]))
    client.get(reverse("file", args=[987654]))
    client.get("/there-is-no-such-page/", {"q": "Ramesh"})
    after = figures(client)
    assert [after[name] - before.get(name, 0) for name in names] == [1, 1, 2]
    assert ("karyapravah_requests_total", "", "4xx") in after


def test_no_figure_names_a_person_an_office_or_a_file(client_for) -> None:
    client, case = client_for("odop.cell"), a_file(title="Marker of Agra")
    client.get(reverse("file", args=[case.pk]), {"q": "Ramesh"})
    text = client.get(reverse("metrics")).content.decode()
    for word in ("Marker", "Agra", "Ramesh", case.number, "odop.cell"):
        assert word not in text


@pytest.mark.parametrize(
    ("request_of", "status"),
    {
        "this machine": ({}, 200),
        "another machine": ({"REMOTE_ADDR": "203.0.113.7"}, 404),
        "a socket without an address": ({"REMOTE_ADDR": ""}, 404),
        "this machine's proxy": ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        "the token": ({"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        "the token through the proxy": ({"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}, 200),
        "another token": ({"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer guess"}, 404),
        "an empty token": ({"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer "}, 404),
        "the token as another scheme": ({"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": f"Basic {TOKEN}"}, 404),
    }.values(),
)
def test_the_figures_are_for_this_machine_and_for_the_token(request_of: dict[str, str], status: int, settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert Client().get(reverse("metrics"), **request_of).status_code == status


def test_where_no_token_is_set_none_opens(settings) -> None:
    settings.METRICS_TOKEN = ""
    assert Client().get(reverse("metrics"), REMOTE_ADDR="203.0.113.7", HTTP_AUTHORIZATION="Bearer ").status_code == 404


COUNTING = """
import os, sys
import project.gunicorn
import django
django.setup()
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from project import metrics
for _process in range(2):
    if os.fork() == 0:
        metrics.count("inbox", 200, 0.1)
        os._exit(0)
    os.wait()
registry = CollectorRegistry()
MultiProcessCollector(registry)
print(generate_latest(registry).decode())
project.gunicorn.on_exit(None)
print(os.path.exists(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
"""


@pytest.mark.slow
def test_the_processes_of_the_web_server_are_counted_together() -> None:
    ran = subprocess.run([sys.executable, "-c", COUNTING], cwd=switches.BASE_DIR, capture_output=True, text=True, check=True)
    assert re.search(r'requests_total\{route="inbox",status="2xx"\} 2.0', ran.stdout)
    assert ran.stdout.strip().endswith("False"), "the folder of the counts is gone with the server"
