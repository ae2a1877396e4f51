from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from tests.journeys.walking import Walk
from workflows.models import Pulse


@pytest.fixture
def walk(chromium: Browser, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Callable[[int], Walk]]:
    """Return browsers by their width; at the end none of them may have complained."""
    settings.DEMONSTRATION = True
    Pulse.objects.create(name="worker", at=timezone.now())
    walks: list[Walk] = []

    def begin(width: int) -> Walk:
        walks.append(Walk(chromium, live_server.url, width, tmp_path))
        return walks[-1]

    yield begin
    for each in walks:
        each.context.close()
        assert [text for text in each.complaints if "status of 4" not in text] == []
