"""Rules the database itself keeps, whoever writes to it: triggers and exclusions, on SQLite and PostgreSQL.

Django's migrations rebuild a SQLite table and lose its triggers, so they are put in place after every migrate.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Refusal:
    """Refuse one kind of statement on a table when a condition holds (SQL over NEW and OLD; empty = always).

    A vendor whose condition is ``None`` does not get the trigger. TRUNCATE exists on PostgreSQL alone.
    """

    name: str
    table: str
    event: str
    sentence: str
    sqlite: str | None = ""
    postgresql: str | None = ""

    def concerns(self, vendor: str) -> bool:
        return {SQLITE: self.sqlite, POSTGRESQL: self.postgresql}.get(vendor) is not None

    def installed_as(self, vendor: str) -> list[str]:
        """Return the SQL by which the vendor's catalogue describes the trigger, which also makes it."""
        if vendor == SQLITE:
            when = f" WHEN {self.sqlite}" if self.sqlite else ""
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH ROW{when} "
                f"BEGIN SELECT RAISE(ABORT, '{self.sentence}'); END"
            ]
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        return [
            self._function_body(),
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} FOR EACH {each} EXECUTE FUNCTION {self.name}()",
            "A",
        ]

    def create(self, vendor: str) -> list[str]:
        return self.installed_as(vendor) if vendor == SQLITE else _on_postgresql(self.name, self.table, *self.installed_as(vendor))

    def drop(self, vendor: str) -> list[str]:
        return _dropped(vendor, self.name, self.table)

    def _function_body(self) -> str:
        raise_it = f"RAISE EXCEPTION '{self.sentence}' USING ERRCODE = 'integrity_constraint_violation';"
        if not self.postgresql:
            return f" BEGIN {raise_it} END "
        goes_on = "OLD" if self.event == "DELETE" else "NEW"
        return f" BEGIN IF {self.postgresql} THEN {raise_it} END IF; RETURN {goes_on}; END "


@dataclass(frozen=True)
class Exclusion:
    """An exclusion constraint of PostgreSQL, written as ``pg_get_constraintdef`` writes it."""

    name: str
    table: str
    definition: str

    def concerns(self, vendor: str) -> bool:
        return vendor == POSTGRESQL

    def installed_as(self, _vendor: str) -> list[str]:
        return [self.definition]

    def create(self, _vendor: str) -> list[str]:
        return [
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {self.definition}",
        ]

    def drop(self, _vendor: str) -> list[str]:
        return [f"ALTER TABLE {self.table} DROP CONSTRAINT IF EXISTS {self.name}"]


@dataclass(frozen=True)
class Renewal:
    """After one kind of statement on a table, do something to another (SQL without values): once a statement, on SQLite once a row."""

    name: str
    table: str
    event: str
    sqlite: str | None
    postgresql: str

    def concerns(self, vendor: str) -> bool:
        return vendor == POSTGRESQL or self.sqlite is not None

    def installed_as(self, vendor: str) -> list[str]:
        if vendor == SQLITE:
            return [f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table} FOR EACH ROW BEGIN {self.sqlite}; END"]
        return [
            f" BEGIN {self.postgresql}; RETURN NULL; END ",
            f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table} FOR EACH STATEMENT EXECUTE FUNCTION {self.name}()",
            "A",
        ]

    def create(self, vendor: str) -> list[str]:
        return self.installed_as(vendor) if vendor == SQLITE else _on_postgresql(self.name, self.table, *self.installed_as(vendor))

    def drop(self, vendor: str) -> list[str]:
        return _dropped(vendor, self.name, self.table)


