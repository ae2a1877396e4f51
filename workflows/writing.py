"""Writing rows that belong together: on PostgreSQL in one statement, elsewhere one after the other."""

# ruff: noqa: S608 -- SQL of fixed words and the names of tables and columns; every value is given beside it

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from sys import intern
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import AutoField, BigIntegerField, F, ForeignKey, Model
from django.db.models.expressions import RawSQL

from programme.asking import prepared_cursor


@dataclass(frozen=True)
class Change:
    """Set columns of the rows of a table that hold these values in ``where``; ``None`` asks for an empty column.

    ``adds`` is a column that grows by one; ``otherwise`` is raised where there is no such row.
    """

    model: type[Model]
    where: dict[str, Any]
    values: dict[str, Any]
    otherwise: Exception | None = None
    adds: str = ""


@dataclass(frozen=True)
class Upsert:
    """Add rows, or change those that stand there under the same ``unique`` columns."""

    rows: list[Any]
    unique: list[str]
    update: list[str]


# Kinds of columns whose values PostgreSQL's driver takes as a row holds them.
AS_THEY_ARE = frozenset({
    models.AutoField, models.BigAutoField, models.BigIntegerField, models.BooleanField, models.CharField, models.DateField,
    models.DateTimeField, models.ForeignKey, models.IntegerField, models.OneToOneField, models.PositiveIntegerField,
    models.PositiveSmallIntegerField, models.SlugField, models.TextField, models.UUIDField,
})  # fmt: skip
# The driver keeps the text of a statement with so many values, and reads a longer one anew each time.
MOST_VALUES = 50
Write = Model | Change | Upsert
# What this thread has gathered and not yet written; ``None`` while nothing is gathered.
_waiting: ContextVar[list[Write] | None] = ContextVar("waiting", default=None)
Statement = tuple[str, tuple[Any, ...]]


def _on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def next_number(model: type[Model]) -> Any | None:
    """Return as a column the primary key that the next row of ``model`` shall have; ``None`` where the database gives it only with the row.

    Whoever knows it beforehand can write rows that name each other in one statement. One that is not used leaves a gap.
    """
    if not _on_postgresql():
        return None
    return RawSQL(_next_number(model), (), BigIntegerField())  # noqa: S611 -- fixed words


@lru_cache(maxsize=16)
def _next_number(model: type[Model]) -> str:
    """Return the SQL that draws the next key of a table; the name of its sequence is asked of the database once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        return f"nextval('{cursor.fetchone()[0]}')"


def numbers(known: dict[type[Model], int], *models: type[Model]) -> list[int | None]:
    """Return the primary keys for one new row of each model: those ``known``, which are used up, else asked of the database at once.

    ``None`` where the database gives them only with the rows.
    """
    asked = [model for model in models if model not in known] if _on_postgresql() else []
    if asked:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(map(_next_number, asked)))
            known |= dict(zip(asked, cursor.fetchone(), strict=True))
    return [known.pop(model, None) for model in models]


@contextmanager
def gathered() -> Iterator[None]:
    """Keep what ``together`` is given inside, and write it at once at the end, or when ``write_now`` asks for it.

    Whoever reads inside what was written there asks for it first. An error inside writes nothing.
    """
    token = _waiting.set([])
    try:
        yield
        write_now()
    finally:
        _waiting.reset(token)


def write_now() -> None:
    """Write what was gathered so far; nothing where nothing was."""
    if waiting := _waiting.get():
        writes = list(waiting)
        waiting.clear()
        _at_once(writes)


def together(*writes: Write | None) -> None:
    """Write all of it, in this order where one needs another's key; raise what a ``Change`` says where its row is not there."""
    asked = [write for write in writes if write is not None]
    if not (_on_postgresql() and all(_is_named(row) for write in asked for row in _rows(write))):
        write_now()
        for write in asked:
            _by_itself(write)
    elif (waiting := _waiting.get()) is not None:
        waiting += asked
    else:
        _at_once(asked)


def stream(model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    """Add new rows of one table, given by their columns: one stream on PostgreSQL, elsewhere many in a statement.

    A column that a row does not name has its default; a time that the model sets at each saving has to be named.
    """
    if not _on_postgresql():
        model._default_manager.bulk_create([model(**row) for row in rows], batch_size=500)
        return
    columns: list[Any] = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]
    empty, quote = vars(model()), connection.ops.quote_name
    blank = {field.attname: empty[field.attname] for field in columns}
    written = [(field.attname, write) for field in columns if (write := _streamed(field))]
    text = f"COPY {quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in columns)}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(text) as copy:
        for row in rows:
            full = blank | row
            for name, write in written:
                full[name] = write(full[name])
            copy.write_row(list(full.values()))


def _streamed(field: Any) -> Callable[[Any], Any] | None:
    """Return how a value of the column is written into a stream; ``None`` where the driver takes it as it is."""
    if type(field) is models.JSONField and field.encoder is None:
        return _as_json
    column = _judged(field)
    return column and partial(_to_save, column)


def _as_json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _rows(write: Write) -> list[Model]:
    return write.rows if isinstance(write, Upsert) else [write] if isinstance(write, Model) else []


def _is_named(row: Model) -> bool:
    """Say whether the keys of everything that the row points to are known."""
    related: list[Any] = [field.get_cached_value(row, default=None) for field in row._meta.concrete_fields if isinstance(field, ForeignKey)]
    return all(one.pk is not None for one in related if one is not None)


