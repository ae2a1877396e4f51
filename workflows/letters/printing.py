"""A paper as HTML and as PDF. A PDF is made once and kept: the same bytes are handed out for ever."""

import hashlib
import logging
import uuid
import warnings
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from workflows.letters.letter import Letter, letter_of
from workflows.letters.searchable import make_searchable
from workflows.models import Order, OrderPaper

if TYPE_CHECKING:
    from workflows.letters.signing import Seal

logger = logging.getLogger(__name__)
STYLES = Path(__file__).parent.parent / "static" / "workflows"
LANGUAGES = {"hi": ["hi"], "en": ["en"], "both": ["hi", "en"]}
PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # as Debian and Ubuntu call what is needed
AT_ONCE = 6  # Papers a worker prints in one go, a second or more each, so that mail and seals do not wait for them.


@cache
def press() -> Any:
    """Return the maker of PDFs, loaded when a paper is first asked for; ``None`` where Pango or every font is missing."""
    try:
        with warnings.catch_warnings():
            # Where there is not a single font, Pango ends the whole process at the first line of text.
            warnings.filterwarnings("error", message="No fonts configured")
            for part in ("weasyprint.draw.text", "weasyprint.text.fonts"):
                import_module(part)
    except (OSError, UserWarning):
        return None
    weasyprint = import_module("weasyprint")
    make_searchable(weasyprint.draw.text)
    return weasyprint


class NoPango(Exception):
    """PDF cannot be made here, because the system library Pango, or any font, is missing."""


def can_print() -> bool:
    return press() is not None


def printed(order: Order, language: str) -> OrderPaper:
    """Return the order's one PDF in ``hi``, ``en`` or ``both``, made now if it was not; raise ``NoPango`` where none can be made."""
    kept = order.papers.filter(language=language).first()
    return kept or _keep(order, language)


def print_waiting() -> int:
    """Print sealed orders that lack a paper, the oldest first, and return how many papers were made. Nothing without Pango."""
    made = 0
    for order, language in islice(_unprinted(), AT_ONCE) if can_print() else ():
        try:
            printed(order, language)
            made += 1
        except Exception as error:
            # One that cannot be printed must not hold up the others; it is tried again with the next run.
            logger.warning("order %s was not printed: %s", order.pk, type(error).__name__)
    return made


def _unprinted() -> Iterator[tuple[Order, str]]:
    # A paper names its seal; until there is one it is printed only for somebody who asks.
    sealed = Order.objects.filter(noting__leaf__isnull=False)
    for language in LANGUAGES:
        for order in sealed.exclude(papers__language=language):
            yield order, language


def body(letter: Letter, **more: Any) -> SafeString:
    """Return the paper as a piece of HTML, for a page to show or to print."""
    with translation.override(letter.language):
        return mark_safe(render_to_string("workflows/parts/letter.html", {"letter": letter, **more}))  # noqa: S308 -- a template's output


def pdf_of(order: Order, language: str, seal: "Seal | None") -> bytes:
    """Return a new PDF of the order, signed when there is something to sign with; raise ``NoPango``."""
    if not can_print():
        raise NoPango
    letters = [letter_of(order, one) for one in LANGUAGES[language]]
    certificate = f"{seal.name} (SHA-256 {seal.fingerprint})" if seal else ""
    bodies = [body(letter, certificate=certificate, unsigned=seal is None) for letter in letters]
    text = render_to_string("workflows/letters.html", {"letters": letters, "bodies": bodies})
    pdf = laid_out(text)
    return seal.sign(pdf) if seal else pdf


def laid_out(text: str) -> bytes:
    """Return the PDF of a page of HTML in the letters' own styles and fonts; raise ``NoPango``."""
    if not can_print():
        raise NoPango
    own = {"url_fetcher": _fetcher(), "font_config": press().text.fonts.FontConfiguration()}
    styles = [press().CSS(STYLES / name, **own) for name in ("letter.css", "letter-print.css")]
    page = press().HTML(string=text, base_url=STYLES.as_uri() + "/", url_fetcher=own["url_fetcher"])
    return bytes(page.write_pdf(stylesheets=styles, font_config=own["font_config"], pdf_tags=True))


def _fetcher() -> Any:
    """Nothing is fetched from outside while a paper is made: fonts lie beside the program, the code is in the page."""
    return press().urls.URLFetcher(allowed_protocols=["data", "file"])


def _keep(order: Order, language: str) -> OrderPaper:
    seal = import_module("workflows.letters.signing").order_seal()
    pdf = pdf_of(order, language, seal)
    paper = OrderPaper(order=order, language=language, sha256=hashlib.sha256(pdf).hexdigest(), size=len(pdf), signed=seal is not None)
    paper.stored.save(f"{uuid.uuid4().hex}.pdf", ContentFile(pdf), save=False)
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError:
        # Somebody printed it at the same moment, and his is the one that stays.
        paper.stored.storage.delete(str(paper.stored.name))
        return order.papers.get(language=language)
    return paper
