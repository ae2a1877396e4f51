from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from programme.boundaries import BadBoundaries, import_boundaries
from programme.places import UnknownState, find_state


class Command(BaseCommand):
    help = (
        "Read the boundaries of a State's districts from a GeoJSON FeatureCollection in degrees, with LGD codes or names; the board's map "
        "is drawn of them from then on. A file that cannot be taken over whole changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the GeoJSON file, for example of the Survey of India or of the State's own office")
        parser.add_argument("--state", default="UP", help="short name, code or name of the State")

    def handle(self, *args: Any, file: Path, state: str, **options: Any) -> None:
        with translation.override("en"):
            try:
                place = find_state(state)
                missing = import_boundaries(file.read_bytes(), place)
            except (BadBoundaries, UnknownState, OSError) as error:
                raise CommandError(str(error)) from None
            self.stdout.write(f"{place.districts.count() - len(missing)} boundaries of {place.name} are in place.")
            if missing:
                self.stdout.write(f"Without one: {', '.join(district.name for district in missing)}.")
