"""Questions that pages and acts ask again and again: their text is made once, and PostgreSQL keeps its plan of them."""

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BooleanField, Count, DecimalField, F, Func, Model, Q, QuerySet, Value
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.utils import create_namedtuple_class


class Given(Value):
    """The place of a value that is given, by this name, each time the question is asked."""

    def __init__(self, name: str) -> None:
        super().__init__(name)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class OneOf(Func):
    """The condition that a column holds one of a list of values, given by this name."""

    output_field = BooleanField()
    template, arg_joiner = "%(expressions)s)", " = ANY("

    def __init__(self, column: str, name: str) -> None:
        super().__init__(F(column), Given(name))

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s))", arg_joiner=" IN (SELECT value FROM json_each(")


def one_of(column: str, values: Any) -> Q:
    """Return the condition that a column holds one of these values, which may be ``Given`` as a list."""
    return Q(OneOf(column, str(values.value))) if isinstance(values, Given) else Q(**{f"{column}__in": values})


class Asked:
    """A question that ``make`` returns, with ``Given`` where values stand; its arguments are what changes the text itself.

    Nothing of an officer or a file may stand in the text: it is kept for all of them. A count over a whole State is ``planned_anew``
    each time, for its own values.
    """

    def __init__(self, make: Callable[..., QuerySet], *, planned_anew: bool = False) -> None:
        self._make, self._cursor = make, _planned_anew if planned_anew else prepared_cursor
        self._texts: dict[tuple[Any, ...], _Text | None] = {}

    def __call__(self, *shape: Any, **given: Any) -> list[Any]:
        """Return the rows: model instances, tuples where the question asks for a list of values, or else named tuples."""
        if shape not in self._texts:
            self._texts[shape] = _text(self._make(*shape))
        text = self._texts[shape]
        return text.asked(given, self._cursor) if text else []

    def first(self, *shape: Any, **given: Any) -> Any | None:
        """Return the first of the rows; ``None`` where there is none."""
        return next(iter(self(*shape, **given)), None)

    def get(self, *shape: Any, **given: Any) -> Any:
        """Return the first of the rows; raise the model's ``DoesNotExist`` where there is none."""
        row = self.first(*shape, **given)
        if row is None:
            raise self._make(*shape).model.DoesNotExist
        return row


def keep_beside(row: Model, name: str, related: list[Any]) -> None:
    """Let a row know the related rows that were read for it, as ``prefetch_related`` does."""
    rows = getattr(row, name).all()
    rows._result_cache, rows._prefetch_done = related, True
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = rows


class _Text:
    """The compiled text of one question, and how its rows are read."""

    def __init__(self, rows: QuerySet) -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        self._sql, self._names = _with_constants(sql, values)
        self._compiler, self._converters = compiler, _converters(compiler)
        self._read = _read_as(rows._iterable_class, compiler)

    def asked(self, given: dict[str, Any], cursor_of: Callable[[Any, str], Any]) -> list[Any]:
        database = connections[DEFAULT_DB_ALIAS]
        adapted = _as_arrays if database.vendor == "postgresql" else _adapted
        told = {name: adapted(value) for name, value in given.items()}
        values = [told[name] for name in self._names]
        with cursor_of(database, self._sql) as cursor:
            cursor.execute(self._sql, values)
            rows = cursor.fetchall()
        if self._converters:
            rows = self._compiler.apply_converters(rows, self._converters)
        return [self._read(row) for row in rows]


def _converters(compiler: Any) -> dict[int, Any]:
    """Return what is still to be done to columns as they are answered; PostgreSQL's driver reads counts and amounts as they are."""
    found: dict[int, Any] = compiler.get_converters([column for column, *_rest in compiler.select])
    if connection.vendor != "postgresql":
        return found
    return {n: told for n, told in found.items() if not (isinstance(told[1], Count) or type(told[1].output_field) is DecimalField)}


def _text(rows: QuerySet) -> _Text | None:
    """Return the text of a question, ``None`` for one that finds nothing whatever is given."""
    try:
        return _Text(rows)
    except EmptyResultSet:
        return None


def _with_constants(sql: str, values: tuple[Any, ...]) -> tuple[str, list[str]]:
    """Write the constants of a question into its text; return it with the names of the values that are left to be given."""
    pieces, names = sql.split("%s"), []
    text = pieces[0]
    for value, piece in zip(values, pieces[1:], strict=True):
        if isinstance(value, Given):
            names.append(str(value.value))
            text += "%s" + piece
        else:
            text += _literal(value).replace("%", "%%") + piece
    return text, names


def _literal(value: Any) -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return str(connection.ops.compose_sql("%s", [value]))  # type: ignore[attr-defined]
        cursor.execute("SELECT quote(%s)", [value])
        return str(cursor.fetchone()[0])


def _read_as(kind: type[Any], compiler: Any) -> Callable[[Any], Any]:
    """Return how the rows of a question of this kind are read."""
    if kind is ValuesListIterable:
        return tuple
    return _instances(compiler) if issubclass(kind, ModelIterable) else _tuples(compiler.query)


def _instances(compiler: Any) -> Callable[[Any], Any]:
    """Return how a row becomes an instance of its model, with those of its relations and with its annotations."""
    model, columns = compiler.klass_info["model"], compiler.klass_info["select_fields"]
    names = [compiler.select[column][0].target.attname for column in range(columns[0], columns[-1] + 1)]
    first, last = columns[0], columns[-1] + 1
    populators = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    annotations = list((compiler.annotation_col_map or {}).items())

    def read(row: Any) -> Any:
        instance = model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
        for populator in populators:
            populator.populate(row, instance)
        for name, column in annotations:
            setattr(instance, name, row[column])
        return instance

    return read


def _tuples(query: Any) -> Callable[[Any], Any]:
    return create_namedtuple_class(*query.selected)._make


def _as_arrays(value: Any) -> Any:
    """Return a list of numbers as PostgreSQL writes one; the driver looks at each of them."""
    return f"{{{','.join(map(str, value))}}}" if type(value) is list and value and type(value[0]) is int else value


def _adapted(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else connection.ops.adapt_unknown_value(value)


def prepared_cursor(database: Any, text: str) -> Any:
    """Return a cursor for this text whose values are bound by the server, which keeps the plan (``prepare_threshold`` in the settings)."""
    return database.bound_cursor(text) if database.vendor == "postgresql" else database.cursor()


def _planned_anew(database: Any, _text: str) -> Any:
    return database.cursor()
