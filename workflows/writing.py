"""Writing rows that belong together: on PostgreSQL in one statement, elsewhere one after the other."""

# ruff: noqa: S608 -- SQL that Django compiled, joined with fixed words

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import AutoField, BigIntegerField, ForeignKey, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.expressions import RawSQL
from django.db.models.sql import InsertQuery, UpdateQuery


@dataclass(frozen=True)
class Change:
    """Set columns of the rows that a question finds."""

    rows: QuerySet
    values: dict[str, Any]


@dataclass(frozen=True)
class Upsert:
    """Add rows, or change those that stand there under the same ``unique`` columns."""

    rows: list[Any]
    unique: list[str]
    update: list[str]


NEXT_NUMBER = "nextval(pg_get_serial_sequence(%s, 'id'))"
Write = Model | Change | Upsert
Statement = tuple[str, tuple[Any, ...]]


def _on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def next_number(model: type[Model]) -> Any | None:
    """Return as a column the primary key that the next row of ``model`` shall have; ``None`` where the database gives it only with the row.

    Whoever knows it beforehand can write rows that name each other in one statement. One that is not used leaves a gap.
    """
    if not _on_postgresql():
        return None
    return RawSQL(NEXT_NUMBER, (model._meta.db_table,), BigIntegerField())  # noqa: S611 -- fixed words


def numbers(known: dict[type[Model], int], *models: type[Model]) -> list[int | None]:
    """Return the primary keys for one new row of each model: those ``known``, which are used up, else asked of the database at once.

    ``None`` where the database gives them only with the rows.
    """
    asked = [model for model in models if model not in known] if _on_postgresql() else []
    if asked:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join([NEXT_NUMBER] * len(asked)), [model._meta.db_table for model in asked])
            known |= dict(zip(asked, cursor.fetchone(), strict=True))
    return [known.pop(model, None) for model in models]


def together(*writes: Write | None) -> list[int]:
    """Write all of it, in this order where one needs another's key; return how many rows each ``Change`` met."""
    asked = [write for write in writes if write is not None]
    if _on_postgresql() and all(_is_named(row) for write in asked for row in _rows(write)):
        return _at_once(asked)
    return [met for write in asked for met in _by_itself(write)]


def _rows(write: Write) -> list[Model]:
    return write.rows if isinstance(write, Upsert) else [write] if isinstance(write, Model) else []


def _is_named(row: Model) -> bool:
    """Say whether the keys of everything that the row points to are known."""
    related: list[Any] = [field.get_cached_value(row, default=None) for field in row._meta.concrete_fields if isinstance(field, ForeignKey)]
    return all(one.pk is not None for one in related if one is not None)


def _by_itself(write: Write) -> list[int]:
    if isinstance(write, Change):
        return [write.rows.update(**write.values)]
    if isinstance(write, Upsert):
        write.rows[0]._meta.default_manager.bulk_create(
            write.rows, update_conflicts=True, unique_fields=write.unique, update_fields=write.update
        )
    else:
        write.save(force_insert=True)
    return []


def _at_once(writes: list[Write]) -> list[int]:
    parts, values, counted = [], list[Any](), []
    for place, write in enumerate(writes):
        text, given = _compiled(write)
        if isinstance(write, Change):
            text += " RETURNING 1"
            counted.append(f"(SELECT COUNT(*) FROM w{place})")
        parts.append(f"w{place} AS ({text})")
        values += given
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT {', '.join(counted) or '1'}", values)
        met = cursor.fetchone()
    for row in (row for write in writes for row in _rows(write)):
        row._state.adding, row._state.db = False, connection.alias
    return list(met) if counted else []


def _compiled(write: Write) -> Statement:
    if isinstance(write, Change):
        query = write.rows.query.chain(UpdateQuery)
        query.add_update_values(write.values)  # type: ignore[attr-defined]  # the stubs know the class it was made from
        text, given = query.get_compiler(connection=connection).as_sql()
        return text, tuple(given)
    if isinstance(write, Upsert):
        return _insert(write.rows, conflict={"on_conflict": OnConflict.UPDATE, **_columns(write)})
    return _insert([write])


def _columns(write: Upsert) -> dict[str, Any]:
    column = {field.name: field for field in write.rows[0]._meta.concrete_fields}
    return {"unique_fields": [column[name] for name in write.unique], "update_fields": [column[name] for name in write.update]}


def _insert(rows: Iterable[Model], conflict: dict[str, Any] | None = None) -> Statement:
    rows = list(rows)
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    keyed = rows[0].pk is not None
    fields = [field for field in rows[0]._meta.local_concrete_fields if keyed or not isinstance(field, AutoField)]
    query = InsertQuery(type(rows[0]), **(conflict or {}))
    query.insert_values(fields, rows)
    [(text, given)] = query.get_compiler(connection=connection).as_sql()
    return text, tuple(given)
