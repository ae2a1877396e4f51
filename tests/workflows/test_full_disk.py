"""A disk that is full: whoever signs or attaches is told so, nothing is half done, and the same form is taken once there is room."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from tests.files import PDF, a_draft, a_file, office, officer, waiting
from tests.workflows.workbooks.books import written
from tests.workflows.workbooks.rows import a_loan
from workflows.models import Case, Enclosure, Job, Noting, Workbook
from workflows.pages.account import BACKEND
from workflows.pages.filling import PAPERS
from workflows.record.verifier import verify

pytestmark = pytest.mark.once
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
