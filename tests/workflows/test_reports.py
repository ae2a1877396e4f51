"""Reports: their figures, the files behind each of them, who sees which, and that page, workbook and text say the same."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from programme import guards, rules
from programme.models import EntryKind, LedgerEntry
from programme.zone import IST
from tests.files import a_file, an_allotment, office, officer, take, waiting
from tests.processes.loan_files import a_loan
from workflows import recomputing
from workflows.authority import Refusal
from workflows.jobs import run
from workflows.models import AmountDifference, Case, JobStatus, Movement
from workflows.reports.declaring import Asked, Table, table
from workflows.reports.every import REPORTS
from workflows.scopes import Scope, scope_of
from workflows.work import WORK

pytestmark = pytest.mark.django_db
CELL = {"district": "State", "post": "ODOP Cell, Directorate of Industries"}


def the(key: str, username: str = "odop.cell", **asked) -> Table:
    report, scope = REPORTS[key], scope_of(officer(username))
    return table(report, Asked(scope, **{"year": "", **asked}))


def this_year(key: str, username: str = "odop.cell", **asked) -> Table:
    return the(key, username, year=an_allotment().year, **asked)


def waits_since(case: Case, days: int) -> Case:
    Movement.objects.filter(pk=waiting(case).pk).update(received=timezone.now() - timedelta(days=days))
    return case


def row_of(shown: Table, **said) -> dict:
    [row] = [row for row in shown.rows if said.items() <= row.items()]
    return row


@pytest.fixture
def old_and_new() -> list[Case]:
    """Five files at the ODOP cell, one of each age."""
    return [waits_since(a_file(title=f"Age {days}"), days) for days in (3, 8, 20, 90, 91)]


def test_each_waiting_file_is_counted_once_under_its_age(old_and_new: list[Case]) -> None:
    row = row_of(the("pendency"), **CELL)
    ages = [row[key] for key in ("days_0_7", "days_8_15", "days_16_30", "days_31_90", "days_over_90")]
    assert ages == [1, 1, 1, 1, 1] and row["pending"] == 5


def test_the_list_behind_each_figure_of_pendency_holds_as_many_files(old_and_new: list[Case], client_for: Callable) -> None:
    take(a_file(), "returned", text="The basis is not given.")
    client = client_for("odop.cell")
    shown, followed = the("pendency"), 0
    for row in shown.rows:
        for column in shown.report.columns:
            address = shown.report.link(shown.asked, row, column.key)
            if address and row[column.key]:
                followed += 1
                files = client.get(address).context["page"].paginator.object_list
                if column.key == "oldest":
                    stays = Movement.objects.filter(case__in=files[:], disposed=None).values_list("received", flat=True)
                    assert {timezone.localdate(moment, IST) for moment in stays} == {row["oldest"]}, address
                else:
                    assert len(files) == row[column.key], address
    assert followed >= 8


def test_a_file_beyond_its_day_is_counted_as_late(client_for: Callable) -> None:
    case = a_file()
    Movement.objects.filter(pk=waiting(case).pk).update(due=timezone.now() - timedelta(days=1))
    row = row_of(the("pendency"), **CELL)
    assert (row["late"], row["pending"]) == (1, 1)
    address = REPORTS["pendency"].link(the("pendency").asked, row, "late")
    assert parse_qs(urlsplit(address).query)["limit"] == ["late"]
    assert [each.pk for each in client_for("odop.cell").get(address).context["page"]] == [case.pk]


def test_what_only_the_clock_ends_waits_for_nobody() -> None:
    case = a_file()
    Movement.objects.filter(pk=waiting(case).pk).update(power="")
    assert the("pendency").rows == []


def test_a_district_reads_its_own_files_wherever_they_are(old_and_new: list[Case]) -> None:
    a_file(district="Mathura")
    assert row_of(the("pendency", "dm.agra"), **CELL)["pending"] == 5
    assert row_of(the("pendency", "dm.mathura"), **CELL)["pending"] == 1
    assert row_of(the("pendency"), **CELL)["pending"] == 6


def test_another_state_reads_nothing_of_it(old_and_new: list[Case]) -> None:
    a_file(at="report")
    for key in REPORTS:
        assert this_year(key, "auditor.hp").rows == [], key


def test_somebody_without_a_district_or_a_state_is_refused() -> None:
    with pytest.raises(Refusal):
        scope_of(officer("dm.agra.earlier"))


def test_the_budget_says_what_became_of_the_money() -> None:
    a_file(at="report")
    row = row_of(this_year("budget"), scheme="EXHIBITION")
    sanctioned = Decimal("1850000.00")
    assert row["allotted"] == Decimal("50000000.00")
    assert {row[name] for name in ("committed", "sanctioned", "released", "certificates_pending_for")} == {sanctioned}
    assert row["free"] == row["allotted"] - sanctioned
    assert (row["utilised"], row["certificates_pending"]) == (Decimal("0.00"), 1)


def test_an_accepted_certificate_is_no_longer_pending_and_its_amount_is_utilised() -> None:
    a_file(at="closed")
    row = row_of(this_year("budget"), scheme="EXHIBITION")
    assert (row["utilised"], row["certificates_pending"]) == (Decimal("1845000.00"), 0)


def test_what_was_given_back_is_committed_no_more() -> None:
    case = a_file(at="report")
    entry = LedgerEntry.objects.get(kind=EntryKind.COMMITMENT, file_number=case.number)
    LedgerEntry.objects.create(allotment=entry.allotment, kind=EntryKind.GIVEN_BACK, amount=entry.amount, file_number=case.number)
    row = row_of(this_year("budget"), scheme="EXHIBITION")
    assert (row["committed"], row["sanctioned"]) == (Decimal("0.00"), entry.amount)


def test_the_budget_of_the_districts_adds_up_to_that_of_the_head() -> None:
    for district in ("Agra", "Agra", "Mathura"):
        a_file(at="report", district=district)
    head, districts = row_of(this_year("budget"), scheme="EXHIBITION"), this_year("budget-by-district")
    assert [(row["district"], row["certificates_pending"]) for row in districts.rows] == [("Agra", 2), ("Mathura", 1)]
    for name in districts.report.summed:
        assert districts.totals[name] == head[name], name


def test_a_district_reads_its_own_part_of_the_budget_and_not_the_heads(client_for: Callable) -> None:
    for district in ("Agra", "Mathura"):
        a_file(at="report", district=district)
    assert [row["district"] for row in this_year("budget-by-district", "dm.agra").rows] == ["Agra"]
    assert client_for("dm.agra").get(reverse("report", args=["budget"])).status_code == 404
    assert client_for("dm.agra").get(reverse("report_file", args=["budget", "csv"])).status_code == 404


def computed(username: str = "odop.cell") -> None:
    job = recomputing.start(office("odop_cell"), by=officer(username), key=str(uuid4()))
    run(WORK)
    job.refresh_from_db()
    assert job.status == JobStatus.FINISHED and not job.failed


def test_computing_again_as_long_work_finds_what_was_changed_behind_the_record() -> None:
    case = a_loan(at="release")
    computed()
    assert the("recompute").rows == []
    guards.remove(rules.GUARDS)
    try:
        LedgerEntry.objects.filter(file_number=case.number, kind=EntryKind.COMMITMENT).update(amount=1)
    finally:
        guards.install(rules.GUARDS)
    computed()
    assert [(row["file"], row["stored"]) for row in the("recompute").rows] == [(case.number, "1.00")]
    assert AmountDifference.objects.count() == 1, "the earlier run found nothing and keeps nothing"


def test_only_a_reader_of_the_state_has_it_computed(client_for: Callable) -> None:
    assert client_for("dm.agra").post(reverse("recompute"), {"key": str(uuid4())}).status_code == 403
    assert client_for("odop.cell").post(reverse("recompute"), {"key": "no key"}).status_code == 400
    assert client_for("odop.cell").post(reverse("recompute"), {"key": str(uuid4())}).status_code == 302


@pytest.mark.parametrize("key", sorted(set(REPORTS) - {"recompute", "review"}))
def test_page_workbook_and_text_hold_the_same_figures(key: str, client_for: Callable, old_and_new: list[Case]) -> None:
    for district in ("Agra", "Mathura"):
        a_file(at="report", district=district)
    client = client_for("principal.secretary")
    client.cookies["django_language"] = "en"
    shown = this_year(key, "principal.secretary")
    page = client.get(reverse("report", args=[key]))
    book = load_workbook(io.BytesIO(client.get(reverse("report_file", args=[key, "xlsx"])).content)).active
    text = client.get(reverse("report_file", args=[key, "csv"])).content.decode("utf-8-sig")
    of_page = [{cell.column.key: cell.text for cell in row} for row in [*page.context["rows"], page.context["totals"]]]
    in_book = [list(row) for row in book.iter_rows(values_only=True)][-len(of_page) :]
    in_text = list(csv.reader(io.StringIO(text)))[-len(of_page) :]
    assert len(of_page) == len(shown.rows) + 1 >= 2
    for column, declared in enumerate(shown.report.columns):
        if declared.key in shown.report.summed:
            figures = [row[declared.key] for row in shown.rows] + [shown.totals[declared.key]]
            assert [figure(row[declared.key]) for row in of_page] == figures, declared.key
            assert [figure(row[column]) for row in in_book] == figures, declared.key
            assert [figure(row[column]) for row in in_text] == figures, declared.key


def figure(shown: object) -> Decimal:
    return Decimal(str(shown).replace("₹", "").replace(",", "").replace("—", "0") or 0).quantize(Decimal("0.01"))


def test_a_filter_that_cannot_be_read_is_said_at_its_field(client_for: Callable) -> None:
    client = client_for("odop.cell")
    for query in ("district=999", "process=none", "district=%00", "district=" + "9" * 40):
        page = client.get(reverse("report", args=["pendency"]) + "?" + query)
        assert page.status_code == 400 and page.context["faults"], query
        assert client.get(reverse("report_file", args=["pendency", "csv"]) + "?" + query).status_code == 400


def test_a_report_asks_as_many_questions_for_many_rows_as_for_few() -> None:
    asked = {}
    for count in (1, 3):
        for district in ("Agra", "Mathura", "Aligarh")[:count]:
            a_file(at="report", district=district)
        for key, report in REPORTS.items():
            scope, year = Scope(frozenset({office("odop_cell").state_id}), frozenset()), an_allotment().year
            with CaptureQueriesContext(connection) as queries:
                table(report, Asked(scope, year=year))
            asked.setdefault(key, set()).add(len(queries))
    assert asked == {"pendency": {1}, "budget": {1}, "budget-by-district": {2}, "recompute": {2}, "review": {2}}


def test_a_long_report_shows_its_beginning_and_says_that_the_list_has_all(client_for: Callable, monkeypatch) -> None:
    monkeypatch.setattr("workflows.pages.reports.MOST_SHOWN", 1)
    a_file(), take(a_file(), "returned", text="The basis is not given.")
    client = client_for("odop.cell")
    client.cookies["django_language"] = "en"
    page = client.get(reverse("report", args=["pendency"]))
    assert len(page.context["rows"]) == 1 and "1 more row is in the list" in page.content.decode()
    assert page.context["totals"][-2].text == "0" and page.context["totals"][-3].text == "2", "the sum is of all rows"
    text = client.get(reverse("report_file", args=["pendency", "csv"])).content.decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + 2 + 1
