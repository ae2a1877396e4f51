"""The database as one file: written while others work, and read into an empty database."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from workflows.record.reading import snapshot

# Whoever steals a backup must not find himself signed in with it.
LEFT_OUT = ("workflows_signin",)
PACKAGE = "postgresql-client"


class BackupRefused(Exception):
    """The backup or the restore cannot be; the sentence says why and what to do."""


@dataclass(frozen=True)
class Facts:
    """What a database holds: rows of each table, migrations applied (``app.name``), and its newest signed seal, empty before the first."""

    counts: dict[str, int]
    migrations: list[str]
    seal: str


def write(target: Path) -> Facts:
    """Write the whole database as one moment saw it to ``target`` and return what it holds; sign-ins are left out."""
    return _write_postgresql(target) if connection.vendor == "postgresql" else _write_sqlite(target)


def read(source: Path) -> Facts:
    """Fill the empty database from what ``write`` wrote and return what it holds then."""
    if connection.vendor == "postgresql":
        # All or nothing: whatever fails leaves the database as empty as it was.
        _run("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(source))
    else:
        name = str(connection.settings_dict["NAME"])
        connection.close()
        for ending in ("", "-wal", "-shm"):
            Path(f"{name}{ending}").unlink(missing_ok=True)
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, name)
    with connection.cursor() as cursor:
        return _facts(cursor)


def is_empty() -> bool:
    return not connection.introspection.table_names()


def _write_sqlite(target: Path) -> Facts:
    connection.ensure_connection()
    with closing(sqlite3.connect(target)) as copy:
        connection.connection.backup(copy)
        for table in LEFT_OUT:
            copy.execute(f"DELETE FROM {table}")  # noqa: S608 -- a fixed name
        copy.commit()
        # One file without a log beside it, and nothing of the deleted rows left in its free pages.
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("VACUUM")
        return _facts(copy.cursor())


def _write_postgresql(target: Path) -> Facts:
    with snapshot(), connection.cursor() as cursor:
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET LOCAL {limit} = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        [[moment]] = cursor.fetchall()
        left_out = [f"--exclude-table-data={table}" for table in LEFT_OUT]
        _run("pg_dump", "--format=custom", "--no-comments", f"--snapshot={moment}", f"--file={target}", *left_out)
        return _facts(cursor)


def _facts(cursor: Any) -> Facts:
    def rows(sql: str) -> list[Any]:
        cursor.execute(sql)
        return cursor.fetchall()

    quoted: Callable[[str], str] = connection.ops.quote_name
    tables = sorted(set(connection.introspection.table_names()) - set(LEFT_OUT))
    counts = {table: rows(f"SELECT COUNT(*) FROM {quoted(table)}")[0][0] for table in tables}  # noqa: S608 -- names of tables
    migrations = [f"{app}.{name}" for app, name in rows("SELECT app, name FROM django_migrations ORDER BY app, name")]
    seal = rows("SELECT note FROM workflows_checkpoint ORDER BY size DESC LIMIT 1")
    return Facts(counts, migrations, seal[0][0] if seal else "")


def _run(program: str, *words: str) -> None:
    """Run a client program of PostgreSQL on this database; the password goes by the environment, which no list of processes shows."""
    found = shutil.which(program)
    if found is None:
        raise BackupRefused(f"{program} is not installed; it comes with PostgreSQL's client programs (Debian: apt-get install {PACKAGE}).")
    where, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    command = [found, "--no-password", *where[1:-1], f"--dbname={where[-1]}", *words]
    done = subprocess.run(command, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False)  # noqa: S603 -- fixed words
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
        raise BackupRefused(f"{program} could not do it: {last}")
