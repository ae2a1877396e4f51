"""Boards as pages: who reads which, that every figure is the length of the list it opens, and in how few questions."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import District, Target
from programme.money import rupees
from programme.zone import IST
from tests.files import office, officer
from tests.processes.plan_files import a_plan
from tests.workflows.boards import pages
from tests.workflows.boards.files import of_every_standing
from tests.workflows.exports.reading import content, csv_lines
from tests.workflows.registers.entries import entered
from workflows.boards.figures import Figure
from workflows.models import AuditScope, Case, Order, Reading
from workflows.postings import join

pytestmark = pytest.mark.django_db
Desk = Callable[[str], Client]
MOST_QUESTIONS = 15
LINKED = re.compile(r'<td class="num[^"]*"><a href="([^"]+)">([^<]+)<')


@pytest.fixture
def files() -> dict[str, Case]:
    return of_every_standing()


def board_of(client: Client, district: str = "", **asked: str) -> HttpResponse:
    address = reverse("district_board", args=[place(district).pk]) if district else reverse("state_board")
    answer = pages.asked(client, address, **asked)
    assert answer.status_code == 200
    return answer


def place(name: str) -> District:
    return District.objects.get(name_en=name, state__short="UP")


def figures_of(answer: HttpResponse) -> dict[str, Figure]:
    """Return every figure of a board that leads to a list, by its address."""
    told = answer.shown["board"]
    rows = [*told.reviewed.by_process, *told.reviewed.by_district]
    found = [figure for row in rows for figure in (*row.month, *row.year)]
    found += [figure for held in told.holders for figure in held.figures]
    found += [row.achieved for row in told.targets if row.achieved]
    found += told.season.figures if told.season else []
    return {figure.address: figure for figure in found if figure.address}


def told_by_list(client: Client, address: str, figure: Figure) -> int | Decimal | date:
    """Return what the list behind a figure comes to: its length or, of money, its sum; of a day that of the first file on it."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    if address.startswith(reverse("season")):
        return len(answer.context["rows"])
    found = answer.context["page"].paginator.object_list
    rows = Case.objects.filter(pk__in=[case.pk for case in found[:]])
    if isinstance(figure.count, date):
        return oldest_of(rows, figure)
    if not isinstance(figure.count, Decimal):
        return len(found)
    if figure.title == "Amount (₹)":
        return rows.aggregate(sum=Sum("amount"))["sum"]
    return Order.objects.filter(case__in=rows.values("pk"), kind="sanction").aggregate(sum=Sum("amount"))["sum"]


def oldest_of(rows: QuerySet[Case], figure: Figure) -> date:
    """Return the day of the oldest file of a list, which holds no file of a later one."""
    dates = "movements__received" if figure.title == "Oldest since" else "created"
    still = Q(movements__disposed=None) if figure.title == "Oldest since" else Q()
    [day] = {timezone.localdate(moment, IST) for moment in rows.filter(still).values_list(dates, flat=True)}
    return day


READERS = [("odop.cell", "", 55), ("dm.agra", "Agra", 42)]


def test_every_figure_is_the_length_of_the_list_it_opens(files: dict[str, Case], client_for: Desk) -> None:
    for person, district, least in READERS:
        client = client_for(person)
        answer = board_of(client, district)
        figures = figures_of(answer)
        told = {address: told_by_list(client, address, figure) for address, figure in figures.items()}
        assert told == {address: figure.count for address, figure in figures.items()}, person
        assert len(figures) >= least, person
        on_the_page = {unescape(address): text for address, text in LINKED.findall(answer.content.decode())}
        assert on_the_page == {address: figure.text for address, figure in figures.items()}, "every link stands on the page, and no other"


def test_what_became_of_letters_of_intent_stands_on_the_boards_of_their_products(client_for: Desk) -> None:
    typed = {"ordered": "6,00,000", "ordered_on": today().isoformat()}
    entered("letters", amount="10,00,000", **typed), entered("letters", amount="5,00,000")
    struck = entered("letters", amount="99,00,000")
    type(struck).objects.filter(pk=struck.pk).update(removed_why="Entered twice.")
    type(struck).objects.filter(pk=entered("letters").pk).update(dated=today() - timedelta(days=800))
    for person, district in (("odop.cell", ""), ("dm.agra", "Agra")):
        client = client_for(person)
        figures = board_of(client, district).shown["board"].letters
        assert [figure.count for figure in figures] == [2, 1_500_000, 600_000, 0, 0]
        assert client.get(figures[0].address).context["page"].paginator.count == 2
    assert board_of(client_for("dm.mathura"), "Mathura").shown["board"].letters == []


