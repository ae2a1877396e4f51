"""The map of a board: tiles where the districts lie, at most five classes, and real boundaries once a file is imported."""

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from programme.boundaries import BadBoundaries, import_boundaries
from programme.models import Boundary, District, State
from tests.files import propose
from tests.workflows.boards import pages
from workflows.boards.map import CLASSES, choices, classes

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]


def up() -> State:
    return State.objects.get(short="UP")


def the_map(client: Client, **asked: str) -> Any:
    return pages.asked(client, reverse("state_board"), **asked).shown["map_of"]


def square(west: float, south: float, side: float = 1.0) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(name: Any, *rings: list[list[float]], key: str = "district", **changes: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {key: name}, "geometry": {"type": "Polygon", "coordinates": list(rings)}, **changes}


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


GOOD = collection(feature("आगरा", square(78, 27)), feature(167, square(77, 27), key="LGD_CODE"), feature("Allahabad", square(81, 25)))


@pytest.mark.parametrize(("state", "count"), [("UP", 75), ("HP", 12)])
def test_every_district_has_a_tile_of_its_own(state: str, count: int) -> None:
    spots = list(District.objects.filter(state__short=state).values_list("tile_column", "tile_row"))
    assert len(spots) == len(set(spots)) == count and None not in {value for spot in spots for value in spot}
    assert min(column for column, _row in spots) == min(row for _column, row in spots) == 1


@pytest.mark.parametrize(
    ("north_west", "south_east"), [("Saharanpur", "Sonbhadra"), ("Agra", "Varanasi"), ("Mathura", "Lucknow"), ("Chamba", "Shimla")]
)
def test_tiles_lie_as_the_districts_do(north_west: str, south_east: str) -> None:
    first, second = (District.objects.get(name_en=name) for name in (north_west, south_east))
    assert first.tile_column <= second.tile_column and first.tile_row <= second.tile_row


@given(counts=st.lists(st.integers(min_value=0, max_value=10_000)))
def test_every_count_falls_into_one_of_at_most_five_classes(counts: list[int]) -> None:
    tops = classes(counts)
    assert len(tops) <= CLASSES and tops == sorted(set(tops)) and tops[0] == 0
    assert all(count <= tops[-1] for count in counts)


def test_each_tile_says_its_figure_and_opens_the_board_of_its_district(client_for: Desk) -> None:
    propose("Agra")
    client = client_for("odop.cell")
    shown = the_map(client, show="pending")
    figures = {shape.district.name_en: shape.text for shape in shown.shapes}
    assert figures["Agra"] == "1" and figures["Mathura"] == "0" and len(figures) == 75 and not shown.unplaced
    [agra] = [shape for shape in shown.shapes if shape.district.name_en == "Agra"]
    assert agra.said == "Agra: 1, Pending" and client.get(agra.address).status_code == 200
    answer = pages.asked(client, reverse("state_board"))
    lines = {row.title: row.year[4].count for row in answer.shown["board"].reviewed.by_district}
    assert {name: str(count) for name, count in lines.items()} == figures, "the table below says the same"


def test_the_map_can_be_coloured_by_each_figure_and_by_nothing_else(client_for: Desk) -> None:
    client = client_for("odop.cell")
    answer = pages.asked(client, reverse("state_board"))
    titles = choices(answer.shown["board"])
    assert list(titles) == ["pending", "late", "received", "sanctioned", "season"]
    for key, title in titles.items():
        [address] = re.findall(rf'href="(\?[^"]*show={key})#map"', answer.content.decode())
        assert pages.asked(client, reverse("state_board") + unescape(address)).shown["map_of"].title == title
    assert {shape.text for shape in the_map(client, show="season").shapes} == {"–"}
    assert the_map(client, show="salaries").title == "Pending"


def test_a_map_is_drawn_of_real_boundaries_with_the_same_numbers(client_for: Desk) -> None:
    propose("Agra")
    assert len(import_boundaries(GOOD, up())) == 72
    client = client_for("odop.cell")
    shown = the_map(client)
    assert {(shape.district.name_en, shape.text) for shape in shown.shapes} == {("Agra", "1"), ("Mathura", "0"), ("Prayagraj", "0")}
    assert len(shown.unplaced) == 72 and shown.is_outlined
    page = client.get(reverse("state_board")).content.decode()
    assert page.count("<path d=") == 3 and "Not on the map" in page


def test_neighbours_keep_one_common_border_and_the_figure_lies_within() -> None:
    import_boundaries(GOOD, up())
    agra, mathura = (Boundary.objects.get(district__name_en=name) for name in ("Agra", "Mathura"))
    assert mathura.right == agra.left and mathura.top == agra.top
    assert agra.left < agra.x < agra.right and agra.top < agra.y < agra.bottom
    assert agra.path.startswith("M") and agra.path.endswith("z")


def test_a_district_in_parts_and_one_smaller_than_the_grid_are_drawn() -> None:
    parts = {"type": "MultiPolygon", "coordinates": [[square(78, 27)], [square(80, 27)]]}
    import_boundaries(collection(feature("Agra", geometry=parts), feature("Mathura", square(77, 27, 0.001))), up())
    assert Boundary.objects.get(district__name_en="Agra").path.count("M") == 2
    assert Boundary.objects.get(district__name_en="Mathura").path.count("M") == 1


BAD = {
    "no JSON": (b"{", "cannot be read as JSON"),
    "another JSON": (b"[]", "no GeoJSON FeatureCollection"),
    "no feature": (collection(), "no district"),
    "no properties": (collection({"type": "Feature"}), "says no properties"),
    "no name": (collection(feature("Agra", square(78, 27), key="area")), "names no district"),
    "unknown name": (collection(feature("Atlantis", square(78, 27))), "Entry 1: Uttar Pradesh has no district called “Atlantis”"),
    "another State": (collection(feature("Shimla", square(77, 31))), "Uttar Pradesh has no district called “Shimla”"),
    "twice": (collection(feature("Agra", square(78, 27)), feature("118", square(78, 27), key="lgd_code")), "twice"),
    "a point": (collection(feature("Agra", geometry={"type": "Point", "coordinates": [78, 27]})), "no Polygon"),
    "no geometry": (collection(feature("Agra", geometry=None)), "no Polygon"),
    "no ring": (collection(feature("Agra")), "no outline"),
    "words": (collection(feature("Agra", [["78", "27"]])), "no list of points"),
    "metres": (collection(feature("Agra", square(780000, 2700000))), "outside India"),
    "latitude first": (collection(feature("Agra", square(27, 78))), "outside India"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_with_a_sentence_and_changes_nothing(case: str) -> None:
    import_boundaries(GOOD, up())
    before = list(Boundary.objects.order_by("pk").values())
    text, why = BAD[case]
    with pytest.raises(BadBoundaries, match=why):
        import_boundaries(text, up())
    assert list(Boundary.objects.order_by("pk").values()) == before


def test_the_command_says_what_it_took_over_and_what_is_wrong(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "up.geojson"
    file.write_bytes(GOOD)
    call_command("import_boundaries", str(file), "--state", "UP")
    said = capsys.readouterr().out
    assert "3 boundaries of Uttar Pradesh are in place." in said and "Without one: Aligarh" in said
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_boundaries", str(tmp_path / "missing.geojson"))
    file.write_bytes(b"{}")
    with pytest.raises(CommandError, match="FeatureCollection"):
        call_command("import_boundaries", str(file))
