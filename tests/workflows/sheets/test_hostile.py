"""Files that mean harm, are broken, or are something else: each gets one sentence, within five seconds and 300 megabytes."""

import io
import random
import zipfile
import zlib
from collections.abc import Callable

import pytest
from python_calamine import CalamineWorkbook

from workflows.sheets import guard, reading
from workflows.sheets.refusals import SENTENCES, Unreadable

from .books import GOOD, HEADINGS, MAIN, PACKAGE, PLAN, RELATION, book, cell, packed, parts, relations, rows, worksheet
from .children import in_child

SHEET = "xl/worksheets/sheet1.xml"
TOP = rows(HEADINGS)


def with_part(name: str, content: str | bytes = b"x") -> bytes:
    return packed(parts(**{name: content}))


def types(content: str) -> bytes:
    return with_part(
        "[Content_Types].xml",
        f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" ContentType="{content}"/></Types>',
    )


def sheet(inner: str, **around: str) -> bytes:
    return with_part(SHEET, worksheet(TOP + inner, **around))


def doctype(name: str, declared: str, encoding: str = "utf-8") -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding.upper()}"?><!DOCTYPE x {declared}>' + str(parts()[name])
    return with_part(name, text.encode(encoding))


def ole(inner: bytes) -> bytes:
    return guard.OLE + b"\0" * 504 + inner + b"\0" * 2048


def related(kind: str, target: str = "x", mode: str = "External", name: str = "xl/worksheets/_rels/sheet1.xml.rels") -> bytes:
    return with_part(name, relations(f'<Relationship Id="rId7" Type="{RELATION}/{kind}" Target="{target}" TargetMode="{mode}"/>'))


def locked() -> bytes:
    content = bytearray(packed(parts()))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + offset] |= 1
    return bytes(content)


def twice() -> bytes:
    file = io.BytesIO(packed(parts()))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET, worksheet(""))
    return file.getvalue()


def understated() -> bytes:
    """A directory that says 2,000 bytes of a part that unpacks to 80 megabytes, with the checksum of the first 2,000."""
    text = worksheet(TOP).encode().replace(b"</sheetData>", b" " * 80_000_000 + b"</sheetData>")
    content = bytearray(with_part(SHEET, text))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.getinfo(SHEET)
    short, sizes = zlib.crc32(text[:2000]).to_bytes(4, "little"), (2000).to_bytes(4, "little")
    at = content.rfind(SHEET.encode()) - 46
    content[at + 16 : at + 20], content[at + 24 : at + 28] = short, sizes
    content[part.header_offset + 14 : part.header_offset + 18] = short
    content[part.header_offset + 22 : part.header_offset + 26] = sizes
    return bytes(content)


def flipped(seed: int) -> bytes:
    content, chance = bytearray(packed(parts())), random.Random(seed)  # noqa: S311 -- the same faults in every run
    at = chance.randrange(len(content))
    content[at] ^= 1 << chance.randrange(8)
    return bytes(content)


def other_root() -> bytes:
    """The package points at a second workbook that nobody looked through."""
    root = relations(f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="evil/workbook.xml"/>')
    return with_part("_rels/.rels", root)


def one_text_pointed_at() -> bytes:
    """One text of 30,000 letters, and 90,000 cells that point at it: 2.7 gigabytes for who follows them."""
    strings = f'<sst xmlns="{MAIN}"><si><t>{"क" * 30_000}</t></si></sst>'
    lines = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{chr(65 + at)}{row}" t="s"><v>0</v></c>' for at in range(9)) + "</row>"
        for row in range(2, 9_999)
    )
    return packed(parts(**{SHEET: worksheet(TOP + lines), "xl/sharedStrings.xml": strings}))


