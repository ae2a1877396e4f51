"""What tests of the door share: passwords, codes of a telephone that a test can read, and clocks that are put back."""

import time
from datetime import timedelta

from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from programme.models import Officer
from tests.files import officer
from workflows import factors
from workflows.models import Telephone
from workflows.pages import proof

PASSWORD = "a long enough password"


def with_password(username: str) -> Officer:
    found = officer(username)
    found.set_password(PASSWORD)
    found.save()
    return found


def a_browser(**more: str) -> Client:
    client = Client(**more)
    client.cookies["django_language"] = "en"
    return client


def sign_in(client: Client, username: str, password: str = PASSWORD, **more):
    answer = client.post(reverse("sign_in"), {"username": username, "password": password}, **more)
    client.cookies["django_language"] = "en"
    return answer


def later(minutes: float) -> None:
    """Let so much time pass for what was counted of wrong passwords."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=minutes))


def code_of(who: Officer) -> str:
    """Return what the telephone shows now, as if it had not shown it before."""
    device = Telephone.objects.filter(user=who).order_by("-pk").first()
    Telephone.objects.filter(pk=device.pk).update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    return f"{totp(device.bin_key):06}"


def with_factor(username: str) -> tuple[Officer, list[str]]:
    """Return the officer, who has a second factor now, and his recovery codes."""
    who = with_password(username)
    factors.begin(who)
    codes = factors.confirm(who, code_of(who))
    assert len(codes) == factors.CODES
    return who, codes


def long_ago(client: Client) -> None:
    """Make the last proof of who sits there older than a grave act takes."""
    session = client.session
    session[proof.PROVED] = int(time.time()) - 16 * 60
    session.save()
