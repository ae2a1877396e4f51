import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from workflows.models import Case
from workflows.record import export
from workflows.record.notes import notes_in
from workflows.record.proofs import BrokenLog


class Command(BaseCommand):
    help = "Write files with all that proves them, and the program that checks them without this software, into a zip."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", metavar="NUMBER", help="the numbers of the files")
        parser.add_argument("--all", action="store_true", dest="whole", help="the whole record, in the order of its log")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE.zip")
        parser.add_argument("--anchors", action="append", default=[], type=Path, metavar="FILE", help="seals kept outside, to be proved")
        parser.add_argument("--seals", action="append", default=[], type=int, metavar="SIZE", help="the size of a seal printed on an order")
        parser.add_argument("--without-papers", action="store_true", help="leave out papers and orders; the checker is then told the same")

    @no_translations
    def handle(
        self, *, numbers: list[str], to: Path, anchors: list[Path], seals: list[int], whole: bool, without_papers: bool, **_options: object
    ) -> None:
        if whole == bool(numbers):
            raise CommandError("Name the files to be exported, or give --all.", returncode=2)
        cases = Case.objects.filter(number__in=numbers)
        if unknown := set(numbers) - set(cases.values_list("number", flat=True)):
            raise CommandError(f"There is no file {', '.join(sorted(unknown))}.", returncode=2)
        half = to.with_name(f"{to.name}.half")
        try:
            with half.open("wb") as target:
                if whole:
                    packed = export.write_whole(target, papers=not without_papers)
                else:
                    sizes = {*seals, *(note.size for path in anchors for note in notes_in(path.read_text()))}
                    packed = export.write_files(target, cases, seals=sizes, papers=not without_papers)
            os.replace(half, to)
        except BrokenLog as error:
            half.unlink(missing_ok=True)
            raise CommandError(f"{error} Nothing can be proved out of it: run verify_record, or export --all.", returncode=2) from error
        except (OSError, ValueError, ImproperlyConfigured) as error:
            half.unlink(missing_ok=True)
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{packed.files} files, {packed.paragraphs} paragraphs and {packed.papers} papers are in {to}.")
        if packed.unsealed:
            self.stdout.write(f"{packed.unsealed} paragraphs wait for their seal and cannot be proved yet; export again in a minute.")
