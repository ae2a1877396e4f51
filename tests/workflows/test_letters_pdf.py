"""Papers as PDF: searched by two independent readers, verified by two independent readers, kept as they were made."""

import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from tests.files import a_file, take
from workflows.letters import printing, signing
from workflows.letters.letter import letter_of
from workflows.letters.signing import make_order_key, order_seal
from workflows.models import Order, OrderPaper
from workflows.record import sealer
from workflows.record.verifier import verify
from workflows.tasks import print_orders

pytestmark = [pytest.mark.django_db, pytest.mark.once]
needs_pango = pytest.mark.skipif(not printing.can_print(), reason=f"Pango is missing (Debian: apt-get install {printing.PANGO})")
DEVANAGARI = re.compile("[\u0900-\u0963\u0970-\u097f\u200c\u200d]+")  # words, without the danda
ACTUAL_TEXT = re.compile(rb"/ActualText <feff([0-9a-f]*)>")


@pytest.fixture
def order() -> Order:
    return a_file(at="report").orders.get()


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is missing (Debian: apt-get install poppler-utils)")
    return found


def by_poppler(pdf: bytes) -> str:
    """Return the text of a PDF as poppler reads it, in the order of the page."""
    command = [program("pdftotext"), "-layout", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def by_pyhanko(pdf: bytes) -> str:
    """Return what the pages' content streams say beside their glyphs, read without poppler."""
    reader, found = PdfFileReader(io.BytesIO(pdf)), []
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(number)[0].get_object()
        found += ACTUAL_TEXT.findall(page["/Contents"].data)
    return " ".join(bytes.fromhex(text.decode()).decode("utf-16-be") for text in found)


def hindi_words(order: Order) -> set[str]:
    text = re.sub("<[^>]*>", " ", printing.body(letter_of(order, "hi"), certificate="x"))
    return {word for word in DEVANAGARI.findall(text) if len(word) > 1}


def papers(order: Order) -> list[Order]:
    """A sanction order, a return memo and a rejection letter, in Hindi as officers write it."""
    memo = take(a_file(), "returned", text="स्टॉल की दर का आधार नहीं दिया गया; क्रय नियमावली के अनुसार तीन निविदाएँ संलग्न करें।")
    refused = take(a_file(district="Mathura"), "rejected", text="ज़िले का वार्षिक कैलेंडर पूर्ण हो चुका है। श्रीकृष्ण जन्माष्टमी पर छूट नहीं दी जा सकती।")
    return [order, memo.orders.get(), refused.orders.get()]


@needs_pango
@pytest.mark.parametrize("read", [by_poppler, by_pyhanko], ids=["poppler", "pyhanko"])
def test_every_hindi_word_of_a_paper_is_found_in_its_pdf(order, read):
    for one in papers(order):
        words, text = hindi_words(one), read(printing.pdf_of(one, "hi", order_seal()))
        assert len(words) > 10
        assert {word for word in words if word not in text} == set()


@needs_pango
def test_both_languages_are_hindi_and_then_english_in_one_pdf(order):
    text = by_poppler(printing.pdf_of(order, "both", None))
    hindi, english = text.split("\f")[:2]
    assert "जिलाधिकारी, आगरा" in hindi and "District Magistrate, Agra" not in hindi
    assert "District Magistrate, Agra" in english and "जिलाधिकारी" not in english


@needs_pango
def test_only_the_projects_own_fonts_are_in_the_pdf(order):
    listed = subprocess.run([program("pdffonts"), "-"], input=printing.pdf_of(order, "both", None), capture_output=True, check=True)
    fonts = [line.split() for line in listed.stdout.decode().splitlines()[2:]]
    assert {re.sub(r"^.*\+|-Semi-Bold$", "", font[0]) for font in fonts} == {"Letter-Latin", "Letter-Rupee", "Letter-Devanagari"}
    assert all(font[-5] == "yes" for font in fonts), "each is embedded"


def as_issued(order: Order, amount: Decimal, day: date, number: int) -> Order:
    """Let the order's paragraph say another amount, day and number, in memory alone."""
    text = json.loads(order.noting.body)
    text["order"] |= {"amount": f"{amount:.2f}", "issued_on": day.isoformat(), "number": f"UP/EXH/ORDER/2026-27/{number:04d}"}
    order.noting.body = json.dumps(text)
    return order


def figures(text: str) -> tuple[str, str, str]:
    plain = re.sub("<[^>]*>", "", text)
    found = [re.findall(pattern, plain) for pattern in (r"₹[\d,.]*\d", r"\d\d-\d\d-\d{4}", r"UP/EXH/ORDER/[\d/-]*\d")]
    return tuple(matches[0] for matches in found)


AMOUNTS = st.decimals("0.01", "999999999999.99", places=2)
DAYS = st.dates(date(2018, 4, 1), date(2099, 12, 31))
one_database = {"suppress_health_check": [HealthCheck.function_scoped_fixture], "deadline": None}


@effort(max_examples=60, **one_database)
@given(AMOUNTS, DAYS, st.integers(1, 99999))
def test_the_figures_are_the_same_in_both_languages(order, amount, day, number):
    one = as_issued(order, amount, day, number)
    hindi, english = (figures(printing.body(letter_of(one, language))) for language in ("hi", "en"))
    assert hindi == english
    assert Decimal(hindi[0].removeprefix("₹").replace(",", "")) == amount
    assert hindi[1:] == (day.strftime("%d-%m-%Y"), f"UP/EXH/ORDER/2026-27/{number:04d}")


@needs_pango
@effort(max_examples=4, **one_database)
@given(AMOUNTS, DAYS, st.integers(1, 99999))
def test_the_figures_are_the_same_in_both_pdfs(order, amount, day, number):
    one = as_issued(order, amount, day, number)
    hindi, english = (figures(by_poppler(printing.pdf_of(one, language, None))) for language in ("hi", "en"))
    assert hindi == english
    assert Decimal(hindi[0].removeprefix("₹").replace(",", "")) == amount


def judged(pdf: bytes, settings) -> tuple[bool, bool]:
    """Say whether the signature holds, and whether it is by the installation's own certificate over the whole paper."""
    root = load_cert_from_pemder(settings.ORDER_CERTIFICATE_FILE)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))
    return status.intact and status.valid, status.trusted and "ENTIRE_FILE" in status.coverage.name


