"""What every answer has: an ETag, no place in a shared cache, and a problem document (RFC 9457) when something is wrong."""

from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from workflows import readings
from workflows.api.signing_in import REALM, BearerToken, SignedIn, WithinScope
from workflows.authority import Refusal
from workflows.pages import problems


class ForPrograms:
    """What all addresses of the interface share. ``resource`` is what a token must have been made for."""

    resource = ""
    authentication_classes = [BearerToken, SignedIn]
    permission_classes = [WithinScope]
    renderer_classes = [JSONRenderer]
    http_method_names = ["get", "head"]

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        patch_vary_headers(answer, ["Authorization", "Cookie", "Accept-Language"])
        # What a browser was given for a session is kept nowhere, as no page is; a program asks again with its ETag.
        patch_cache_control(answer, private=True, **({"no_cache": True} if getattr(request, "auth", None) else {"no_store": True}))
        if answer.status_code == 200:
            page = request.resolver_match.url_name or ""
            readings.record(request.user, page=page, address=request.get_full_path(), case=self.kwargs.get("pk"))  # type: ignore[attr-defined]
            answer.add_post_render_callback(lambda rendered: _unless_known(request._request, rendered))
        return answer


def _unless_known(request: Any, rendered: Any) -> HttpResponse | None:
    """Return 304 without a body when the reader holds exactly this answer."""
    etag = f'"{sha256(rendered.content).hexdigest()[:32]}"'
    rendered.headers["ETag"] = etag
    known = get_conditional_response(request, etag=etag, response=rendered)
    if known is not None and known is not rendered:
        for name in ("Cache-Control", "Vary", "Content-Language"):
            if rendered.has_header(name):
                known.headers[name] = rendered.headers[name]
    return known


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error as a problem document in the reader's language; ``None`` for a fault of ours, which Django reports."""
    if isinstance(error, Refusal):
        return _told(403, _("You may not do this"), str(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        return _told(400, _("This request cannot be read"), _("Something in the address is not as it has to be."), errors=error.detail)
    if isinstance(error, exceptions.Throttled):
        return _throttled(int(error.wait or 1))
    title, text = _words(error)
    headers = {"WWW-Authenticate": _challenge(error)} if error.status_code in (401, 403) else {}
    named = {"errors": error.detail} if isinstance(error.detail, dict) else {}
    return _told(error.status_code, title, text, headers=headers, **named)


def _words(error: exceptions.APIException) -> tuple[str, str]:
    if isinstance(error, exceptions.NotAuthenticated):
        return _("Sign in, or send a token"), _("This address is open to officers who are signed in, and to programs with their token.")
    said = {
        401: (_("Sign in, or send a token"), str(error.detail)),
        403: (_("You may not do this"), str(error.detail)),
        404: (_("There is nothing here for you"), _("The address is wrong, or it belongs to a file that your office does not hold.")),
        405: (_("This can only be read"), _("The interface knows GET alone.")),
        406: (_("Only JSON is given here"), _("Ask for application/json.")),
    }
    return said.get(error.status_code, (_("This request cannot be read"), str(error.detail)))


def _challenge(error: exceptions.APIException) -> str:
    if error.status_code == 403:
        return f'{REALM}, error="insufficient_scope"'
    return f'{REALM}, error="invalid_token"' if isinstance(error, exceptions.AuthenticationFailed) else REALM


def _throttled(wait: int) -> Response:
    text = ngettext("Ask again in %(count)s second.", "Ask again in %(count)s seconds.", wait) % {"count": wait}
    return _told(429, _("Too many calls in this minute"), text, headers={"Retry-After": str(wait)})


def _told(status: int, title: str, text: str, *, headers: dict[str, str] | None = None, **more: Any) -> Response:
    return Response({**problems.document(status, title, text), **more}, status=status, headers=headers, content_type=problems.PROBLEM_JSON)
