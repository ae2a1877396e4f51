"""A disk that is full: whoever signs or attaches is told so, nothing is half done, and the same form is taken once there is room."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from tests.beside import database_address
from tests.faults.cluster import MISSING, a_cluster, can_be_made, program
from tests.files import PDF, a_draft, a_file, office, officer, waiting
from tests.workflows.workbooks.books import written
from tests.workflows.workbooks.rows import a_loan
from workflows.models import Case, Enclosure, Job, Movement, Notice, Noting, Workbook
from workflows.pages.account import BACKEND
from workflows.pages.filling import PAPERS
from workflows.record.verifier import verify

FULL = "The disk of this installation is full. Nothing of this was saved or signed. Tell the programme administrator."


def told(client: Client, language: str = "en") -> Client:
    client.cookies["django_language"] = language
    client.raise_request_exception = False
    return client


@pytest.fixture
def a_small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own with room for a few kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("a disk of a few kilobytes cannot be mounted here (needs root)")
    with pytest.raises(OSError, match="No space left"):
        (folder / "filler").write_bytes(bytes(80 * 1024))
    (folder / "filler").unlink()
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def attached(client: Client, draft: Any, content: bytes) -> Any:
    upload = SimpleUploadedFile("letter.pdf", content)
    return client.post(reverse("draft", args=["exhibition", draft.key]), {f"{PAPERS}proposal_letter": upload, "action": "save"})


@pytest.mark.once
@pytest.mark.django_db
def test_a_paper_that_the_disk_does_not_take_is_refused_and_leaves_no_part(a_small_disk: Path, client_for: Callable, monkeypatch) -> None:
    monkeypatch.setattr(Enclosure._meta.get_field("stored"), "storage", FileSystemStorage(a_small_disk))
    draft, content = a_draft(officer("dm.agra"), office("dm", "Agra")), PDF.replace(b"endobj", b"%" + b"x" * 70_000 + b"\nendobj")
    for language in ("hi", "en"):
        answer = attached(told(client_for("dm.agra"), language), draft, content)
        with translation.override(language):
            assert answer.status_code == 507 and gettext(FULL) in answer.content.decode()
        assert not draft.enclosures.exists() and list(a_small_disk.iterdir()) == []
    subprocess.run(["mount", "-o", "remount,size=1m", str(a_small_disk)], check=True)
    assert attached(told(client_for("dm.agra")), draft, content).status_code < 400
    assert draft.enclosures.get().size == len(content) and len(list(a_small_disk.iterdir())) == 1


@pytest.mark.once
@pytest.mark.django_db
def test_a_workbook_that_the_disk_does_not_take_is_no_workbook(a_small_disk: Path, client_for: Callable, monkeypatch) -> None:
    monkeypatch.setattr(Workbook._meta.get_field("stored"), "storage", FileSystemStorage(a_small_disk))
    (a_small_disk / "filler").write_bytes(bytes(60 * 1024))
    dic, jobs = office("dic", "Agra"), Job.objects.count()
    upload = SimpleUploadedFile("loans.xlsx", written("loans", dic, [a_loan(1)]))
    answer = told(client_for("dic.agra")).post(reverse("workbooks"), {"for": f"loans/{dic.pk}", "workbook": upload})
    assert answer.status_code == 507 and FULL in answer.content.decode()
    assert not Workbook.objects.exists() and Job.objects.count() == jobs
    assert [path.name for path in a_small_disk.iterdir()] == ["filler"]


def put(cursor: Any, size: int) -> bool:
    """Write a row of this size and say whether there was room; anything else than a full database fails."""
    try:
        cursor.execute("INSERT INTO filler VALUES (%s)", ["x" * size])
    except OperationalError as fault:
        if "full" not in str(fault):
            raise
        return False
    return True


@pytest.fixture
def a_full_database(transactional_db: None) -> Iterator[Callable[[], None]]:
    """Let SQLite's file grow no further, fill what room is left in it, and give the room back when asked."""
    if connection.vendor != "sqlite":
        pytest.skip("the limit is one of SQLite's")

    def fill() -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE filler (text TEXT)")
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            for size in (100_000, 2_000, 50):
                while put(cursor, size):
                    pass

    yield fill
    room()


def room() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS filler")
        cursor.execute("PRAGMA max_page_count = 1073741823")


