import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.postings import derive


class Command(BaseCommand):
    help = "Compare guardian's grants with what the postings in force give. Exit 1 when they differ; --repair brings them in line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="Grant what is missing and withdraw what is too much.")

    def handle(self, *args: Any, **options: Any) -> None:
        drift = derive(repair=options["repair"])
        for what, grants in (("missing", drift.missing), ("too much", drift.extra)):
            for officer, office, power in grants:
                self.stdout.write(f"{what}: officer {officer}, office {office}, {power}")
        for sentence in drift.outside:
            self.stdout.write(f"outside any posting: {sentence}; withdraw it by hand")
        self.stdout.write(f"{len(drift.missing) + len(drift.extra) + len(drift.outside)} differences")
        if drift.outside or (drift and not options["repair"]):
            sys.exit(1)
