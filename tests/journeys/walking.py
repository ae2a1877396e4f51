"""One person at a time at one screen: signs in, writes, decides, and every page seen is checked for access, width and complaints."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from programme.money import rupees
from tests.files import PDF
from workflows import jobs
from workflows.models import Case, Movement
from workflows.work import WORK

# Playwright runs its own event loop in this thread, and Django would take every query for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
PICTURES = os.environ.get("PICTURES", "")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIGN = "#decision button:not([type=button])"
SUBMIT = "button[value=submit]"


def fit(page: Page, name: str, script: bool = True) -> None:
    """Fail when the page is wider than the screen, or breaks a rule of access. Axe itself needs a page that runs scripts."""
    if script:
        found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} is wider than the screen"


class Walk:
    """A browser of one width, in which people sign in one after another: in Hindi on a phone, in English on a desk."""

    def __init__(self, browser: Browser, address: str, width: int, papers: Path) -> None:
        self.browser, self.address, self.width, self.papers = browser, address, width, papers
        self.language = "hi" if width < 500 else "en"
        self.complaints: list[str] = []
        self.seen, self.script = 0, True
        self.context = self._context()
        self.page: Page = self._page(self.context)

    def _context(self, **options: Any) -> BrowserContext:
        return self.browser.new_context(viewport={"width": self.width, "height": 844}, **options)

    def _page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    @contextmanager
    def without_script(self) -> Iterator[None]:
        """Go on as the same person in a browser that runs no script."""
        context, page, self.script = self.context, self.page, False
        self.context = self._context(java_script_enabled=False, storage_state=context.storage_state())
        self.page = self._page(self.context)
        yield
        self.context.close()
        self.context, self.page, self.script = context, page, True

    def become(self, username: str) -> None:
        self.context.clear_cookies()
        self.page.goto(f"{self.address}/sign-in/")
        with self.page.expect_navigation():
            # The people further down are folded away; a click on the element itself reaches them.
            self.page.locator(f"button[value='{username}']").evaluate("button => button.click()")
        if self.page.locator("html").get_attribute("lang") != self.language:
            self.press(f"button[name=language][value={self.language}]")
        self.look(f"inbox-{username}")

    def look(self, name: str) -> None:
        self.seen += 1
        if PICTURES:
            self.page.screenshot(path=f"{PICTURES}/{self.width}-{self.seen:02}-{name}.png", full_page=True)
        fit(self.page, name, self.script)

    def visit(self, path: str, name: str) -> None:
        self.page.goto(f"{self.address}{path}")
        self.look(name)

    def open(self, case: Case) -> None:
        self.visit(f"/files/{case.pk}/", f"file-{waiting_step(case)}")

    def begin(self, process: str) -> None:
        """Open a new file of a process from the list of those the officer may open."""
        self.visit("/new/", "new")
        self.press(f"a[href='/new/{process}/']")
        self.look(f"new-{process}")

    def press(self, selector: str) -> int:
        """Press what leads to another page, and return how that was answered."""
        with self.page.expect_navigation() as answer:
            self.page.click(selector)
        return answer.value.status if answer.value else 200

    def refused(self, selector: str, at: str, sentence: str = "") -> None:
        """Send what is refused with a sentence at the field ``at``; in English also with which."""
        assert self.press(selector) == 422
        self.look(f"refused-{at}")
        said = self.page.inner_text(f"[id='id_{at}_error']").strip()
        assert said and sentence in said, f"at {at} the page says: {said}"
        assert self.page.locator(f".faults a[href='#id_{at}']").count() == 1, "the summary leads to the field"

    def choose(self, outcome: str, **typed: Any) -> None:
        self.page.check(f"input[name=outcome][value={outcome}]")
        if any(name.startswith("objection") for name in typed):
            self.page.click("#decision details summary")
        self.fill(typed)

    def decide(self, case: Case, outcome: str, *, amount: Decimal | None = None, **typed: Any) -> None:
        """Read the file, which must say the amount, and decide."""
        self.open(case)
        if amount is not None:
            self.shows(amount)
        self.choose(outcome, **typed)
        assert self.press(SIGN) == 200
        self.look(f"after-{outcome}")

    def start_writing(self, case: Case) -> None:
        """Open the page of a step that has one of its own."""
        self.open(case)
        self.press("#decision a.button")
        self.look(f"form-{waiting_step(case)}")

    def write(self, case: Case, papers: tuple[str, ...] = (), **typed: Any) -> None:
        self.start_writing(case)
        self.fill(typed)
        self.attach(papers)
        assert self.press(SUBMIT) == 200
        self.look("after-submit")

    def attach(self, kinds: tuple[str, ...]) -> None:
        for kind in kinds:
            self.attach_to(f"input[name=paper_{kind}]", kind)

    def attach_to(self, selector: str, kind: str) -> None:
        paper = self.papers / f"{kind}.pdf"
        paper.write_bytes(PDF + kind.encode() + b"\n%%EOF\n")
        self.page.set_input_files(selector, paper)

    def fill(self, typed: dict[str, Any]) -> None:
        """Type what has a value; what is empty stays as the page has it."""
        for name, value in typed.items():
            field = self.page.locator(f"[name='{name}']").first
            kind = field.get_attribute("type")
            if value in ("", None) or kind == "hidden":
                continue
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option([str(each) for each in value] if isinstance(value, list) else str(value))
            elif kind == "checkbox":
                for each in value:
                    self.page.check(f"[name='{name}'][value='{each}']")
            elif kind == "radio":
                self.page.check(f"[name='{name}'][value='{value}']")
            else:
                field.fill(str(value))

    def value(self, name: str) -> str:
        return self.page.input_value(f"[name='{name}']")

    def watch_the_work(self, name: str) -> None:
        """Let the worker do what waits, and see the page of the work go on by itself to the result."""
        self.look(name)
        jobs.run(WORK)
        self.page.wait_for_selector("[data-running]", state="detached")
        self.look(f"{name}-done")

    def shows(self, amount: Decimal) -> None:
        """Fail when the page does not say this amount in rupees."""
        assert rupees(amount) in self.page.inner_text("main"), f"{rupees(amount)} is not on {self.page.url}"


def waiting_step(case: Case) -> str:
    return Movement.objects.filter(case=case, disposed=None).values_list("step", flat=True).first() or "ended"
