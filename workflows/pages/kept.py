"""What was typed into a page whose sign-in had ended: kept for the same officer, put back on the form, never carried out."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.csrf import _does_token_match  # type: ignore[attr-defined]
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows.pages import problems

# Longer than any form of ours that is filled to its limits; what is longer was typed by no officer.
LARGEST = 200_000
SALT = "typed and not signed"
# Who signed in last in this browser; it outlives the session, and opens nothing.
TYPIST, TYPIST_AGE = "typist", 30 * 24 * 60 * 60
KEPT, EARLIER = "kept", "earlier_secret"
SECRET_LENGTH, TOKEN_LENGTH = 32, 64


def sealed(request: HttpRequest) -> str:
    """Return what was sent, signed for the sign-in page to carry; empty when nothing was typed, nobody is known or it is too much.

    Numbers of persons, passwords and files are left out. The page's own token has passed, so whoever is or was signed in typed it.
    """
    who = str(request.user.pk) if request.user.is_authenticated else _typist(request)
    typed = problems.without_secrets(request.POST)
    if not who or not any(any(values) for values in typed.values()):
        return ""
    held = {"who": who, "inside": request.user.is_authenticated, **_held(request, typed)}
    blob = signing.dumps(held, salt=SALT, compress=True)
    return blob if len(blob) <= LARGEST else ""


def _held(request: HttpRequest, typed: dict[str, list[str]]) -> dict[str, Any]:
    return {"to": request.path, "page": page_of_form(request), "typed": typed}


def page_of_form(request: HttpRequest) -> str:
    """Return the address of ours on which the form stood, as the browser says it; else that to which it was sent."""
    said = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(said, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    path = urlsplit(said).path if here else ""
    return path if path.startswith("/") and not path.startswith("//") else request.path


def _typist(request: HttpRequest) -> str:
    return request.get_signed_cookie(TYPIST, default="", salt=SALT, max_age=TYPIST_AGE) or ""


def opened_with(request: HttpRequest, officer: Officer) -> str:
    """Return the secret of the pages that this officer opened before he signs in now; empty when somebody else did."""
    return str(request.META.get("CSRF_COOKIE") or "") if _typist(request) == str(officer.pk) else ""


def take_up(request: HttpRequest, officer: Officer) -> str:
    """Keep for the officer what the sign-in page carried, if he typed it, and return the page it belongs to; else empty."""
    blob = request.POST.get(KEPT, "")
    if not blob or len(blob) > LARGEST:
        return ""
    try:
        held = signing.loads(blob, salt=SALT, max_age=settings.SESSION_LONGEST)
    except signing.BadSignature:
        return ""
    if held.pop("who") != str(officer.pk):
        messages.warning(request, _("Somebody else had typed something on this computer. It was not kept, and nothing of it was signed."))
        return ""
    request.session[KEPT] = held
    return str(held["page"])


def remember(response: HttpResponseBase, officer: Officer) -> None:
    """Let this browser know who signed in last."""
    response.set_signed_cookie(
        TYPIST, str(officer.pk), salt=SALT, max_age=TYPIST_AGE, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
    )


def brought_back(request: HttpRequest, address: str) -> QueryDict | None:
    """Return, once, what the officer had typed for ``address`` before he had to sign in again, to be shown on its form."""
    held = request.session.get(KEPT)
    if not held or held["to"] != address or request.method != "GET":
        return None
    del request.session[KEPT]
    said = _("What you had typed stands on the form again. Numbers of persons and files are to be given anew.")
    proved, again = _("It is proved that it is you. Nothing was signed."), _("You are signed in again. Nothing was signed.")
    messages.warning(request, f"{proved if held.get('inside') else again} {said}")
    sent = QueryDict(mutable=True)
    for name, values in held["typed"].items():
        sent.setlist(name, values)
    return sent


def left_over(request: HttpRequest) -> list[str]:
    """Return, once, the words that belong to this page and that none of its forms took up, to be read and copied."""
    held = request.session.get(KEPT)
    if not held or held["page"] != request.path or request.method != "GET":
        return []
    del request.session[KEPT]
    return problems.sentences(held["typed"])


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose page is older than the sign-in. Its words come back on the form where it is proved that the officer typed them.

    Otherwise they are only shown: a form that somebody else's page sent must not fill ours.
    """
    if request.user.is_authenticated and (page := take_up(request, request.user)):
        return redirect(page)
    text = _("The page was open too long, or you signed in again elsewhere. Nothing was signed.")
    advice = _("A draft that was saved is safe. What you had typed now stands below: open the page again and copy it.")
    if _opened_it(request):
        request.session[KEPT] = _held(request, problems.without_secrets(request.POST))
        advice = _("Open the page again: what you had typed stands on its form. Numbers of persons and files are to be given anew.")
    back = page_of_form(request) if request.user.is_authenticated else request.path
    return problems.page(request, 403, _("Please open the page again"), text, advice=advice, back=back, typed=problems.typed(request))


def _opened_it(request: HttpRequest) -> bool:
    """Say whether the page that sent the form was opened by the same officer, in his sign-in before this one."""
    secret, token = request.session.get(EARLIER, ""), request.POST.get("csrfmiddlewaretoken", "")
    fits = len(secret) == SECRET_LENGTH and len(token) == TOKEN_LENGTH and token.isalnum() and token.isascii()
    return fits and request.user.is_authenticated and bool(_does_token_match(token, secret))
