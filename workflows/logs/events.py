"""The paragraphs of files as events, without anything personal: offices are named, persons are one-way marks."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from programme.models import Office
from workflows.models import Case, Noting, Outcome
from workflows.models.outcomes import REPAIRS

CHUNK = 2_000
MARK = 12  # hexadecimal digits of a person's mark


class Event(NamedTuple):
    """One paragraph: the step and what was done there, when, at which office and by whom, as a mark that is the same everywhere."""

    case_id: int
    paragraph: int
    at: datetime
    step: str
    outcome: str
    office_id: int | None
    officer_id: int | None

    @property
    def kind(self) -> str:
        """Say whether the paragraph moves the file, stands beside its way, repairs it, or was written by the system."""
        if self.outcome in REPAIRS:
            return "repair"
        if Outcome(self.outcome).is_aside:
            return "aside"
        return "system" if self.officer_id is None else "act"


@dataclass(frozen=True)
class Trace:
    """One file and its events in order. Its subject is left out: it may name a person."""

    case_id: int
    number: str
    process: str
    version: int
    district: str
    amount: str
    norm: str
    ending: str
    opened: datetime
    events: list[Event]


def traces(cases: QuerySet[Case]) -> Iterator[Trace]:
    """Yield the files with their events, the oldest first; nothing is held but the file under way."""
    columns = ("case_id", "paragraph", "written_at", "step", "outcome", "office_id", "officer_id")
    rows = Noting.objects.filter(case__in=cases.order_by().values("pk")).order_by("case_id", "paragraph").values_list(*columns)
    grouped = groupby(map(Event._make, rows.iterator(chunk_size=CHUNK)), key=attrgetter("case_id"))
    heads = ("pk", "number", "kind", "flow_version", "district__name_en", "amount", "norm__version", "ending", "created")
    files = cases.order_by("pk").values_list(*heads).iterator(chunk_size=CHUNK)
    case_id, events = next(grouped, (None, iter(())))
    for pk, number, kind, version, district, amount, norm, ending, opened in files:
        own = list(events) if case_id == pk else []
        if case_id == pk:
            case_id, events = next(grouped, (None, iter(())))
        said = "" if amount is None else f"{amount:.2f}"
        yield Trace(pk, number, kind, version, district or "", said, norm, ending, opened, own)


class Offices:
    """Names of offices as they are today, read once; one that is gone is called by its number."""

    def __init__(self) -> None:
        rows = Office.objects.values_list("pk", "designation__code", "designation__level", "designation__name_en", "district__name_en")
        self.rows = {pk: (code, level, f"{post}, {district}" if district else post) for pk, code, level, post, district in rows}

    def post(self, office_id: int) -> str:
        return str(self.rows[office_id][0]) if office_id in self.rows else ""

    def level(self, office_id: int) -> str:
        return str(self.rows[office_id][1]) if office_id in self.rows else ""

    def name(self, office_id: int) -> str:
        return str(self.rows[office_id][2]) if office_id in self.rows else str(office_id)


def marks() -> Callable[[int], str]:
    """Return what turns an officer into his mark: the same in every log of this installation, and no way back without its key."""
    key = hmac.digest(settings.IDENTITY_KEY.encode(), b"event log", "sha256")
    known: dict[int, str] = {}

    def mark(officer_id: int) -> str:
        if officer_id not in known:
            known[officer_id] = "P" + hmac.digest(key, str(officer_id).encode(), "sha256").hex()[:MARK]
        return known[officer_id]

    return mark
