"""Questions that are asked again and again: Django makes their text once, and each asking only gives the values.

As the text stays the same, PostgreSQL keeps a plan for it too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import BigIntegerField, DateField, Expression, Field, Model, QuerySet, TextField
from django.db.models.query import ModelIterable, get_related_populators

R = TypeVar("R")
NUMBER, TEXT, DAY = BigIntegerField(), TextField(), DateField()
Row = tuple[Any, ...]


class Given(Expression):
    """Stands in a question for a value of a kind of column, given under its name at each asking."""

    def __init__(self, name: str, output_field: Field) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    def ready(self, given: dict[str, Any], database: Any) -> Any:
        """Return the value of this name as the database takes it."""
        return self.output_field.get_db_prep_value(given[self.name], database)


@dataclass(frozen=True)
class _Plan:
    text: str
    values: Row
    converters: dict[int, Any]
    compiler: Any
    make: Callable[[Row], Any]

    def rows(self, given: dict[str, Any], database: Any) -> list[Any]:
        values = [value.ready(given, database) if type(value) is Given else value for value in self.values]
        with database.cursor() as cursor:
            cursor.execute(self.text, values)
            found: Any = cursor.fetchall()
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        return [self.make(row) for row in found]


class Asked(Generic[R]):
    """A question for rows of a model, with related ones and further columns, or for tuples of values.

    ``question`` makes it, with ``Given`` for what changes; it is called once for each kind of database. A lock that it
    takes needs a transaction, as always.
    """

    def __init__(self, question: Callable[[], QuerySet[Any, R]]) -> None:
        self._question = question
        self._plans: dict[str, _Plan | None] = {}

    def all(self, **given: Any) -> list[R]:
        """Ask with these values and return what is found."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.vendor not in self._plans:
            self._plans[database.vendor] = _planned(self._question())
        plan = self._plans[database.vendor]
        return plan.rows(given, database) if plan else []

    def first(self, **given: Any) -> R | None:
        """Return the first of what is found."""
        return next(iter(self.all(**given)), None)

    def get(self, **given: Any) -> R:
        """Return the first of what is found; raise the model's ``DoesNotExist`` where nothing is."""
        found = self.first(**given)
        if found is None:
            raise self._question().model.DoesNotExist
        return found


def keep_beside(row: Model, name: str, related: list[Any]) -> None:
    """Let a row know the related rows that were read for it, as ``prefetch_related`` does."""
    rows = getattr(row, name).all()
    rows._result_cache, rows._prefetch_done = related, True
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = rows


def _planned(question: QuerySet) -> _Plan | None:
    """Return how the question is asked; ``None`` for one that can find nothing."""
    compiler = question.query.get_compiler(connection=connection)
    try:
        text, values = compiler.as_sql()
    except EmptyResultSet:
        return None
    expressions = [column[0] for column in compiler.select]
    if issubclass(question._iterable_class, ModelIterable):  # type: ignore[attr-defined]
        make = _maker(compiler)
    else:
        make = tuple
    return _Plan(text, tuple(values), compiler.get_converters(expressions), compiler, make)


def _maker(compiler: Any) -> Callable[[Row], Model]:
    """Return what makes a row of the model, its related rows and further columns, as Django's own iteration does."""
    told, columns = compiler.klass_info, dict(compiler.annotation_col_map)
    first, last = told["select_fields"][0], told["select_fields"][-1] + 1
    names = list(map(attrgetter("target.attname"), (column[0] for column in compiler.select[first:last])))
    model, alias, related = told["model"], connection.alias, get_related_populators(told, compiler.select, connection.alias)

    def make(row: Row) -> Model:
        made: Model = model.from_db(alias, names, row[first:last])
        for populator in related:
            populator.populate(row, made)
        for name, place in columns.items():
            setattr(made, name, row[place])
        return made

    return make
