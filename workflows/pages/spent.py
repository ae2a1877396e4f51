"""The time ledger of a file as its history shows it: a bar, the sum of each account, and the stays one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from workflows import deadlines, ledger
from workflows.deadlines import Standing
from workflows.ledger import NOTHING, Account
from workflows.models import Movement
from workflows.pages.stencil import Stencil
from workflows.templatetags.words import duration, moment

# The bar is so many units wide, whatever the screen.
WIDTH = 1000
_KEPT = Stencil("parts/kept.html", "step", "office", "account", "received", "until", "length", "days")


@dataclass(frozen=True)
class Stripe:
    """The piece of one account in the bar, in its units."""

    account: Account
    x: float
    width: float


@dataclass(frozen=True)
class Sum:
    """What stands on one account, and how many of a hundred that is."""

    account: Account
    length: timedelta
    percent: str


@dataclass(frozen=True)
class Kept:
    """One stay: how long it kept the file, how much of that its office was closed, and how it stood against its clock."""

    stay: Movement
    account: Account
    length: timedelta
    closed: timedelta
    standing: Standing


def time_spent(stays: list[Movement]) -> dict[str, Any]:
    """Return what the page tells of the time of a file that had these stays."""
    now = timezone.now()
    told = ledger.of_stays(stays, now)
    lengths = told.stays
    rows = [Kept(stay, ledger.account_of(stay), *lengths.get(stay.pk, (NOTHING, NOTHING)), deadlines.standing(stay, now)) for stay in stays]
    sums = {account: length for account, length in told.accounts.items() if length}
    shares = [Sum(account, length, f"{100 * (length / told.total):.1f}") for account, length in sums.items()]
    return {"spent": told, "stripes": list(_stripes(sums)), "sums": shares, "kept": _lines(rows)}


def _stripes(sums: dict[Account, timedelta]) -> Iterator[Stripe]:
    total, before = sum(sums.values(), NOTHING), NOTHING
    for account, length in sums.items():
        yield Stripe(account, round(WIDTH * (before / total), 2), round(WIDTH * (length / total), 2))
        before += length


def _lines(rows: list[Kept]) -> SafeString:
    return mark_safe("".join(map(_line, rows)))  # noqa: S308 -- pieces of stencils


def _line(row: Kept) -> SafeString:
    stay, days = row.stay, row.stay.days_held
    told = {
        "step": stay.node.title,
        "office": stay.office.name,
        "account": row.account.label,
        "received": moment(stay.received),
        "until": moment(stay.disposed) or "—",
        "length": duration(row.length),
        "closed": duration(row.closed) if row.closed else "",
        "days": "—" if days is None or not stay.power else days,
        "standing": row.standing.text,
    }
    return _KEPT.with_optional(["closed", "standing"], told, kind=row.standing.kind)
