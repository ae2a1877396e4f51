"""From sign-in to a signed decision and the next file, with the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import CDPSession, Page

from tests.files import a_file
from tests.journeys.walking import Walk, waiting_step
from tests.workflows.bulk_files import exhibitions, own_days
from workflows import jobs
from workflows.models import Case
from workflows.work import WORK

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ALT = 1


class Keyboard:
    """Hands that touch no mouse: Tab, Enter, the space bar, letters, and the digits of the help page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wire: CDPSession = page.context.new_cdp_session(page)

    def digit(self, digit: str) -> None:
        """Press Alt and a digit, as Chrome and Edge want it on Windows."""
        key = {"key": digit, "code": f"Digit{digit}", "windowsVirtualKeyCode": ord(digit), "modifiers": ALT}
        self.wire.send("Input.dispatchKeyEvent", {"type": "keyDown", "unmodifiedText": digit, **key})
        self.wire.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})

    def leads(self, press: Callable[[], None]) -> None:
        with self.page.expect_navigation():
            press()

    def tab_to(self, selector: str, most: int = 40) -> int:
        """Press Tab until the element has the focus, and return how often; every stop on the way must be seen."""
        for presses in range(1, most + 1):
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(SEEN), f"what has the focus is not seen: {self.page.evaluate(WHAT)}"
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return presses
        raise AssertionError(f"{most} presses of Tab do not lead to {selector}")

    def at(self) -> str:
        return self.page.evaluate(WHAT)


WHAT = "document.activeElement.id || document.activeElement.outerHTML.slice(0, 120)"
# In the middle of what has the focus stands that element itself, or a part or the label of it, and nothing that covers it.
SEEN = """() => {
  const e = document.activeElement, b = e.getBoundingClientRect();
  const top = document.elementFromPoint(b.left + b.width / 2, b.top + Math.min(b.height, 40) / 2);
  return !!top && (e.contains(top) || top.contains(e) || [...(e.labels || [])].some((label) => label.contains(top)));
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_from_sign_in_to_a_signed_decision_and_the_next_file(width: int, walk: Callable[[int], Walk]) -> None:
    first, second, third = a_file(title="First"), a_file(title="Second", **own_days(9)), a_file(title="Third", **own_days(20))
    hands = walk(width)
    hands.page.goto(f"{hands.address}/sign-in/")
    keys = Keyboard(hands.page)
    keys.page.locator("details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    keys.tab_to("button[value='odop.cell']", most=80)
    keys.leads(lambda: keys.page.keyboard.press("Enter"))
    hands.look("inbox")

    keys.page.keyboard.press("Tab")
    assert keys.page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    keys.page.keyboard.press("Tab")
    keys.page.keyboard.press("Enter")
    assert keys.page.evaluate("location.hash") == "#list"
    assert keys.tab_to(f"a[href^='/files/{first.pk}/']", most=3) <= 2, "the tick, then the first file"
    keys.leads(lambda: keys.digit("2"))
    assert keys.page.url.endswith(f"/files/{first.pk}/?filter=all")

    keys.leads(lambda: keys.digit("6"))
    assert f"/files/{second.pk}/" in keys.page.url, "skipped without deciding"
    keys.leads(lambda: keys.digit("7"))
    assert f"/files/{first.pk}/" in keys.page.url and keys.at() == "main"

    decide(keys)
    assert waiting_step(first) == "concur"
    assert f"/files/{second.pk}/?filter=all" in keys.page.url and keys.at() == "main"
    hands.look("the-next-file")
    decide(keys)
    assert waiting_step(second) == "concur" and f"/files/{third.pk}/" in keys.page.url
    keys.leads(lambda: keys.digit("1"))
    assert keys.page.url == f"{hands.address}/"
    keys.digit("4")
    assert keys.at() == "q"
    keys.leads(lambda: keys.digit("0"))
    assert keys.page.url.endswith("/help/keys/")
    hands.look("keys")


def decide(keys: Keyboard) -> None:
    """Go to the decision, choose the first way with the space bar, and sign."""
    keys.digit("5")
    assert keys.page.evaluate("location.hash") == "#decision"
    keys.tab_to("#decision input[type=radio]", most=1)
    keys.page.keyboard.press("Space")
    assert keys.page.is_checked("input[name=outcome][value=recommended]")
    assert keys.tab_to("#id_amount_recommended", most=1) == 1
    keys.tab_to("#id_text", most=1)
    keys.page.keyboard.type("Within the norm.")
    keys.tab_to("#decision .signs button", most=8)
    keys.leads(lambda: keys.page.keyboard.press("Enter"))


def test_ticked_files_are_signed_together_with_the_keyboard_and_with_the_finger(walk: Callable[[int], Walk]) -> None:
    cases = exhibitions(4)
    desk = walk(1280)
    desk.become("odop.cell")
    keys = Keyboard(desk.page)
    for case in cases[:2]:
        keys.tab_to(f"input[name=stay][aria-label='{case.number}']")
        keys.page.keyboard.press("Space")
    keys.tab_to("form[action='/together/'] .actions button")
    keys.leads(lambda: keys.page.keyboard.press("Enter"))
    desk.look("together")
    keys.digit("5")
    keys.tab_to("#id_text", most=1)
    keys.page.keyboard.type("Within the norm.")
    keys.tab_to("#decision .signs button", most=1)
    keys.leads(lambda: keys.page.keyboard.press("Enter"))
    desk.watch_the_work("together-signed")

    phone = walk(390)
    phone.become("odop.cell")
    for case in cases[2:]:
        box = phone.page.locator(f"label:has([aria-label='{case.number}'])").bounding_box()
        assert box and min(box["width"], box["height"]) >= 44
        phone.page.check(f"[aria-label='{case.number}']")
    phone.press("form[action='/together/'] .actions button:not([name])")
    phone.look("together")
    with phone.without_script():
        phone.visit("/", "inbox")
        phone.press("button[name=pick]")
        phone.look("all-together")
        phone.press("#decision .signs button")
        phone.look("together-signed")
        jobs.run(WORK)
    assert [waiting_step(case) for case in Case.objects.order_by("pk")] == ["concur"] * 4
