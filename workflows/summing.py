"""Sums that the database adds to by rows (see ``counting`` and ``programme.models.budget``): folded as they grow, and made anew."""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from collections import defaultdict
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Model, Window

from programme.models import Released
from workflows.counting import AS_IT_IS, CASE, FILES, KEY, MONTHS, ORDER, PROCESS, SUMS, summed
from workflows.models import MonthFigure

# So many rows are folded in one transaction.
AT_ONCE = 10_000
LEDGER, RELEASED = "programme_ledgerentry", "programme_released"
ALL_RELEASED = (
    f"INSERT INTO {RELEASED} (allotment_id, amount)"
    f" SELECT allotment_id, SUM(amount) FROM {LEDGER} WHERE kind = 'release' GROUP BY allotment_id"
)

# What the rows of one sum have in common, and what is added up.
FOLDED: tuple[tuple[Any, tuple[str, ...], tuple[str, ...]], ...] = (
    (MonthFigure, KEY, SUMS),
    (Released, ("allotment_id",), ("amount",)),
)


def fold() -> None:
    """Make one row of all rows of a sum; a sum that comes to nothing needs none. No reader sees it half done."""
    for model, key, sums in FOLDED:
        while _fold(model, key, sums):
            pass


@transaction.atomic
def _fold(model: type[Model], key: tuple[str, ...], sums: tuple[str, ...]) -> bool:
    """Fold so many rows as are handled at once; say whether there were any."""
    rows = model._default_manager
    several = rows.annotate(rows=Window(Count("pk"), partition_by=list(key))).filter(rows__gt=1).order_by(*key).values("pk")[:AT_ONCE]
    parts: defaultdict[tuple[Any, ...], list[Model]] = defaultdict(list)
    for row in rows.select_for_update().filter(pk__in=several):
        parts[tuple(getattr(row, name) for name in key)].append(row)
    rows.filter(pk__in=[row.pk for found in parts.values() for row in found]).delete()
    folded = [{**dict(zip(key, values, strict=True)), **_added(found, sums)} for values, found in parts.items()]
    rows.bulk_create([model(**row) for row in folded if any(row[name] for name in sums)], batch_size=500)
    return bool(parts)


def _added(rows: list[Model], sums: tuple[str, ...]) -> dict[str, Any]:
    return {name: sum(map(attrgetter(name), rows)) for name in sums}


def after_migrating(plan: Any = (), **_signal: Any) -> None:
    """Count anew what migrations changed while SQLite had no triggers (``record.triggers.make_way``)."""
    if plan and connection.vendor == "sqlite" and FILES in connection.introspection.table_names():
        count_anew()


def count_anew() -> None:
    """Throw away what is kept, count every file and add the ledger up; whoever signs meanwhile waits."""
    vendor = connection.vendor
    with transaction.atomic():
        with connection.cursor() as cursor:
            if vendor == "postgresql":
                cursor.execute(f"LOCK TABLE {CASE}, {PROCESS}, {ORDER}, {LEDGER} IN SHARE ROW EXCLUSIVE MODE")
            for table in (MONTHS, FILES, RELEASED):
                cursor.execute(f"DELETE FROM {table}")
            for statement in (AS_IT_IS, summed(vendor, 1), ALL_RELEASED):
                cursor.execute(statement)
        fold()
