"""A sitting as it is held: the convener decides the files by keyboard alone, the chair reads and signs, the files move."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.files import officer, waiting
from tests.journeys.walking import fit
from tests.workflows.seated import a_claim, called, in_place
from workflows import jobs
from workflows.models import Item, Sitting
from workflows.pages.account import BACKEND
from workflows.work import WORK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def at_the_desk(chromium: Browser, address: str, person: str, width: int, language: str, complaints: list[str]) -> Page:
    client = Client()
    client.force_login(officer(person), backend=BACKEND)
    context = chromium.new_context(viewport={"width": width, "height": 844})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": address}])
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": address}])
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def decide_by_keyboard(page: Page, item: Item, last: bool) -> None:
    """Reach the file's choices with the tabulator, choose the first, write the amount; the enter key in the last file saves."""
    for _step in range(40):
        if page.evaluate("document.activeElement.name") == f"item{item.pk}-outcome":
            break
        press(page, "Tab")
    # The choice stands at "not decided yet", the last one; one further down is the first.
    press(page, "ArrowDown", "Tab", "Control+a")
    page.keyboard.type("1,00,000")
    if last:
        with page.expect_navigation():
            press(page, "Enter")


@pytest.mark.parametrize(("width", "language"), [(390, "hi"), (1280, "en")])
def test_a_sitting_is_held_by_keyboard_signed_by_the_chair_and_moves_its_files(
    width: int, language: str, chromium: Browser, live_server: Any
) -> None:
    complaints: list[str] = []
    with in_place():
        cases = [a_claim(), a_claim("2,00,000")]
        sitting = called(*cases)
        items = list(sitting.items.all())
        page = at_the_desk(chromium, live_server.url, "dic.agra", width, language, complaints)
        page.goto(f"{live_server.url}/sittings/")
        fit(page, "list")
        page.goto(f"{live_server.url}/sittings/{sitting.pk}/")
        fit(page, "sitting")
        page.focus("input[name=present]")
        press(page, "Space", "Tab", "Space", "Tab", "Space")
        for item in items:
            decide_by_keyboard(page, item, last=item == items[-1])
        fit(page, "saved")
        assert list(sitting.items.values_list("outcome", "amount")) == [("recommended", 100000)] * 2
        chair = at_the_desk(chromium, live_server.url, "dm.agra", width, language, complaints)
        chair.goto(f"{live_server.url}/sittings/{sitting.pk}/minutes/")
        fit(chair, "minutes")
        with chair.expect_navigation():
            chair.click(".decision button")
        assert Sitting.objects.get().state == "signed"
        jobs.run(WORK)
        chair.goto(f"{live_server.url}/sittings/{sitting.pk}/")
        fit(chair, "result")
        assert [waiting(case).step for case in cases] == ["accept", "accept"]
    assert complaints == []
