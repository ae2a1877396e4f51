"""What the database keeps for the boards is in step with files and orders, whoever writes them."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from programme.models import LedgerEntry, Released, State
from programme.zone import IST
from tests.files import a_file, officer, propose, take
from tests.workflows.boards.files import of_every_standing
from workflows import reviewing, summing
from workflows.boards.recount_kept import differences
from workflows.flows import VERSIONS
from workflows.models import Case, FileFigure, MonthFigure, Noting, Order, OrderKind
from workflows.record import triggers
from workflows.scopes import scope_of

pytestmark = pytest.mark.django_db
MONTH = date(2026, 5, 1)


def up() -> State:
    return State.objects.get(short="UP")


def ended(ending: str = "closed", **facts: Any) -> Case:
    case = propose("Agra")
    Case.objects.filter(pk=case.pk).update(ending=ending, **{"created": datetime(2026, 5, 9, 12, tzinfo=IST), **facts})
    return Case.objects.get(pk=case.pk)


def order(case: Case, amount: int | None) -> Order:
    """Issue one more order of sanction, whatever the file stands at."""
    first = Noting.objects.filter(case=case, order=None).order_by("paragraph").first()
    number = f"T/{uuid.uuid4()}"
    return Order.objects.create(case=case, kind=OrderKind.SANCTION, number=number, issued_on=MONTH, amount=amount, noting=first)


def sums() -> dict[tuple[str, bool], tuple[Any, ...]]:
    """Return how many ended files the months know, by ending and whether a sanction was ordered, and what they come to."""
    found: dict[tuple[str, bool], tuple[Any, ...]] = {}
    for row in MonthFigure.objects.all():
        before = found.get((row.ending, row.ordered), (0, 0, 0))
        added = (row.files, row.amount, row.sanctioned)
        found[row.ending, row.ordered] = tuple(a + b for a, b in zip(before, added, strict=True))
    return {key: values for key, values in found.items() if any(values)}


def test_files_that_were_walked_are_counted_as_they_are() -> None:
    of_every_standing()
    a_file(at="closed")
    assert FileFigure.objects.count() == Case.objects.count() > 5
    assert MonthFigure.objects.exists()
    assert differences(up()) == []


def test_a_file_is_counted_where_it_is_after_every_change() -> None:
    case = ended(amount=100)
    assert sums() == {("closed", False): (1, 100, 0)}
    Case.objects.filter(pk=case.pk).update(ending="")
    assert sums() == {}
    Case.objects.filter(pk=case.pk).update(ending="withdrawn", amount=None, district=167)
    assert sums() == {("withdrawn", False): (1, 0, 0)}
    assert {row.district for row in MonthFigure.objects.filter(ending="withdrawn")} == {167}
    assert differences(up()) == []


def test_an_order_counts_from_its_issue_and_the_newest_says_for_how_much() -> None:
    case = ended()
    order(case, 500)
    assert sums() == {("closed", True): (1, case.amount or 0, 500)}
    assert differences(up()) == []


def test_the_month_is_that_of_india_and_moves_with_the_moment_received() -> None:
    case = ended(created=datetime(2026, 5, 31, 23, 59, tzinfo=IST))
    summing.fold()
    assert {row.month for row in MonthFigure.objects.all()} == {MONTH}
    Case.objects.filter(pk=case.pk).update(created=datetime(2026, 6, 1, 0, 0, tzinfo=IST))
    summing.fold()
    assert {row.month for row in MonthFigure.objects.all()} == {date(2026, 6, 1)}
    assert differences(up()) == []


def test_a_change_that_is_taken_back_counts_for_nothing() -> None:
    case = ended()
    before = sums()
    with transaction.atomic():
        Case.objects.filter(pk=case.pk).update(ending="rejected", amount=7)
        transaction.set_rollback(True)
    assert sums() == before and differences(up()) == []


def test_copies_of_files_are_counted_like_the_files_themselves() -> None:
    call_command("seed_scale", "--cases=12", "--open=6", "--seed=3", verbosity=0)
    assert Case.objects.exclude(ending="").count() == sum(files for files, *_rest in sums().values()) >= 12
    assert differences(up()) == []


def test_rows_of_a_sum_become_one_and_nothing_becomes_none() -> None:
    for _n in range(3):
        ended(amount=10)
    Case.objects.filter(pk=ended("withdrawn").pk).update(ending="")
    before = sums()
    assert MonthFigure.objects.count() > 5
    with CaptureQueriesContext(connection) as asked:
        summing.fold()
    assert len(asked) < 20
    assert MonthFigure.objects.count() == 1 and sums() == before == {("closed", False): (3, 30, 0)}
    summing.fold()
    assert sums() == before and differences(up()) == []


def test_what_was_released_is_kept_beside_the_allotment_line_by_line() -> None:
    a_file(at="report")
    a_file(at="report", title="Another")
    lines = list(LedgerEntry.objects.filter(kind="release"))
    assert len(lines) >= 2 and Released.objects.count() >= 1
    for _time in range(2):
        kept: dict[int, Decimal] = {}
        for row in Released.objects.all():
            kept[row.allotment_id] = kept.get(row.allotment_id, Decimal(0)) + row.amount
        assert kept == {key: sum(line.amount for line in lines if line.allotment_id == key) for key in kept}
        summing.fold()
    assert Released.objects.count() == len(kept)


def test_what_is_kept_otherwise_than_it_is_is_named_and_can_be_made_anew(capsys: pytest.CaptureFixture[str]) -> None:
    case, other = ended(), propose("Mathura")
    summing.fold()
    FileFigure.objects.filter(pk=other.pk).update(amount=1)
    MonthFigure.objects.update(files=2)
    FileFigure.objects.filter(pk=propose("Agra", title="Lost").pk).delete()
    found = differences(up())
    assert len(found) == 3 and other.number in found[0] and "2026-05-01 · closed" in found[2], case
    with pytest.raises(SystemExit):
        call_command("recount_board")
    assert other.number in capsys.readouterr().out
    call_command("recount_board", "--anew")
    assert "Every figure holds." in capsys.readouterr().out and differences(up()) == []


def test_the_database_and_the_sheet_put_files_in_the_same_columns() -> None:
    case, now = propose("Agra"), timezone.now()
    endings = {(flow.slug, ending) for flow in VERSIONS.values() for ending in ["", *(node.name for node in flow.in_order())]}
    for ordered in (False, True):
        if ordered:
            order(case, 5)
        for kind, ending in sorted(endings):
            Case.objects.filter(pk=case.pk).update(kind=kind, ending=ending)
            [told] = Case.objects.filter(pk=case.pk).annotate(reviewed=reviewing.result(now)).values_list("reviewed", flat=True)
            assert told == reviewing.result_of(kind, ending, ordered=ordered, late=False), (kind, ending, ordered)
    late = now + timedelta(days=3650)
    Case.objects.filter(pk=case.pk).update(kind="plan", ending="")
    assert reviewing.result_of("plan", "", ordered=False, late=True) == "late"
    assert Case.objects.annotate(reviewed=reviewing.result(late)).get(pk=case.pk).reviewed == "sanctioned"


DAYS = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 15), date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1)]
PERIODS = [(first, last) for first, last in product(DAYS, DAYS) if first <= last]


@pytest.mark.parametrize("folded", [False, True], ids=["as written", "folded"])
def test_every_period_counts_the_files_of_its_days(folded: bool) -> None:
    for n, day in enumerate(DAYS):
        for at in (datetime(day.year, day.month, day.day, tzinfo=IST), datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=IST)):
            ended("rejected" if n % 2 else "closed", created=at, amount=n)
    if folded:
        summing.fold()
    scope = scope_of(officer("odop.cell"))
    for first, last in PERIODS:
        sections = reviewing.review(scope, first, last, now=timezone.now())
        inside = [n for n, day in enumerate(DAYS) if first <= day <= last]
        total = next(section.total for section in sections if section.total.kind == "exhibition")
        assert total.received == 2 * len(inside), (first, last)
        assert total.counts["rejected"] == 2 * sum(n % 2 for n in inside)
        assert total.amount == 2 * sum(inside)


def test_a_place_whose_files_came_to_nothing_has_no_line() -> None:
    case = ended()
    Case.objects.filter(pk=case.pk).update(created=datetime(2024, 5, 9, tzinfo=IST))
    sections = reviewing.review(scope_of(officer("odop.cell")), MONTH, date(2026, 5, 31), now=timezone.now())
    assert all(not section.lines for section in sections)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL alters a table in its place")
def test_a_migration_may_rebuild_a_table_and_what_it_changes_is_counted() -> None:
    case = ended(amount=1)
    triggers.make_way(plan=[object()])
    assert "case_changed_is_counted" in triggers.missing()
    Case.objects.filter(pk=case.pk).update(amount=2)
    triggers.install()
    summing.after_migrating(plan=[object()])
    assert triggers.missing() == [] and differences(up()) == []
    triggers.make_way(plan=[])
    assert triggers.missing() == []


def test_deciding_asks_no_statement_more_for_it() -> None:
    case = a_file(at="report")
    with CaptureQueriesContext(connection) as asked:
        take(case, "closed")
    assert not [query for query in asked.captured_queries if "figure" in query["sql"]]
