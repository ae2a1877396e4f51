"""Papers received: kept only when their content is what a file may hold, under a name nobody chose."""

import hashlib
import io
import re
import unicodedata
import uuid
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _
from PIL import Image

from programme.models import Officer
from workflows.models import Case, Draft, Enclosure

LARGEST = 10 * 1024 * 1024
PIXELS = 25_000_000
A_DRAFT_HOLDS = 20
NAME_LENGTH = 120
# What follows the end mark of a sound PDF: a line end, or a few bytes some programs add.
PDF_TAIL = 1024
INFLATED = 40 * 1024 * 1024
ZIP_PARTS, ZIP_UNPACKED, ZIP_RATIO = 2000, 200 * 1024 * 1024, 200

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {PDF: "pdf", JPEG: "jpg", PNG: "png", XLSX: "xlsx", DOCX: "docx"}

ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
STREAM = re.compile(rb"stream\r?\n")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
OFFICE_MACROS = re.compile(r"(vbaProject|vbaData|activeX|embeddings/|macrosheets|\.bin$)", re.IGNORECASE)


class BadPaper(Exception):
    """The paper cannot be kept; the message is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Examined:
    """A paper whose content may be kept: the name to show, the content, its type and SHA-256."""

    name: str
    content: bytes
    content_type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def to_store(self) -> ContentFile:
        """Return the content under a name nobody chose."""
        return ContentFile(self.content, name=f"{uuid.uuid4().hex}.{ENDINGS[self.content_type]}")


def examine(upload: UploadedFile) -> Examined:
    """Read an uploaded paper; raise ``BadPaper`` when it may not be kept. Neither the sender's type nor the name's ending is believed."""
    name = shown_name(upload.name or "")
    if (upload.size or 0) > LARGEST:
        raise BadPaper(_("“%(name)s” is larger than 10 MB. Scan it at a lower resolution and attach it again.") % {"name": name})
    content = upload.read()
    try:
        return Examined(name, content, type_of(content))
    except BadPaper as refusal:
        raise BadPaper(f"“{name}”: {refusal}") from None


def receive(upload: UploadedFile, kind: str, *, by: Officer, draft: Draft) -> Enclosure:
    """Keep an uploaded paper with a draft and return it; the same paper twice is kept once. Raises ``BadPaper``."""
    paper = examine(upload)
    digest = paper.sha256
    with transaction.atomic():
        Draft.objects.select_for_update().get(pk=draft.pk)
        same = draft.enclosures.filter(kind=kind, sha256=digest).first()
        if same:
            return same
        if draft.enclosures.count() >= A_DRAFT_HOLDS:
            raise BadPaper(_("A form holds %(count)s papers at most. Join some of them into one PDF.") % {"count": A_DRAFT_HOLDS})
        told = {"name": paper.name, "content_type": paper.content_type, "size": len(paper.content), "sha256": digest}
        row = Enclosure(draft=draft, kind=kind, added_by=by, **told)
        stored = paper.to_store()
        with whole(row.stored, str(stored.name)):
            row.stored.save(str(stored.name), stored, save=False)
            row.save()
    return row


@contextmanager
def whole(stored: FieldFile, name: str) -> Iterator[None]:
    """Keep a file with its row or not at all: what a full disk took in part, or a row that could not be written, leaves nothing behind."""
    try:
        yield
    except BaseException:
        stored.storage.delete(stored.field.generate_filename(stored.instance, name))
        raise


def kinds_changed(case: Case, received: Iterable[Enclosure]) -> set[str]:
    """Return the kinds of paper of which something else was received than the file holds."""
    brought: dict[str, set[str]] = {}
    for paper in received:
        brought.setdefault(paper.kind, set()).add(paper.sha256)
    held: dict[str, set[str]] = {}
    for kind, sha256 in Enclosure.objects.filter(case=case, replaced_by=None).values_list("kind", "sha256") if brought else ():
        held.setdefault(kind, set()).add(sha256)
    return {kind for kind, digests in brought.items() if digests != held.get(kind)}


def discard(paper: Enclosure | None) -> None:
    """Take a paper off its draft, with its stored file; a paper that already belongs to a file stays."""
    if paper is None or paper.case_id:
        return
    stored = paper.stored
    paper.delete()
    transaction.on_commit(lambda: stored.storage.delete(str(stored.name)))


def throw_away(draft: Draft) -> None:
    """Throw a draft away, with the papers that were never signed."""
    for paper in draft.enclosures.filter(case=None):
        discard(paper)
    draft.delete()


def shown_name(name: str) -> str:
    """Return a name safe to show and to save under: no path, no invisible or reversing characters; Devanagari is kept."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode()))[-1]
    # Cf holds the reversing marks, but also the two joiners without which some Hindi words cannot be written.
    plain = "".join(c for c in last if c in "\u200c\u200d" or unicodedata.category(c)[0] != "C")
    plain = re.sub(r'[<>:"|?*]', "_", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > NAME_LENGTH and dot and len(ending) <= 5:
        plain = stem[: NAME_LENGTH - len(ending) - 1] + dot + ending
    return plain[:NAME_LENGTH] or _("paper")


def type_of(content: bytes) -> str:
    """Return the content type of a paper that may be kept; raise ``BadPaper`` with the reason otherwise."""
    if content.startswith(b"%PDF-"):
        _check_pdf(content)
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return _check_image(content, "JPEG", JPEG)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _check_image(content, "PNG", PNG)
    if content.startswith(b"PK\x03\x04"):
        return _check_office(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadPaper(_("Old Office files and files with a password are not taken. Save it as PDF, XLSX or DOCX without a password."))
    if not content:
        raise BadPaper(_("The file is empty."))
    raise BadPaper(_("Only PDF, JPEG, PNG, XLSX and DOCX are taken. Save it as PDF and attach it again."))


def _check_pdf(content: bytes) -> None:
    end = content.rfind(b"%%EOF")
    if end < 0 or len(content) - end > PDF_TAIL:
        raise BadPaper(_("The PDF is not complete. Save or scan it again."))
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise BadPaper(_("The PDF has another file hidden in it. Print it to a new PDF and attach that."))
    bodies = [content, *_inflated(content)]
    if any(re.search(rb"/Encrypt(?![A-Za-z])", _unescaped(body)) for body in bodies):
        raise BadPaper(_("The PDF has a password. Save it without one."))
    if any(ACTIVE.search(_unescaped(body)) for body in bodies):
        raise BadPaper(_("The PDF holds a program or an attached file. Print it to a new PDF and attach that."))


def _unescaped(body: bytes) -> bytes:
    """Undo the ``#4A`` spelling of names, with which ``/JavaScript`` can be written unseen."""
    return ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), body)


