from collections.abc import Callable

import pytest
from django.test import Client


@pytest.fixture
def client_for(client_for: Callable) -> Callable[[str], Client]:
    """Signed in as that officer, reading in English."""

    def sign_in(username: str) -> Client:
        client = client_for(username)
        client.cookies["django_language"] = "en"
        return client

    return sign_in
