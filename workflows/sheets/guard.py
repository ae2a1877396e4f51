"""Look at an uploaded workbook before any library opens it, and refuse in seconds what would do harm.

Readers of workbooks take files that unpack to a gigabyte, cells in row 99999999999 and macros under another name without a
word. Here the archive's directory is read first, then every part is unpacked once, in pieces, and counted.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import unpack
from typing import BinaryIO

from .refusals import Unreadable
from .scanning import STRINGS, Scan
from .structures import Scanned

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE
# What a part may unpack to. Ten thousand rows of forty columns with Hindi in each cell are about 40 MB.
LARGEST_PART = {"xl/styles.xml": 16 * MEGABYTE}
LARGEST_OTHER_PART, LARGEST_TOTAL = 64 * MEGABYTE, 96 * MEGABYTE
MOST_PARTS = 1_000
PIECE = 256 * 1024
OLE, OLE_PASSWORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
LOCAL_HEADER, END = b"PK\x03\x04", b"PK\x05\x06"
FORBIDDEN_PARTS = {
    "macros": re.compile(r".*vbaproject.*|xl/(macrosheets|dialogsheets)/.*"),
    "binary": re.compile(r"xl/[^/]+\.bin"),
    "links": re.compile(r"xl/externallinks/.*"),
    "embedded": re.compile(r"xl/(embeddings|activex|ctrlprops)/.*"),
    "connections": re.compile(r"xl/(connections\.xml|querytables/.*|model/.*)"),
    "opendocument": re.compile(r"content\.xml"),
}
TYPES = "[Content_Types].xml"
# What kind of file it is comes first, and the lengths of the texts before the cells that point at them.
ORDER = {TYPES: 0, STRINGS: 1}


def check(file: Path | str | BinaryIO) -> Scanned:
    """Return what was seen of a workbook that can be read safely; raise ``Unreadable`` with the reason otherwise."""
    with opened(file) as stream:
        return inspect(stream)


@contextmanager
def opened(file: Path | str | BinaryIO) -> Iterator[BinaryIO]:
    """Give the file from its beginning; what came open stays open."""
    if isinstance(file, Path | str):
        with open(file, "rb") as stream:
            yield stream
    else:
        file.seek(0)
        yield file
        file.seek(0)


def inspect(stream: BinaryIO) -> Scanned:
    """Check the whole file, and return what only a look at its parts can tell: formulas, hidden rows, the order of sheets."""
    _check_outside(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_directory(archive)
            _check_nothing_between(archive, stream)
            scan = Scan()
            for part in sorted(archive.infolist(), key=lambda part: ORDER.get(part.filename, len(ORDER))):
                _unpack(archive, part, scan)
            return scan.finish()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("damaged") from error


def _check_outside(stream: BinaryIO) -> None:
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    head = stream.read(min(size, LARGEST_FILE))
    if not head:
        raise Unreadable("empty")
    if size > LARGEST_FILE:
        raise Unreadable("large", size=str(-(-size // MEGABYTE)), limit=str(LARGEST_FILE // MEGABYTE))
    if head.startswith(OLE):
        raise Unreadable("password" if OLE_PASSWORD in head else "old")
    if not head.startswith(LOCAL_HEADER):
        raise Unreadable(_what_else(head))
    # The end record closes the file, with no comment after it: nothing is hung on behind.
    if END not in head[-22:]:
        raise Unreadable("joined" if END in head else "damaged")
    if head[-22:-18] != END or head[-2:] != b"\0\0":
        raise Unreadable("joined")


def _what_else(head: bytes) -> str:
    if END in head:
        return "joined"
    start = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<html" in start or start.startswith((b"<!doctype html", b"<table")):
        return "web_page"
    plain = start.startswith(b"\xff\xfe") or not re.search(rb"[\x00-\x08\x0e-\x1f]", start)
    return "text" if plain and not start.startswith((b"<", b"%pdf", b"{")) else "other"


def _check_directory(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise Unreadable("parts")
    names = [part.filename.casefold() for part in parts]
    if any(_strange(part) for part in parts):
        raise Unreadable("path")
    if len(set(names)) < len(names):
        raise Unreadable("damaged")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Unreadable("password")
    for code, pattern in FORBIDDEN_PARTS.items():
        if any(pattern.fullmatch(name) for name in names):
            raise Unreadable(code)
    if not {TYPES, "xl/workbook.xml"} <= {part.filename for part in parts}:
        raise Unreadable("other")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Unreadable("damaged")
    for part in parts:
        _check_size(part.filename, part.file_size)
    if sum(part.file_size for part in parts) > LARGEST_TOTAL:
        raise Unreadable("unpacks")


def _strange(part: zipfile.ZipInfo) -> bool:
    # orig_filename is what stands in the file: zipfile itself cuts a name at a NUL.
    name = part.orig_filename
    return bool(re.search(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|[\\:\x00-\x1f]", name)) or len(name) > 200


def _check_size(name: str, size: int) -> None:
    limit = LARGEST_PART.get(name.casefold())
    if limit is not None and size > limit:
        raise Unreadable("styles")
    if size > LARGEST_OTHER_PART:
        raise Unreadable("unpacks")


def _check_nothing_between(archive: zipfile.ZipFile, stream: BinaryIO) -> None:
    """Raise when bytes stand before, between or after the parts: a second file hidden in the workbook."""
    at = 0
    for part in sorted(archive.infolist(), key=lambda part: part.header_offset):
        gap = part.header_offset - at
        # After a part there may stand its sizes once more, in four lengths.
        if gap not in ((0, 12, 16, 20, 24) if at else (0,)):
            raise Unreadable("joined")
        stream.seek(part.header_offset)
        header = stream.read(30)
        if len(header) < 30 or header[:4] != LOCAL_HEADER:
            raise Unreadable("damaged")
        name, extra = unpack("<HH", header[26:30])
        at = part.header_offset + 30 + name + extra + part.compress_size
    if archive.start_dir - at not in (0, 12, 16, 20, 24):
        raise Unreadable("joined")


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, scan: Scan) -> None:
    """Read one part to its true end, whatever its directory says, and let it be looked through."""
    said, limit = part.file_size, LARGEST_PART.get(part.filename.casefold(), LARGEST_OTHER_PART)
    part.file_size = limit + 1
    size = 0
    try:
        with archive.open(part) as content, scan.part(part.filename) as look:
            while piece := content.read(PIECE):
                size += len(piece)
                _check_size(part.filename, size)
                look(piece)
    finally:
        part.file_size = said
    if size != said:
        raise Unreadable("damaged")
