from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import no_translations
from django.db import connection, transaction

from programme.models import State
from workflows.demonstration import scale
from workflows.management.commands.load_demonstration import CROWDED, load_allotments, load_cast, load_crowd


class Command(BaseCommand):
    help = "Bring a database, empty or filled so before, to a State of many files to measure on: valid chains, the same from the same seed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--cases", type=int, default=1_000, help="files that have ended")
        parser.add_argument("--open", dest="waiting", type=int, default=100, help="files that wait")
        parser.add_argument("--seed", type=int, default=1)

    @no_translations
    def handle(self, *args: Any, cases: int, waiting: int, seed: int, **options: Any) -> None:
        if not settings.DEMONSTRATION and settings.ENVIRONMENT != "test":
            raise CommandError("These files are made up. Set ENVIRONMENT=demonstration to allow that.")
        if not State.objects.filter(short=CROWDED).exists():
            call_command("load_state", verbosity=0)
        with transaction.atomic():
            load_cast()
            load_crowd()
            load_allotments()
        state = State.objects.get(short=CROWDED)
        written = scale.build(state, cases=cases, waiting=waiting, seed=seed, say=self.stderr.write)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
                cursor.execute("ANALYZE")
        self.stdout.write(f"{cases:,} ended and {waiting:,} waiting files, {written:,} paragraphs.")
