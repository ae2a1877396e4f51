"""The figures of a board against files read one by one, also when the files are in any disorder."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.calendar import financial_year, today
from programme.models import Allotment, District, LedgerEntry, LoanApplication, State
from tests.workflows.boards.files import of_every_standing
from workflows import summing
from workflows.boards import board, recount, recount_kept
from workflows.boards.board import Period
from workflows.boards.recount import differences, of_district, whole
from workflows.models import Case, Movement
from workflows.reviewing import Line

pytestmark = pytest.mark.django_db
ENDINGS = ["", "", "", "withdrawn", "rejected", "cancelled", "closed", "declined", "no such ending of this process"]
TAGS = ["woman", "shg", "youth", "artisan", "farmer"]


@pytest.fixture
def files() -> dict[str, Case]:
    return of_every_standing()


def period() -> Period:
    return Period(financial_year(today()))


def agra() -> District:
    return District.objects.select_related("state").get(name_en="Agra")


def endings(case: Case) -> list[str]:
    from_flow = {node.name for node in case.flow_class.in_order()}
    return [ending for ending in ENDINGS if not ending or ending in from_flow]


def disorder(draw: Callable[[Any], Any]) -> None:
    """Move files to other days, ends and amounts, stays to other due days, and applicants to other categories."""
    now, ages = timezone.now(), st.sampled_from([0, 1, 29, 31, 200, 400])
    for case in Case.objects.order_by("pk"):
        Case.objects.filter(pk=case.pk).update(
            created=now - timedelta(days=draw(ages)),
            ending=draw(st.sampled_from(endings(case))),
            amount=draw(st.sampled_from([None, 1, 250000])),
            district=draw(st.sampled_from([118, 167])),
        )
    for stay in Movement.objects.filter(disposed=None).order_by("pk"):
        due = draw(st.sampled_from([None, -1, 1]))
        Movement.objects.filter(pk=stay.pk).update(
            due=due and now + timedelta(days=due),
            days_allowed=None,
            counted_from=None,
            returns_to=draw(st.sampled_from(["", "scrutinise"])),
        )
    for loan in LoanApplication.objects.order_by("pk"):
        loan.tags = draw(st.lists(st.sampled_from(TAGS), unique=True))
        loan.gender, loan.category = draw(st.sampled_from(["male", "female"])), draw(st.sampled_from(["general", "sc", "woman"]))
        loan.save()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_board_says_what_files_read_one_by_one_say(files: dict[str, Case], data: st.DataObject) -> None:
    with transaction.atomic():
        disorder(data.draw)
        now = timezone.now()
        if data.draw(st.booleans()):
            summing.fold()
        state = State.objects.get(short="UP")
        wrong = differences(whole(state), period(), now=now) + differences(of_district(agra()), period(), now=now)
        wrong += recount_kept.differences(state)
        transaction.set_rollback(True)
    assert wrong == []


def test_a_figure_that_does_not_hold_is_named(files: dict[str, Case], monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    call_command("recount_board", "--state", "UP")
    assert "1 board was counted again. Every figure holds." in capsys.readouterr().out
    monkeypatch.setattr(Line, "pending", property(lambda line: line.counts["in_time"]))
    # What a board said is kept in memory as long as the database counts the same: neither the one before nor this wrong one may stay.
    board._reviewed.cache_clear()
    with pytest.raises(SystemExit):
        call_command("recount_board", "--state", "UP")
    board._reviewed.cache_clear()
    said = capsys.readouterr().out
    assert "exhibition" in said and "figures differ" in said


def test_a_wrong_year_or_state_is_refused_with_a_sentence() -> None:
    with pytest.raises(CommandError, match="financial year"):
        call_command("recount_board", "--year", "2026")
    with pytest.raises(CommandError, match="no State"):
        call_command("recount_board", "--state", "Atlantis")


def test_the_recount_asks_for_no_sum_of_the_database() -> None:
    assert not {"Count", "Sum", "aggregate", "annotate"} & {*vars(recount), *vars(recount_kept)}


def test_what_an_allotment_says_is_committed_is_compared_with_its_ledger(files: dict[str, Case]) -> None:
    state, now = State.objects.get(short="UP"), timezone.now()
    assert differences(whole(state), period(), now=now) == []
    entry = LedgerEntry.objects.filter(kind="commitment", allotment__head__state=state).select_related("allotment").latest("pk")
    Allotment.objects.filter(pk=entry.allotment_id).update(committed=entry.allotment.committed + 1, allotted=F("allotted") + 1)
    found = differences(whole(state), period(), now=now)
    assert ["committed" in line or "free" in line for line in found] == [True, True]
