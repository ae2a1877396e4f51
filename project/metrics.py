"""Figures for Prometheus: requests as each web process counts them, and how the installation stands, asked of the database."""

import os
from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from workflows import notices
from workflows.models import Incident
from workflows.pages import health
from workflows.pages.problems import SAFE, only

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
# Where gunicorn's processes lay their counts together (project/gunicorn.py).
TOGETHER = "PROMETHEUS_MULTIPROC_DIR"
FORWARDED = ("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via")
OWN = CollectorRegistry()
REQUESTS = Counter("karyapravah_requests", "Requests answered", ["route", "status"], registry=OWN)
DURATION = Histogram("karyapravah_request_seconds", "Time from request to answer", ["route"], buckets=SECONDS, registry=OWN)


def count(route: str, status: int, seconds: float) -> None:
    """Count an answer by the name of its address and the class of its status; addresses nobody made have no name."""
    REQUESTS.labels(route, f"{status // 100}xx").inc()
    DURATION.labels(route).observe(seconds)


class Standing(Collector):
    """How the installation stands at this moment; counts and ages, never what a file is about."""

    def collect(self) -> Iterator[Metric]:
        with translation.override("en"):
            signs = {sign.name: sign for sign in health.signs()}
        well = GaugeMetricFamily("karyapravah_well", "1 when this sign of life is as it should be", labels=["sign"])
        for name, sign in signs.items():
            well.add_metric([name], sign.well)
        yield well
        if not signs["database"].well:
            return
        pulse = GaugeMetricFamily("karyapravah_pulse_age_seconds", "Seconds since it was last seen", labels=["of"])
        for name in ("worker", "beat", "drain", "seal", "sweeps"):
            if (seconds := signs[name].seconds) is not None:
                pulse.add_metric([name], seconds)
        yield pulse
        if (age := signs["last_seal"].seconds) is not None:
            yield GaugeMetricFamily("karyapravah_seal_age_seconds", "Seconds since the newest seal", value=age)
        open_now = Incident.objects.filter(closed_at=None)
        yield _both("karyapravah_jobs", "Long work", open=signs["jobs"].seconds, failed=open_now.filter(key__startswith="job/").count())
        yield _both("karyapravah_mails", "Mails in the outbox", waiting=signs["outbox"].seconds, failed=notices.given_up().count())
        yield GaugeMetricFamily(
            "karyapravah_incidents_open", "Incidents that wait for an administrator", value=signs["incidents"].seconds or 0
        )
        stuck = open_now.filter(key__startswith="stuck/").count()
        yield GaugeMetricFamily("karyapravah_files_stuck", "Steps that nobody can take", value=stuck)


def _both(name: str, said: str, **states: int | None) -> GaugeMetricFamily:
    figure = GaugeMetricFamily(name, said, labels=["state"])
    for state, number in states.items():
        figure.add_metric([state], number or 0)
    return figure


@only(*SAFE)
def page(request: HttpRequest) -> HttpResponse:
    """Answer a watching machine in the text format of Prometheus; for whoever has no right to it there is no such page."""
    if not _may_read(request):
        raise Http404
    counted = OWN
    if TOGETHER in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    standing = CollectorRegistry()
    standing.register(Standing())
    text = generate_latest(counted) + generate_latest(standing)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _may_read(request: HttpRequest) -> bool:
    """Say whether the request carries the token, or comes from this very machine and through no proxy."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if settings.METRICS_TOKEN and scheme.lower() == "bearer" and constant_time_compare(given, settings.METRICS_TOKEN):
        return True
    try:
        near = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return near and not any(name in request.headers for name in FORWARDED)
