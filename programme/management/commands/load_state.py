from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.core.management.base import no_translations

from programme.loading import districts_without_product, load_state
from programme.tables import BadRow


class Command(BaseCommand):
    help = "Load places, posts, offices, products, budget heads, norms and holidays from fixtures/. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "fixtures", help="another State's own files")

    @no_translations
    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            counts = load_state(folder)
        except BadRow as error:
            raise CommandError(f"Nothing was loaded. {error}") from None
        for count in counts:
            self.stdout.write(f"{count.table:14} {count.created:4} created {len(count.changed):4} updated {count.unchanged:4} unchanged")
            for name in count.changed:
                self.stdout.write(f"    updated: {name}")
        without = districts_without_product()
        if without:
            names = ", ".join(f"{district.name} ({district.state.name})" for district in without)
            self.stdout.write(f"No primary product is on the register of: {names}.")
