"""The index of PostgreSQL by which words are found without reading every row; the answers are the same without it."""

from typing import Any

from django.db import DatabaseError, connections, transaction

NAME = "workflows_indexrow_trigrams"
CREATE = f"CREATE INDEX IF NOT EXISTS {NAME} ON workflows_indexrow USING gin (words gin_trgm_ops)"


def install(using: str = "default", **_signal: Any) -> bool:
    """Make the index where the database has pg_trgm or lets us have it; what ``post_migrate`` calls. Say whether it is there."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return False
    try:
        with transaction.atomic(using=using), connection.cursor() as cursor:
            # Many files are read through once; a page's time would not do for it.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(CREATE)
    except DatabaseError:
        return False
    return True
