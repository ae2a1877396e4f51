"""A board on paper: one sheet A4 for a district, one for the head of a State and its districts as an annexe."""

import io
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader

from programme.models import District
from tests.conftest import a_chromium
from tests.project.test_every_page import SITE, serve
from tests.workflows.boards.files import of_every_standing
from workflows.letters import printing

pytestmark = pytest.mark.django_db
LANDSCAPE = (842, 595)


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """Return the size of each sheet in points."""
    return list(_sizes(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]))


def _sizes(node: Any) -> Iterator[tuple[int, int]]:
    if "/Kids" in node:
        for kid in node["/Kids"]:
            yield from _sizes(kid.get_object())
    else:
        _left, _bottom, width, height = (round(float(side)) for side in node["/MediaBox"])
        yield width, height


def addresses() -> dict[str, str]:
    return {"state": reverse("state_board"), "district": reverse("district_board", args=[District.objects.get(name_en="Agra").pk])}


@pytest.mark.browser
def test_the_head_of_a_board_is_one_sheet(client_for: Callable[[str], Client]) -> None:
    of_every_standing()
    client, pages = client_for("odop.cell"), {}
    for name, address in addresses().items():
        for language in ("hi", "en"):
            client.cookies["django_language"] = language
            pages[name, language] = (address, client.get(address).content.decode())
    shown: dict[str, str] = {}
    printed = {}
    with a_chromium() as browser:
        page = browser.new_page()
        page.route("**/*", partial(serve, shown))
        for which, (address, html) in pages.items():
            # The annexe is printed apart: what is left is the head.
            shown["html"] = re.sub(r'<section class="annexe".*?</section>', "", html, flags=re.DOTALL)
            page.goto(f"{SITE}{address}")
            printed[which] = page.pdf(prefer_css_page_size=True)
    assert {which: sheets(pdf) for which, pdf in printed.items()} == {which: [LANDSCAPE] for which in pages}


@pytest.mark.skipif(not printing.can_print(), reason=f"PDF needs {printing.PANGO}")
def test_a_board_goes_out_as_pdf(client_for: Callable[[str], Client]) -> None:
    of_every_standing()
    client = client_for("odop.cell")
    agra = client.get(reverse("district_board_pdf", args=[District.objects.get(name_en="Agra").pk]))
    assert agra.headers["Content-Type"] == "application/pdf"
    assert sheets(b"".join(agra)) == [LANDSCAPE]
    state = sheets(b"".join(client.get(reverse("state_board_pdf"))))
    assert state[0] == LANDSCAPE and 2 <= len(state) <= 4
    own = client_for("dm.agra").get(reverse("state_board_pdf"))
    assert own.status_code == 302 and own.headers["Location"].endswith("/board/118.pdf")


@pytest.mark.skipif(not printing.can_print(), reason=f"PDF needs {printing.PANGO}")
def test_a_departments_board_goes_out_as_pdf(client_for: Callable[[str], Client]) -> None:
    client = client_for("agriculture.agra")
    pdf = client.get(reverse("department_board_pdf", args=["agriculture"]))
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert sheets(b"".join(pdf)) == [LANDSCAPE]
    assert client.get(reverse("department_board_pdf", args=["msme"])).status_code == 404


def test_without_pango_a_board_leads_back_with_a_sentence(client_for: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "can_print", lambda: False)
    client = client_for("odop.cell")
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("state_board_pdf"), follow=True)
    assert answer.redirect_chain and "This server cannot make PDFs" in answer.content.decode()
    answer = client.get(reverse("department_board_pdf", args=["agriculture"]), follow=True)
    assert answer.redirect_chain and "This server cannot make PDFs" in answer.content.decode()
