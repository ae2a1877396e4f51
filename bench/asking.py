"""Requests without a network: a WSGI program is called with what a browser would send."""

from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench.clocks import aside
from programme.models import Officer
from workflows.pages.account import BACKEND
from workflows.sign_ins import SEEN, SINCE, SessionStore

TOKEN = "b" * 32


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str


class Desk:
    """A browser in which one officer is signed in, reading in Hindi."""

    def __init__(self, program: Any, username: str, now: int) -> None:
        officer = Officer.objects.get(username=username)
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(officer.pk), BACKEND
        session[HASH_SESSION_KEY], session[SINCE], session[SEEN] = officer.get_session_auth_hash(), now, now
        session.save()
        self.program, self.officer = program, officer
        self.cookies = {settings.SESSION_COOKIE_NAME: session.session_key, settings.CSRF_COOKIE_NAME: TOKEN}

    def ask(self, address: str, typed: dict[str, Any] | None = None) -> Answer:
        with aside():
            environ = self._environ(address, typed)
        told: list[Any] = []
        response = self.program(environ, lambda status, headers: told.extend([status, headers]))
        whole = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        with aside():
            for name, value in told[1]:
                if name == "Set-Cookie":
                    self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
            return Answer(int(told[0][:3]), dict(told[1]), whole.decode())

    def _environ(self, address: str, typed: dict[str, Any] | None) -> dict[str, Any]:
        path, _mark, query = address.partition("?")
        body = urlencode({**typed, "csrfmiddlewaretoken": TOKEN}, doseq=True).encode() if typed is not None else b""
        return {
            "REQUEST_METHOD": "GET" if typed is None else "POST", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "localhost",
            "SERVER_PORT": "80", "HTTP_HOST": "localhost", "wsgi.url_scheme": "http", "wsgi.input": BytesIO(body), "wsgi.errors": BytesIO(),
            "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/x-www-form-urlencoded", "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
