"""How much of what was announced became business: letters of intent by meet, year and product, and how long they wait."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from programme.calendar import financial_year, today
from programme.models import LetterOfIntent, Officer
from programme.models.events import STAGES
from programme.money import rupees
from workflows.registers.declaring import Cell, Table
from workflows.registers.filtering import states_of

AGES = (90, 180, 365)


@dataclass
class Sum:
    """What some letters come to, in rupees, by stage."""

    address: str = ""
    count: int = 0
    amount: Decimal = Decimal(0)
    stages: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(STAGES, Decimal(0)))

    def add(self, letter: LetterOfIntent) -> None:
        self.count += 1
        self.amount += letter.amount
        for stage in STAGES:
            self.stages[stage] += getattr(letter, stage) or 0

    @property
    def cells(self) -> list[str]:
        share = f"{self.stages['realised'] * 100 / self.amount:.0f} %" if self.amount else "—"
        return [str(self.count), rupees(self.amount), *(rupees(self.stages[stage]) for stage in STAGES), share]


def tables(officer: Officer, query: Mapping[str, str]) -> list[Table]:
    """Return the funnel of the reader's States: by meet, by financial year, by product, and the age of what was not ordered."""
    rows = LetterOfIntent.objects.filter(event__state__in=states_of(officer), removed_why="")
    letters = list(rows.select_related("event", "product").order_by("-event__planned_from", "pk"))
    return [
        _table(_("By meet"), _("Meet"), letters, lambda one: one.event.name, lambda one: reverse("entry", args=["events", one.event_id])),
        _table(_("By financial year"), _("Year"), letters, lambda one: financial_year(one.dated)),
        _table(_("By product"), _("Product"), letters, lambda one: one.product.name),
        _ages(letters),
    ]


def _table(
    title: str, heading: str, letters: Iterable[Any], name: Callable[[Any], str], address: Callable[[Any], str] = lambda one: ""
) -> Table:
    sums, whole = dict[tuple[str, str], Sum](), Sum()
    for letter in letters:
        sums.setdefault((name(letter), address(letter)), Sum()).add(letter)
        whole.add(letter)
    rows = [[Cell(*key), *map(Cell, found.cells)] for key, found in sums.items()]
    return Table(title, [heading, *_headings()], rows, numbers=frozenset(range(1, 7)), last=[_("Together"), *whole.cells] if rows else [])


def _headings() -> list[str]:
    return [_("Letters"), _("Letters (₹)"), _("Ordered (₹)"), _("Supplied (₹)"), _("Realised (₹)"), _("Realised of the letters")]


def _ages(letters: Iterable[LetterOfIntent]) -> Table:
    """Return how long letters without an order wait, in days since their date, and how many have expired."""
    bounds = [*AGES, None]
    found: dict[int | None, list[LetterOfIntent]] = {bound: [] for bound in bounds}
    for letter in letters:
        if letter.ordered is None:
            age = (today() - letter.dated).days
            found[next((bound for bound in AGES if age <= bound), None)].append(letter)
    rows = []
    for bound, group in found.items():
        expired = sum(1 for letter in group if letter.valid_until and letter.valid_until < today())
        said = _("up to %(days)s days") % {"days": bound} if bound else _("more than %(days)s days") % {"days": AGES[-1]}
        total = sum((letter.amount for letter in group), Decimal(0))
        rows.append([Cell(said), Cell(str(len(group))), Cell(rupees(total)), Cell(str(expired))])
    return Table(
        _("Not ordered yet, by age"),
        [_("Since the letter"), _("Letters"), _("Letters (₹)"), _("Expired")],
        rows,
        numbers=frozenset({1, 2, 3}),
    )
