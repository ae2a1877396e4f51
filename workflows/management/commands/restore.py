from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from workflows.backups import folder
from workflows.backups.databases import BackupRefused
from workflows.management.commands.verify_record import as_sentences


class Command(BaseCommand):
    help = (
        "Fill a new, empty installation from a backup and verify its record. Exits with 1 when the record was found changed or shorter than"
        " an anchor, with 2 when nothing was restored."
    )
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="what manage.py backup wrote")
        parser.add_argument("--anchors", action="append", default=[], type=Path, metavar="FILE", help="signed notes kept outside")

    @no_translations
    def handle(self, *, anchors: list[Path], **options: Path) -> None:
        try:
            manifest, report = folder.restore(options["folder"], [path.read_text() for path in anchors])
        except (BackupRefused, OSError, ImproperlyConfigured) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"Restored as it was at {manifest.made_at}; SHA-256 of the manifest: {manifest.digest}")
        self.stdout.write(as_sentences(report))
        if not Path(settings.SEAL_KEY_FILE).exists():
            self.stdout.write(f"The seal key is not at {settings.SEAL_KEY_FILE}: put it back before the start, a new one does not fit.")
        if not anchors:
            self.stdout.write("No anchors were given, so nobody can tell whether minutes are missing at the end: --anchors FILE")
        if not report.ok:
            raise SystemExit(1)
