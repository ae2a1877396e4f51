"""A sample is drawn again by any program that follows what is written down: these numbers were fixed once and hold on every database."""

from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.audit import drawing
from workflows.audit.drawing import Unit

# Forty files whose amounts are multiples of one another.
POPULATION = [Unit(f"UP/EXH/2026-27/{n:04d}", Decimal(n * 10_000), f"District {n % 3}") for n in range(1, 41)]
units = st.lists(
    st.builds(Unit, st.uuids().map(str), st.integers(1, 10**9).map(Decimal)), min_size=1, max_size=40, unique_by=lambda unit: unit.number
)


def short(numbers):
    return [int(number[-4:]) for number in numbers]


def test_the_digest_of_a_population_is_that_of_its_sorted_lines():
    lines = "A/1\t100.00\nA/2\t\n"
    assert drawing.digest_of([Unit("A/2"), Unit("A/1", Decimal(100))]) == sha256(lines.encode()).hexdigest()


def test_a_random_sample_is_the_smallest_keys_of_the_seed():
    drawn = drawing.randomly(POPULATION, 5, "2026")
    assert drawn == drawing.randomly(reversed(POPULATION), 5, "2026")
    assert (
        drawn.numbers == sorted((unit.number for unit in POPULATION), key=lambda number: sha256(f"2026\n{number}".encode()).hexdigest())[:5]
    )
    assert short(drawn.numbers) == [22, 16, 24, 38, 5]


def test_a_stratified_sample_gives_each_stratum_its_share():
    drawn = drawing.by_strata(POPULATION, 7, "2026")
    assert short(drawn.numbers) == [24, 30, 22, 16, 7, 38, 5]


def test_a_sample_by_monetary_unit_takes_the_large_for_certain_and_the_rest_at_the_interval():
    large = [Unit("UP/EXH/2026-27/0041", Decimal(90_00_000))]
    drawn = drawing.by_money([*POPULATION, *large], 6, "2026")
    assert (drawn.certain, drawn.interval, drawn.start) == (frozenset({"UP/EXH/2026-27/0041"}), 164_000_000, 38_493_156)
    assert short(drawn.numbers) == [41, 9, 20, 27, 33, 37]


@pytest.mark.parametrize(
    ("counts", "size", "shares"),
    [
        ({"A": 50, "B": 30, "C": 20}, 10, {"A": 5, "B": 3, "C": 2}),
        ({"A": 1, "B": 1, "C": 98}, 10, {"A": 1, "B": 1, "C": 8}),
        ({"A": 1, "B": 1, "C": 98}, 2, {"A": 0, "B": 0, "C": 2}),
        ({"A": 1, "B": 2}, 9, {"A": 1, "B": 2}),
        ({"A": 1, "B": 1, "C": 1}, 2, {"A": 1, "B": 1, "C": 0}),
    ],
)
def test_shares_are_rounded_by_largest_remainder_and_no_stratum_is_left_out_where_there_is_room(counts, size, shares):
    assert drawing.allotted(counts, size) == shares


@given(units=units, size=st.integers(1, 50), seed=st.text("0123456789abcdef", min_size=1, max_size=8))
def test_any_monetary_sample_holds_each_file_once_and_every_file_of_at_least_the_interval(units, size, seed):
    drawn = drawing.by_money(units, size, seed)
    assert len(set(drawn.numbers)) == len(drawn.numbers) <= max(size, 1)
    assert drawn.certain <= set(drawn.numbers)
    if drawn.interval:
        large = {unit.number for unit in units if unit.paise >= drawn.interval}
        assert large <= drawn.certain
        assert 1 <= drawn.start <= drawn.interval


@given(counts=st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(1, 500), min_size=1), size=st.integers(1, 600))
def test_any_shares_sum_to_what_is_asked_and_no_stratum_gives_more_than_it_has(counts, size):
    shares = drawing.allotted(counts, size)
    assert sum(shares.values()) == min(size, sum(counts.values()))
    assert all(0 <= shares[name] <= counts[name] for name in counts)
    if size >= len(counts):
        assert all(shares.values())
