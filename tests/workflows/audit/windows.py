"""What an auditor of Uttar Pradesh finds in the days round today, and the samples he draws."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from programme.calendar import today
from programme.models import State
from tests.files import officer
from workflows.audit import sampling
from workflows.audit.exceptions import KINDS
from workflows.audit.kinds import Hit
from workflows.audit.reading import files_of
from workflows.audit.window import Window
from workflows.models import Method, Sample


def a_window(**narrowed: Any) -> Window:
    bounds = {"first": today() - timedelta(days=60), "last": today() + timedelta(days=900)}
    return Window(State.objects.get(short="UP"), **{**bounds, **narrowed})


def hits(code: str, by: str = "auditor", **narrowed: Any) -> list[Hit]:
    window = a_window(**narrowed)
    return KINDS[code].told(list(KINDS[code].found(window, files_of(officer(by)))), window)


def shown(code: str, **narrowed: Any) -> list[tuple[str, list[int]]]:
    """Return file number and paragraphs of every hit."""
    return [(hit.case.number, hit.paragraphs) for hit in hits(code, **narrowed)]


def fact(hit: Hit, label: str) -> str:
    """Return what a hit says under a label; raise ``KeyError`` where it says nothing."""
    return dict(hit.facts)[label]


def in_english(client: Client) -> Client:
    """Let the pages be read in English, in which sentences are compared."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def drawn(size: int = 2, method: Method = Method.RANDOM, *, by: str = "auditor", **plan: Any) -> Sample:
    """Draw a sample from every file of the State."""
    planned = sampling.Plan(title="First quarter", method=method, size=size, seed="2026", **plan)
    return sampling.draw(files_of(officer(by)), planned, state=State.objects.get(short="UP"), by=officer(by))
