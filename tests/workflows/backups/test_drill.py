"""The drill: a backup is restored into another database and VAR_DIR, where the record verifies, and what is lost is named."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from tests.files import a_file, take
from workflows.backups import databases, folder
from workflows.backups.databases import BackupRefused
from workflows.models import SignIn
from workflows.record import sealer

DRILL = f"karyapravah_drill_{os.getpid()}"
SECRETS = ("seal.key", "order.key")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The switches of an installation with an empty database and an empty VAR_DIR, in which the secret keys have been put back."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    shutil.copy(settings.SEAL_KEY_FILE, place / "seal.key")
    switches = {"VAR_DIR": str(place)}
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{DRILL}" TEMPLATE template0')
        switches["DATABASE_URL"] = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{DRILL}"
    yield switches
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{DRILL}" WITH (FORCE)')


def elsewhere_run(switches: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "manage.py", *command]
    env = {**os.environ, "ENVIRONMENT": "test", "DJANGO_SETTINGS_MODULE": "project.settings", **switches}
    return subprocess.run(words, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_is_restored_elsewhere_and_what_came_after_it_is_named(elsewhere, tmp_path, client_for, capsys) -> None:
    case = a_file()
    client_for("dm.agra")
    sealer.seal()
    call_command("backup", to=tmp_path / "backup")
    said = capsys.readouterr().out
    assert "1 paragraphs under the newest seal" in said and "secret keys are not in it" in said
    assert not [path for path in (tmp_path / "backup").rglob("*") if path.name in SECRETS]
    assert SignIn.objects.exists() and "workflows_signin" not in folder.read_manifest(tmp_path / "backup").counts

    anchors = tmp_path / "anchors.txt"
    anchors.write_text(sealer.newest_note())
    take(case, "returned", text="Look again.", about_1="title", kind_1="rule", objection_1="Which?")
    sealer.seal()
    late = tmp_path / "late.txt"
    late.write_text(sealer.newest_note())

    done = elsewhere_run(elsewhere, "restore", str(tmp_path / "backup"), "--anchors", str(late))
    assert done.returncode == 1, done.stderr
    [finding, summary] = done.stdout.splitlines()[1:3]
    assert "covers 2 paragraphs; only 1 are here" in finding
    assert "Read: 1 files, 1 paragraphs, 1 sealed. 1 finding." in summary, "nothing else is wrong with it"
    verified = elsewhere_run(elsewhere, "verify_record", "--anchors", str(anchors))
    assert verified.returncode == 0 and "Everything is as it was written." in verified.stdout
    papers = {path.name: path.read_bytes() for path in Path(storages["papers"].location).iterdir()}
    there = {path.name: path.read_bytes() for path in (Path(elsewhere["VAR_DIR"]) / "papers").iterdir()}
    assert there.items() <= papers.items() and len(there) >= 1


@pytest.fixture
def backup(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small backup without a database in it, whose restore would get as far as the database."""
    monkeypatch.setattr(databases, "write", lambda target: target.write_bytes(b"rows") and databases.Facts({}, [], ""))
    papers = Path(storages["papers"].location)
    papers.mkdir(exist_ok=True)
    (papers / "one.pdf").write_bytes(b"%PDF")
    folder.make(tmp_path / "backup")
    yield tmp_path / "backup"
    (papers / "one.pdf").unlink()


def changed(name: str, text: bytes) -> Callable[[Path], object]:
    return lambda at: (at / name).write_bytes(text)


def said(**facts: object) -> Callable[[Path], object]:
    def change(at: Path) -> None:
        manifest = json.loads((at / "manifest.json").read_text())
        (at / "manifest.json").write_text(json.dumps(manifest | facts))

    return change


UNFIT = {
    "a paper changed": (changed("papers/one.pdf", b"other"), "papers/one.pdf is not the file it was"),
    "a paper missing": (lambda at: (at / "papers" / "one.pdf").unlink(), "papers/one.pdf is missing"),
    "a paper more": (changed("papers/two.pdf", b"more"), "does not know papers/two.pdf"),
    "the database changed": (changed("database", b"other rows"), "database is not the file it was"),
    "no manifest": (lambda at: (at / "manifest.json").unlink(), "is no backup"),
    "a manifest that is none": (changed("manifest.json", b"[]"), "is no backup"),
    "another format": (said(format=2), "another format"),
    "a newer version": (said(migrations=["workflows.9999_later"]), "made by a newer version: workflows.9999_later"),
    "another kind of database": (said(vendor="oracle"), "The backup is of oracle"),
    "nothing, but the database is in use": (lambda at: None, "The database is not empty"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_nothing_is_restored_from(case: str, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "read", lambda source: pytest.fail("something was written"))
    change, sentence = UNFIT[case]
    change(backup)
    with pytest.raises(CommandError, match=sentence) as refused:
        call_command("restore", str(backup))
    assert refused.value.returncode == 2


def test_papers_in_the_way_are_not_written_over(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "is_empty", lambda: True)
    monkeypatch.setattr(databases, "read", lambda source: pytest.fail("something was written"))
    with pytest.raises(BackupRefused, match="papers is not empty"):
        folder.restore(backup)


def test_a_backup_is_never_written_over(backup: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        call_command("backup", to=backup)


def test_a_backup_that_fails_leaves_nothing_under_its_name(db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "write", lambda target: (_ for _ in ()).throw(BackupRefused("the disk is full")))
    with pytest.raises(CommandError, match="the disk is full"):
        call_command("backup", to=tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_client_programs_the_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match=r"pg_dump is not installed; .* postgresql-client"):
        call_command("backup", to=tmp_path / "backup")


@pytest.mark.django_db(transaction=True)
def test_a_copy_of_sqlite_is_one_file_without_sign_ins(tmp_path: Path, client_for) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own copy")
    key = client_for("dm.agra").session.session_key
    databases.write(tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT COUNT(*) FROM programme_officer").fetchone()[0] > 10
        assert copy.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert key.encode() not in (tmp_path / "copy").read_bytes()
