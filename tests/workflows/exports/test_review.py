"""The sheet of a review meeting: every file in one column, page and workbook alike, each figure leading to its files."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import State
from programme.zone import IST
from tests.files import a_file, officer, propose, take, waiting
from tests.processes.loan_files import apply
from tests.workflows.exports.reading import content, csv_lines, get, lines
from workflows import reviewing
from workflows.models import Case, Movement
from workflows.reviewing import Result, review
from workflows.scopes import scope_of

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
COLUMNS = ["Received", *(result.label for result in Result)]


def english(client: Client) -> Client:
    client.post(reverse("set_language"), {"language": "en"})
    return client


@pytest.fixture
def files() -> dict[str, Case]:
    """Exhibitions of Agra that are pending, late, sanctioned and reporting, rejected, withdrawn; one of Mathura; a loan of Agra."""
    pending, late = propose("Agra", title="Pending"), propose("Agra", title="Late")
    Movement.objects.filter(pk=waiting(late).pk).update(due=timezone.now() - timedelta(days=3), days_allowed=None, counted_from=None)
    sanctioned = a_file(at="report", title="Sanctioned")
    rejected = take(propose("Agra", title="Rejected"), "rejected", text="Not this year.")
    return {
        "in_time": pending, "late": late, "sanctioned": sanctioned, "rejected": rejected, "mathura": propose("Mathura"), "loan": apply(),
    }  # fmt: skip


def shown(client: Client, **asked: Any) -> dict[tuple[str, str], list[int]]:
    """Return the figures of the page by process and place."""
    response = client.get(reverse("review"), asked)
    assert response.status_code == 200
    return {
        (section.process, row.place): [figure.count for figure in row.figures]
        for section in response.context["sections"]
        for row in section.rows
    }


def places(told: dict[tuple[str, str], list[int]]) -> set[str]:
    return {place for (_process, place), figures in told.items() if figures[0]}


def received(told: dict[tuple[str, str], list[int]]) -> int:
    return sum(figures[0] for (_process, place), figures in told.items() if place != "All districts")


def test_every_file_stands_in_one_column_and_each_line_adds_up(client_for: Desk, files: dict[str, Case]) -> None:
    told = shown(english(client_for("odop.cell")))
    assert told["Exhibition proposal", "Agra"] == [4, 1, 1, 1, 1, 0]
    assert told["Exhibition proposal", "Mathura"] == [1, 0, 0, 1, 0, 0]
    assert told["Exhibition proposal", "All districts"] == [5, 1, 1, 2, 1, 0]
    assert all(first == sum(rest) for first, *rest in told.values())
    assert received(told) == Case.objects.count()


def test_a_sanctioned_file_stays_so_while_it_goes_on_and_a_withdrawn_one_ended_otherwise(files: dict[str, Case]) -> None:
    assert files["sanctioned"].is_open
    now = timezone.now()
    results = _results(now)
    assert {name: results[case.pk] for name, case in files.items()} == {
        "in_time": "in_time", "late": "late", "sanctioned": "sanctioned", "rejected": "rejected", "mathura": "in_time", "loan": "in_time",
    }  # fmt: skip
    Case.objects.filter(pk=files["mathura"].pk).update(ending="withdrawn")
    Case.objects.filter(pk=files["sanctioned"].pk).update(ending="cancelled")
    results = _results(now)
    assert results[files["mathura"].pk] == results[files["sanctioned"].pk] == "otherwise"
    Case.objects.filter(pk=files["loan"].pk).update(ending="declined")
    assert _results(now)[files["loan"].pk] == "rejected", "what the bank declined was refused as well"


def _results(now: datetime) -> dict[int, str]:
    return dict(Case.objects.annotate(reviewed=reviewing.result(now)).values_list("pk", "reviewed"))


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_page_and_list_say_the_same_figures(client_for: Desk, files: dict[str, Case], form: str) -> None:
    client = english(client_for("odop.cell"))
    body = content(get(client, "review", form))
    told = lines(body) if form == "xlsx" else csv_lines(body)
    figures = {(line["Process"], line["District"]): [int(line[column]) for column in COLUMNS] for line in told}
    assert figures == shown(client)


def test_each_figure_opens_the_files_behind_it(client_for: Desk, files: dict[str, Case]) -> None:
    for person in ("odop.cell", "dm.agra"):
        client = english(client_for(person))
        links = 0
        for section in client.get(reverse("review")).context["sections"]:
            for figure in (figure for row in section.rows for figure in row.figures):
                if figure.address:
                    page = client.get(figure.address)
                    assert page.status_code == 200 and page.context["page"].paginator.count == figure.count, (person, figure)
                    links += 1
                else:
                    assert figure.count == 0
        assert links >= 6, person


def test_the_filter_of_the_review_reads_as_a_chip(client_for: Desk, files: dict[str, Case]) -> None:
    page = english(client_for("odop.cell")).get(reverse("files"), {"reviewed": "late"})
    assert [case.pk for case in page.context["page"]] == [files["late"].pk]
    assert "Stands in the review as: Pending beyond time" in page.content.decode()


def test_district_officers_see_their_district_and_state_officers_every_one(client_for: Desk, files: dict[str, Case]) -> None:
    assert places(shown(english(client_for("dm.agra")))) == {"Agra"}
    assert places(shown(english(client_for("dm.mathura")))) == {"Mathura"}
    assert places(shown(english(client_for("principal.secretary")))) == {"Agra", "Mathura", "All districts"}
    assert places(shown(english(client_for("acs.industries")))) == set(), "another State has files of its own alone"
    for person in ("finance", "administrator", "agriculture.agra"):
        assert english(client_for(person)).get(reverse("review")).status_code == 403, person


def test_districts_that_sent_nothing_are_named(client_for: Desk, files: dict[str, Case]) -> None:
    sections = english(client_for("odop.cell")).get(reverse("review")).context["sections"]
    exhibition = next(section for section in sections if section.process == "Exhibition proposal")
    assert len(exhibition.silent) == 73 and "Lucknow" in exhibition.silent and "Agra" not in exhibition.silent


PERIODS = [
    ({}, 1), ({"year": "{this}"}, 1), ({"year": "2018-19"}, 0), ({"opened_from": "{today}"}, 1), ({"opened_from": "{tomorrow}"}, 0),
    ({"opened_from": "{yesterday}", "opened_to": "{yesterday}"}, 0), ({"opened_from": "{today}", "opened_to": "{today}"}, 1),
    ({"year": "2018-19", "opened_from": "{today}"}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "count"), PERIODS, ids=str)
def test_the_period_is_a_year_or_days_and_both_days_count(client_for: Desk, asked: dict[str, str], count: int) -> None:
    propose("Agra")
    words = {
        "today": today().isoformat(), "yesterday": (today() - timedelta(days=1)).isoformat(),
        "tomorrow": (today() + timedelta(days=1)).isoformat(), "this": financial_year(today()),
    }  # fmt: skip
    told = shown(english(client_for("dm.agra")), **{name: value.format(**words) for name, value in asked.items()})
    assert received(told) == count


def test_the_year_begins_at_midnight_in_india(client_for: Desk) -> None:
    case = propose("Agra")
    client = english(client_for("dm.agra"))
    for moment, year in ((datetime(2025, 3, 31, 23, 59, tzinfo=IST), "2024-25"), (datetime(2025, 4, 1, 0, 0, tzinfo=IST), "2025-26")):
        Case.objects.filter(pk=case.pk).update(created=moment)
        assert received(shown(client, year=year)) == 1 and received(shown(client, year="2023-24")) == 0


@pytest.mark.parametrize("asked", [
    {"opened_from": "2026-05-02", "opened_to": "2026-05-01"}, {"opened_to": "2026-05-01"}, {"year": "1999-00"},
    {"opened_from": "soon"}, {"process": "magic"},
], ids=str)  # fmt: skip
def test_a_period_that_cannot_be_read_is_refused_at_its_field(client_for: Desk, asked: dict[str, str]) -> None:
    client = english(client_for("dm.agra"))
    response = client.get(reverse("review"), asked)
    assert response.status_code == 400 and response.context["faults"]
    assert get(client, "review", **asked).status_code == 400


def test_the_sheet_is_one_query_of_the_files_however_many_there_are(files: dict[str, Case]) -> None:
    scope = scope_of(officer("odop.cell"))
    first = date(today().year - 1, 4, 1)
    with CaptureQueriesContext(connection) as queries:
        sections = review(scope, first, today(), now=timezone.now())
    assert len(queries) == 2, "the districts, and the figures of all of them"
    assert sum(section.total.received for section in sections) == 6
    assert len(sections) == len(reviewing.FLOWS)


def test_one_process_can_be_reviewed_alone(client_for: Desk, files: dict[str, Case]) -> None:
    told = shown(english(client_for("odop.cell")), process="loan")
    assert {process for process, _place in told} == {str(reviewing.FLOWS["loan"].process_title)}


def test_the_lists_behind_a_sum_stay_within_one_state(client_for: Desk, files: dict[str, Case]) -> None:
    sections = english(client_for("odop.cell")).get(reverse("review")).context["sections"]
    total = next(row for section in sections for row in section.rows if row.is_total)
    asked = dict(parse_qsl(urlsplit(total.figures[0].address).query))
    assert "district" not in asked and asked["process"] == "exhibition"
    assert State.objects.count() > 1
