"""A list is taken out by somebody at a browser, the sheet of a review is opened figure by figure, and boards are printed on A4."""

import io
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page

from programme.models import Officer
from tests.files import officer, propose
from tests.processes.plan_files import opened
from workflows import jobs
from workflows.exports import linking
from workflows.pages.account import BACKEND
from workflows.work import WORK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright runs its own event loop in this thread, and Django would take every query for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
A4 = (595, 842)


@pytest.fixture
def desk(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    contexts = []

    def sit_down(person: str, width: int = 1280, language: str = "en") -> Page:
        Officer.objects.filter(username=person).update(language=language)
        client = Client()
        client.force_login(officer(person), backend=BACKEND)
        context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": 900}, accept_downloads=True)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}])
        context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield sit_down
    for context in contexts:
        context.close()


def saved(page: Page, link: str) -> Any:
    with page.expect_download() as download:
        page.locator(link).click()
    body = io.BytesIO(download.value.path().read_bytes())
    return load_workbook(body).worksheets[0], download.value.suggested_filename


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """Return the size of every page of a PDF, in points."""
    found = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in found]


def test_a_short_list_is_saved_at_once_and_a_long_one_is_waited_for(desk: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> None:
    for district in ("Agra", "Mathura", "Lucknow"):
        propose(district)
    page = desk("odop.cell", 390)
    page.goto("/files/")
    assert Axe().run(page).violations_count == 0
    rows, name = saved(page, ".get-list a >> nth=0")
    assert rows.max_row == 5 and re.fullmatch(r"files-\d\d-\d\d-\d{4}\.xlsx", name)
    monkeypatch.setattr(linking, "AT_ONCE", 2)
    page.goto("/files/")
    with page.expect_navigation():
        page.locator(".get-list a >> nth=0").click()
    page.get_by_role("button", name="Have this list written").click()
    page.wait_for_selector("progress")
    assert Axe().run(page).violations_count == 0
    jobs.run(WORK)
    page.wait_for_selector("text=The list is ready: 3 lines.", timeout=45000)
    rows, name = saved(page, "text=Save the list")
    assert rows.max_row == 5 and name.startswith("files-")


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "hi")])
def test_a_figure_of_the_review_opens_its_files_and_the_sheet_prints_on_a4(desk: Callable[..., Page], width: int, language: str) -> None:
    for district in ("Agra", "Agra", "Mathura"):
        propose(district)
    page = desk("principal.secretary", width, language)
    page.goto("/review/")
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert set(sheets(page.pdf(prefer_css_page_size=True))) == {A4}
    page.locator("table.figures tbody tr >> nth=0").locator("a >> nth=0").click()
    assert page.locator("table.cards tbody tr").count() == 2


def test_the_board_of_a_season_prints_across_with_its_headings_on_every_page(desk: Callable[..., Page]) -> None:
    opened("Agra")
    page = desk("odop.cell")
    page.goto("/season/")
    assert Axe().run(page).violations_count == 0
    printed = sheets(page.pdf(prefer_css_page_size=True))
    assert set(printed) == {A4[::-1]} and 3 <= len(printed) <= 6
    page.emulate_media(media="print")
    assert page.locator("thead").evaluate("head => getComputedStyle(head).display") == "table-header-group"
    assert not page.locator(".get-list, [data-print]").first.is_visible()


def test_the_workbook_of_a_page_holds_no_formula(desk: Callable[..., Page]) -> None:
    propose("Agra", title="=1+1")
    page = desk("odop.cell")
    page.goto("/files/")
    body = page.request.get("/lists/files.xlsx").body()
    cells = [cell for row in load_workbook(io.BytesIO(body)).worksheets[0].iter_rows() for cell in row]
    assert "=1+1" in {cell.value for cell in cells} and not [cell for cell in cells if cell.data_type == "f"]
