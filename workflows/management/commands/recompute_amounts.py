import json
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.recomputing import Recomputed, recompute


class Command(BaseCommand):
    help = (
        "Compute every sanctioned amount again from its stored inputs under its stored version of the rules. "
        "Exits with 1 when a file holds something else, with 2 when no process computes the scheme."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scheme", default="", help="this scheme only, for example ODOP_MARGIN_MONEY")
        parser.add_argument("--json", action="store_true", help="print the result for a program to read")
        parser.add_argument("--language", choices=["en", "hi"], default="en", help="the language of the sentences")

    def handle(self, scheme: str, json: bool, language: str, **_options: object) -> None:
        with translation.override(language):
            try:
                found = recompute(scheme)
            except LookupError:
                raise CommandError(_("No process computes an amount under “%(scheme)s”.") % {"scheme": scheme}, returncode=2) from None
            self.stdout.write(as_json(found) if json else as_sentences(found))
        if found.differences:
            raise SystemExit(1)


def as_json(found: Recomputed) -> str:
    """Return the result as one line of JSON."""
    return json.dumps(asdict(found) | {"ok": not found.differences}, ensure_ascii=False)


def as_sentences(found: Recomputed) -> str:
    """Return one line a process that was skipped, one a difference, and a last one that sums up."""
    skipped = [_("Nothing is computed in: %(process)s; skipped.") % {"process": process} for process in found.skipped]
    count = {"count": len(found.differences), "files": found.files}
    verdict = ngettext("%(count)s difference in %(files)s files.", "%(count)s differences in %(files)s files.", count["count"]) % count
    return "\n".join([*skipped, *(difference.sentence for difference in found.differences), verdict])
