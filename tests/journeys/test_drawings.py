"""The drawn processes open in bpmn-js, as anybody's modeller would open them, without a warning."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from workflows.flows import FLOWS

pytestmark = pytest.mark.browser
VIEWER = Path(os.environ.get("BPMN_MODULES", "/nowhere")) / "node_modules/bpmn-js/dist/bpmn-viewer.production.min.js"


@pytest.mark.parametrize("slug", sorted(FLOWS))
def test_a_drawing_opens_without_a_warning(slug: str, chromium: Browser) -> None:
    if not VIEWER.exists():
        pytest.skip("bpmn-js is not installed (npm install bpmn-js, and BPMN_MODULES=its folder)")
    page = chromium.new_page()
    page.set_content("<div id='canvas' style='width:1600px;height:900px'></div>")
    page.add_script_tag(path=str(VIEWER))
    drawing = (settings.BASE_DIR / f"docs/processes/{slug}.bpmn").read_text(encoding="utf-8")
    opened = page.evaluate(
        """async drawing => {
            const viewer = new BpmnJS({ container: '#canvas' });
            const { warnings } = await viewer.importXML(drawing);
            const shapes = viewer.get('elementRegistry').filter(element => element.type !== 'label').length;
            viewer.get('canvas').zoom('fit-viewport');
            return { warnings: warnings.map(String), shapes };
        }""",
        drawing,
    )
    if pictures := os.environ.get("PICTURES"):
        page.screenshot(path=f"{pictures}/{slug}.png")
    page.close()
    nodes = FLOWS[slug].in_order()
    arrows = sum(len(list(node._outgoing())) for node in nodes)
    assert opened == {"warnings": [], "shapes": len(nodes) + arrows + 1}