def test_a_part_of_the_state_is_counted_within_what_its_auditor_examines(files: dict[str, Case], client_for: Desk) -> None:
    posting = officer("auditor").postings.get()
    AuditScope.objects.create(posting=posting, processes=["exhibition"]).districts.add(place("Agra"))
    client = client_for("auditor")
    answer = board_of(client)
    assert [row.title for row in answer.shown["board"].reviewed.by_district] == ["Agra"]
    assert answer.shown["board"].season is None and answer.shown["board"].budget == []
    figures = figures_of(answer)
    assert figures and all(told_by_list(client, address, figure) == figure.count for address, figure in figures.items())
    assert client.get(reverse("district_board", args=[place("Mathura").pk])).status_code == 404


def test_a_district_reads_its_own_board_alone(client_for: Desk) -> None:
    client = client_for("dm.agra")
    assert client.get(reverse("state_board")).headers["Location"] == reverse("district_board", args=[place("Agra").pk])
    assert client.get(reverse("district_board", args=[place("Mathura").pk])).status_code == 404
    assert client.get(reverse("district_board", args=[999999])).status_code == 404


def test_another_state_has_no_board_here(client_for: Desk) -> None:
    assert client_for("acs.industries").get(reverse("district_board", args=[place("Agra").pk])).status_code == 404
    assert len(board_of(client_for("acs.industries")).shown["board"].reviewed.by_district) == 12


def test_what_an_auditor_reads_of_a_board_is_written_down(client_for: Desk) -> None:
    board_of(client_for("auditor"), "Agra")
    assert Reading.objects.get().page == "district_board"


def test_a_board_asks_few_questions_whatever_it_counts(files: dict[str, Case], client_for: Desk) -> None:
    for person, district, _least in READERS:
        client = client_for(person)
        address = board_of(client, district).wsgi_request.path
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        assert len(asked) <= MOST_QUESTIONS, f"{person}: " + "\n".join(query["sql"][:200] for query in asked)


def test_a_year_that_is_over_has_no_month(client_for: Desk) -> None:
    told = board_of(client_for("odop.cell"), year="2025-26").shown["board"].reviewed
    assert all(not row.month for row in told.by_process) and told.total.received == 0
    assert board_of(client_for("odop.cell")).shown["board"].reviewed.by_process[0].month


def test_the_line_as_a_list_says_the_same(files: dict[str, Case], client_for: Desk) -> None:
    client = client_for("odop.cell")
    answer = board_of(client, "Agra")
    [address] = re.findall(r'href="([^"]+/csv/[^"]*|[^"]+csv[^"]*)"', answer.content.decode())
    lines = csv_lines(content(client.get(unescape(address))))
    assert len(lines) == answer.shown["board"].reviewed.listed and f"{len(lines)} lines" in answer.content.decode()
    shown = {row.title: row.year for row in answer.shown["board"].reviewed.by_process}
    for line in lines:
        received, sanctioned, rejected, _otherwise, pending, late, returned, *_rest = (figure.count for figure in shown[line["Process"]])
        assert [int(line[name]) for name in ("Received", "Sanctioned or approved", "Rejected", "Pending, all")] == [
            received, sanctioned, rejected, pending,
        ]  # fmt: skip
        assert [int(line["Pending beyond time"]), int(line["Of these returned for correction"])] == [late, returned]


def test_a_list_of_a_district_one_does_not_read_is_no_address(client_for: Desk) -> None:
    address = reverse("get_list", args=["review", "csv"])
    assert client_for("dm.agra").get(address, {"district": place("Mathura").pk}).status_code == 404
    assert client_for("dm.agra").get(address, {"district": "x"}).status_code == 404


def test_the_board_names_the_missing_and_who_holds_the_files(files: dict[str, Case], client_for: Desk) -> None:
    page = board_of(client_for("odop.cell")).content.decode()
    assert "Not opened" in page and "Shahjahanpur" in page
    agra = board_of(client_for("odop.cell"), "Agra")
    [cell] = [held for held in agra.shown["board"].holders if held.post == "ODOP Cell, Directorate of Industries"]
    assert cell.officers == officer("odop.cell").name_en and cell.figures[0].count == 4


