from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.budget import NoBudget, NoHead, balance, book, commit, head_of, record
from programme.models import Allotment, EntryKind, LedgerEntry

YEAR = "2026-27"


@pytest.fixture
def allotment(head):
    Allotment.objects.filter(head=head, year=YEAR).delete()
    return Allotment.objects.create(head=head, year=YEAR, allotted=Decimal("1500000.00"))


def test_a_commitment_lowers_the_balance_and_writes_the_ledger(head, allotment):
    entry = commit(head, YEAR, Decimal("600000.50"), file_number="UP/EXH/2026-27/0001")
    assert balance(head, YEAR) == Decimal("899999.50")
    assert (entry.kind, entry.amount, entry.file_number) == (EntryKind.COMMITMENT, Decimal("600000.50"), "UP/EXH/2026-27/0001")


def test_the_whole_allotment_can_be_committed_and_not_a_paisa_more(head, allotment):
    commit(head, YEAR, Decimal("1500000.00"), file_number="UP/EXH/2026-27/0001")
    assert balance(head, YEAR) == 0
    with pytest.raises(NoBudget), transaction.atomic():
        commit(head, YEAR, Decimal("0.01"), file_number="UP/EXH/2026-27/0002")


def test_a_refused_commitment_says_what_is_left_and_changes_nothing(head, allotment):
    with pytest.raises(NoBudget, match=r"₹15,00,000 left in 2026-27; ₹15,00,001 cannot be committed"):
        commit(head, YEAR, Decimal("1500001"), file_number="UP/EXH/2026-27/0001")
    assert balance(head, YEAR) == Decimal("1500000.00")
    assert not LedgerEntry.objects.filter(allotment=allotment).exists()


def test_a_head_without_allotment_has_nothing_to_commit(head, allotment):
    assert balance(head, "2031-32") == 0
    with pytest.raises(NoBudget):
        commit(head, "2031-32", Decimal(1), file_number="UP/EXH/2031-32/0001")


def test_one_file_commits_once(head, allotment):
    commit(head, YEAR, Decimal(100), file_number="UP/EXH/2026-27/0001")
    with pytest.raises(IntegrityError), transaction.atomic():
        commit(head, YEAR, Decimal(100), file_number="UP/EXH/2026-27/0001")
    assert balance(head, YEAR) == Decimal("1499900.00")


def test_a_release_and_a_utilisation_leave_the_balance(head, allotment):
    commit(head, YEAR, Decimal(100), file_number="UP/EXH/2026-27/0001")
    record(EntryKind.RELEASE, head, YEAR, Decimal(100), file_number="UP/EXH/2026-27/0001")
    record(EntryKind.UTILISATION, head, YEAR, Decimal(90), file_number="UP/EXH/2026-27/0001")
    assert balance(head, YEAR) == Decimal("1499900.00")
    assert LedgerEntry.objects.filter(file_number="UP/EXH/2026-27/0001").count() == 3


def test_a_scheme_finds_its_head_and_a_state_without_one_says_so(up, hp):
    assert head_of("ODOP_MARGIN_MONEY", up).code == "2851-00-102-08"
    with pytest.raises(NoHead, match="Himachal Pradesh"):
        head_of("ODOP_MARGIN_MONEY", hp)


def test_the_database_keeps_one_head_a_scheme_and_state(up):
    with pytest.raises(IntegrityError), transaction.atomic():
        up.budget_heads.create(code="2851-00-102-99", scheme="ODOP_MARGIN_MONEY", name_en="Another")


def test_what_becomes_of_a_commitment_is_booked_where_it_was_made(head, allotment):
    commit(head, YEAR, Decimal(100), file_number="UP/EXH/2026-27/0001")
    entry = book(EntryKind.RECOVERY, Decimal(40), file_number="UP/EXH/2026-27/0001")
    assert (entry.allotment, entry.amount, balance(head, YEAR)) == (allotment, Decimal(40), Decimal("1499900.00"))
    with pytest.raises(LedgerEntry.DoesNotExist):
        book(EntryKind.RELEASE, Decimal(40), file_number="UP/EXH/2026-27/0002")


@pytest.mark.parametrize("committed", [Decimal("-0.01"), Decimal("1500000.01")], ids=["below zero", "above the allotment"])
def test_the_database_refuses_commitments_outside_the_allotment(allotment, committed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Allotment.objects.filter(pk=allotment.pk).update(committed=committed)


def test_the_database_refuses_to_lower_an_allotment_below_what_is_committed(head, allotment):
    commit(head, YEAR, Decimal(100), file_number="UP/EXH/2026-27/0001")
    with pytest.raises(IntegrityError), transaction.atomic():
        Allotment.objects.filter(pk=allotment.pk).update(allotted=Decimal("99.99"))


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-5)])
def test_the_database_refuses_a_ledger_line_that_is_not_positive(head, allotment, amount):
    with pytest.raises(IntegrityError), transaction.atomic():
        record(EntryKind.RELEASE, head, YEAR, amount, file_number="UP/EXH/2026-27/0001")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("900000"), places=2), min_size=1, max_size=8))
def test_commitments_always_equal_the_ledger_and_never_pass_the_allotment(head, allotment, asked):
    with transaction.atomic():
        for number, amount in enumerate(asked):
            before = balance(head, YEAR)
            try:
                commit(head, YEAR, amount, file_number=f"UP/EXH/2026-27/{number:04}")
            except NoBudget:
                assert amount > before
            else:
                assert balance(head, YEAR) == before - amount
        committed = sum(LedgerEntry.objects.filter(allotment=allotment).values_list("amount", flat=True), Decimal(0))
        assert Decimal("1500000.00") - committed == balance(head, YEAR) >= 0
        transaction.set_rollback(True)
