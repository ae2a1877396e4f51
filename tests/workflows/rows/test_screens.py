"""Lines inside a form as people see them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.files import PDF, an_allotment, proposal_data, take, waiting
from tests.journeys.walking import Walk
from tests.workflows.rows.lines import a_container
from workflows.models import Case


@pytest.fixture
def screens(chromium: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Callable[[int], Walk]]:
    settings.DEMONSTRATION = True
    for kind in ("proposal_letter", "cost_estimate"):
        (tmp_path / f"{kind}.pdf").write_bytes(PDF)
    walks: list[Walk] = []

    def at(width: int) -> Walk:
        walks.append(Walk(chromium, live_server.url, width, tmp_path))
        return walks[-1]

    yield at
    for each in walks:
        each.context.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 800, 1280])
def test_lines_are_written_on_a_phone_and_at_a_desk(width: int, screens: Callable[[int], Walk], with_lines: None) -> None:
    an_allotment()
    walk = screens(width)
    walk.become("dm.agra")
    walk.page.goto(f"{walk.address}/new/exhibition/")
    walk.fill({name: value for name, value in proposal_data().items() if name != "districts_shown"})
    walk.look("blank-lines")
    typed = a_container(freight="१,२०,०००")
    walk.fill({f"lines-1-{name}": value for name, value in typed.items()})
    walk.fill({"lines-2-bill": "SB 1002", "lines-2-freight": "बारह"})
    walk.press("button[value='more:lines']")
    assert walk.page.url.endswith("#id_lines")
    assert walk.page.locator("#id_lines").evaluate("table => table.getBoundingClientRect().top") < 60, "the page is at the table"
    walk.look("more-lines")
    walk.press("button[value=submit]")
    walk.look("faults")
    walk.page.click(".faults a[href='#id_lines-2-freight']")
    assert walk.page.evaluate("document.activeElement.name") == "lines-2-freight"
    walk.page.check("[name=lines-2-remove]")
    walk.attach(("proposal_letter", "cost_estimate"))
    walk.press("button[value=submit]")
    case = Case.objects.get()
    assert [line["freight"] for line in case.record.lines] == ["120000.00"]
    take(case, "returned", text="See.", about_1="venue", objection_1="Which hall?")
    walk.page.goto(f"{walk.address}/steps/{waiting(case).pk}/")
    walk.look("closed-lines")
    walk.page.goto(f"{walk.address}/files/{case.pk}/history/")
    walk.look("history")
