"""A year's ceiling is never passed, and what is had once is had once. Two at the same moment: see the tests marked postgres."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programme.ceilings import AlreadyBenefited, consume, grant_once, used
from programme.models import BenefitOnce, CeilingEntry, CeilingUse

pytestmark = pytest.mark.django_db
SCHEME, YEAR, MINE, FAMILY = "GATEWAY_PORT_FREIGHT", "2026-27", "a1" * 32, "f0" * 32
LAKH = Decimal(100_000)


def take(asked, number, *, ceiling=12 * LAKH, year=YEAR, digest=MINE):
    return consume(SCHEME, digest, year, Decimal(asked), Decimal(ceiling), file_number=f"UP/GPF/{year}/{number:04}")


def test_a_claim_that_fits_is_granted_whole_and_the_next_what_is_left():
    assert take(7 * LAKH, 1) == 7 * LAKH
    assert take(7 * LAKH, 2) == 5 * LAKH
    assert take(7 * LAKH, 3) == 0
    assert used(SCHEME, MINE, YEAR) == 12 * LAKH
    assert list(CeilingEntry.objects.order_by("pk").values_list("asked", "amount")) == [
        (7 * LAKH, 7 * LAKH), (7 * LAKH, 5 * LAKH), (7 * LAKH, 0),
    ]  # fmt: skip


def test_each_beneficiary_and_each_year_has_a_ceiling_of_its_own():
    take(12 * LAKH, 1)
    assert take(LAKH, 2, digest=FAMILY) == LAKH
    assert take(LAKH, 3, year="2027-28") == LAKH
    assert used(SCHEME, FAMILY, "2027-28") == 0


def test_a_ceiling_that_was_raised_opens_the_rest():
    take(12 * LAKH, 1)
    assert take(10 * LAKH, 2, ceiling=20 * LAKH) == 8 * LAKH
    assert CeilingUse.objects.get().ceiling == 20 * LAKH


def test_a_ceiling_that_was_lowered_gives_nothing_and_takes_nothing_back():
    take(10 * LAKH, 1)
    assert take(LAKH, 2, ceiling=8 * LAKH) == 0
    assert used(SCHEME, MINE, YEAR) == 10 * LAKH
    assert take(LAKH, 3, ceiling=Decimal("10.5") * LAKH) == LAKH / 2


def test_one_file_takes_of_a_ceiling_once():
    take(LAKH, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        take(LAKH, 1)
    assert used(SCHEME, MINE, YEAR) == LAKH


@pytest.mark.parametrize("asked", [Decimal(0), Decimal(-1), Decimal("-0.01")])
def test_nothing_and_less_than_nothing_cannot_be_asked(asked):
    take(LAKH, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        take(asked, 2)
    assert used(SCHEME, MINE, YEAR) == LAKH


@pytest.mark.parametrize("changed", [Decimal("-0.01"), 12 * LAKH + Decimal("0.01")], ids=["below zero", "above the ceiling"])
def test_the_database_refuses_a_use_outside_the_ceiling(changed):
    take(LAKH, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CeilingUse.objects.update(used=changed)


MONEY = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("900000"), places=2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=8))
def test_what_is_granted_is_what_is_used_and_no_claim_lifts_it_above_its_ceiling(claims):
    with transaction.atomic():
        granted = Decimal(0)
        for number, (asked, ceiling) in enumerate(claims):
            before = used(SCHEME, MINE, YEAR)
            part = take(asked, number, ceiling=ceiling)
            assert part == min(asked, max(ceiling - before, Decimal(0)))
            granted += part
            assert used(SCHEME, MINE, YEAR) == granted <= max(before, ceiling)
        assert sum(CeilingEntry.objects.values_list("amount", flat=True), Decimal(0)) == granted
        transaction.set_rollback(True)


def once(number, *digests, **how):
    grant_once(SCHEME, digests, file_number=f"UP/OML/2026-27/{number:04}", **how)


def test_the_brother_of_somebody_who_had_it_is_refused_with_the_earlier_file():
    once(1, MINE, FAMILY)
    with pytest.raises(AlreadyBenefited, match=r"already had the benefit, in file UP/OML/2026-27/0001") as refusal:
        once(2, "b2" * 32, FAMILY)
    assert refusal.value.file_number == "UP/OML/2026-27/0001"
    assert BenefitOnce.objects.filter(file_number="UP/OML/2026-27/0002").count() == 0, "nothing is written of a refused grant"


def test_an_override_is_written_down_as_one_for_whom_it_was_needed():
    once(1, MINE, FAMILY)
    once(2, "b2" * 32, FAMILY, override=True)
    rows = BenefitOnce.objects.filter(file_number="UP/OML/2026-27/0002").values_list("digest", "turn", "overridden")
    assert set(rows) == {("b2" * 32, 1, False), (FAMILY, 2, True)}
    with pytest.raises(AlreadyBenefited):
        once(3, "c3" * 32, FAMILY)


def test_a_second_turn_is_given_where_the_norms_allow_two_and_no_third():
    once(1, MINE, turns=2)
    once(2, MINE, turns=2)
    with pytest.raises(AlreadyBenefited, match="0002"):
        once(3, MINE, turns=2)


def test_one_file_is_granted_once_also_with_turns_left_or_an_override():
    once(1, MINE, turns=2)
    for how in ({"turns": 2}, {"override": True}):
        with pytest.raises(AlreadyBenefited, match="0001"):
            once(1, MINE, **how)


def test_another_scheme_has_its_own_once():
    once(1, MINE)
    grant_once("ODOP_MARGIN_MONEY", [MINE, MINE], file_number="UP/OML/2026-27/0002")
    assert BenefitOnce.objects.count() == 2


def test_a_grant_without_a_file_is_no_grant():
    with pytest.raises(IntegrityError), transaction.atomic():
        grant_once(SCHEME, [MINE], file_number="")


TABLES = ["programme_ceilingentry", "programme_benefitonce"]
CHANGES = ["UPDATE {0} SET file_number = 'UP/X'", "DELETE FROM {0}"]
# Deletes without asking the delete triggers.
REPLACED = "REPLACE INTO {0} SELECT * FROM {0}"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", [*CHANGES, REPLACED], ids=["changed", "deleted", "replaced"])
def test_what_somebody_has_had_is_only_added_to(table, sql):
    if sql == REPLACED and connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    take(LAKH, 1)
    once(1, MINE)
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start every act at the same moment in a transaction of its own; return the answers, or what was raised, in order."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        gate.wait(10)
        try:
            with transaction.atomic():
                return act()
        except AlreadyBenefited as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sanctions_at_the_same_moment_that_together_exceed_the_ceiling_leave_exactly_the_ceiling():
    for round_ in range(10):
        year = f"{2030 + round_}-{31 + round_}"
        granted = at_once(*(partial(take, 8 * LAKH, number, year=year) for number in range(3)))
        assert sorted(granted) == [0, 4 * LAKH, 8 * LAKH]
        assert used(SCHEME, MINE, year) == 12 * LAKH == sum(CeilingEntry.objects.filter(use__year=year).values_list("amount", flat=True))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_brothers_granted_at_the_same_moment_one_wins_and_the_other_is_told_his_file():
    for round_ in range(10):
        family, elder, younger = f"{round_:064x}", f"{round_:063x}a", f"{round_:063x}b"
        answers = at_once(partial(once, 2 * round_ + 1, elder, family), partial(once, 2 * round_ + 2, younger, family))
        [refusal] = [answer for answer in answers if answer is not None]
        winner = BenefitOnce.objects.get(scheme=SCHEME, digest=family)
        assert refusal.file_number == winner.file_number
        assert set(BenefitOnce.objects.filter(file_number=winner.file_number).values_list("turn", flat=True)) == {1}
        assert BenefitOnce.objects.filter(digest__in=[family, elder, younger]).count() == 2
