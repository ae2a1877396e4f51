"""The time ledger of a file as its history shows it: a bar, the sum of each account, and the stays one by one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from programme import known
from programme.asking import Asked, Given
from programme.models import Office
from workflows import deadlines, ledger
from workflows.deadlines import Standing
from workflows.ledger import NOTHING, Account
from workflows.models import Case, Movement
from workflows.pages.stencil import Stencil, joined
from workflows.templatetags.words import duration, duration_in, moment_in

# The bar is so many units wide, whatever the screen.
WIDTH = 1000
_SPENT = Stencil("parts/spent.html", "length", "stripes", "sums", "kept")
_SUM = Stencil("parts/sum.html", "account", "label", "length", "percent")
_KEPT = Stencil("parts/kept.html", "step", "office", "account", "received", "until", "length", "days")


@dataclass(eq=False, slots=True)
class Stayed:
    """A stay of a file, of which its history reads no more than this."""

    case: Case
    office: Office
    node: Any
    pk: int
    step: str
    power: str
    office_id: int
    received: datetime
    due: datetime | None
    disposed: datetime | None
    outcome: str
    days_held: int | None
    days_late: int | None

    @property
    def is_open(self) -> bool:
        return self.disposed is None


_COLUMNS = ("pk", "step", "power", "office_id", "received", "due", "disposed", "outcome", "days_held", "days_late")
_STAYS = Asked(lambda: Movement.objects.filter(case=Given("case")).order_by("received", "pk").values_list(*_COLUMNS, named=True))


def stays_of(case: Case) -> list[Any]:
    """Return the stays of a file in order, for whoever tells of their time and changes none of them."""
    rows = _STAYS(case=case.pk)
    offices, flow = known.offices(row.office_id for row in rows), case.flow_class.instance
    return [Stayed(case, offices[row.office_id], flow.node(row.step), *row) for row in rows]


@dataclass(frozen=True)
class Kept:
    """One stay: how long it kept the file, how much of that its office was closed, and how it stood against its clock."""

    stay: Stayed
    account: Account
    length: timedelta
    closed: timedelta
    standing: Standing


def time_spent(stays: list[Any]) -> SafeString:
    """Return what the page tells of the time of a file that had these stays; nothing for a file without any."""
    now = timezone.now()
    told = ledger.of_stays(stays, now)
    lengths = told.stays
    rows = [Kept(stay, ledger.account_of(stay), *lengths.get(stay.pk, (NOTHING, NOTHING)), deadlines.standing(stay, now)) for stay in stays]
    sums = {account: length for account, length in told.accounts.items() if length}
    if not sums:
        return SafeString("")
    shares = [_share(account, length, told.total) for account, length in sums.items()]
    values = {
        "length": duration(told.total),
        "stripes": joined(_stripes(sums)),
        "sums": joined(shares),
        "kept": joined(_lines(rows, get_language())),
    }
    return _SPENT.filled(values)


def _share(account: Account, length: timedelta, total: timedelta) -> SafeString:
    """Return what stands on one account, and how many of a hundred that is."""
    percent = f"{100 * (length / total):.1f}"
    return _SUM.filled({"account": account, "label": account.label, "length": duration(length), "percent": percent})


def _stripes(sums: dict[Account, timedelta]) -> Iterator[str]:
    """Yield the piece of each account in the bar, in its units."""
    total, before = sum(sums.values(), NOTHING), NOTHING
    for account, length in sums.items():
        x, width = round(WIDTH * (before / total), 2), round(WIDTH * (length / total), 2)
        yield f'<rect class="{account}" x="{x}" width="{width}" height="24"></rect>'
        before += length


@lru_cache(maxsize=512)
def _title(node: Any, _language: str | None) -> str:
    return str(node.title)


@lru_cache(maxsize=32)
def _label(account: Account, _language: str | None) -> str:
    return str(account.label)


def _lines(rows: list[Kept], language: str | None) -> Iterator[SafeString]:
    offices = {row.stay.office_id: row.stay.office for row in rows}
    names = {pk: office.name for pk, office in offices.items()}
    for row in rows:
        stay, days = row.stay, row.stay.days_held
        told = {
            "step": _title(stay.node, language),
            "office": names[stay.office_id],
            "account": _label(row.account, language),
            "received": moment_in(language, stay.received),
            "until": moment_in(language, stay.disposed) or "—",
            "length": duration_in(language, row.length),
            "closed": duration_in(language, row.closed) if row.closed else "",
            "days": "—" if days is None or not stay.power else days,
            "standing": row.standing.text,
        }
        yield _KEPT.with_optional(("closed", "standing"), told, reads=language, kind=row.standing.kind)