def test_targets_are_held_against_what_the_records_tell_and_nothing_is_guessed(files: dict[str, Case], client_for: Desk) -> None:
    up, year = place("Agra").state, financial_year(today())
    for scheme, category, number in (("loan", "women", 4), ("freight", "artisan", 10)):
        Target.objects.create(state=up, year=year, scheme=scheme, category=category, number=number)
    answer = board_of(client_for("odop.cell"))
    told = {(row.process, row.category): row for row in answer.shown["board"].targets}
    reached = {category: row.achieved.count for (process, category), row in told.items() if process == "Loan with margin money"}
    assert reached == {
        "Women": 1, "Members of self-help groups": 1, "Scheduled Castes and Tribes": 1, "Youth": 0, "Farmers": 0, "Artisans": 1,
    }  # fmt: skip
    assert told["Loan with margin money", "Women"].percent == 25
    freight = told["Freight subsidy", "Artisans"]
    assert freight.achieved is None and freight.percent is None
    assert "not recorded" in answer.content.decode() and "not set" in answer.content.decode()


def test_a_target_is_set_in_set_up_once(client_for: Desk) -> None:
    client = client_for("administrator")
    address = reverse("admin:programme_target_add")
    typed = {"state": 9, "year": "2026-27", "scheme": "loan", "category": "women", "number": 40, "district": "", "source": "GO 12"}
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed).status_code == 200 and Target.objects.count() == 1
    assert client.post(address, {**typed, "category": "shg", "year": "2026"}).status_code == 200
    assert Target.objects.get().number == 40


def test_a_line_department_sees_its_own_and_the_state_sees_all_of_it(files: dict[str, Case], client_for: Desk) -> None:
    address = reverse("department_board", args=["msme"])
    client = client_for("odop.cell")
    client.cookies["django_language"] = "en"
    answer = client.get(address)
    figures = {figure.address: figure for held in answer.context["holders"] for figure in held.figures if figure.address}
    assert figures and all(told_by_list(client, to, figure) == figure.count for to, figure in figures.items())
    assert [figure for figure in answer.context["figures"] if figure.count]
    for figure in answer.context["figures"]:
        if figure.address:
            assert len(client.get(address + figure.address.partition("#")[0]).context["activities"]) == figure.count
    desk = client_for("agriculture.agra")
    # At the head of the page stands whose officer reads, in the board whose it is.
    told = client.get(reverse("department_board", args=["agriculture"])).context
    assert told["whose"].code == "agriculture" and told["department"].code == "msme"
    assert desk.get(reverse("department_board", args=["agriculture"])).status_code == 200
    assert desk.get(address).status_code == 404 and client.get(reverse("department_board", args=["nothing"])).status_code == 404
    assert reverse("department_board", args=["agriculture"]) in desk.get(reverse("inbox")).content.decode()


def test_a_departments_board_goes_out_as_list_and_its_activities_stand_as_on_the_page(client_for: Desk) -> None:
    a_plan(at="adopted")
    client = client_for("odop.cell")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("department_board", args=["msme"]))
    shown = [(line.title, line.district, line.status_title) for line in page.context["activities"]]
    [way] = [way for way in page.context["get_list"].ways if way.form == "csv"]
    assert shown and way.address in unescape(page.content.decode())
    lines = csv_lines(content(client.get(way.address)))
    assert [(line["Activity"], line["District"], line["Standing"]) for line in lines] == shown
    none = client.get(way.address.replace("department=msme", "department=nothing"))
    assert none.status_code == 404 and client_for("agriculture.agra").get(way.address).status_code == 404


def test_a_figure_of_the_budget_opens_the_report_that_says_it(files: dict[str, Case], client_for: Desk) -> None:
    for person, district, _least in READERS:
        client = client_for(person)
        figures = [figure for head in board_of(client, district).shown["board"].budget for figure in head.figures if figure.count]
        assert figures, person
        for figure in figures:
            page = client.get(figure.address)
            said = [cell.text for row in page.context["rows"] for cell in row]
            assert page.status_code == 200 and rupees(figure.count) in said, (person, figure)


def test_a_second_district_of_an_officer_is_another_board(client_for: Desk) -> None:
    join(officer("dm.agra"), office("dm", "Mathura"), charge="additional", starts_on=today(), by=None)
    client = client_for("dm.agra")
    assert {client.get(reverse("district_board", args=[place(name).pk])).status_code for name in ("Agra", "Mathura")} == {200}
