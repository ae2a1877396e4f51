from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

PACKAGES = ("programme", "workflows", "project")
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Entries marked so are sentences of Django and its packages that people meet here and that those leave in English.
BORROWED = "not ours"


class Command(BaseCommand):
    help = "Bring the Hindi catalogue to the sentences in the code; with --check, only say which lack Hindi. Needs no gettext."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "locale" / "hi" / "LC_MESSAGES" / "django.po"
        found, known = sentences(), read(path)
        if options["check"]:
            lacking = [describe(message) for message in found if message.id and not translated(known.get(message.id, message.context))]
            if lacking:
                raise CommandError(f"{len(lacking)} sentences lack Hindi:\n" + "\n".join(lacking))
            return
        merged = merge(found, known)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, merged, width=130, sort_by_file=True, include_lineno=False)


def sentences() -> Catalog:
    """Return every sentence a person can see, from the code and the templates of our packages."""
    catalogue = new_catalogue()
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Read as Python, the indentation of a template would have a meaning.
            text = "\n".join(line.strip() for line in templatize(text).splitlines())
        name = path.relative_to(settings.BASE_DIR).as_posix()
        for line, msgid, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"}):
            if msgid:
                catalogue.add(msgid, locations=[(name, line)], context=context)
    return catalogue


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for pattern in ("*.py", "*.html", "*.txt"):
            yield from sorted((settings.BASE_DIR / package).rglob(pattern))


def new_catalogue() -> Catalog:
    return Catalog(locale="hi", project="Karyapravah", version="", charset="utf-8", fuzzy=False)


def read(path: Path) -> Catalog:
    if not path.exists():
        return new_catalogue()
    with path.open("rb") as file:
        return read_po(file, locale="hi")


def merge(found: Catalog, known: Catalog) -> Catalog:
    """Return the found sentences with the Hindi already known, and the borrowed ones."""
    merged = new_catalogue()
    for message in found:
        old = known.get(message.id, message.context) if message.id else None
        if message.id:
            merged.add(
                message.id,
                old.string if old else None,
                locations=message.locations,
                flags=(message.flags | old.flags) if old else message.flags,
                user_comments=old.user_comments if old else (),
                context=message.context,
            )
    for message in known:
        if message.id and BORROWED in message.user_comments:
            merged[message.id] = message
    return merged


def translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def describe(message: Message) -> str:
    name, line = message.locations[0]
    return f"  {name}:{line}: {message.id!r}"
