import time

import pytest
from django.urls import reverse

from workflows.models import SignIn

MINUTE = 60


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """A clock of the session middleware that the test moves forward, in minutes."""
    began = time.time()
    now = {"minutes": 0.0}
    monkeypatch.setattr("project.signed_in.time.time", lambda: began + now["minutes"] * MINUTE)

    def move_to(minutes: float) -> None:
        now["minutes"] = minutes

    return move_to


def stored() -> str:
    return SignIn.objects.get().session_data


@pytest.mark.django_db
def test_a_page_does_not_write_the_session_unless_its_time_runs_down(client_for, clock) -> None:
    client = client_for("dm.agra")
    client.get(reverse("inbox"))
    first = stored()
    clock(4)
    client.get(reverse("inbox"))
    assert stored() == first
    clock(6)
    client.get(reverse("inbox"))
    assert stored() != first


@pytest.mark.django_db
def test_a_sign_in_ends_after_eight_hours_however_busy(client_for, clock) -> None:
    client = client_for("dm.agra")
    for minutes in range(0, 8 * 60, 20):
        clock(minutes)
        assert client.get(reverse("inbox")).status_code == 200
    clock(8 * 60)
    assert client.get(reverse("inbox")).status_code == 302


@pytest.mark.django_db
def test_a_sign_in_ends_after_half_an_hour_of_nothing(client_for) -> None:
    client = client_for("dm.agra")
    client.get(reverse("inbox"))
    age = (SignIn.objects.get().expire_date.timestamp() - time.time()) / MINUTE
    assert 29 < age <= 30
