"""What a kind of exception is: a query over a window, and the evidence that each of its rows shows."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from programme.models import Office
from workflows.audit.window import Window
from workflows.models import Case, Movement, Noting

# The post and its place stand beside every hit.
POST = ("office__designation", "office__district")


@dataclass(frozen=True)
class Hit:
    """One exception: the file, the post concerned, when, the amount in rupees, and what shows it, as labels and words."""

    case: Case
    office: Office | None
    when: datetime | date | None
    facts: list[tuple[str, str]]
    paragraphs: list[int] = field(default_factory=list)
    amount: Decimal | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of exception. ``case``, ``office`` and ``when`` are the ways from a row to its file, its post and its moment.

    ``rows`` returns the exceptions in their order; it minds the window itself where ``when`` is empty. ``told`` is asked for
    the rows of one page. ``rare`` kinds are counted whole: a limit would make a database look at one row after the other.
    """

    code: str
    title: Any
    meaning: Any
    rows: Callable[[Window], QuerySet[Any]]
    told: Callable[[list[Any], Window], list[Hit]]
    case: str = "case__"
    office: str = "office__"
    when: str = ""
    rare: bool = False

    def found(self, window: Window, files: QuerySet[Case]) -> QuerySet[Any]:
        """Return the exceptions of the window on these files."""
        asked: dict[str, Any] = {f"{self.case}state": window.state}
        if self.when:
            asked |= {f"{self.when}__gte": window.begins, f"{self.when}__lt": window.ends}
        if window.district:
            asked[f"{self.case}district"] = window.district
        if window.process:
            asked[f"{self.case}kind"] = window.process
        if window.office:
            asked[f"{self.office}designation"] = window.office
        return self.rows(window).filter(Q(**asked), **{f"{self.case}pk__in": files.order_by().values("pk")})

    def counted(self, window: Window, files: QuerySet[Case], most: int) -> int:
        """Count the exceptions, at most one more than ``most`` where they are not rare."""
        found = self.found(window, files).order_by()
        return found.count() if self.rare else found[: most + 1].count()


def in_window(window: Window, path: str) -> Q:
    """Return the condition that a moment lies in the window, for rows that are bounded inside a query."""
    return Q(**{f"{path}__gte": window.begins, f"{path}__lt": window.ends})


def paragraphs_of(stays: Iterable[Movement]) -> dict[int, Noting]:
    """Return the paragraph that closed each stay, by the stay's number; one query.

    A stay and its paragraph are written in one transaction: of several alike the one nearest in time is its own.
    """
    stays = [stay for stay in stays if stay.disposed]
    written: dict[tuple[int, str, str, int | None], list[Noting]] = {}
    for noting in Noting.objects.filter(case__in={stay.case_id for stay in stays}):
        written.setdefault((noting.case_id, noting.step, noting.outcome, noting.officer_id), []).append(noting)
    found = {}
    for stay in stays:
        alike = written.get((stay.case_id, stay.step, stay.outcome, stay.officer_id), [])
        near = min(alike, key=lambda noting: abs(noting.written_at - stay.disposed), default=None)  # type: ignore[operator]
        if near:
            found[stay.pk] = near
    return found


def numbers(noting: Noting | None) -> list[int]:
    return [noting.paragraph] if noting else []


def said_amount(noting: Noting | None) -> Decimal | None:
    """Return the amount in rupees that a paragraph says last: sanctioned, else recommended, else asked."""
    said = json.loads(noting.body).get("amounts", {}) if noting else {}
    stood = (said.get(f"amount_{stage}") for stage in ("sanctioned", "recommended", "asked"))
    return next((Decimal(amount) for amount in stood if amount), None)
