"""Long work as it is watched: with the script the page goes on by itself, and without it the browser asks again."""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from programme.models import Officer
from tests.files import officer
from tests.workflows.long_work import TABLE, letters
from workflows import jobs
from workflows.models import Pulse
from workflows.pages.account import BACKEND
from workflows.work import WORK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright runs its own event loop in this thread, and Django would take every query for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.mark.parametrize("script", [True, False])
def test_the_page_of_a_running_job_ends_as_the_result(
    script: bool, chromium: Browser, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WORK, "letters", TABLE["letters"])
    Officer.objects.filter(username="dm.agra").update(language="en")
    Pulse.objects.create(name="worker", at=timezone.now())
    job = letters(4, r4={"end": "refusal"}, each={"seconds": 0.02})
    client = Client()
    client.force_login(officer("dm.agra"), backend=BACKEND)
    context = chromium.new_context(java_script_enabled=script, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key, "url": live_server.url}])
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": live_server.url}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/jobs/{job.pk}/")
    page.wait_for_selector("progress[value='0']")
    if script:
        assert Axe().run(page).violations_count == 0
    jobs.run(TABLE, seconds=0.01)
    page.wait_for_selector("progress[value='1']", timeout=8000)
    jobs.run(TABLE)
    page.wait_for_selector("text=Try the rows that were not done again", timeout=8000)
    assert page.locator("[data-running]").count() == 0
    assert page.locator(".tag.look").inner_text() == "Refused"
    if script:
        assert Axe().run(page).violations_count == 0
    context.close()
    assert complaints == []
