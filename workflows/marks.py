"""The mark of the set-up: it is another one after every change of what says who holds what, where and by which rules.

What is kept in memory under a mark (see ``programme.kept``) is right as long as the database shows this mark. Triggers renew it in the
transaction that changes the set-up, whoever writes: a verb, a loader, a shell. Each renewal draws a random number, so that no
mark comes back, not even that of a transaction that was rolled back.
"""

# ruff: noqa: S608 -- SQL of fixed words, no value from outside

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from programme import kept
from programme.guards import Guard, Renewal

# Several rows, of which a transaction takes one that no other holds: two administrators never wait for each other.
ROWS = 16
TABLE = "workflows_setupmark"
# The tables from which anything is kept under the mark.
SET_UP = (
    "programme_state",
    "programme_district",
    "programme_department",
    "programme_designation",
    "programme_office",
    "programme_posting",
    "programme_norm",
    "programme_season",
    "programme_target",
    "programme_boundary",
    "guardian_userobjectpermission",
    "auth_permission",
    "workflows_auditscope",
    "workflows_auditscope_districts",
)
EVENTS = {"INSERT": "added", "UPDATE": "changed", "DELETE": "deleted", "TRUNCATE": "emptied"}
DRAWN = "(random() * 1000000000000)::bigint"
ON_POSTGRESQL = (
    f"UPDATE {TABLE} SET value = {DRAWN} WHERE id = (SELECT id FROM {TABLE} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);"
    f" IF NOT FOUND THEN UPDATE {TABLE} SET value = {DRAWN} WHERE id = 1; END IF"
)
ON_SQLITE = f"UPDATE {TABLE} SET value = random() % 1000000000000 WHERE id = 1"
GUARDS: list[Guard] = [
    Renewal(f"{table.partition('_')[2]}_{said}_renews_the_mark", table, event, None if event == "TRUNCATE" else ON_SQLITE, ON_POSTGRESQL)
    for table in SET_UP
    for event, said in EVENTS.items()
]
SUM = f"(SELECT SUM(value) FROM {TABLE})"


def column() -> Any:
    """Return the mark as a column of another question, so that it costs no statement of its own."""
    return RawSQL(SUM, ())  # noqa: S611 -- fixed words


@contextmanager
def as_it_stands() -> Iterator[None]:
    """Keep what is read of the set-up inside under the mark of now: one statement, and none for what is known under it already."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SUM}")
        [mark] = cursor.fetchone()
    with kept.under(mark):
        yield
