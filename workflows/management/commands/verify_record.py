import json
import os
from dataclasses import asdict
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflows.record.verifier import Report, UnknownFile, verify


class Command(BaseCommand):
    help = "Check that nothing in the record was changed. Exits with 1 when something was, with 2 when there is no such file."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--case", action="append", metavar="NUMBER", help="check this file and the log of seals; may be repeated")
        parser.add_argument("--anchors", action="append", default=[], type=Path, metavar="FILE", help="signed notes kept outside")
        parser.add_argument("--json", action="store_true", help="print the result for a program to read")
        parser.add_argument(
            "--language", choices=["en", "hi"], default="en", help="the language of the sentences (many consoles show no Devanagari)"
        )

    def handle(self, case: list[str] | None, anchors: list[Path], json: bool, language: str, **_options: object) -> None:
        with translation.override(language):
            self._verify(case, anchors, json)

    def _verify(self, case: list[str] | None, anchors: list[Path], json: bool) -> None:
        try:
            report = verify(case, [path.read_text() for path in anchors], processes=os.cpu_count() or 1)
        except UnknownFile as error:
            raise CommandError(_("There is no file %(number)s.") % {"number": error}, returncode=2) from error
        except (OSError, ImproperlyConfigured) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(as_json(report) if json else as_sentences(report))
        if not report.ok:
            raise SystemExit(1)


def as_json(report: Report) -> str:
    """Return the report as one line of JSON."""
    told = asdict(report)
    for found in told["findings"]:
        del found["words"]
    return json.dumps(told | {"ok": report.ok}, ensure_ascii=False)


def as_sentences(report: Report) -> str:
    """Return one line a finding, and a last one that sums up."""
    read = _("Read: %(files)s files, %(paragraphs)s paragraphs, %(sealed)s sealed.") % asdict(report)
    count = len(report.findings)
    verdict = (
        ngettext("%(count)s finding.", "%(count)s findings.", count) % {"count": count} if count else _("Everything is as it was written.")
    )
    return "\n".join([*(found.sentence for found in report.findings), f"{read} {verdict}"])
