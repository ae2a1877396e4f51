"""The sums of what boards count (see ``counting``): folded together as they grow, and made anew."""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from collections import defaultdict
from operator import attrgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Window

from workflows.counting import AS_IT_IS, CASE, FILES, KEY, MONTHS, ORDER, PROCESS, SUMS, summed
from workflows.models import MonthFigure

_key, _sums = attrgetter(*KEY), attrgetter(*SUMS)


def fold() -> None:
    """Make one row of all rows of a sum; a sum that comes to nothing needs none. No reader sees it half done."""
    several = MonthFigure.objects.annotate(rows=Window(Count("pk"), partition_by=list(KEY))).filter(rows__gt=1).values("pk")
    with transaction.atomic():
        parts: defaultdict[Any, list[MonthFigure]] = defaultdict(list)
        for row in MonthFigure.objects.select_for_update().filter(pk__in=several):
            parts[_key(row)].append(row)
        MonthFigure.objects.filter(pk__in=[row.pk for rows in parts.values() for row in rows]).delete()
        sums = [_sum(key, rows) for key, rows in parts.items()]
        MonthFigure.objects.bulk_create([row for row in sums if any(_sums(row))], batch_size=500)


def _sum(key: tuple[Any, ...], rows: list[MonthFigure]) -> MonthFigure:
    sums = map(sum, zip(*map(_sums, rows), strict=True))
    return MonthFigure(**dict(zip(KEY + SUMS, (*key, *sums), strict=True)))


def count_anew() -> None:
    """Throw away what is kept and count every file; whoever signs meanwhile waits."""
    vendor = connection.vendor
    with transaction.atomic():
        with connection.cursor() as cursor:
            if vendor == "postgresql":
                cursor.execute(f"LOCK TABLE {CASE}, {PROCESS}, {ORDER} IN SHARE ROW EXCLUSIVE MODE")
            for statement in (f"DELETE FROM {MONTHS}", f"DELETE FROM {FILES}", AS_IT_IS, summed(vendor, 1)):
                cursor.execute(statement)
        fold()
