from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from workflows import drawn
from workflows.api import schema


class Command(BaseCommand):
    help = (
        "Write docs/processes.md, docs/powers.md and a BPMN 2.0 file for each process from the flows, docs/openapi.yaml from the interface."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Write nothing; exit 1 when a page is stale.")
        parser.add_argument("--to", default="docs", type=Path, help="The folder (default: docs).")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            pages = {**drawn.pages(), "openapi.yaml": schema.as_yaml()}
        stale = []
        for name, text in pages.items():
            path = options["to"] / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
                if not options["check"]:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
        if stale and options["check"]:
            raise CommandError(f"Stale: {', '.join(stale)}. Run manage.py make_docs and commit what it writes.")
        self.stdout.write(f"{len(pages)} pages, {len(stale)} {'stale' if options['check'] else 'written'}.")
