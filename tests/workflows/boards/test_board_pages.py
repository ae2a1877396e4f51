"""Boards as pages: who reads which, and that every figure is the length of the list it opens."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.files import a_file

pytestmark = pytest.mark.django_db


def test_the_board_opens(client_for: Callable[[str], Client]) -> None:
    a_file(at="report")
    answer = client_for("odop.cell").get(reverse("state_board"))
    assert answer.status_code == 200