@pytest.mark.once
def test_a_decision_that_the_database_has_no_room_for_is_not_taken_and_is_taken_later(a_full_database: Callable[[], None]) -> None:
    case = a_file()
    client = told(Client())
    client.force_login(officer("odop.cell"), backend=BACKEND)
    address = reverse("decide", args=[waiting(case).pk])
    typed = {"outcome": "recommended", "amount_recommended": str(case.amount), "seen": case.head, "text": "x" * 1900 + " y"}
    before = Noting.objects.count(), Case.objects.get(pk=case.pk).head
    a_full_database()
    answer = client.post(address, typed)
    assert answer.status_code == 507 and FULL in answer.content.decode()
    assert (Noting.objects.count(), Case.objects.get(pk=case.pk).head) == before and waiting(case).step == "scrutinise"
    room()
    assert client.post(address, typed).status_code == 302
    assert waiting(case).step != "scrutinise" and verify().findings == []


def copied(source: str, target: str) -> None:
    """Copy a database to an empty one."""
    with subprocess.Popen([str(program("pg_dump")), "--no-owner", source], stdout=subprocess.PIPE) as dump:
        command = [str(program("psql")), "--quiet", "-v", "ON_ERROR_STOP=1", "--dbname", target]
        subprocess.run(command, stdin=dump.stdout, stdout=subprocess.DEVNULL, check=True)
    assert dump.returncode == 0


@pytest.fixture
def a_small_tablespace(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work on a PostgreSQL of the test's own, on a copy of the database that lies on a disk of its own; yield that disk."""
    if not can_be_made():
        pytest.skip(MISSING)
    source = database_address()
    with a_cluster() as cluster:
        disk = cluster.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512m", "tmpfs", str(disk)], capture_output=True).returncode:
            pytest.skip("a small disk for PostgreSQL cannot be mounted here (needs root)")
        try:
            shutil.chown(disk, cluster.folder.owner())
            for said in (
                f"CREATE TABLESPACE small LOCATION '{disk}'",
                "CREATE DATABASE small TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TABLESPACE small",
            ):
                subprocess.run([str(program("psql")), "--quiet", "--dbname", cluster.address, "-c", said], check=True)
            copied(source, cluster.address.rpartition("/")[0] + "/small")
            connections.close_all()
            with monkeypatch.context() as patched:
                there = {"HOST": "127.0.0.1", "PORT": urlsplit(cluster.address).port, "USER": "root", "NAME": "small"}
                for name, value in there.items():
                    patched.setitem(connection.settings_dict, name, value)
                yield disk
                connections.close_all()
        finally:
            # The server still has its files open; they go with it.
            subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill_up(disk: Path) -> None:
    """Let a file take what room is left, so that no table gets another page."""
    room = shutil.disk_usage(disk)
    subprocess.run(["mount", "-o", f"remount,size={room.used + 65536}", str(disk)], check=True)
    with pytest.raises(OSError, match="No space left"):
        (disk / "filler").write_bytes(bytes(1 << 20))
    assert shutil.disk_usage(disk).free == 0


@pytest.mark.postgres
@pytest.mark.slow
def test_a_decision_that_postgresql_has_no_room_for_is_not_taken_and_is_taken_later(a_small_tablespace: Path) -> None:
    case = a_file()
    client = told(Client())
    client.force_login(officer("odop.cell"), backend=BACKEND)
    address = reverse("decide", args=[waiting(case).pk])
    typed = {"outcome": "recommended", "amount_recommended": str(case.amount), "seen": case.head, "text": "The stall rate is right."}
    with connection.cursor() as cursor:
        # The next paragraph needs a page of its own, instead of what room is left on the last one.
        cursor.execute(f"ALTER TABLE {Noting._meta.db_table} SET (fillfactor = 10)")

    def standing() -> tuple[Any, ...]:
        stays = list(Movement.objects.order_by("pk").values_list("pk", "step", "disposed", "outcome"))
        return Noting.objects.count(), stays, Case.objects.get(pk=case.pk).head, Notice.objects.count()

    before = standing()
    fill_up(a_small_tablespace)
    answer = client.post(address, typed)
    assert answer.status_code == 507 and FULL in answer.content.decode()
    assert standing() == before and verify().findings == []
    (a_small_tablespace / "filler").unlink()
    subprocess.run(["mount", "-o", "remount,size=512m", str(a_small_tablespace)], check=True)
    assert client.post(address, typed).status_code == 302
    assert waiting(case).step != "scrutinise" and Noting.objects.count() == before[0] + 1 and verify().findings == []
