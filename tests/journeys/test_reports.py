"""Reports, tokens and the page for those who write programs: readable on a phone and at a desk, without script or fault."""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.files import a_file
from tests.journeys.test_norms import signed_in
from tests.workflows.api.calls import ask

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright runs its own event loop in this thread, and Django would take every query for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
ADDRESSES = ["/reports/", "/reports/pendency/", "/reports/budget/", "/reports/budget-by-district/", "/reports/recompute/", "/api/", "/me/"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("width", [390, 1280])
def test_reports_read_well_and_a_figure_opens_its_files(live_server: Any, chromium: Browser, width: int) -> None:
    a_file(at="report"), a_file()
    page = signed_in(chromium, live_server.url, "principal.secretary", width)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for address in ADDRESSES:
        page.goto(live_server.url + address)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{address} is wider than the screen"
    page.goto(live_server.url + "/reports/pendency/")
    with page.expect_navigation():
        page.locator("main td.num a").first.click()
    assert "/files/?" in page.url and page.locator("main td.subject").count() == 1
    assert complaints == []


def test_a_token_is_made_read_with_and_ended(live_server: Any, chromium: Browser) -> None:
    a_file()
    page = signed_in(chromium, live_server.url, "dm.agra", 390)
    page.goto(live_server.url + "/me/")
    page.fill("#id_token-name", "Dashboard")
    page.check("input[name='token-scope'][value=files]")
    page.locator("form[action='/me/tokens/'] button").click()
    key = page.locator("#key").inner_text()
    assert len(ask("files/", key).json()["results"]) == 1
    page.locator("form[action$='/end/'] button").click()
    expect(page.locator("form[action$='/end/']")).to_have_count(0)
    assert ask("files/", key).status_code == 401
