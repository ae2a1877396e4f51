"""A State at scale: files that were walked through the real verbs, and very many that go the same way, written set by set.

A State that has such files already is filled further: what was walked is not walked again, and the copies go on where they ended.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q, Sum

from programme.calendar import today
from programme.models import Allotment, Posting, State
from workflows import summing
from workflows.demonstration.copying import COPIED, Numbers, Pattern, word, write
from workflows.demonstration.story import Story
from workflows.demonstration.walk import walk
from workflows.flows import ExhibitionFlow
from workflows.models import Case
from workflows.record.sealer import seal

AT_ONCE = 1_000
DAYS_BACK = 3_650
LONGEST_STORY = 130  # Days that an exhibition takes from its proposal to its accepted certificate.
PLENTY = 1_000_000_000  # Rupees, so that no pattern is refused for want of money.
# Where a pattern stands, and the condition by which it is found again.
CLOSED = ~Q(ending="")
STANDING = {"closed": CLOSED, **{step: Q(movements__disposed=None, movements__step=step) for step in ("scrutinise", "approve")}}


def build(state: State, *, cases: int, waiting: int, seed: int, say: Callable[[str], None]) -> int:
    """Bring a State to ``cases`` ended files and ``waiting`` open ones, from the same seed the same; return how many paragraphs were added.

    The cast and the officers of every district must be there. Sealed as it goes.
    """
    Allotment.objects.update(allotted=F("allotted") + PLENTY)
    places = _districts(state)[: max(2, min(75, (cases + waiting) // 40))]
    patterns = {at: [_pattern(district, at, seed) for district in places] for at in STANDING}
    seal()
    plans = list(_plans(cases, waiting))
    numbers, written = Numbers(), 0
    for done in range(0, len(plans), AT_ONCE):
        batch = plans[done : done + AT_ONCE]
        with transaction.atomic():
            _trust_keys()
            written += _write([(patterns[at][n % len(places)], at, n) for at, n in batch], numbers, seed)
            seal()
            summing.fold()
        say(f"{done + len(batch):,} of {len(plans):,} files, {written:,} paragraphs")
    numbers.settle()
    _settle_budget()
    return written


def _trust_keys() -> None:
    """Let the database not look for every row that a row names, until the transaction ends, where this role may; its guards stay.

    A copy names its own rows, and those that its pattern names.
    """
    if connection.vendor == "postgresql":
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")


def _plans(cases: int, waiting: int) -> Iterator[tuple[str, int]]:
    """Yield where each file stands that is still missing, and its place among those that have ended, or wait."""
    copies = Case.objects.filter(number__regex=COPIED)
    for n in range(copies.filter(CLOSED).count(), cases):
        yield "closed", n
    for n in range(copies.exclude(CLOSED).count(), waiting):
        yield "scrutinise" if n % 3 else "approve", n


def _write(planned: list[tuple[Pattern, str, int]], numbers: Numbers, seed: int) -> int:
    """Write a copy for each plan; return how many paragraphs they have."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    columns: dict[str, list[str]] = {}
    for pattern, at, n in planned:
        chance = _chance(seed, at, n)
        columns |= pattern.columns
        for table, text in pattern.copy(numbers, chance, chance.randrange(1, DAYS_BACK) if at == "closed" else chance.randrange(0, 20)):
            texts[table].append(text)
    for table, found in texts.items():
        write(table, columns[table], "".join(found))
    return sum(len(pattern.bodies) for pattern, _at, _n in planned)


def _chance(*told: object) -> random.Random:
    """Return chance that is the same for the same words, so that a file does not depend on how many were made with it."""
    return random.Random(" ".join(map(str, told)))  # noqa: S311 -- for repeatable data, not for secrets


def _districts(state: State) -> list[Any]:
    held = Posting.objects.filter(office__designation__code="dm", office__designation__state=state, office__district__products__live=True)
    held = held.filter(starts_on__lt=today() - timedelta(days=LONGEST_STORY))
    rows = held.select_related("office__district__state").order_by("office__district__name_en")
    return list({posting.office.district_id: posting.office.district for posting in rows}.values())


def _pattern(district: Any, at: str, seed: int) -> Pattern:
    walked = Case.objects.filter(STANDING[at], district=district, kind=ExhibitionFlow.slug).exclude(number__regex=COPIED)
    found = walked.order_by("pk").values_list("pk", flat=True).first()
    return Pattern(Case.objects.get(pk=found or _walked(district, at, _chance(seed, at, district.pk))))


def _walked(district: Any, at: str, chance: random.Random) -> int:
    told = {
        "title": f"Pratirup{word(chance)}",
        "venue": "Mela Maidan",
        "purpose": "Products of the district and its neighbours for buyers from outside.",
        "starts_in_days": -40 if at == "closed" else chance.randrange(20, 200),
        "days": 3,
        "stalls": chance.randrange(30, 120),
        "amount": str(chance.randrange(8, 24) * 100_000),
    }
    return int(walk(Story(ExhibitionFlow.slug, district, LONGEST_STORY if at == "closed" else 12, at, told)).pk)


def _settle_budget() -> None:
    """Let every allotment hold what its ledger committed, and be large enough for it."""
    for allotment in Allotment.objects.all():
        sums = dict(allotment.entries.values_list("kind").annotate(Sum("amount")))
        allotment.committed = sums.get("commitment", Decimal(0)) - sums.get("given_back", Decimal(0))
        allotment.allotted = max(allotment.allotted, allotment.committed + 50_000_000)
        allotment.save(update_fields=["committed", "allotted"])
