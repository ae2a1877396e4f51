"""Real boundaries of districts, read from a GeoJSON file and kept as outlines that a page draws.

Points are moved onto a grid of a hundredth of a degree, about a kilometre: what two districts share stays shared, and a State fits
on a page. Nothing of a bad file is taken over.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import cos, radians
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from programme.models import Boundary, District, State
from programme.places import UnknownDistrict, find_district

LARGEST = 200_000_000  # bytes; all districts of India at the survey's own precision
# The box around India, in degrees of longitude and latitude; what lies outside is in another projection.
WEST, EAST, SOUTH, NORTH = 66.0, 99.0, 6.0, 38.0
GRID = 100
# Under what name files say the code or the name of a district, the surest first.
CODES = ("lgd_code", "lgd", "dist_lgd", "dtcode_lgd", "district_lgd", "lgd_distcode", "dist_code_lgd")
NAMES = ("district", "dtname", "dist_name", "district_name", "distname", "name", "name_en")

Point = tuple[int, int]
Ring = list[Point]


class BadBoundaries(ValueError):
    """A file of boundaries cannot be taken over; the message is a sentence for whoever imports it."""


def import_boundaries(text: bytes, state: State) -> list[District]:
    """Replace the boundaries of the State's districts by those of a GeoJSON file and return the districts it lacks.

    Raises ``BadBoundaries``; then nothing has changed.
    """
    features = _features(text)
    found: dict[int, list[list[list[Any]]]] = {}
    for number, feature in enumerate(features, start=1):
        district = _district(feature, state, number)
        if district.pk in found:
            raise BadBoundaries(_("Entry %(number)s: %(district)s is in the file twice.") % {"number": number, "district": district.name})
        found[district.pk] = _polygons(feature, number)
    middle = _middle(found)
    rows = [_boundary(pk, polygons, middle) for pk, polygons in found.items()]
    with transaction.atomic():
        Boundary.objects.filter(district__state=state).delete()
        Boundary.objects.bulk_create(rows)
    return list(state.districts.exclude(pk__in=found).order_by("name_en"))


# --- reading --------------------------------------------------------------------------------------------------------------


def _features(text: bytes) -> list[Any]:
    if len(text) > LARGEST:
        raise BadBoundaries(_("The file is larger than %(size)s megabytes.") % {"size": LARGEST // 1_000_000})
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        raise BadBoundaries(_("The file is no GeoJSON: it cannot be read as JSON.")) from None
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection" or not isinstance(read.get("features"), list):
        raise BadBoundaries(_("The file is no GeoJSON FeatureCollection."))
    if not read["features"]:
        raise BadBoundaries(_("The file has no district."))
    return read["features"]


def _district(feature: Any, state: State, number: int) -> District:
    """Return the district an entry is of: by its LGD code, else by its name in any known spelling."""
    said = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(said, dict):
        raise BadBoundaries(_("Entry %(number)s says no properties, so that no district can be found.") % {"number": number})
    told = {str(key).casefold(): str(value).strip() for key, value in said.items() if value not in (None, "")}
    words = next((told[key] for key in (*CODES, *NAMES) if key in told), "")
    if not words:
        raise BadBoundaries(
            _("Entry %(number)s names no district; it needs one of these properties: %(names)s.")
            % {"number": number, "names": ", ".join((CODES[0], *NAMES[:3]))}
        )
    try:
        return find_district(words.removesuffix(".0"), state)
    except UnknownDistrict as unknown:
        raise BadBoundaries(_("Entry %(number)s: %(why)s") % {"number": number, "why": unknown}) from None


def _polygons(feature: dict[str, Any], number: int) -> list[list[list[Any]]]:
    """Return the polygons of an entry, each a list of rings; the first ring is the outer one."""
    shape = feature.get("geometry")
    shape = shape if isinstance(shape, dict) else {}
    kind = shape.get("type")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise BadBoundaries(_("Entry %(number)s is no Polygon or MultiPolygon.") % {"number": number})
    coordinates = shape.get("coordinates")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not all(isinstance(polygon, list) and polygon for polygon in polygons) or not polygons:
        raise BadBoundaries(_("Entry %(number)s has no outline.") % {"number": number})
    for point in _points(polygons):
        _check_point(point, number)
    return polygons


def _points(polygons: Sequence[Any]) -> Iterator[Any]:
    for polygon in polygons:
        for ring in polygon:
            yield from ring if isinstance(ring, list) and ring else [None]


def _check_point(point: Any, number: int) -> None:
    if not isinstance(point, list) or len(point) < 2 or not all(isinstance(part, int | float) for part in point[:2]):
        raise BadBoundaries(_("Entry %(number)s has an outline that is no list of points.") % {"number": number})
    if not (WEST <= point[0] <= EAST and SOUTH <= point[1] <= NORTH):
        raise BadBoundaries(
            _("Entry %(number)s lies outside India. Give longitude and latitude in degrees (WGS 84), longitude first.") % {"number": number}
        )


# --- drawing --------------------------------------------------------------------------------------------------------------


def _middle(found: dict[int, list[list[list[Any]]]]) -> float:
    latitudes = [point[1] for polygons in found.values() for point in _points(polygons)]
    return (min(latitudes) + max(latitudes)) / 2


def _boundary(pk: int, polygons: list[list[list[Any]]], middle: float) -> Boundary:
    drawn = [[_on_grid(ring, middle) for ring in polygon] for polygon in polygons]
    rings = [ring for polygon in drawn for ring in polygon if len(ring) > 2]
    if not rings:
        # A district smaller than the grid is still somewhere.
        x, y = drawn[0][0][0]
        rings = [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]
    largest = max(rings, key=lambda ring: abs(_twice_area(ring)))
    x, y = _inside(largest)
    columns, lines = [point[0] for ring in rings for point in ring], [point[1] for ring in rings for point in ring]
    box = {"left": min(columns), "right": max(columns), "top": min(lines), "bottom": max(lines)}
    return Boundary(district_id=pk, path="".join(map(_path, rings)), x=x, y=y, **box)


def _on_grid(ring: list[Any], middle: float) -> Ring:
    """Return the ring on the grid, without its closing point, points twice, and points on a straight line."""
    narrowed = cos(radians(middle)) * GRID
    moved = [(round(point[0] * narrowed), round(-point[1] * GRID)) for point in ring]
    kept = [point for before, point in zip([None, *moved], moved, strict=False) if point != before]
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    bent = [
        point for before, point, after in zip([kept[-1], *kept], kept, [*kept[1:], kept[0]], strict=False) if _turns(before, point, after)
    ]
    return bent or kept[:1]


def _turns(before: Point, point: Point, after: Point) -> bool:
    return (point[0] - before[0]) * (after[1] - point[1]) != (point[1] - before[1]) * (after[0] - point[0])


def _twice_area(ring: Ring) -> int:
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in zip(ring, [*ring[1:], ring[0]], strict=True))


def _inside(ring: Ring) -> Point:
    """Return a point within the ring for its figure: half way between its two sides where it is widest, near its middle height."""
    lines = sorted(y for _x, y in ring)
    top, bottom = lines[0], lines[-1]
    heights = [top + (bottom - top) * part / 10 + 0.5 / GRID for part in range(3, 8)]
    spans = [span for height in heights for span in _spans(ring, height)]
    left, right, height = max(spans, key=lambda span: span[1] - span[0], default=(ring[0][0], ring[0][0], ring[0][1]))
    return round((left + right) / 2), round(height)


def _spans(ring: Ring, height: float) -> list[tuple[float, float, float]]:
    crossed = sorted(
        x + (height - y) * (next_x - x) / (next_y - y)
        for (x, y), (next_x, next_y) in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (y > height) != (next_y > height)
    )
    return [(left, right, height) for left, right in zip(crossed[::2], crossed[1::2], strict=False)]


def _path(ring: Ring) -> str:
    """Write a ring as a closed SVG path, each point relative to the one before."""
    first, *_rest = ring
    steps = [f"{x - was_x} {y - was_y}" for (was_x, was_y), (x, y) in pairwise(ring)]
    return f"M{first[0]} {first[1]}l{' '.join(steps)}z"
