"""The picture of a process as it really went: how often one step followed another, and how long that took in the middle case."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from workflows.flows import FLOWS
from workflows.models import Case
from workflows.models.outcomes import ASIDES
from workflows.nodes import Act, Begin, Ending, Stay

# Everything in one statement, whatever the number of paragraphs: SQLite has no median of its own, so the middle rows are picked.
SECONDS = {
    "sqlite": "(julianday(later) - julianday(earlier)) * 86400.0",
    "postgresql": "CAST(EXTRACT(EPOCH FROM later - earlier) AS double precision)",
}
STATEMENT = """
WITH chosen (id) AS ({cases}),
moved AS (
  SELECT n.step AS step, n.written_at AS earlier, LEAD(n.written_at) OVER said AS later,
         COALESCE(LEAD(n.step) OVER said, NULLIF(c.ending, '')) AS following
  FROM workflows_noting n JOIN workflows_case c ON c.process_ptr_id = n.case_id
  WHERE n.case_id IN (SELECT chosen.id FROM chosen) AND n.outcome NOT IN ({asides})
  WINDOW said AS (PARTITION BY n.case_id ORDER BY n.paragraph)
),
timed AS (SELECT step, following, {seconds} AS seconds FROM moved WHERE following IS NOT NULL),
ranked AS (
  SELECT step, following, seconds, COUNT(*) OVER (PARTITION BY step, following) AS times,
         ROW_NUMBER() OVER (PARTITION BY step, following ORDER BY seconds) AS place
  FROM timed
)
SELECT step, following, times, AVG(seconds) FROM ranked
WHERE place IN ((times + 1) / 2, (times + 2) / 2) GROUP BY step, following, times ORDER BY times DESC, step, following
"""

WIDTH, HEIGHT, GAP, EDGE, TOP = 220, 44, 46, 12, 20
LABEL_WIDTH, LABEL_HEIGHT, LANE = 130, 22, 26


class Edge(NamedTuple):
    """One step following another: how often, and the median time between in seconds; ``None`` where the file ended at once."""

    step: str
    following: str
    times: int
    seconds: float | None


def edges(cases: QuerySet[Case]) -> list[Edge]:
    """Return what followed what in these files, the most frequent first."""
    try:
        sql, parameters = cases.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # Who may read nothing asks the database nothing.
        return []
    asides = ", ".join(["%s"] * len(ASIDES))
    statement = STATEMENT.format(cases=sql, asides=asides, seconds=SECONDS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, *sorted(str(outcome.value) for outcome in ASIDES)])
        return [Edge(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Box:
    """One step on the drawing, with the number of times it was left."""

    name: str
    title: str
    kind: str
    x: int
    y: int
    times: int
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Arrow:
    """One edge on the drawing: its line as SVG writes it, and the place of its label."""

    edge: Edge
    path: str
    x: int
    y: int
    back: bool
    weight: int
    width: int = LABEL_WIDTH
    height: int = LABEL_HEIGHT


@dataclass(frozen=True)
class Drawing:
    """Boxes from above in the order of the process, arrows onward at their right, back at their left."""

    boxes: list[Box]
    arrows: list[Arrow]
    width: int
    height: int


def drawing(slug: str, found: list[Edge]) -> Drawing:
    """Lay out what was found of one process; what stands still at a step, as when several offices answer, is left to the table."""
    flow = FLOWS[slug]
    met = {name for edge in found for name in edge[:2]}
    nodes = [node for node in flow.in_order() if isinstance(node, Begin | Stay | Act | Ending) and node.name in met]
    left = {node.name: sum(edge.times for edge in found if edge.step == node.name) for node in nodes}
    came = {node.name: sum(edge.times for edge in found if edge.following == node.name) for node in nodes}
    rows = {node.name: row for row, node in enumerate(nodes)}
    drawn = [edge for edge in found if edge.step != edge.following and {edge.step, edge.following} <= rows.keys()]
    backs = sum(rows[edge.following] < rows[edge.step] for edge in drawn)
    margin = EDGE + (LABEL_WIDTH + 20 + LANE * backs if backs else 0)
    boxes = [
        Box(node.name, str(node.task_title), _kind(node), margin, _top(row), left[node.name] or came[node.name])
        for row, node in enumerate(nodes)
    ]
    most = max((edge.times for edge in drawn), default=1)
    arrows, lanes = [], {False: 0, True: 0}
    for edge in sorted(drawn, key=lambda edge: abs(rows[edge.following] - rows[edge.step])):
        arrows.append(_arrow(edge, rows[edge.step], rows[edge.following], lanes, most, margin))
    width = margin + WIDTH + LABEL_WIDTH + 30 + LANE * lanes[False]
    return Drawing(boxes, arrows, width, _top(len(nodes)) + TOP)


def _top(row: int) -> int:
    return TOP + row * (HEIGHT + GAP)


def _kind(node: Any) -> str:
    if isinstance(node, Ending):
        return "good" if node.good else "end"
    return "act" if isinstance(node, Act) else "step"


def _arrow(edge: Edge, start: int, end: int, lanes: dict[bool, int], most: int, margin: int) -> Arrow:
    """Draw to the next box straight down, to any other round the outside, each in a lane of its own."""
    weight = 1 + round(4 * edge.times / most)
    if end == start + 1:
        x, y = margin + WIDTH // 2, _top(start) + HEIGHT
        return Arrow(edge, f"M {x} {y} V {_top(end) - 4}", x + 8, y + (GAP - LABEL_HEIGHT) // 2, False, weight)
    back = end < start
    lanes[back] += 1
    lane, shift = LANE * lanes[back], 6 * (lanes[back] % 5)
    y1, y2 = _top(start) + HEIGHT // 2 + shift - 12, _top(end) + HEIGHT // 2 + shift - 12
    x, turn = (margin, margin - lane) if back else (margin + WIDTH, margin + WIDTH + lane)
    tip = x - 4 if back else x + 4
    label = turn - LABEL_WIDTH - 4 if back else turn + 4
    return Arrow(edge, f"M {x} {y1} H {turn} V {y2} H {tip}", label, (y1 + y2) // 2 - LABEL_HEIGHT // 2, back, weight)
