from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from workflows.models import Case
from workflows.searching import rows, trigrams


class Command(BaseCommand):
    help = (
        "Make the words by which files are found anew from the files themselves: after names of districts or products changed, "
        "after a person's data was erased, or whenever in doubt. Safe to run again, also while officers work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--case", metavar="NUMBER", help="this file only, for example UP/EXH/2026-27/0001")
        parser.add_argument("--stale", action="store_true", help="only files not indexed yet, or indexed by an older version")

    def handle(self, *args: Any, case: str | None, stale: bool, **options: Any) -> None:
        cases = rows.stale() if stale else Case.objects.all()
        if case:
            cases = cases.filter(number=case)
            if not stale and not cases.exists():
                raise CommandError(f"There is no file with the number {case}.")
        if connection.vendor == "postgresql" and not trigrams.install():
            self.stderr.write("The database has no pg_trgm and does not let us have it: searches read every file's words.")
        self.stdout.write(f"Search words of {rows.rebuild_all(cases)} files written.")
