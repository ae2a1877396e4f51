"""Many at once in Excel as it is done in a browser: a workbook sent, checked, shown and accepted, on a phone in Hindi and on a desk."""

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser

from tests.files import office, officer
from tests.workflows.workbooks.books import work, written
from tests.workflows.workbooks.rows import a_loan
from workflows.models import Draft
from workflows.pages.account import BACKEND

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright runs its own event loop in this thread, and Django would take every query for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize(("language", "width", "script"), [("hi", 390, False), ("en", 1280, True)])
def test_a_workbook_is_sent_checked_and_its_good_rows_accepted(
    language: str, width: int, script: bool, chromium: Browser, live_server: Any, tmp_path: Path
) -> None:
    book = tmp_path / "register.xlsx"
    book.write_bytes(written("loans", office("dic", "Agra"), [a_loan(1), a_loan(2, mobile="12")]))
    client = Client()
    client.force_login(officer("dic.agra"), backend=BACKEND)
    context = chromium.new_context(java_script_enabled=script, viewport={"width": width, "height": 844})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/workbooks/")
    if page.locator("html").get_attribute("lang") != language:
        with page.expect_navigation():
            page.click(f"button[name=language][value={language}]")
    seen = [page.url]
    page.set_input_files("#id_workbook", book)
    page.locator("main form button.button").click()
    page.wait_for_url("**/workbooks/*/")
    work()
    page.goto(f"{page.url}?show=wrong")
    seen.append(page.url)
    assert page.locator("tbody tr").count() == 1 and "Leather works 2" in page.locator("tbody").inner_text()
    with page.expect_navigation():
        page.click("button[name=rows][value=good]")
    work()
    assert Draft.objects.count() == 1
    page.goto(f"{live_server.url}/drafts/")
    assert "Leather works 1" in page.locator("main").inner_text()
    for address in [*seen, page.url]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        if script:
            found = Axe().run(page, options=RULES)
            assert found.violations_count == 0, found.generate_report()
    assert complaints == []
    context.close()
