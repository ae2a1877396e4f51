"""What stands on a board: the line of the review meeting, the season, who has what, the budget, and targets by category."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.asking import Asked as Question
from programme.asking import Given, one_of
from programme.calendar import financial_year, today
from programme.kept import as_set_up
from programme.models import District, LetterOfIntent, LoanApplication, State, Target, TargetCategory
from programme.models.events import STAGES
from programme.plans import BoardLine, season_board
from workflows import beneficiaries, reviewing
from workflows.boards.figures import Figure, Linked, files
from workflows.flows import FLOWS, ActionPlanFlow
from workflows.models import Case, FileFigure
from workflows.notices import holders
from workflows.reports import money, pendency
from workflows.reports.declaring import Asked, Report, Row
from workflows.reviewing import Line, Result
from workflows.scopes import AskedOf, Scope


@dataclass(frozen=True)
class Period:
    """The financial year of a board, and of the year that runs the month so far."""

    year: str

    @property
    def days(self) -> tuple[date, date]:
        begins = int(self.year[:4])
        return date(begins, 4, 1), date(begins + 1, 3, 31)

    @property
    def month(self) -> tuple[date, date] | None:
        day = today()
        return (day.replace(day=1), day) if self.year == financial_year(day) else None


@dataclass(frozen=True)
class Place:
    """Of which State, or of which one of its districts a board is; ``scope`` is what its reader reads of it."""

    state: State
    scope: Scope
    districts: tuple[District, ...]
    district: District | None = None

    @property
    def name(self) -> str:
        return self.district.name if self.district else self.state.name

    @property
    def whole(self) -> bool:
        """Say whether the reader reads all of the State."""
        return self.state.pk in self.scope.states


@dataclass(frozen=True)
class LineRow:
    """A line as it is read: what it is of, where that leads, this month and the year so far."""

    title: str
    address: str
    month: tuple[Figure, ...]
    year: tuple[Figure, ...]
    is_total: bool = False


@dataclass(frozen=True, eq=False)
class Reviewed:
    """The line by process and by district; ``by_place`` also gives the lines themselves, which the map colours.

    ``listed`` is how many rows the list of the same figures has, process by process and district by district. It is the very same
    as long as it says the same, and changed by nobody.
    """

    by_process: list[LineRow]
    by_district: list[LineRow]
    by_place: dict[int, Line]
    total: Line
    listed: int


@dataclass(frozen=True)
class Holder:
    """A post that has files: how many, how many late, since when at the longest; of one district also who holds it today."""

    post: str
    figures: tuple[Figure, ...]
    days: int
    officers: str = ""


@dataclass(frozen=True)
class Money:
    """A head of account: allotted (to a State alone), committed, spent and left, in rupees; each leads to the report that has its head."""

    name: str
    code: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Reached:
    """A target and how far it is. ``achieved`` is ``None`` where the records do not say who the beneficiaries are."""

    process: str
    category: str
    target: int | None
    achieved: Figure | None

    @property
    def percent(self) -> int | None:
        if not self.target or self.achieved is None or not isinstance(self.achieved.count, int):
            return None
        return 100 * self.achieved.count // self.target


@dataclass(frozen=True)
class Season:
    """How many districts stand how, the missing by name; of one district its own line and the list of its plans."""

    figures: list[Figure]
    missing: list[tuple[str, list[District]]]
    by_place: dict[int, BoardLine]
    own: BoardLine | None = None
    own_files: str = ""


@dataclass(frozen=True)
class Board:
    place: Place
    period: Period
    as_of: datetime
    reviewed: Reviewed
    season: Season | None
    holders: list[Holder]
    budget: list[Money]
    budget_link: str
    targets: list[Reached]
    letters: list[Figure] = field(default_factory=list)


def board(place: Place, period: Period, *, now: datetime) -> Board:
    """Return everything that stands on a board. Eight queries for a State, nine for a district."""
    budget, link = budget_of(place, period)
    return Board(
        place=place,
        period=period,
        as_of=now,
        reviewed=reviewed(place, period, now),
        season=season_of(place, period, now),
        holders=pending_with(place),
        budget=budget,
        budget_link=link,
        targets=targets_of(place, period),
        letters=letters_of_intent(place, period),
    )


# --- the line of the review meeting ---------------------------------------------------------------------------------------


def reviewed(place: Place, period: Period, now: datetime) -> Reviewed:
    counted = reviewing.counted(place.scope, period.days, now=now, since=period.month[0] if period.month else None)
    names = tuple([(district.name_en, district.name_hi) for district in place.districts])
    return _reviewed(place, names, period, period.month, counted, get_language())


# Of so many boards and languages: all that is said of files, as long as the database counts the same and the places are called the same.
@lru_cache(maxsize=32)
def _reviewed(
    place: Place,
    _names: tuple[tuple[str, str], ...],
    period: Period,
    months: tuple[date, date] | None,
    counted: tuple[Any, ...],
    _language: str | None,
) -> Reviewed:
    year, month = reviewing.lines_of(counted, place.scope, place.districts)
    row = _Rows(Linked(*period.days, place.scope), Linked(*(months or period.days), place.scope), bool(months))
    of_kinds, of_places = _grouped(year, attrgetter("kind")), _grouped(year, attrgetter("district.pk"))
    of_month = _grouped(month, attrgetter("kind"))
    kinds = place.scope.processes
    by_kind, month_by_kind = ([Line.sum_of(of[kind], kind, place.district) for kind in kinds] for of in (of_kinds, of_month))
    total, of_all = (Line.sum_of(lines, "", place.district) for lines in (by_kind, month_by_kind))
    by_process = [row.of(line, lately, FLOWS[line.kind].process_title) for line, lately in zip(by_kind, month_by_kind, strict=True)]
    by_process.append(row.of(total, of_all, _("All processes"), is_total=True))
    by_place = {district.pk: Line.sum_of(of_places[district.pk], "", district) for district in place.districts}
    rows = [] if place.district else [row.of(by_place[each.pk], None, each.name, board_of(each.pk)) for each in place.districts]
    return Reviewed(by_process, rows, by_place, total, sum(reviewing.listed(of_kinds[kind]) for kind in kinds))


def _grouped(lines: Sequence[Line], by: Callable[[Line], Any]) -> defaultdict[Any, list[Line]]:
    found: defaultdict[Any, list[Line]] = defaultdict(list)
    for line in lines:
        found[by(line)].append(line)
    return found


@lru_cache(maxsize=4096)
def board_of(district: int) -> str:
    """Return the address of the board of a district."""
    return reverse("district_board", args=[district])


@dataclass(frozen=True)
class _Rows:
    """Makes rows of lines; ``with_month`` is false for a year that is over."""

    year: Linked
    month: Linked
    with_month: bool

    def of(self, line: Line, month: Line | None, title: Any, address: str = "", *, is_total: bool = False) -> LineRow:
        told = () if month is None or not self.with_month else (
            self.month.figure(month, _("Received"), month.received, ""),
            self.month.figure(month, _("Decided"), month.decided, reviewing.DECIDED),
            self.month.figure(month, _("Pending"), month.pending, reviewing.PENDING),
        )  # fmt: skip
        return LineRow(str(title), address, told, self.year.whole(line), is_total)


# --- the season -----------------------------------------------------------------------------------------------------------


def season_of(place: Place, period: Period, now: datetime) -> Season | None:
    """Return how the action plans stand; ``None`` for a reader of a part of the State, to whom the season is closed."""
    if place.district is None and not place.whole:
        return None
    lines = season_board(place.state, period.year, now, places=place.districts)
    standing = Counter(line.standing for line in lines)
    titles = season_titles()
    figures = [
        Figure(title, standing[key], f"{reverse('season')}?{urlencode({'year': period.year, 'standing': key})}" if standing[key] else "")
        for key, title in titles.items()
    ]
    missing = [(titles[key], [line.district for line in lines if line.standing == key]) for key in ("drafting", "not_begun", "not_opened")]
    by_place = {line.district.pk: line for line in lines}
    named = [(title, districts) for title, districts in missing if districts]
    if place.district is None:
        return Season(figures, named, by_place)
    own = by_place[place.district.pk]
    return Season([], [], by_place, own, files(process=ActionPlanFlow.slug, district=place.district.pk) if own.plan else "")


def season_titles() -> dict[str, str]:
    """Return how each standing of a plan is called, the best first."""
    return {
        "in_time": _("Submitted in time"),
        "late": _("Submitted late"),
        "drafting": _("Being drafted"),
        "not_begun": _("Not begun"),
        "not_opened": _("Not opened"),
    }


# --- who has what ---------------------------------------------------------------------------------------------------------


def pending_with(place: Place) -> list[Holder]:
    """Return the posts that have files: of a State by post, of a district by office with its officer of today."""
    if place.district is None:
        asked = Asked(place.scope)
        return [holder(row, asked) for row in pendency.by_post(place.scope)]
    asked = Asked(place.scope, district=place.district.pk)
    rows = pendency.PENDENCY.rows(asked)
    names = {
        office: ", ".join(posting.officer.name for posting in held) for office, held in holders(row["_office"] for row in rows).items()
    }
    found = [holder(row, asked, names.get(row["_office"], "")) for row in rows]
    return sorted(found, key=lambda held: -held.days)


def holder(row: Row, asked: Asked, officers: str = "") -> Holder:
    link = pendency.PENDENCY.link or (lambda asked, row, key: "")
    titles = {"pending": _("Pending"), "late": _("Of these late"), "oldest": _("Oldest since")}
    figures = tuple([Figure(title, row[key], link(asked, row, key) if row[key] else "") for key, title in titles.items()])
    return Holder(row["post"], figures, (today() - row["oldest"]).days, officers)


# --- the budget -----------------------------------------------------------------------------------------------------------


def budget_of(place: Place, period: Period) -> tuple[list[Money], str]:
    """Return the heads as their report has them, and the address of that report; nothing to a reader of a part of the State."""
    if place.district is None and not place.whole:
        return [], ""
    report: Report = money.BUDGET_OF_DISTRICTS if place.district else money.BUDGET
    asked = Asked(place.scope, year=period.year, district=place.district.pk if place.district else None, known=tuple(place.districts))
    query = {"year": period.year, **({"district": str(place.district.pk)} if place.district else {})}
    link = f"{reverse('report', args=[report.key])}?{urlencode(query)}"
    rows = money.by_district(asked, briefly=True) if place.district else money.by_head(asked, briefly=True)
    return [_of_head(row, link) for row in rows], link


def _of_head(row: Row, link: str) -> Money:
    titles = {"allotted": _("Allotted"), "committed": _("Committed"), "released": _("Spent"), "free": _("Left")}
    figures = tuple([Figure(title, row[key] or Decimal(0), link if row[key] else "") for key, title in titles.items() if key in row])
    return Money(row["name"], row["head"], figures)


# --- targets --------------------------------------------------------------------------------------------------------------


def targets_of(place: Place, period: Period) -> list[Reached]:
    """Return every target that is set, and what was reached; without a target only what the records tell. Two queries.

    Reached is a person whose application was received in the year and is sanctioned. Of a process whose records do not say who
    the beneficiaries are nothing is said.
    """
    numbers = _targets(place.state.pk, place.district.pk if place.district else None, period.year)
    recorded = [kind for kind in place.scope.processes if beneficiaries.is_recorded(kind)]
    counted = {kind: _reached(place, period, kind) for kind in recorded}
    wanted = dict.fromkeys([*((kind, category) for kind in recorded for category in TargetCategory.values), *numbers])
    return [
        Reached(
            str(FLOWS[kind].process_title) if kind in FLOWS else kind,
            str(TargetCategory(category).label),
            numbers.get((kind, category)),
            counted[kind][category] if kind in counted else None,
        )
        for kind, category in wanted
    ]


@as_set_up
def _targets(state: int, district: int | None, year: str) -> dict[tuple[str, str], int]:
    """Return the targets of a State, or of one of its districts, by scheme and category; shared, and changed by nobody."""
    rows = Target.objects.filter(state=state, district=district, year=year)
    return {(target.scheme, target.category): target.number for target in rows}


def _reached(place: Place, period: Period, kind: str) -> dict[str, Figure]:
    first, last = period.days
    [found] = _PERSONS(place.scope, **reviewing.moments(first, last), kind=kind)
    linked, line = Linked(first, last, place.scope), Line(kind, place.district)
    counts = {category: getattr(found, category) for category in TargetCategory.values}
    return {
        category: linked.figure(line, str(TargetCategory(category).label), count, Result.SANCTIONED, beneficiary=category)
        for category, count in counts.items()
    }


def _persons(condition: Q, begins: Any, ends: Any, kind: Any) -> QuerySet[LoanApplication, Any]:
    """Ask how many of each category have a file that was received between two moments and is sanctioned: one row."""
    files = FileFigure.objects.filter(condition, reviewing.sanctioned(Q(ordered=True)), kind=kind, received__gte=begins, received__lt=ends)
    records = Case.objects.filter(pk__in=files.values("pk")).values("record_id")
    persons = beneficiaries.applications().filter(pk__in=records).annotate(together=Value(1)).values("together")
    counts = {category: Count("pk", filter=beneficiaries.facts(category)) for category in TargetCategory.values}
    return persons.annotate(**counts).values_list(*counts, named=True)


_PERSONS = AskedOf(_persons, "begins", "ends", "kind")


# --- letters of intent ----------------------------------------------------------------------------------------------------


def letters_of_intent(place: Place, period: Period) -> list[Figure]:
    """Return what the letters dated in the year came to, and in rupees what became of them; empty without any. One query."""
    first, last = period.days
    narrowed = {"districts": [each.pk for each in place.districts]} if place.district or not place.whole else {}
    told = _LETTERS.first(bool(narrowed), state=place.state.pk, first=first, last=last, **narrowed)
    if told is None:
        return []
    asked = {"district": place.district.pk if place.district else "", "dated_from": first, "dated_to": last}
    address = f"{reverse('register', args=['letters'])}?{urlencode({name: str(value) for name, value in asked.items() if value})}"
    titles = [_("Letters (₹)"), _("Ordered (₹)"), _("Supplied (₹)"), _("Realised (₹)")]
    sums = [told.sum_amount, *(getattr(told, f"sum_{stage}") or Decimal(0) for stage in STAGES)]
    return [
        Figure(_("Letters"), told.letters, address),
        *(Figure(title, came_to, address) for title, came_to in zip(titles, sums, strict=True)),
    ]


def _letters(narrowed: bool) -> QuerySet[LetterOfIntent, Any]:
    places = one_of("product__district", Given("districts")) if narrowed else Q()
    dated = LetterOfIntent.objects.filter(places, event__state=Given("state"), dated__gte=Given("first"), dated__lte=Given("last"))
    sums = {f"sum_{name}": Sum(name) for name in ("amount", *STAGES)}
    found = dated.filter(removed_why="").order_by().values("event__state").annotate(letters=Count("pk"), **sums)
    return found.values_list("letters", *sums, named=True)


_LETTERS = Question(_letters)