def many_rows(count: int) -> bytes:
    return sheet("".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(2, count + 2)))


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing": ("empty", lambda: b""),
    "an old .xls": ("old", lambda: ole(b"Workbook")),
    "a password": ("password", lambda: ole("EncryptedPackage".encode("utf-16-le"))),
    "a zip with a password": ("password", locked),
    ".xlsb": ("binary", lambda: with_part("xl/workbook.bin")),
    ".xlsb by its kind": ("binary", lambda: types("application/vnd.ms-excel.sheet.binary.macroEnabled.main")),
    ".xlsm": ("macros", lambda: types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")),
    ".xlsm with its macros, renamed": ("macros", lambda: with_part("xl/vbaProject.bin", b"\xd0\xcf")),
    "macros under another name": ("macros", lambda: related("vbaProject", "harmless.xml", "Internal", "xl/_rels/workbook.xml.rels")),
    "macro sheets of Excel 4": ("macros", lambda: with_part("xl/macrosheets/sheet1.xml", "<x/>")),
    "csv renamed": ("text", lambda: "जनपद,राशि\nआगरा,5\n".encode()),
    "csv in UTF-16": ("text", lambda: "जनपद\tराशि\n".encode("utf-16")),
    "a web page renamed": ("web_page", lambda: b"<html><table><tr><td>1</td></tr></table></html>"),
    "a PDF renamed": ("other", lambda: b"%PDF-1.7\n1 0 obj"),
    "a text document": ("other", lambda: packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>"})),
    "an OpenDocument sheet": (
        "opendocument",
        lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
    ),
    "cut in the middle": ("damaged", lambda: packed(parts())[:-300]),
    "a zip of noise": ("damaged", lambda: b"PK\x03\x04" + bytes(range(256)) * 20),
    "too large": ("large", lambda: packed(parts()) + b"\0" * (guard.LARGEST_FILE + 1)),
    "one cell of 1 GB": ("unpacks", lambda: bomb()),
    "a directory that lies": ("damaged", understated),
    "one long text in 90,000 cells": ("unpacks", one_text_pointed_at),
    "external entity": ("entities", lambda: doctype(SHEET, '[<!ENTITY e SYSTEM "file:///etc/passwd">]')),
    "external DTD": ("entities", lambda: doctype("xl/workbook.xml", 'SYSTEM "http://example.invalid/x.dtd"')),
    "billion laughs in the texts": (
        "entities",
        lambda: with_part("xl/sharedStrings.xml", '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'),
    ),
    "a DTD where nobody reads": ("entities", lambda: with_part("docProps/app.xml", "<!DOCTYPE x><x/>")),
    "UTF-16": ("encoding", lambda: doctype(SHEET, "", "utf-16")),
    "another encoding": ("encoding", lambda: with_part(SHEET, b'<?xml version="1.0" encoding="utf-7"?><worksheet/>')),
    "a million rows": ("rows", lambda: many_rows(200_000)),
    "10,101 rows": ("rows", lambda: many_rows(10_101)),
    "16,384 columns": ("columns", lambda: sheet('<row r="2">' + "".join("<c><v>1</v></c>" for _ in range(16_384)) + "</row>")),
    "column ZZZZ": ("damaged", lambda: sheet('<row r="2"><c r="ZZZZ2"><v>1</v></c></row>')),
    "one far cell": ("columns", lambda: sheet('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    "one low cell": ("far", lambda: sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
    "row 99999999999": ("damaged", lambda: sheet('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>')),
    "a cell of another row": ("damaged", lambda: sheet('<row r="2"><c r="A99999999"><v>1</v></c></row>')),
    "rows backwards": ("damaged", lambda: sheet('<row r="9"><c r="A9"><v>1</v></c></row><row r="3"/>')),
    "three million empty cells": ("cells", lambda: sheet('<row r="2">' + "<c/>" * 3_000_000 + "</row>")),
    "50 MB of styles": (
        "styles",
        lambda: with_part("xl/styles.xml", f'<styleSheet xmlns="{MAIN}"><cellXfs>{"<xf/>" * 10_000_000}</cellXfs></styleSheet>'),
    ),
    "one word of 60 MB": ("damaged", lambda: with_part("docProps/app.xml", f'<x a="{"a" * 60_000_000}"/>')),
    "links to other workbooks": ("links", lambda: with_part("xl/externalLinks/externalLink1.xml", "<x/>")),
    "a picture from elsewhere": ("links", lambda: related("image", "http://example.invalid/x.png")),
    "an embedded object": ("embedded", lambda: with_part("xl/embeddings/oleObject1.bin")),
    "an embedded object elsewhere": ("embedded", lambda: related("oleObject", "../x.bin", "Internal")),
    "a control": ("embedded", lambda: with_part("xl/activeX/activeX1.xml", "<x/>")),
    "data connections": ("connections", lambda: with_part("xl/connections.xml", "<x/>")),
    "a way out of the folder": ("path", lambda: with_part("../../etc/passwd")),
    "a part from the root": ("path", lambda: with_part("/etc/passwd")),
    "a part with a drive": ("path", lambda: with_part("C:\\x")),
    "10,000 parts": ("parts", lambda: packed(parts(**{f"xl/media/{at}.txt": b"" for at in range(10_000)}))),
    "a part twice": ("damaged", twice),
    "PDF before the workbook": ("joined", lambda: b"%PDF-1.7\n" + packed(parts())),
    "HTML after the workbook": ("joined", lambda: packed(parts()) + b"<html><script>1</script></html>"),
    "HTML as the comment of the zip": ("joined", lambda: commented()),
    "something between the parts": ("joined", lambda: stuffed()),
    "200,000 formulas": (
        "formulas",
        lambda: sheet("".join(f'<row r="{row}">' + "<c><f>1</f></c>" * 20 + "</row>" for row in range(2, 8_000))),
    ),
    "another workbook behind this one": ("damaged", other_root),
    "a sheet that is not there": ("damaged", lambda: packed({name: part for name, part in parts().items() if name != SHEET})),
    "not even XML": ("damaged", lambda: with_part(SHEET, "<worksheet><sheetData><row>")),
    "a text that is not there": ("damaged", lambda: sheet('<row r="2"><c r="A2" t="s"><v>7</v></c></row>')),
    "no table": ("no_table", lambda: packed(parts(rows(["x", "y"], [1, 2])))),
}


def bomb() -> bytes:
    """One cell of a gigabyte in a file of one megabyte."""
    file = io.BytesIO(packed({name: part for name, part in parts().items() if name != SHEET}))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(SHEET, "w") as part:
            part.write(worksheet(TOP).replace("</sheetData></worksheet>", '<row r="2"><c r="A2" t="inlineStr"><is><t>').encode())
            for _ in range(1024):
                part.write(b"a" * 1024 * 1024)
            part.write(b"</t></is></c></row></sheetData></worksheet>")
    return file.getvalue()


def commented() -> bytes:
    file = io.BytesIO(packed(parts()))
    with zipfile.ZipFile(file, "a") as archive:
        archive.comment = b"<html><script>1</script></html>"
    return file.getvalue()


def stuffed() -> bytes:
    """Bytes between the last part and the directory, which no reader of zips looks at."""
    content, extra = packed(parts()), b"<html><script>1</script></html>"
    at = content.find(b"PK\x01\x02")
    end = bytearray(content[content.rfind(b"PK\x05\x06") :])
    end[16:20] = (at + len(extra)).to_bytes(4, "little")
    return content[:at] + extra + content[at : content.rfind(b"PK\x05\x06")] + bytes(end)


ACCEPTED: dict[str, Callable[[], bytes]] = {
    "50,000 merged ranges": lambda: sheet(
        rows(GOOD[:3], start=2),
        after="<mergeCells>" + "".join(f'<mergeCell ref="K{row}:L{row}"/>' for row in range(100, 50_100)) + "</mergeCells>",
    ),
    "one gigantic merged range": lambda: sheet(rows(GOOD[:3], start=2), after='<mergeCells><mergeCell ref="A3:XFD1048576"/></mergeCells>'),
    "a dimension that lies": lambda: sheet(rows(GOOD[:3], start=2), before='<dimension ref="A1:XFD1048576"/>'),
    "formats down to the last row": lambda: sheet(
        rows(GOOD[:3], start=2) + "".join(f'<row r="{row}" s="1"/>' for row in range(3, 500_000))
    ),
    "a mail address that became a link": lambda: related("hyperlink", "mailto:a@example.in"),
    "a drop-down of newer programs": lambda: sheet(
        rows(GOOD[:3], start=2),
        after='<extLst xmlns:x="x" xmlns:xm="y"><ext><x:dataValidation><xm:f>L!A1</xm:f></x:dataValidation></ext></extLst>',
    ),
}


def read(content: bytes) -> tuple[str, str, int]:
    """Return the code and the sentence of the refusal, or nothing and the number of rows."""
    try:
        return "", "", len(list(reading.rows(io.BytesIO(content), PLAN)))
    except Unreadable as refused:
        return refused.code, " ".join(refused.messages), 0


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_its_sentence_in_time_and_memory(name):
    code, made = FILES[name]
    outcome = in_child(read, made())
    refused, sentence, _ = outcome.result
    assert refused == code
    assert sentence.endswith(".") and "%(" not in sentence
    assert outcome.seconds < 5 and outcome.megabytes < 300


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_strange_but_harmless_file_is_read(name):
    outcome = in_child(read, ACCEPTED[name]())
    assert outcome.result == ("", "", 1)
    assert outcome.seconds < 5 and outcome.megabytes < 300


def test_a_file_with_a_flipped_bit_is_refused_or_read_and_never_an_error():
    codes = {read(flipped(seed))[0] for seed in range(400)}
    assert "damaged" in codes and codes <= {"", *SENTENCES}


def test_noise_inside_a_sheet_is_refused_or_read_and_never_an_error():
    chance = random.Random(7)  # noqa: S311 -- the same faults in every run
    words = [
        "NaN",
        "inf",
        "1e999",
        "-",
        "&#2309;",
        "&foo;",
        "<f/>",
        "<v>1</v>",
        "",
        "क",
        "-0",
        "1E+05",
        "99999999999999999999",
        "<is><t/></is>",
    ]
    for _ in range(300):
        kind = chance.choice(["", ' t="s"', ' t="b"', ' t="e"', ' t="d"', ' t="str"', ' t="inlineStr"', ' s="99999"', ' t="?"'])
        line = "".join(f"<c{kind}><v>{chance.choice(words)}</v></c>" for _ in range(9))
        assert read(sheet(f'<row r="2">{line}</row>'))[0] in {"", "damaged"}


def test_every_refusal_has_a_file_that_meets_it():
    met = {code for code, _ in FILES.values()}
    assert met >= set(SENTENCES) - {"headings", "twice", "sheets"}


def test_a_good_workbook_is_read_to_the_limit_of_rows_within_time_and_memory():
    content = book([HEADINGS, *([GOOD] * 10_000)]).getvalue()
    outcome = in_child(read, content)
    assert outcome.result == ("", "", 10_000)
    assert outcome.seconds < 5 and outcome.megabytes < 300


def read_unguarded(content: bytes) -> int:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return sum(1 for name in workbook.sheet_names for _ in workbook.get_sheet_by_name(name).iter_rows())


@pytest.mark.parametrize("name", ["one cell of 1 GB", "one far cell", "one long text in 90,000 cells", "row 99999999999"])
def test_without_the_guard_the_same_file_kills_the_reader(name):
    content = FILES[name][1]()
    with pytest.raises(AssertionError, match="the process died"):
        in_child(read_unguarded, content)


def test_the_guard_alone_gives_the_reason_and_leaves_the_file_open():
    file = book([HEADINGS, GOOD])
    guard.check(file)
    assert file.tell() == 0
    with pytest.raises(guard.Unreadable) as refused:
        guard.check(io.BytesIO(cell("A1", "x").encode()))
    assert refused.value.code == "other"
