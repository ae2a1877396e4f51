"""The map of a State: a tile for each district or, once real boundaries are imported, its outline, in at most five classes.

The figure stands on each district and the classes in a legend, so that nothing is said by colour alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.kept import as_set_up
from programme.models import Boundary, District
from workflows.boards.board import Board, Reviewed, board_of, season_titles
from workflows.reviewing import Line, Result

CLASSES = 5
# Of a tile: its sides, and what lies between two.
WIDTH, HEIGHT, GAP = 84, 60, 4
LETTERS = 11
PLAN_MARKS = {"in_time": "✓", "late": "+", "drafting": "…", "not_begun": "0", "not_opened": "–"}

OF_A_LINE: dict[str, tuple[Any, Callable[[Line], int]]] = {
    "pending": (gettext_lazy("Pending"), lambda line: line.pending),
    "late": (gettext_lazy("Pending beyond time"), lambda line: line.counts[Result.LATE]),
    "received": (gettext_lazy("Received"), lambda line: line.received),
    "sanctioned": (gettext_lazy("Sanctioned or approved"), lambda line: line.counts[Result.SANCTIONED]),
}
SEASON = "season"
# What stands on each district, in which class it is, and what the classes are called.
Told = tuple[dict[int, str], dict[int, int], list[tuple[int, str]]]


@dataclass(frozen=True)
class Shape:
    """A district as it is drawn. ``path`` is its outline, empty for a tile; ``x`` and ``y`` are where its figure stands."""

    district: District
    address: str
    text: str
    level: int
    said: str
    x: int
    y: int
    path: str = ""

    @property
    def left(self) -> int:
        return self.x - WIDTH // 2

    @property
    def top(self) -> int:
        return self.y - HEIGHT // 2

    @property
    def name_lines(self) -> list[tuple[str, int]]:
        """The name in one line or two, each with its height."""
        lines = _broken(self.district.name)
        return [(line, self.y + (16 if len(lines) == 1 else 9 + 13 * n)) for n, line in enumerate(lines)]

    @property
    def is_long(self) -> bool:
        return any(len(line) > LETTERS for line, _y in self.name_lines)

    @property
    def figure_y(self) -> int:
        return self.y - (2 if len(self.name_lines) == 1 else 7)


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outlines of districts by their keys; the very same as long as none was imported."""

    of_districts: dict[int, Boundary]


@dataclass(frozen=True, eq=False)
class Map:
    """The districts that have a place on the map, the classes of the chosen figure, and those without a place."""

    title: str
    box: str
    shapes: tuple[Shape, ...]
    legend: list[tuple[int, str]]
    unplaced: list[District]
    is_outlined: bool


def choices(board: Board) -> dict[str, str]:
    """Return the figures by which the map can be coloured."""
    told = {key: str(title) for key, (title, _figure) in OF_A_LINE.items()}
    return told | ({SEASON: _("Action plan")} if board.season else {})


def map_of(board: Board, chosen: str) -> Map:
    """Return the map of a State's board, coloured by one of ``choices``; shared, and changed by nobody."""
    titles = choices(board)
    chosen = chosen if chosen in titles else "pending"
    outlines = _outlines(board.place.state.pk)
    if chosen != SEASON:
        return _of_lines(board.reviewed, board.place.districts, chosen, titles[chosen], outlines)
    return _drawn(board.place.districts, titles[chosen], _plans(board), outlines)


# As many as are kept of what is said of files: its title says in which language.
@lru_cache(maxsize=32)
def _of_lines(reviewed: Reviewed, districts: tuple[District, ...], chosen: str, title: str, outlines: Outlines) -> Map:
    return _drawn(districts, title, _counts(reviewed, chosen), outlines)


def _drawn(districts: tuple[District, ...], title: str, told: Told, outlines: Outlines) -> Map:
    (texts, levels, legend), lines = told, outlines.of_districts
    drawn = [_shape(district, title, texts[district.pk], levels[district.pk], lines) for district in districts]
    shapes = tuple([shape for shape in drawn if shape])
    placed = {shape.district.pk for shape in shapes}
    unplaced = [district for district in districts if district.pk not in placed]
    return Map(title, _box(shapes, list(lines.values())), shapes, legend, unplaced, bool(lines))


@as_set_up
def _outlines(state: int) -> Outlines:
    """Return the outlines of a State's districts, as this process knows them."""
    return Outlines({outline.district_id: outline for outline in Boundary.objects.filter(district__state=state)})


# --- classes --------------------------------------------------------------------------------------------------------------


def _counts(reviewed: Reviewed, chosen: str) -> Told:
    _title, figure = OF_A_LINE[chosen]
    counts = {pk: figure(line) for pk, line in reviewed.by_place.items()}
    tops = classes(list(counts.values()))
    levels = {pk: next(level for level, top in enumerate(tops) if count <= top) for pk, count in counts.items()}
    lows = [0, *(top + 1 for top in tops)]
    legend = [(level, str(top) if low == top else f"{low}–{top}") for level, (low, top) in enumerate(zip(lows, tops, strict=False))]
    return {pk: str(count) for pk, count in counts.items()}, levels, legend


def classes(counts: Sequence[int]) -> list[int]:
    """Return the highest count of each class: nought is a class of its own, the rest are divided so that each has about as many."""
    some = sorted(count for count in counts if count)
    wanted = CLASSES - 1
    tops = {some[(len(some) * part + wanted - 1) // wanted - 1] for part in range(1, wanted + 1)} if some else set()
    return [0, *sorted(tops)]


def _plans(board: Board) -> Told:
    lines = board.season.by_place if board.season else {}
    order = list(PLAN_MARKS)
    texts = {pk: f"+{line.days}" if line.standing == "late" else PLAN_MARKS[line.standing] for pk, line in lines.items()}
    legend = [(level, f"{PLAN_MARKS[key]} {title}") for level, (key, title) in enumerate(season_titles().items())]
    return texts, {pk: order.index(line.standing) for pk, line in lines.items()}, legend


# --- drawing --------------------------------------------------------------------------------------------------------------


def _shape(district: District, title: str, text: str, level: int, outlines: Mapping[int, Boundary]) -> Shape | None:
    address = board_of(district.pk)
    said = f"{district.name}: {text}, {title}"
    if outlines:
        outline = outlines.get(district.pk)
        return Shape(district, address, text, level, said, outline.x, outline.y, outline.path) if outline else None
    if district.tile_column is None or district.tile_row is None:
        return None
    x, y = (district.tile_column - 1) * WIDTH + WIDTH // 2, (district.tile_row - 1) * HEIGHT + HEIGHT // 2
    return Shape(district, address, text, level, said, x, y)


def _box(shapes: Sequence[Shape], outlines: Sequence[Boundary]) -> str:
    if outlines:
        left, top = min(outline.left for outline in outlines), min(outline.top for outline in outlines)
        right, bottom = max(outline.right for outline in outlines), max(outline.bottom for outline in outlines)
        return f"{left - GAP} {top - GAP} {right - left + 2 * GAP} {bottom - top + 2 * GAP}"
    right = max((shape.x for shape in shapes), default=0) + WIDTH // 2
    bottom = max((shape.y for shape in shapes), default=0) + HEIGHT // 2
    return f"0 0 {right} {bottom}"


def _broken(name: str) -> list[str]:
    """Break a long name in two at the space nearest its middle."""
    spaces = [at for at, sign in enumerate(name) if sign == " "]
    if len(name) <= LETTERS or not spaces:
        return [name]
    middle = min(spaces, key=lambda at: abs(at - len(name) / 2))
    return [name[:middle], name[middle + 1 :]]
