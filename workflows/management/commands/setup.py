import os
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed

from programme.models import State
from workflows.letters.printing import PANGO, can_print
from workflows.models import Case
from workflows.postings import derive
from workflows.registers.writing import begin_histories
from workflows.searching import rows


class Command(BaseCommand):
    help = "Bring the database, the keys, the Hindi catalogue and the static files to this version. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(1) as beside:
            # Compressing what is served asks nothing of the database, and nothing of this processor where there is a second one.
            collected = beside.submit(collect_static)
            self.fill()
            collected.result()
        if not can_print():
            self.stdout.write(f"Orders are pages to print, and PDF too after: apt-get install {PANGO}")
        self.stdout.write(self.style.SUCCESS("Ready."))

    def fill(self) -> None:
        """Bring the database to this version, with its keys and what it shows."""
        call_command("migrate", interactive=False, verbosity=0)
        compile_messages()
        call_command("make_keys")
        if settings.DEMONSTRATION or not State.objects.exists():
            # A State loads a new version's files when it decides to; the demonstration shows what this version has.
            self.stdout.write("Loading States, districts, offices, products and norms …")
            call_command("load_state", stdout=StringIO())
            derive()
        if taken_over := begin_histories("before registers had histories"):
            self.stdout.write(f"Histories of {taken_over} entries of registers begun.")
        if indexed := rows.rebuild_all(rows.stale()):
            self.stdout.write(f"Search words of {indexed} files written.")
        if settings.DEMONSTRATION and not Case.objects.exists():
            self.stdout.write("Loading the demonstration: officers, and files at every step …")
            call_command("load_demonstration")


def compile_messages() -> None:
    """Compile every catalogue that is newer than its compiled form; gettext's own programs are not needed."""
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
                _compile(source, compiled)
            # This process may have asked for a translation before there was one, whoever compiled it, and would go on without.
            translation_file_changed(sender=None, file_path=compiled)


def _compile(source: Path, compiled: Path) -> None:
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    # Whoever reads at this moment finds the old one or the new one, whole.
    half = compiled.with_suffix(f".{os.getpid()}")
    with half.open("wb") as binary:
        write_mo(binary, catalogue)
    half.replace(compiled)


def collect_static() -> None:
    if not static_is_current():
        # The interface for programs answers in JSON alone, so the pages of its package are never shown.
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["rest_framework"])


def static_is_current() -> bool:
    """Say whether everything served under /static/ was collected after it was last changed."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    collected = manifest.stat().st_mtime
    files = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list(ignore_patterns=[]))
    return all(file.stat().st_mtime <= collected for file in files)
