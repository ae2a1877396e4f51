"""A backup is a folder: the database, the papers, public keys, and a manifest that says what each file must be."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from workflows.backups import databases
from workflows.backups.databases import BackupRefused
from workflows.record.keys import public_file
from workflows.record.verifier import Report, verify

FORMAT, MANIFEST, DATABASE, KEYS = 1, "manifest.json", "database", "keys"
STORES = ("papers", "lists")
KEPT_APART = (
    "The secret keys are not in it. Keep them where the backup is not: SECRET_KEY, RECORD_KEYS, IDENTITY_KEY, FACTOR_KEYS,"
    " the files SEAL_KEY_FILE and ORDER_KEY_FILE. Without them nothing can be restored to work."
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds. ``files`` are SHA-256 by the path in the folder; ``digest`` is that of the manifest, to be noted elsewhere."""

    made_at: str
    origin: str
    vendor: str
    counts: dict[str, int]
    migrations: list[str]
    seal: str
    files: dict[str, str]
    digest: str = ""


# --- making one ---------------------------------------------------------------------------------------------------------


def make(folder: Path) -> Manifest:
    """Write a backup into ``folder``, which must not exist or be empty; half a backup never stands under that name.

    Raises ``BackupRefused``, and ``OSError`` for a disk that does not take it.
    """
    if _has_files(folder):
        raise BackupRefused(f"{folder} is not empty; name a new folder for each backup.")
    half = folder.with_name(f"{folder.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    made_at = timezone.now().isoformat(timespec="seconds")
    facts = databases.write(half / DATABASE)
    # The papers come after the database: each that it names is there, and one that came meanwhile does no harm.
    for store in STORES:
        _copy_all(_place(store), half / store)
    (half / KEYS).mkdir()
    for public in (public_file(), Path(settings.ORDER_CERTIFICATE_FILE or os.devnull)):
        if public.is_file():
            shutil.copyfile(public, half / KEYS / public.name)
    said = {
        "format": FORMAT,
        "made_at": made_at,
        "origin": settings.RECORD_ORIGIN,
        "vendor": connection.vendor,
        **asdict(facts),
        "files": {name: _digest(half / name) for name in _names(half)},
    }
    (half / MANIFEST).write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    half.rename(folder)
    return read_manifest(folder)


def _place(store: str) -> Path:
    return Path(storages[store].path(""))


def _copy_all(source: Path, target: Path) -> None:
    target.mkdir()
    for name in _names(source):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source / name, target / name)
        except FileNotFoundError:
            # A draft was thrown away, or a list swept, since the folder was read.
            continue


def _names(folder: Path) -> Iterator[str]:
    """Yield the path of every file under a folder, in order."""
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _has_files(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- putting it back ----------------------------------------------------------------------------------------------------


def read_manifest(folder: Path) -> Manifest:
    """Return what a backup says of itself; raise ``BackupRefused`` when it is none."""
    try:
        raw = (folder / MANIFEST).read_bytes()
        said: dict[str, Any] = json.loads(raw)
        if said.pop("format") != FORMAT:
            raise BackupRefused(f"{folder} was written in another format than this version reads.")
        return Manifest(**said, digest=hashlib.sha256(raw).hexdigest())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupRefused(f"{folder} is no backup: its {MANIFEST} cannot be read ({type(error).__name__}).") from error


def restore(folder: Path, anchors: Iterable[str] = ()) -> tuple[Manifest, Report]:
    """Fill the empty installation from a backup, bring it to this version, and verify its record against ``anchors``.

    Raises ``BackupRefused`` before anything is written when backup and installation do not fit each other.
    """
    manifest = read_manifest(folder)
    _check_fits(manifest)
    _check_whole(folder, manifest)
    _check_empty()
    facts = databases.read(folder / DATABASE)
    if facts.counts != manifest.counts:
        raise BackupRefused("The database came back with other rows than the manifest counts. Empty it and use another backup.")
    for store in STORES:
        shutil.copytree(folder / store, _place(store), dirs_exist_ok=True)
    public = public_file()
    if not public.exists() and (folder / KEYS / public.name).is_file():
        public.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / KEYS / public.name, public)
    call_command("migrate", interactive=False, verbosity=0)
    return manifest, verify(None, anchors)


def _check_fits(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupRefused(f"The backup is of {manifest.vendor}, and DATABASE_URL names {connection.vendor}.")
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations or ()}
    if newer := sorted(set(manifest.migrations) - known):
        raise BackupRefused(f"The backup was made by a newer version: {', '.join(newer)} is unknown here. Install that version first.")


def _check_whole(folder: Path, manifest: Manifest) -> None:
    there = set(_names(folder)) - {MANIFEST}
    if lacking := sorted(set(manifest.files) - there):
        raise BackupRefused(f"The manifest does not hold: {lacking[0]} is missing ({len(lacking)} in all).")
    if strange := sorted(there - set(manifest.files)):
        raise BackupRefused(f"The manifest does not hold: it does not know {strange[0]} ({len(strange)} in all).")
    for name, digest in manifest.files.items():
        if _digest(folder / name) != digest:
            raise BackupRefused(f"The manifest does not hold: {name} is not the file it was.")


def _check_empty() -> None:
    if not databases.is_empty():
        raise BackupRefused("The database is not empty. Restore into a new one; nothing is ever written over.")
    for store in STORES:
        place = _place(store)
        if _has_files(place):
            raise BackupRefused(f"{place} is not empty. Restore into a new VAR_DIR; nothing is ever written over.")
