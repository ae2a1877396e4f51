"""Reports of an auditor who examines a part of the State: the same figures on page, workbook and interface, and only of that part."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.files import a_file, an_allotment, office, officer
from tests.processes.loan_files import a_loan
from tests.workflows.api.calls import ask, key_of
from tests.workflows.audit.persons import also_in_himachal, limit
from tests.workflows.audit.windows import in_english
from workflows import recomputing
from workflows.jobs import run
from workflows.models import AmountDifference, Case
from workflows.reports.declaring import Asked, table
from workflows.reports.every import REPORTS
from workflows.scopes import scope_of
from workflows.work import WORK

pytestmark = pytest.mark.django_db
OUTSIDE = ("Mathura", "मथुरा")


def recomputed() -> None:
    """Have every amount computed again; let the run have found something in every file."""
    job = recomputing.start(office("odop_cell"), by=officer("odop.cell"), key=str(uuid4()))
    run(WORK)
    for case in Case.objects.all():
        AmountDifference.objects.create(job=job, case=case, what="commitment", stored="1.00", derived="2.00")


@pytest.fixture
def two_districts() -> None:
    """Exhibitions of two districts that were sanctioned, one that waits, and a loan of Agra whose money was released."""
    for district in ("Agra", "Mathura"):
        a_file(at="report", district=district), a_file(district=district)
    a_loan(at="release")


def told_everywhere(key: str, client: Any, **query: str) -> list[list[Any]]:
    """Return the figures of a report, once the page, the workbook and the interface are found to say the same."""
    report = REPORTS[key]
    told = ask(f"reports/{key}/?" + "&".join(f"{name}={value}" for name, value in query.items()), key_of("auditor")).json()
    rows = [[row[column.key] for column in report.columns] for row in told["rows"]]
    if report.own_page:
        shown = [section for section in client.get(reverse(report.own_page)).context["sections"] if section.rows]
        page = [[s.process, r.place, *(f.count for f in r.figures)] for s in shown for r in s.rows if not r.is_total]
        # The page leaves out what the board says besides.
        assert page == [row[: len(page[0])] for row in rows]
    else:
        page = client.get(reverse("report", args=[key]), query)
        written = [{cell.column.key: cell.text for cell in row} for row in page.context["rows"]]
        book = load_workbook(io.BytesIO(client.get(reverse("report_file", args=[key, "xlsx"]), query).content)).active
        last = list(book.iter_rows(values_only=True))[-len(rows) - bool(told["totals"] or not rows) :]
        for n, row in enumerate(told["rows"]):
            for column, declared in enumerate(report.columns):
                if declared.key in report.summed:
                    figure = Decimal(str(row[declared.key]))
                    assert figure == Decimal(str(last[n][column])) == Decimal(written[n][declared.key].replace("₹", "").replace(",", ""))
    return rows


def of_scope(key: str, **asked: Any) -> list[list[Any]]:
    shown = table(REPORTS[key], Asked(scope_of(officer("auditor")), year=an_allotment().year, **asked))
    return [[row[column.key] for column in shown.report.columns] for row in shown.rows]


@pytest.mark.parametrize("key", sorted(set(REPORTS) - {"budget"}))
@pytest.mark.parametrize(
    ("districts", "processes"), [(("Agra",), ()), ((), ("loan",)), (("Agra",), ("exhibition",))], ids=["district", "process", "both"]
)
def test_page_workbook_and_interface_say_the_same_of_the_part_and_nothing_of_the_rest(
    key: str, districts: tuple[str, ...], processes: tuple[str, ...], two_districts: None, client_for: Callable
) -> None:
    recomputed()
    whole = of_scope(key)
    limit(districts=districts, processes=processes)
    part = told_everywhere(key, in_english(client_for("auditor")))
    assert part and (len(part) < len(whole) or key == "pendency"), "less than the whole State; of offices there may be as many"
    assert [[str(value) for value in row] for row in of_scope(key)] == [[str(value) for value in row] for row in part]
    assert not any(name in str(value) for row in part for value in row for name in OUTSIDE)
    kinds = {str(value) for row in part for value in row} & {"Exhibition proposal", "Loan with margin money"}
    if processes and key in ("review", "recompute"):
        assert kinds == {"loan": {"Loan with margin money"}, "exhibition": {"Exhibition proposal"}}[processes[0]]


def test_the_sums_of_the_parts_are_the_whole(two_districts: None) -> None:
    def sums() -> dict[str, dict[str, Any]]:
        scope, year = scope_of(officer("auditor")), an_allotment().year
        keys = ("pendency", "review", "budget-by-district")
        return {key: table(REPORTS[key], Asked(scope, year=year)).totals for key in keys}

    whole, parts = sums(), []
    scope = limit(processes=("exhibition",))
    for kinds in (["exhibition"], ["loan", "plan", "freight", "identification"]):
        scope.processes = kinds
        scope.save()
        parts.append(sums())
    for key, figures in whole.items():
        for name, figure in figures.items():
            assert sum(part[key].get(name, 0) for part in parts) == figure, (key, name)


def test_the_files_behind_a_figure_are_as_many_as_it_says(two_districts: None, client_for: Callable) -> None:
    limit(districts=("Agra",), processes=("exhibition",))
    client = in_english(client_for("auditor"))
    page = client.get(reverse("report", args=["pendency"]))
    followed = [cell for row in page.context["rows"] for cell in row if cell.address]
    of_review = [f for s in client.get(reverse("review")).context["sections"] for r in s.rows for f in r.figures if f.address]
    assert len(followed) >= 2 and len(of_review) >= 2
    behind = {cell.text: client.get(cell.address).context["page"].paginator.count for cell in followed}
    counts, days = {text for text in behind if text.isdigit()}, {text for text in behind if not text.isdigit()}
    assert counts and all(behind[text] == int(text) for text in counts)
    assert days and all(behind[text] for text in days), "the day of the oldest opens the files of that day"
    assert all(client.get(figure.address).context["page"].paginator.count == figure.count for figure in of_review)


def test_what_cannot_be_limited_does_not_exist_for_him_and_what_is_outside_is_no_choice(two_districts: None, client_for: Callable) -> None:
    limit(districts=("Agra",), processes=("exhibition",))
    client, key = in_english(client_for("auditor")), key_of("auditor")
    assert [report["key"] for report in ask("reports/", key).json()] == [name for name in REPORTS if name != "budget"]
    for address in (reverse("report", args=["budget"]), reverse("report_file", args=["budget", "xlsx"]), "/api/v1/reports/budget/"):
        assert client.get(address).status_code == 404
    assert client.post(reverse("recompute"), {"key": str(uuid4())}).status_code == 403
    mathura = a_file(district="Mathura").district_id
    for name, value in (("district", mathura), ("process", "loan")):
        assert ask(f"reports/pendency/?{name}={value}", key).status_code == 404
        page = client.get(reverse("report", args=["pendency"]), {name: value})
        assert page.status_code == 400 and "Mathura" not in page.content.decode().partition("<main")[2]


def test_the_note_of_a_computing_says_nothing_of_the_number_of_files_of_the_state(two_districts: None, client_for: Callable) -> None:
    recomputed()
    address = reverse("report", args=["recompute"])
    assert "1 sanctioned file was" in in_english(client_for("auditor")).get(address).context["note"]
    limit(districts=("Agra",))
    page = in_english(client_for("auditor")).get(address)
    assert page.context["note"].startswith("The sanctioned amounts of the State were last") and len(page.context["rows"]) == 3


def test_whoever_audits_one_state_whole_and_a_part_of_another_reads_both(two_districts: None) -> None:
    limit(districts=("Agra",), posting=officer("auditor").postings.get())
    before = of_scope("pendency")
    also_in_himachal()
    scope = scope_of(officer("auditor"))
    assert (len(scope.states), [len(part.districts) for part in scope.parts]) == (1, [1])
    assert of_scope("pendency") == before and REPORTS["budget"].open_to(scope)
    assert of_scope("budget") == [], "of the State he reads a part of, the heads stay closed"
