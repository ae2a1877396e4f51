"""Reading the whole database as one moment saw it, and long tables fast."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any

import orjson
import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import Func, Q, QuerySet
from psycopg.types.json import set_json_loads

CHUNK = 300  # Rows fetched together; what is much longer than a processor keeps at hand is read more slowly.
NUMBERS = count()


@contextmanager
def snapshot(name: str = "") -> Iterator[None]:
    """Read the database as it stood at one moment, without holding up those who write. A running transaction is used as it is.

    ``name`` is that of a moment that another transaction reads.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            if name:
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [name])
            yield
    else:
        # Django's own transactions take SQLite's write lock at once.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def name_of_snapshot() -> str:
    """Return the name under which other connections may read what this transaction reads, as long as it runs; of PostgreSQL alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


class Bytes(Func):
    """A text as the bytes of its UTF-8, over which it was hashed."""

    output_field: Any = models.BinaryField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="CAST(%(expressions)s AS BLOB)", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="convert_to(%(expressions)s, 'UTF8')", **extra)


class Stamp(Func):
    """A moment as the record writes it: UTC, microseconds, Z."""

    output_field: Any = models.CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        day, time, part = "substr(%(expressions)s, 1, 10)", "substr(%(expressions)s, 12, 8)", "substr(%(expressions)s, 21)"
        form = f"{day} || 'T' || {time} || '.' || substr({part} || '000000', 1, 6) || 'Z'"
        return self.as_sql(compiler, connection, template=form, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        form = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        return self.as_sql(compiler, connection, template=form, **extra)


def among(column: str, keys: Collection[int]) -> Q:
    """Return the condition that a column holds one of these numbers. Where they lie close together it is a range, which a database reads
    faster, and which may let in others that the reader leaves out.
    """
    if keys and (first := min(keys)) + 2 * len(keys) > (last := max(keys)):
        return Q(**{f"{column}__gte": first, f"{column}__lte": last})
    return Q(**{f"{column}__in": keys})


def rows(columns: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a ``values_list`` of a long table, which are not kept."""
    if connection.vendor != "postgresql":
        yield from columns.iterator(chunk_size=CHUNK)
        return
    link: Any = connection
    link.ensure_connection()
    cursor = psycopg.ServerCursor(link.connection, f"rows_{next(NUMBERS)}", withhold=link.autocommit)
    with _asked(columns, cursor):
        chunk = cursor.fetchmany(CHUNK) if cursor.pgresult else []
        while chunk:
            yield from chunk
            chunk = cursor.fetchmany(CHUNK) if len(chunk) == CHUNK else []


def all_rows(columns: QuerySet[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a ``values_list`` together."""
    if connection.vendor != "postgresql":
        return list(columns)
    link: Any = connection
    link.ensure_connection()
    cursor = psycopg.Cursor(link.connection)
    with _asked(columns, cursor):
        return cursor.fetchall() if cursor.pgresult else []


@contextmanager
def _asked(columns: QuerySet[Any], cursor: psycopg.Cursor[Any]) -> Iterator[None]:
    """Ask a query of PostgreSQL, which sends its rows as they lie in its memory: these are read faster than text."""
    cursor.format = psycopg.pq.Format.BINARY
    set_json_loads(orjson.loads, cursor)
    link: Any = connection
    with link._prepare_cursor(cursor) as told:
        with suppress(EmptyResultSet):
            told.execute(*columns.query.sql_with_params())
        yield