def _by_itself(write: Write) -> None:
    if isinstance(write, Change):
        more = {write.adds: F(write.adds) + 1} if write.adds else {}
        met = write.model._default_manager.filter(**write.where).update(**write.values, **more)
        if write.otherwise and not met:
            raise write.otherwise
    elif isinstance(write, Upsert):
        write.rows[0]._meta.default_manager.bulk_create(
            write.rows, update_conflicts=True, unique_fields=write.unique, update_fields=write.update
        )
    else:
        write.save(force_insert=True)


def _at_once(writes: list[Write]) -> None:
    """Write in as few statements as may be.

    No statement writes twice to one table, as it would not see there what it wrote itself, and none has more values than the
    driver keeps the text of.
    """
    part: list[tuple[Write, str, tuple[Any, ...]]] = []
    for write in writes:
        text, given = _compiled(write)
        met = any(_table(write) == _table(other) for other, *_rest in part)
        if part and (met or sum(len(values) for *_rest, values in part) + len(given) > MOST_VALUES):
            _one_statement(part)
            part = []
        part.append((write, text, given))
    _one_statement(part)


def _table(write: Write) -> str:
    model = write.model if isinstance(write, Change) else _rows(write)[0]
    return str(model._meta.db_table)


def _one_statement(writes: list[tuple[Write, str, tuple[Any, ...]]]) -> None:
    parts, values, counted = [], list[Any](), []
    for place, (write, text, given) in enumerate(writes):
        if isinstance(write, Change) and write.otherwise:
            text += " RETURNING 1"
            counted.append((f"(SELECT COUNT(*) FROM w{place})", write.otherwise))
        parts.append(f"w{place} AS ({text})")
        values += given
    text = intern(f"WITH {', '.join(parts)} SELECT {', '.join(count for count, _error in counted) or '1'}")
    with prepared_cursor(connections[DEFAULT_DB_ALIAS], text) as cursor:
        cursor.execute(text, values)
        met = cursor.fetchone()
    for count, (_text, error) in zip(met, counted, strict=False):
        if not count:
            raise error
    for row in (row for write, *_compiled in writes for row in _rows(write)):
        row._state.adding, row._state.db = False, connection.alias


def _compiled(write: Write) -> Statement:
    if isinstance(write, Change):
        return _change(write)
    if isinstance(write, Upsert):
        return _insert(write.rows, tuple(write.unique), tuple(write.update))
    return _insert([write])


def _change(write: Change) -> Statement:
    empty = frozenset(name for name, value in write.where.items() if value is None)
    text, columns = _change_text(write.model, tuple(write.values), tuple(write.where), empty, write.adds)
    given = [*write.values.values(), *(value for value in write.where.values() if value is not None)]
    return text, tuple(value if column is None else _to_save(column, value) for column, value in zip(columns, given, strict=True))


@lru_cache(maxsize=64)
def _change_text(model: type[Model], values: tuple[str, ...], where: tuple[str, ...], empty: frozenset[str], adds: str) -> tuple[str, Any]:
    columns: dict[str, Any] = {name: model._meta.get_field(name) for name in {*values, *where, *([adds] if adds else [])}}
    quoted = {name: connection.ops.quote_name(column.column) for name, column in columns.items()}
    to_set = ", ".join([f"{quoted[name]} = %s" for name in values] + ([f"{quoted[adds]} = {quoted[adds]} + 1"] if adds else []))
    asked = " AND ".join(f"{quoted[name]} IS NULL" if name in empty else f"{quoted[name]} = %s" for name in where)
    text = f"UPDATE {connection.ops.quote_name(model._meta.db_table)} SET {to_set} WHERE {asked}"
    return text, [_judged(columns[name]) for name in (*values, *(name for name in where if name not in empty))]


def _insert(rows: Sequence[Model], unique: tuple[str, ...] = (), update: tuple[str, ...] = ()) -> Statement:
    text, fields = _insert_text(type(rows[0]), rows[0].pk is not None, len(rows), unique, update)
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="save")  # type: ignore[attr-defined]
    return text, tuple(
        vars(row)[name] if column is None else _to_save(column, column.pre_save(row, True)) for row in rows for name, column in fields
    )


@lru_cache(maxsize=64)
def _insert_text(model: type[Model], keyed: bool, count: int, unique: tuple[str, ...], update: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields: list[Any] = [field for field in model._meta.local_concrete_fields if keyed or not isinstance(field, AutoField)]
    quote = connection.ops.quote_name
    row = f"({', '.join(['%s'] * len(fields))})"
    text = f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields)})"
    text += f" VALUES {', '.join([row] * count)}"
    if unique:
        column = {field.name: field.column for field in fields}
        keys, changed = ([quote(column[name]) for name in names] for names in (unique, update))
        text += f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {', '.join(f'{name} = EXCLUDED.{name}' for name in changed)}"
    return text, [(field.attname, _judged(field)) for field in fields]


def _judged(field: Any) -> Any | None:
    """Return the column whose values have to be made ready for the database; ``None`` for one whose values PostgreSQL takes as they are."""
    plain = type(field) in AS_THEY_ARE and not (getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))
    return None if plain and _on_postgresql() else field


def _to_save(column: Any, value: Any) -> Any:
    return column.get_db_prep_save(value, connection)