@needs_pango
def test_the_signature_is_pades_and_holds_over_the_whole_paper(order, settings):
    pdf = printing.printed(order, "hi").stored.read()
    assert judged(pdf, settings) == (True, True)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


@needs_pango
def test_poppler_verifies_the_signature_too(order):
    path = printing.printed(order, "en").stored.path
    shown = subprocess.run([program("pdfsig"), path], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in shown
    assert "Total document signed" in shown


def holds(pdf: bytes, settings) -> bool:
    """Say whether the signature holds; a paper so damaged that it cannot be read has none that does."""
    try:
        return judged(pdf, settings)[0]
    except Exception:
        return False


@needs_pango
@pytest.mark.parametrize("place", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_flipped_byte_breaks_the_signature(order, place, settings):
    pdf = bytearray(printing.printed(order, "en").stored.read())
    assert holds(bytes(pdf), settings)
    before_the_signature = pdf.rindex(b"/Contents <")
    pdf[int(before_the_signature * place)] ^= 1
    assert not holds(bytes(pdf), settings)


@needs_pango
def test_the_same_bytes_are_handed_out_for_ever(order):
    first = printing.printed(order, "hi")
    again = printing.printed(Order.objects.get(pk=order.pk), "hi")
    assert (first.pk, first.sha256) == (again.pk, again.sha256)
    assert OrderPaper.objects.count() == 1 and first.signed


@needs_pango
def test_who_prints_the_same_a_moment_later_gets_the_first_paper(order):
    first = printing.printed(order, "hi")
    store = Path(first.stored.path).parent
    files = set(store.iterdir())
    assert printing._keep(order, "hi") == first
    assert set(store.iterdir()) == files


@needs_pango
def test_the_worker_prints_what_is_sealed_and_only_once(order):
    print_orders()
    assert not OrderPaper.objects.exists(), "it waits for the seal"
    sealer.seal()
    print_orders()
    assert sorted(OrderPaper.objects.filter(order=order).values_list("language", flat=True)) == ["both", "en", "hi"]
    assert printing.print_waiting() == 0
    assert f"{order.noting.leaf.index}" in by_poppler(order.papers.get(language="en").stored.read())


@needs_pango
def test_an_order_that_cannot_be_printed_does_not_hold_up_the_others(order, monkeypatch):
    other = a_file(district="Mathura", at="report").orders.get()
    sealer.seal()

    def laid_out(text: str) -> bytes:
        if order.number in text:
            raise ValueError
        return b"%PDF-"

    monkeypatch.setattr(printing, "laid_out", laid_out)
    monkeypatch.setattr(signing, "order_seal", lambda: None)
    assert printing.print_waiting() == 3
    assert set(OrderPaper.objects.values_list("order", flat=True)) == {other.pk}


def test_without_pango_the_worker_prints_nothing_and_does_not_fail(order, monkeypatch):
    sealer.seal()
    monkeypatch.setattr(printing, "press", lambda: None)
    print_orders()
    assert not OrderPaper.objects.exists()
    with pytest.raises(printing.NoPango):
        printing.printed(order, "hi")


@needs_pango
def test_a_printing_exchanged_in_the_store_is_found(order):
    paper = printing.printed(order, "en")
    assert verify().ok
    with paper.stored.open("ab") as file:
        file.write(b"x")
    (found,) = verify().findings
    assert (found.kind, found.file) == ("paper", order.case.number)
    Path(paper.stored.path).unlink()
    assert [found.kind for found in verify().findings] == ["paper-missing"]


@pytest.mark.parametrize("change", [{"amount": 1}, {"number": "ZZ/1"}, {"kind": "rejection"}, {"issued_on": "2026-01-01"}])
def test_an_order_is_never_changed(order, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(**change)


def test_neither_an_order_nor_its_printing_is_deleted_or_replaced(order):
    row = {"order": order, "language": "hi", "stored": "x", "size": 1, "signed": False}
    printing_row = OrderPaper.objects.create(**row, sha256="0" * 64)
    for rows in (OrderPaper.objects.all(), Order.objects.filter(pk=order.pk)):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderPaper.objects.filter(pk=printing_row.pk).update(sha256="1" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrderPaper.objects.create(**row, sha256="2" * 64)


@needs_pango
def test_without_a_key_a_paper_says_that_it_is_not_signed(order, settings):
    settings.ORDER_KEY_FILE = settings.ORDER_CERTIFICATE_FILE = ""
    paper = printing.printed(order, "en")
    pdf = paper.stored.read()
    assert not paper.signed
    assert PdfFileReader(io.BytesIO(pdf)).embedded_signatures == []
    assert "This copy carries no digital signature." in by_poppler(pdf)


@pytest.fixture
def own_key(settings, tmp_path: Path) -> Path:
    settings.ORDER_KEY_FILE, settings.ORDER_CERTIFICATE_FILE = str(tmp_path / "new" / "order.key"), str(tmp_path / "new" / "order.crt")
    assert make_order_key()
    return Path(settings.ORDER_KEY_FILE)


def test_the_key_is_made_once_and_readable_by_its_owner_alone(own_key):
    before = own_key.read_bytes()
    assert not make_order_key()
    assert own_key.read_bytes() == before
    assert stat.S_IMODE(own_key.stat().st_mode) == 0o600


@pytest.mark.parametrize("demonstration", [True, False], ids=["demonstration", "a State"])
def test_only_a_demonstration_makes_its_own_key(own_key, settings, demonstration):
    own_key.unlink()
    settings.DEMONSTRATION = demonstration
    call_command("make_keys")
    assert own_key.exists() == demonstration


def test_a_key_that_others_may_read_is_refused(own_key):
    own_key.chmod(0o640)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        order_seal()


def test_a_missing_key_is_named_with_its_remedy(own_key):
    own_key.unlink()
    with pytest.raises(ImproperlyConfigured, match="make_keys"):
        order_seal()


def test_a_certificate_of_another_key_is_refused(own_key, settings):
    certificate = Path(settings.ORDER_CERTIFICATE_FILE).read_bytes()
    own_key.unlink()
    assert make_order_key()
    Path(settings.ORDER_CERTIFICATE_FILE).write_bytes(certificate)
    with pytest.raises(ImproperlyConfigured, match="does not belong"):
        order_seal()


STARTS = """
import django
django.setup()
from django.core.management import call_command
call_command("check")
from workflows.letters import printing
print(printing.can_print())
"""
WITHOUT_PANGO = """
import importlib
real = importlib.import_module
def stand_in(name, package=None):
    if name.partition(".")[0] == "weasyprint":
        raise OSError("cannot load library 'libpango-1.0-0'")
    return real(name, package)
importlib.import_module = stand_in
"""
NO_FONTS = "<fontconfig><dir>/nowhere</dir><cachedir>{}</cachedir></fontconfig>"


def started(program: str, **env: str) -> str:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", **env}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.slow
def test_a_machine_without_pango_starts_all_the_same():
    assert started(WITHOUT_PANGO + STARTS) == "False"


@pytest.mark.slow
def test_a_machine_without_fonts_starts_all_the_same(tmp_path):
    # There Pango would end the process at the first line it draws.
    config = tmp_path / "fonts.conf"
    config.write_text(NO_FONTS.format(tmp_path))
    assert started(STARTS, FONTCONFIG_FILE=str(config)) == "False"
