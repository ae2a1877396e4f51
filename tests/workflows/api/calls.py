"""Calls of the interface as a program makes them."""

from datetime import timedelta
from typing import Any

from django.test import Client

from programme.calendar import today
from programme.models import Officer
from tests.files import officer
from workflows import tokens
from workflows.tokens import Resource

V1 = "/api/v1/"


def key_of(username: str | Officer, *scope: str) -> str:
    """Make a token of the officer, for everything unless limited, and return its key."""
    by = officer(username) if isinstance(username, str) else username
    name = f"Program {by.tokens.count() + 1}"
    return tokens.make(name, scope or Resource.values, today() + timedelta(days=30), by=by).key


def ask(address: str, key: str = "", *, language: str = "en", **headers: str) -> Any:
    """Ask as a program that sends its token and its language."""
    said = {"Accept-Language": language, **({"Authorization": f"Bearer {key}"} if key else {}), **headers}
    return Client().get(address if address.startswith("/") or "://" in address else V1 + address, headers=said)


def everything(address: str, key: str) -> list[dict[str, Any]]:
    """Return the rows of all pages."""
    rows, following = [], V1 + address
    while following:
        answer = ask(following, key)
        assert answer.status_code == 200, answer.content
        said = answer.json()
        rows += said["results"]
        following = said["next"]
    return rows
