import shutil
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

MADE_BY_RUNNING = ("papers", "files", "mail", "broker", "beat")


class Command(BaseCommand):
    help = "Throw the demonstration's data away and load it anew. Only where ENVIRONMENT=demonstration."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Only a demonstration can be thrown away; here ENVIRONMENT is another one.")
        empty_the_database()
        for name in MADE_BY_RUNNING:
            shutil.rmtree(settings.VAR_DIR / name, ignore_errors=True)
        call_command("setup")


def empty_the_database() -> None:
    """Drop every table. The record's triggers refuse to delete rows, so the tables go as a whole."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    else:
        name = settings.DATABASE["NAME"]
        connection.close()
        for ending in ("", "-wal", "-shm"):
            settings.VAR_DIR.joinpath(f"{name}{ending}").unlink(missing_ok=True)
