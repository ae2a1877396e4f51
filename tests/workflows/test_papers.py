import io
import struct
import uuid
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from programme.models import Office, Officer
from workflows import papers
from workflows.models import Draft, Enclosure

PDF_END = b"\ntrailer <<>>\nstartxref\n0\n%%EOF\n"


def pdf(body: bytes = b"1 0 obj <</Type /Catalog>> endobj") -> bytes:
    return b"%PDF-1.7\n" + body + PDF_END


def pdf_with_stream(hidden: bytes, head: bytes = b"1 0 obj <</Type /ObjStm /Filter /FlateDecode>>\n") -> bytes:
    return pdf(head + b"stream\n" + zlib.compress(hidden) + b"\nendstream endobj")


def picture(form: str = "PNG", size: tuple[int, int] = (8, 8)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, form)
    return buffer.getvalue()


def huge_png() -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    whole = picture()
    return whole[:8] + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + whole[33:]


def office(kind: str = "spreadsheetml.sheet", **parts: bytes) -> bytes:
    main = {"spreadsheetml.sheet": "xl/workbook.xml", "wordprocessingml.document": "word/document.xml"}.get(kind, "x.xml")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Override ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/>')
        archive.writestr(main, b"<a/>")
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def plain_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", b"a")
    return buffer.getvalue()


KEPT = {
    "a PDF": (pdf(), papers.PDF),
    "a PDF with a compressed page": (pdf_with_stream(b"BT /F1 12 Tf (words) Tj ET"), papers.PDF),
    "a JPEG": (picture("JPEG"), papers.JPEG),
    "a PNG": (picture("PNG"), papers.PNG),
    "a workbook": (office(), papers.XLSX),
    "a Word document": (office("wordprocessingml.document"), papers.DOCX),
}
REFUSED = {
    "an empty file": b"",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "a program": b"MZ" + bytes(200),
    "a zip": plain_zip(),
    "an old Office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200),
    "a PDF not at the first byte": b"\n" + pdf(),
    "a truncated PDF": pdf()[:-8],
    "a PDF with a page of HTML behind it": pdf() + b"<html>" + b"x" * 2000,
    "a PDF with a zip behind it": pdf() + plain_zip(),
    "a PDF with JavaScript": pdf(b"1 0 obj <</S /JavaScript /JS (app.alert(1))>> endobj"),
    "a PDF with JavaScript spelt in hexadecimal": pdf(b"1 0 obj <</S /J#61vaScript>> endobj"),
    "a PDF with JavaScript in a compressed object": pdf_with_stream(b"5 0 <</S /JavaScript>>"),
    "a PDF that launches": pdf(b"1 0 obj <</S /Launch>> endobj"),
    "a PDF with an attached file": pdf(b"1 0 obj <</Names <</EmbeddedFiles 2 0 R>>>> endobj"),
    "a PDF with a password": pdf(b"trailer <</Encrypt 9 0 R>>"),
    "a PDF that unpacks without end": pdf_with_stream(b"/" + bytes(60 * 1024 * 1024)),
    "a PNG of 60,000 by 60,000": huge_png(),
    "a damaged PNG": picture()[:60],
    "a picture with a script behind it": picture("JPEG") + b"<script>alert(1)</script>",
    "a picture of another kind under a JPEG's first bytes": b"\xff\xd8\xff" + picture(),
    "a workbook with macros": office(**{"xl/vbaProject.bin": b"x"}),
    "a workbook that says it has macros": office("spreadsheetml.sheet.macroEnabled"),
    "a document with an embedded object": office("wordprocessingml.document", **{"word/embeddings/a.xlsx": b"x"}),
    "a workbook that unpacks without end": office(**{"xl/big.xml": bytes(60 * 1024 * 1024)}),
    "a workbook that climbs out of its folder": office(**{"../../etc/passwd": b"x"}),
    "a cut workbook": office()[:-30],
}
NAMES = {
    "प्रस्ताव पत्र.pdf": "प्रस्ताव पत्र.pdf",
    "क्‍ष.pdf": "क्‍ष.pdf",
    "../../etc/passwd": "passwd",
    "C:\\Users\\dm\\letter.pdf": "letter.pdf",
    "letter\u202egpj.exe": "lettergpj.exe",
    "a\x00b\r\nc.pdf": "abc.pdf",
    'a"b;<c>.pdf': "a_b;_c_.pdf",
}


@pytest.mark.parametrize("case", KEPT)
def test_what_a_file_may_hold_is_known_by_its_content(case: str) -> None:
    content, content_type = KEPT[case]
    assert papers.type_of(content) == content_type


@pytest.mark.parametrize("case", REFUSED)
def test_everything_else_is_refused_with_a_sentence(case: str) -> None:
    with pytest.raises(papers.BadPaper) as refusal:
        papers.type_of(REFUSED[case])
    assert len(str(refusal.value)) > 10


@pytest.mark.parametrize("given", NAMES)
def test_a_shown_name_keeps_its_letters_and_loses_its_tricks(given: str) -> None:
    assert papers.shown_name(given) == NAMES[given]


def test_a_very_long_name_keeps_its_ending() -> None:
    assert papers.shown_name("क" * 4000 + ".pdf").endswith("क.pdf")
    assert len(papers.shown_name("a" * 4000)) == papers.NAME_LENGTH


@pytest.fixture
def draft(db: None) -> Draft:
    officer = Officer.objects.get(username="dm.agra")
    return Draft.objects.create(
        key=uuid.uuid4(), kind="exhibition", office=Office.objects.get(postings__officer=officer), made_by=officer, saved_by=officer
    )


def received(draft: Draft, name: str, content: bytes, kind: str = "cost_estimate") -> Enclosure:
    return papers.receive(SimpleUploadedFile(name, content, "text/html"), kind, by=draft.saved_by, draft=draft)


def test_a_paper_is_stored_under_a_name_nobody_chose(draft: Draft) -> None:
    paper = received(draft, "../अनुमान.pdf", pdf())
    assert paper.name == "अनुमान.pdf"
    assert paper.content_type == papers.PDF
    assert "अनुमान" not in paper.stored.name
    assert paper.stored.open("rb").read() == pdf()
    assert len(paper.sha256) == 64


def test_the_same_paper_twice_is_kept_once(draft: Draft) -> None:
    assert received(draft, "a.pdf", pdf()) == received(draft, "b.pdf", pdf())
    assert draft.enclosures.count() == 1


def test_a_paper_above_ten_megabytes_is_refused(draft: Draft) -> None:
    with pytest.raises(papers.BadPaper, match=r"larger than|बड़ा"):
        received(draft, "a.pdf", pdf(b"x" * papers.LARGEST))
    assert not draft.enclosures.exists()


def test_a_form_holds_twenty_papers(draft: Draft) -> None:
    for number in range(papers.A_DRAFT_HOLDS):
        received(draft, f"{number}.pdf", pdf(f"{number} 0 obj endobj".encode()))
    with pytest.raises(papers.BadPaper, match="20"):
        received(draft, "one more.pdf", pdf(b"one more"))


@pytest.mark.django_db(transaction=True)
def test_a_discarded_paper_leaves_the_store(client_for) -> None:
    officer = Officer.objects.get(username="dm.agra")
    office_of = Office.objects.get(postings__officer=officer)
    row = Draft.objects.create(key=uuid.uuid4(), kind="exhibition", office=office_of, made_by=officer, saved_by=officer)
    paper = received(row, "a.pdf", pdf())
    stored = paper.stored
    papers.discard(paper)
    assert not stored.storage.exists(stored.name)
    assert not row.enclosures.exists()
