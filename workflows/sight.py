"""Which files an officer may read; what he may not read does not exist for him."""

from typing import Any

from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet, Subquery

from programme.asking import Given, one_of
from programme.models import Officer
from programme.powers import Power
from workflows.authority import capacities
from workflows.models import AuditScope, Case, Movement, Question


class AmongKeys(Func):
    """Say whether a column is the file of one of these rows, which PostgreSQL then finds by the column's index, even beside an OR."""

    output_field = BooleanField()
    arg_joiner, template = " = ANY(ARRAY", "%(expressions)s)"

    def __init__(self, column: str, rows: QuerySet[Any]) -> None:
        super().__init__(column, Subquery(rows.values("case")))

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template="%(expressions)s", arg_joiner=" IN ", **context)


def visible_to(officer: Officer) -> QuerySet[Case]:
    """Return the files the officer may read: his State's, his district's, or those that came to his office or ask it something.

    An auditor limited to some districts or processes reads the files of these.
    """
    sight = _sight(officer)
    if not sight["offices"]:
        return Case.objects.none()
    theirs = _theirs(**sight, of_few=bool(sight["districts"] and not sight["states"]))
    for scope, state in _limited(officer):
        theirs |= Q(state=state) & scope.covers(district="district", kind="kind")
    return Case.objects.filter(theirs)


def _sight(officer: Officer) -> dict[str, list[int]]:
    held = capacities(officer)
    return {
        "states": [c.office.state_id for c in held if Power.SEE_STATE in c.powers],
        "districts": [c.office.district_id for c in held if Power.SEE_DISTRICT in c.powers and c.office.district_id],
        "offices": [c.office.pk for c in held if c.powers],
    }


def _limited(officer: Officer) -> list[tuple[AuditScope, int]]:
    return [(c.scope, c.office.state_id) for c in capacities(officer) if c.scope and Power.AUDIT in c.powers]


def _theirs(states: Any, districts: Any, offices: Any, *, of_few: bool = False) -> Q:
    """Return the condition of the files in sight; for a reader ``of_few`` among very many, as one that indexes answer."""
    by_place = one_of("state", states) | one_of("district", districts) | one_of("office", offices)
    came_to_him, asks_him = (rows.objects.filter(one_of("office", offices)) for rows in (Movement, Question))
    if of_few:
        return by_place | Q(AmongKeys("pk", came_to_him)) | Q(AmongKeys("pk", asks_him))
    return by_place | Exists(came_to_him.filter(case=OuterRef("pk"))) | Exists(asks_him.filter(case=OuterRef("pk")))


# For whom no places are given: an auditor limited to a part, who signs nothing.
NO_SIGHT: dict[str, list[int]] = {"states": [], "districts": [], "offices": []}


def visible_as_given() -> QuerySet[Case]:
    """Return what ``visible_to`` returns, for an officer whose places are given as ``sight_given`` names them."""
    return Case.objects.filter(_theirs(Given("states"), Given("districts"), Given("offices")))


def sight_given(officer: Officer) -> dict[str, list[int]] | None:
    """Return the places that open files to the officer; ``None`` for an auditor limited to a part, whose rule is asked as it is."""
    return None if _limited(officer) else _sight(officer)
