"""The exhibition as people click it: in Hindi on a phone, in English on a desk, with no fault of access or of content policy."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from programme.calendar import today
from tests.files import PDF, an_allotment, proposal_data
from workflows.models import Case, Movement
from workflows.record.verifier import verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright runs its own event loop in this thread, and Django would take every query for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
PICTURES = os.environ.get("PICTURES", "")


class Walk:
    """One person at a time at one screen; every page seen is checked."""

    def __init__(self, browser: Browser, address: str, width: int, papers: Path) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 844})
        self.page: Page = self.context.new_page()
        self.address, self.width, self.papers = address, width, papers
        self.complaints: list[str] = []
        self.seen = 0
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def become(self, username: str, language: str) -> None:
        self.context.clear_cookies()
        self.page.goto(f"{self.address}/sign-in/")
        with self.page.expect_navigation():
            # The people further down are folded away; a click on the element itself reaches them.
            self.page.locator(f"button[value='{username}']").evaluate("button => button.click()")
        if self.page.locator("html").get_attribute("lang") != language:
            self.page.click(f"button[name=language][value={language}]")
        self.look(f"inbox-{username}")

    def look(self, name: str) -> None:
        self.seen += 1
        found = Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is wider than the screen"
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{self.width}-{self.seen:02}-{name}.png", full_page=True)

    def open(self, case: Case) -> None:
        self.page.goto(f"{self.address}/files/{case.pk}/")
        self.look(f"file-{waiting_step(case)}")

    def decide(self, case: Case, outcome: str, **typed: str) -> None:
        self.open(case)
        self.page.check(f"input[name=outcome][value={outcome}]")
        if any(name.startswith(("about", "objection")) for name in typed):
            self.page.click("details summary >> nth=0")
        self.fill(typed)
        self.page.click("#decision button:not([type=button])")
        self.look(f"after-{outcome}")

    def write(self, case: Case, papers: tuple[str, ...] = (), **typed: Any) -> None:
        self.open(case)
        self.page.click("#decision a.button")
        self.look(f"form-{waiting_step(case)}")
        self.fill(typed)
        self.attach(papers)
        self.page.click("button[value=submit]")
        self.look("after-submit")

    def attach(self, kinds: tuple[str, ...]) -> None:
        for kind in kinds:
            self.page.set_input_files(f"input[name=paper_{kind}]", self.papers / f"{kind}.pdf")

    def fill(self, typed: dict[str, Any]) -> None:
        for name, value in typed.items():
            field = self.page.locator(f"[name={name}]").first
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option([str(each) for each in value] if isinstance(value, list) else str(value))
            elif field.get_attribute("type") == "checkbox":
                for each in value:
                    self.page.check(f"[name={name}][value='{each}']")
            elif field.get_attribute("type") == "radio":
                self.page.check(f"[name={name}][value={value}]")
            else:
                field.fill(str(value))


def waiting_step(case: Case) -> str:
    return Movement.objects.filter(case=case, disposed=None).values_list("step", flat=True).first() or "ended"


@pytest.fixture
def walk(chromium: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Callable[[int], Walk]]:
    settings.DEMONSTRATION = True
    for kind in ("proposal_letter", "cost_estimate", "utilisation_certificate"):
        (tmp_path / f"{kind}.pdf").write_bytes(PDF + kind.encode() + b"\n%%EOF\n")
    walks: list[Walk] = []

    def begin(width: int) -> Walk:
        walks.append(Walk(chromium, live_server.url, width, tmp_path))
        return walks[-1]

    yield begin
    for each in walks:
        each.context.close()
        assert [text for text in each.complaints if "status of 4" not in text] == []


def test_an_exhibition_in_hindi_on_a_phone_from_the_proposal_to_the_certificate(walk: Callable[[int], Walk]) -> None:
    an_allotment()
    phone = walk(390)
    phone.become("dm.agra", "hi")
    phone.page.click("a[href='/new/exhibition/']")
    phone.look("proposal")
    typed = {**proposal_data(title="जनपद स्तरीय ओडीओपी प्रदर्शनी, आगरा"), "text": "स्वीकृति हेतु प्रस्तुत।"}
    phone.fill({name: value for name, value in typed.items() if name != "amount_asked"})
    phone.page.click(".actions button[value=save]")
    phone.look("draft-saved")
    phone.page.goto(f"{phone.address}/")
    phone.page.click("a[href*='/new/exhibition/'][href*='-']")
    assert phone.page.input_value("[name=venue]") == typed["venue"], "what was typed came back"
    phone.page.click("button[value=submit]")
    phone.look("proposal-with-faults")
    assert phone.page.locator("[role=alert] a, .error-summary a, .faults a").count() >= 3
    phone.fill({"amount_asked": "१८,५०,०००"})
    phone.attach(("proposal_letter", "cost_estimate"))
    phone.page.click("button[value=submit]")
    case = Case.objects.get()

    phone.become("odop.cell", "hi")
    phone.decide(case, "returned", text="कृपया दर का आधार दें।", about_1="amount_asked", objection_1="स्टॉल की दर अधिक है।")
    phone.become("dm.agra", "hi")
    phone.write(case, amount_asked="17,00,000")
    assert waiting_step(case) == "scrutinise"
    phone.become("odop.cell", "hi")
    phone.decide(case, "recommended")
    phone.become("finance", "hi")
    phone.decide(case, "concurred")
    phone.become("principal.secretary", "hi")
    phone.decide(case, "sanctioned")
    phone.page.goto(f"{phone.address}/files/{case.pk}/order/")
    phone.look("order")
    phone.become("dm.agra", "hi")
    phone.write(case, held_from=today(), held_to=today(), stalls_held=58, visitors=9000, outcome_report="सफल रही।")
    phone.write(case, ("utilisation_certificate",), amount_utilised="16,90,000", certificate_number="UC/7", certificate_date=today())
    phone.become("odop.cell", "hi")
    phone.decide(case, "accepted")
    phone.page.goto(f"{phone.address}/files/{case.pk}/history/")
    phone.look("history")

    case.refresh_from_db()
    assert case.ending == "closed"
    assert list(case.notings.order_by("paragraph").values_list("outcome", flat=True)) == [
        "submitted", "returned", "submitted", "recommended", "concurred", "sanctioned", "order_issued",
        "submitted", "submitted", "accepted",
    ]  # fmt: skip
    assert verify().findings == []


def test_an_exhibition_in_english_on_a_desk_prepared_by_the_dic_and_rejected(walk: Callable[[int], Walk]) -> None:
    an_allotment()
    desk = walk(1280)
    desk.become("dic.agra", "en")
    desk.page.click("a[href='/new/exhibition/']")
    desk.look("preparing")
    typed = proposal_data(amount_asked="9,00,000")
    desk.fill({name: value for name, value in typed.items() if name not in ("districts_shown",)})
    desk.attach(("proposal_letter", "cost_estimate"))
    assert desk.page.locator("button[value=submit]").count() == 0, "whoever prepares does not sign"
    desk.page.click(".actions button[value=save]")
    desk.become("dm.agra", "en")
    desk.page.click("a[href*='/new/exhibition/'][href*='-']")
    desk.look("for-signature")
    desk.page.click("button[value=submit]")
    case = Case.objects.get()
    desk.become("odop.cell", "en")
    desk.decide(case, "recommended", text="Within the norm.")
    desk.become("principal.secretary", "en")
    desk.open(case)
    desk.page.check("input[name=outcome][value=rejected]")
    desk.page.click("#decision button:not([type=button])")
    desk.look("reason-missing")
    assert "Write the reason" in desk.page.inner_text("main")
    desk.decide(case, "rejected", text="One exhibition a year is enough.")
    for name in ("files", "seals", "health"):
        desk.become({"files": "director", "seals": "auditor", "health": "administrator"}[name], "en")
        desk.page.goto(f"{desk.address}/{name}/")
        desk.look(name)
    desk.become("auditor", "en")
    desk.page.goto(f"{desk.address}/files/{case.pk}/history/")
    desk.look("history")
    case.refresh_from_db()
    assert case.ending == "rejected"
    assert case.notings.get(paragraph=1).prepared_by.username == "dic.agra"
