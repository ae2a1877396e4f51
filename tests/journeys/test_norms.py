"""The calculator on a phone and a desk, and a draft norm in set-up: readable for everybody, without script or fault."""

import os
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser

from programme.models import Norm, Officer
from workflows.pages.account import BACKEND

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright runs its own event loop in this thread, and Django would take every query for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
PICTURES = os.environ.get("PICTURES", "")
BOXES = "/entitlement/?scheme=GATEWAY_PORT_FREIGHT&compute=1&feet_0=20&freight_0=80000&feet_1=40"
PAGES = [
    ("margin", 1100, "/entitlement/?scheme=ODOP_MARGIN_MONEY&compute=1&project_cost_rupees=3125001", "₹31,25,001"),
    ("margin-phone", 390, "/entitlement/?scheme=ODOP_MARGIN_MONEY&compute=1&project_cost_rupees=3125001", "₹31,25,001"),
    ("freight-fault-phone", 390, BOXES, "id_feet_0_error"),
    ("freight", 1100, f"{BOXES}&freight_1=120000", "₹56,000"),
]


@pytest.mark.parametrize(("name", "width", "address", "said"), PAGES, ids=[page[0] for page in PAGES])
def test_the_calculator_reads_well(live_server: Any, chromium: Browser, name: str, width: int, address: str, said: str) -> None:
    page = signed_in(chromium, live_server.url, "dic.agra", width)
    page.goto(live_server.url + address)
    look(page, name)
    assert said in page.content()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is wider than the screen"


def test_a_draft_is_published_from_its_border_table(live_server: Any, chromium: Browser) -> None:
    now = Norm.objects.get(scheme="ODOP_MARGIN_MONEY")
    draft = Norm.objects.create(state=now.state, scheme=now.scheme, version="2027", applies_from=date(2027, 4, 1), rules=now.rules)
    page = signed_in(chromium, live_server.url, "administrator", 1100)
    page.goto(f"{live_server.url}/setup/programme/norm/{draft.pk}/change/")
    look(page, "draft-norm")
    with page.expect_navigation():
        page.click("button[name=_publish]")
    look(page, "published-norm")
    draft.refresh_from_db()
    assert draft.status == "published"
    assert page.locator("button[name=_publish]").count() == 0


def signed_in(browser: Browser, address: str, username: str, width: int) -> Any:
    client = Client()
    client.force_login(Officer.objects.get(username=username), backend=BACKEND)
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value, "url": address}]
    )
    return context.new_page()


def look(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/norms-{name}.png", full_page=True)
