"""A copy of the test database with the State and the cast in it, to go back to after a test that really committed.

Emptying the tables, as Django does by itself, would be refused by the record's triggers, and loading the State takes seconds.
"""

import shutil
from pathlib import Path
from typing import Any

from django.db import connection, connections

ENDINGS = ("", "-wal", "-shm")


def keep() -> None:
    """Copy the test database as it is now."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        shutil.copy(name, f"{name}.pristine")
    else:
        _recreate(f"{name}_pristine", name)


def put_back(*args: Any, **kwargs: Any) -> None:
    """Replace the test database by the copy. Takes the place of Django's flush after a test that commits."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        connections.close_all()
        for ending in ENDINGS:
            Path(f"{name}{ending}").unlink(missing_ok=True)
        shutil.copy(f"{name}.pristine", name)
    else:
        _recreate(name, f"{name}_pristine")


def throw_away() -> None:
    if connection.vendor == "postgresql":
        _drop(f"{connection.settings_dict['NAME']}_pristine")


def _recreate(name: str, template: str) -> None:
    _drop(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _drop(name: str) -> None:
    connections.close_all()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
