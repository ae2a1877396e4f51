"""A workbook comes in, is kept concealed for a while, and its contents go: what stays is who sent what, and what became of it."""

import gc
import hashlib
import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programme import identity
from programme.bilingual import in_both
from programme.models import Office, Officer
from workflows import jobs
from workflows.authority import Overtaken, Refusal
from workflows.models import Job, JobRow, Workbook
from workflows.papers import shown_name, whole
from workflows.sheets import guard, reading
from workflows.sheets.refusals import Unreadable
from workflows.sheets.structures import Scanned, from_kept
from workflows.workbooks.kind import Kind

CHECK = "workbook-check"
LARGEST = 5 * 1024 * 1024
MOST_ROWS = 10_000
# So many rows are judged, or written, in one transaction.
BLOCK = 1_000
KEPT = timedelta(days=7)


class NotTaken(Exception):
    """The file is not taken; the message is a sentence for the person who sent it."""


def receive(upload: UploadedFile, kind: Kind, office: Office, *, by: Officer) -> Workbook:
    """Keep a workbook and ask for its check, as long work in the officer's name.

    Raises ``NotTaken`` for what is no workbook of the kind, or too much of one; ``Refusal`` when the officer may not send it,
    ``Overtaken`` while another of his is being read or accepted.
    """
    kind.check(by, office)
    name = shown_name(upload.name or "")
    if (upload.size or 0) > LARGEST:
        raise NotTaken(_("“%(name)s” is larger than 5 MB. Divide its rows over two workbooks.") % {"name": name})
    content = upload.read()
    lines, scanned = _looked_through(content, kind, office, by, name)
    settle(by)
    book = Workbook(kind=kind.key, office=office, by=by, name=name, size=len(content), lines=lines, scanned=scanned)
    book.sha256 = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            book.save()
            book.checking = _ask(book)
            name = f"{uuid.uuid4().hex}.concealed"
            with whole(book.stored, name):
                book.stored.save(name, ContentFile(identity.conceal_bytes(content)), save=False)
                book.save()
    except IntegrityError:
        raise Overtaken(_("Another workbook of yours is still being read or accepted. Wait until it is done, or stop it.")) from None
    return book


def _looked_through(content: bytes, kind: Kind, office: Office, by: Officer, name: str) -> tuple[int, str]:
    """Return how many rows there are, and what was seen, concealed; raise ``NotTaken`` for what cannot be read or has too many rows."""
    try:
        scanned = guard.check(io.BytesIO(content))
        said = reading.count(io.BytesIO(content), kind.sheet(office, by), scanned, most=MOST_ROWS + 1)
    except Unreadable as refusal:
        raise NotTaken(f"“{name}”: {' '.join(refusal.messages)}") from None
    if not said:
        raise NotTaken(_("“%(name)s” has no filled row under its headings.") % {"name": name})
    if said > MOST_ROWS:
        words = {"name": name, "most": MOST_ROWS}
        raise NotTaken(_("“%(name)s” has more than %(most)s rows. Divide them over two workbooks.") % words)
    return said, identity.conceal(scanned.kept())


def _ask(book: Workbook) -> Job:
    """Ask for the check, block by block; the last block reads to the end of the sheet."""
    firsts = range(0, book.lines, BLOCK)
    rows = []
    for first in firsts:
        named = in_both(partial(_block, first), "name")
        rows.append(
            JobRow(key=str(first), args={"workbook": book.pk, "first": first, "count": None if first == firsts[-1] else BLOCK}, **named)
        )
    told = {"workbook": book.pk, "kind": book.kind}
    return jobs.start(CHECK, by=book.by, key=f"{CHECK}/{book.pk}", rows=rows, args=told, state=book.office.designation.state)


def _block(first: int) -> str:
    return _("Filled rows %(first)s to %(last)s") % {"first": first + 1, "last": first + BLOCK}


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Look for no garbage inside: a block makes thousands of objects, each of which is needed to its end."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def content_of(book: Workbook) -> bytes:
    """Return the workbook as it was sent; raise ``Refusal`` when it was removed."""
    if not book.stored:
        raise Refusal(_("The contents of this workbook were removed. Send it again."))
    with book.stored.open("rb") as kept:
        return identity.reveal_bytes(kept.read())


def scanned_of(book: Workbook) -> Scanned | None:
    """Return what the door saw of the workbook; ``None`` where it was not kept."""
    return from_kept(identity.reveal(book.scanned))


# --- what does not stay -------------------------------------------------------------------------------------------------


def settle(officer: Officer) -> None:
    """Set free the officer's workbooks whose work has ended, also where it was stopped or its worker was lost."""
    for book in Workbook.objects.filter(by=officer, busy=True).select_related("checking", "accepting"):
        if book.job and not book.job.is_open:
            Workbook.objects.filter(pk=book.pk, busy=True).update(busy=False)


def drop(book: Workbook, *, by: Officer) -> None:
    """Remove the contents of a workbook before its time; raise ``Refusal`` for another officer's, or while it is worked on."""
    if book.by_id != by.pk:
        raise Refusal(_("This workbook belongs to another officer."))
    settle(by)
    book.refresh_from_db()
    if book.busy:
        raise Refusal(_("This workbook is being read or accepted. Wait until it is done, or stop it."))
    sweep_one(book)


def sweep() -> int:
    """Remove the contents of workbooks that have been kept long enough, and return how many there were."""
    books = Workbook.objects.filter(swept_at=None, sent_at__lt=timezone.now() - KEPT).select_related("checking", "accepting")
    ended = [book for book in books if book.job is None or not book.job.is_open]
    for book in ended:
        sweep_one(book)
    return len(ended)


@transaction.atomic
def sweep_one(book: Workbook) -> None:
    """Remove the bytes, and what the rows say; numbers, standings and what rows became stay."""
    held = Workbook.objects.select_for_update().get(pk=book.pk)
    if held.swept_at:
        return
    stored, name = held.stored.storage, str(held.stored.name)
    nothing: dict[str, Any] = {"values": {}, "sealed": "", "faults": {}, "title": ""}
    held.rows.exclude(**nothing).update(**nothing)
    held.stored, held.scanned, held.busy, held.swept_at = "", "", False, timezone.now()
    held.save(update_fields=["stored", "scanned", "busy", "swept_at"])
    transaction.on_commit(lambda: stored.delete(name))