@dataclass(frozen=True)
class Upkeep:
    """After a row of a table changed so that a condition holds, keep rows of other tables in step with it (SQL over NEW and OLD).

    The condition for PostgreSQL is written as ``pg_get_triggerdef`` writes it; an empty one holds always.
    """

    name: str
    table: str
    event: str
    sqlite: str
    postgresql: str
    sqlite_when: str = ""
    postgresql_when: str = ""

    def concerns(self, vendor: str) -> bool:
        return vendor in (SQLITE, POSTGRESQL)

    def installed_as(self, vendor: str) -> list[str]:
        begins = f"CREATE TRIGGER {self.name} AFTER {self.event} ON {self.table} FOR EACH ROW"
        if vendor == SQLITE:
            when = f" WHEN {self.sqlite_when}" if self.sqlite_when else ""
            return [f"{begins}{when} BEGIN {self.sqlite} END"]
        when = f" WHEN ({self.postgresql_when})" if self.postgresql_when else ""
        return [f" BEGIN {self.postgresql} RETURN NULL; END ", f"{begins}{when} EXECUTE FUNCTION {self.name}()", "A"]

    def create(self, vendor: str) -> list[str]:
        return self.installed_as(vendor) if vendor == SQLITE else _on_postgresql(self.name, self.table, *self.installed_as(vendor))

    def drop(self, vendor: str) -> list[str]:
        return _dropped(vendor, self.name, self.table)


Guard = Refusal | Exclusion | Renewal | Upkeep


def _on_postgresql(name: str, table: str, body: str, trigger: str, _always: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$",
        trigger,
        # Without ALWAYS, session_replication_role = replica would skip it.
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]


def _dropped(vendor: str, name: str, table: str) -> list[str]:
    if vendor == SQLITE:
        return [f"DROP TRIGGER IF EXISTS {name}"]
    return [f"DROP TRIGGER IF EXISTS {name} ON {table}", f"DROP FUNCTION IF EXISTS {name}()"]


def append_only(table: str, sentence: str) -> list[Guard]:
    """Return the guards that let a table grow and nothing else. SQLite also needs one against INSERT OR REPLACE."""
    short = table.partition("_")[2]
    return [
        Refusal(f"{short}_never_changed", table, "UPDATE", sentence),
        Refusal(f"{short}_never_deleted", table, "DELETE", sentence),
        Refusal(f"{short}_never_emptied", table, "TRUNCATE", sentence, sqlite=None),
    ]


def install(guards: Iterable[Guard], using: str = "default") -> None:
    """Put in place what is missing or different; leave out guards of tables that do not exist yet."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    guards = [guard for guard in guards if guard.table in tables]
    absent = set(missing(guards, using))
    _settle(connection)
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.name in absent and guard.concerns(connection.vendor):
                for statement in guard.drop(connection.vendor) + guard.create(connection.vendor):
                    cursor.execute(statement)


def remove(guards: Iterable[Guard], using: str = "default") -> None:
    """Take the guards away, for a test that must empty or tamper with the tables; ``install`` brings them back."""
    connection = connections[using]
    _settle(connection)
    with connection.cursor() as cursor:
        for guard in guards:
            if guard.concerns(connection.vendor):
                for statement in guard.drop(connection.vendor):
                    cursor.execute(statement)


def missing(guards: Iterable[Guard], using: str = "default") -> list[str]:
    """Return the names of the guards that the database lacks, has switched off, or has in another wording."""
    connection = connections[using]
    there = _installed(connection)
    return [
        guard.name
        for guard in guards
        if guard.concerns(connection.vendor)
        and [_one_line(text) for text in guard.installed_as(connection.vendor)] != there.get((guard.table, guard.name))
    ]


def _settle(connection: BaseDatabaseWrapper) -> None:
    """Let PostgreSQL check foreign keys now: it alters no table while a check waits for the end of the transaction."""
    if connection.vendor == POSTGRESQL and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _installed(connection: BaseDatabaseWrapper) -> dict[tuple[str, str], list[str]]:
    with connection.cursor() as cursor:
        if connection.vendor == SQLITE:
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT c.relname, t.tgname, p.prosrc, pg_get_triggerdef(t.oid, true), t.tgenabled::text FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
                " WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
                " UNION ALL SELECT c.relname, n.conname, pg_get_constraintdef(n.oid), NULL, NULL FROM pg_constraint n"
                " JOIN pg_class c ON c.oid = n.conrelid WHERE n.contype = 'x' AND pg_table_is_visible(c.oid)"
            )
        return {(table, name): [_one_line(text) for text in texts if text is not None] for table, name, *texts in cursor.fetchall()}


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
