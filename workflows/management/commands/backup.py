from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from workflows.backups import folder
from workflows.backups.databases import BackupRefused


class Command(BaseCommand):
    help = "Write database, papers and public keys into a new folder, with a manifest. Safe while officers work."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="a folder that is not there yet")

    @no_translations
    def handle(self, *, to: Path, **_options: object) -> None:
        try:
            made = folder.make(to)
        except (BackupRefused, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        sealed = made.seal.splitlines()[1] if made.seal else "0"
        rows = sum(made.counts.values())
        self.stdout.write(
            f"{to}: {len(made.files)} files, {rows} rows of {len(made.counts)} tables, {sealed} paragraphs under the newest seal."
        )
        self.stdout.write(f"SHA-256 of its manifest, to be noted elsewhere: {made.digest}")
        self.stdout.write(folder.KEPT_APART)