def _inflated(content: bytes) -> list[bytes]:
    """Return the compressed streams that may hold objects, unpacked up to a bound; raise ``BadPaper`` beyond it."""
    found, left = [], INFLATED
    for match in STREAM.finditer(content):
        unpacker = zlib.decompressobj()
        try:
            body = unpacker.decompress(content[match.end() : match.end() + LARGEST], left)
        except zlib.error:
            # Not a deflated stream: its bytes were looked at as they stand.
            continue
        left -= len(body)
        if left <= 0 or unpacker.unconsumed_tail:
            raise BadPaper(_("The PDF unpacks to far more than it should. Print it to a new PDF and attach that."))
        if b"obj" in content[max(0, match.start() - 4000) : match.start()] and b"/" in body:
            found.append(body)
    return found


def _check_image(content: bytes, form: str, content_type: str) -> str:
    damaged = BadPaper(_("The picture is damaged. Save or scan it again."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=[form]) as picture:
                if picture.width * picture.height > PIXELS:
                    raise BadPaper(_("The picture has more than 25 million points. Scan it at a lower resolution."))
                picture.load()
                end = b"\xff\xd9" if form == "JPEG" else b"IEND\xaeB`\x82"
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning, Warning):
        raise damaged from None
    tail = content[content.rfind(end) + len(end) :]
    if end not in content or tail.strip(b"\x00\r\n ") or re.search(rb"<(?:script|html|svg|\?php)", content, re.IGNORECASE):
        raise BadPaper(_("The picture has something else hidden in it. Save it as a new picture and attach that."))
    return content_type


def _check_office(content: bytes) -> str:
    refused = BadPaper(_("Only PDF, JPEG, PNG, XLSX and DOCX are taken. A packed folder (ZIP) is not; attach its papers one by one."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            kinds = _office_kinds(archive, parts)
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError, KeyError, zlib.error, EOFError):
        raise refused from None
    names = [part.filename for part in parts]
    if any(OFFICE_MACROS.search(name) for name in names) or b"macroEnabled" in kinds:
        raise BadPaper(_("The file holds macros or embedded objects. Save it as PDF and attach that."))
    if b"spreadsheetml.sheet.main+xml" in kinds and "xl/workbook.xml" in names:
        return XLSX
    if b"wordprocessingml.document.main+xml" in kinds and "word/document.xml" in names:
        return DOCX
    raise refused


def _office_kinds(archive: zipfile.ZipFile, parts: list[Any]) -> bytes:
    """Return the declared kinds of the parts, after looking at the directory alone; ``ValueError`` when that is out of measure."""
    unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
    crooked = any(p.filename.startswith("/") or ".." in p.filename.split("/") or p.flag_bits & 1 for p in parts)
    if crooked or len(parts) > ZIP_PARTS or unpacked > ZIP_UNPACKED or unpacked > ZIP_RATIO * max(packed, 1):
        raise ValueError
    if len({p.filename for p in parts}) != len(parts):
        raise ValueError
    with archive.open("[Content_Types].xml") as types:
        return types.read(256 * 1024)
