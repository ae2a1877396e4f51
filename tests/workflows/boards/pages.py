"""A board's page, with what it was made of."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from django.http import HttpResponse
from django.test import Client

from workflows.pages import board as page


def asked(client: Client, address: str, **query: str) -> HttpResponse:
    """Return the page in English; its ``shown`` are the board and the map that it shows."""
    shown: dict[str, Any] = {}

    def keeping(name: str) -> Callable[..., Any]:
        make = getattr(page, name)

        def make_and_keep(*given: Any, **more: Any) -> Any:
            shown[name] = make(*given, **more)
            return shown[name]

        return make_and_keep

    client.cookies["django_language"] = "en"
    with patch.multiple(page, **{name: keeping(name) for name in ("board", "map_of")}):
        answer: Any = client.get(address, query)
    answer.shown = shown
    return answer
