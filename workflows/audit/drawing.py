"""Drawing a sample so that anybody can draw it again, with any program that knows SHA-256 (docs/decisions/0032).

Nothing here is left to a random generator or to the order of a database. A population is a list of units, a file number and an
amount each. Numbers are compared as UTF-8 text, code point by code point.

* The **key** of a file is SHA-256 of the text "seed, line feed, file number". A random sample is the files with the smallest keys.
* A **stratified** sample gives each stratum its share of the files asked for, rounded by largest remainder (of equal remainders the
  stratum that comes first by name), and at least one where there are as many files as strata; within a stratum it is random.
* A **monetary unit** sample is systematic with a fixed interval. The interval is the total in paise divided by the files asked for,
  rounded down. Files of at least the interval are certain; they are taken out and the interval is made anew from what is left, until
  none is as large. The others stand in the order of their numbers, each as long as its amount. The start is 1 plus the remainder of
  SHA-256 of "seed, line feed, start" (as a number) divided by the interval; the files at the start and at each interval from there
  are drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

PAISE = 100


@dataclass(frozen=True)
class Unit:
    """One file of a population: its number, its amount in rupees (``None`` without money) and its stratum."""

    number: str
    amount: Decimal | None = None
    stratum: str = ""

    @property
    def paise(self) -> int:
        return int((self.amount or Decimal(0)) * PAISE)


@dataclass(frozen=True)
class Drawn:
    """The numbers drawn in their order, those of them that were certain, and interval and start in paise where money was the unit."""

    numbers: list[str]
    certain: frozenset[str] = frozenset()
    interval: int | None = None
    start: int | None = None


def digest_of(units: Iterable[Unit]) -> str:
    """Return the SHA-256 of a population: a line "number, tab, amount" for each file, sorted; an amount is written 1850000.00."""
    lines = sorted(f"{unit.number}\t{'' if unit.amount is None else f'{unit.amount:.2f}'}\n" for unit in units)
    return sha256("".join(lines).encode()).hexdigest()


def key_of(seed: str, number: str) -> str:
    return sha256(f"{seed}\n{number}".encode()).hexdigest()


def randomly(units: Iterable[Unit], size: int, seed: str) -> Drawn:
    """Draw ``size`` files, or all of them where there are fewer, each with the same chance."""
    return Drawn(_first(units, size, seed))


def by_strata(units: Iterable[Unit], size: int, seed: str) -> Drawn:
    """Draw from each stratum its share of ``size``, the strata in the order of their names."""
    strata: dict[str, list[Unit]] = {}
    for unit in units:
        strata.setdefault(unit.stratum, []).append(unit)
    shares = allotted({name: len(found) for name, found in strata.items()}, size)
    return Drawn([number for name in sorted(strata) for number in _first(strata[name], shares[name], seed)])


def allotted(counts: dict[str, int], size: int) -> dict[str, int]:
    """Return how many files each stratum gives."""
    whole, names = sum(counts.values()), sorted(counts)
    size = min(size, whole)
    shares = {name: counts[name] * size // whole for name in names}
    by_remainder = sorted(names, key=lambda name: (-(counts[name] * size % whole), name))
    for name in by_remainder[: size - sum(shares.values())]:
        shares[name] += 1
    for name in names if size >= len(names) else ():
        if shares[name] == 0:
            giver = max(names, key=lambda each: (shares[each], each))
            shares[giver] -= 1
            shares[name] = 1
    return shares


def by_money(units: Iterable[Unit], size: int, seed: str) -> Drawn:
    """Draw by monetary unit: each rupee has the same chance, and files of at least the interval are certain."""
    rest = sorted((unit for unit in units if unit.paise > 0), key=lambda unit: unit.number)
    certain: list[Unit] = []
    interval = 0
    while rest and size > len(certain):
        interval = sum(unit.paise for unit in rest) // (size - len(certain))
        large = [unit for unit in rest if unit.paise >= interval]
        if not large:
            break
        # Rounding down can make one file too many as large: the largest come first, of equal ones that of the lower number.
        large = sorted(large, key=lambda unit: (-unit.paise, unit.number))[: size - len(certain)]
        certain += large
        sure = {unit.number for unit in large}
        rest = [unit for unit in rest if unit.number not in sure]
    left = size - len(certain)
    known = frozenset(unit.number for unit in certain)
    if not rest or left <= 0 or interval <= 0:
        return Drawn(sorted(known), known)
    start = 1 + int(key_of(seed, "start"), 16) % interval
    return Drawn(sorted(known) + _at(rest, [start + n * interval for n in range(left)]), known, interval, start)


def _at(units: Sequence[Unit], points: list[int]) -> list[str]:
    """Return the files in which the points lie, once each; both in ascending order."""
    found, reached, waiting = [], 0, list(reversed(points))
    for unit in units:
        reached += unit.paise
        if waiting and waiting[-1] <= reached:
            found.append(unit.number)
        while waiting and waiting[-1] <= reached:
            waiting.pop()
    return found


def _first(units: Iterable[Unit], size: int, seed: str) -> list[str]:
    return sorted((unit.number for unit in units), key=lambda number: (key_of(seed, number), number))[:size]
