"""Who asks: a program with an officer's token, or the officer's own signed-in browser."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from programme.models import Officer
from workflows import tokens
from workflows.models import AccessToken

REALM = 'Bearer realm="karyapravah"'


class BearerToken(BaseAuthentication):
    """``Authorization: Bearer kp_…``. Every call of a token is counted here, whatever comes of it."""

    def authenticate(self, request: Request) -> tuple[Officer, AccessToken] | None:
        said = get_authorization_header(request).split()
        if not said:
            return None
        token = tokens.holder_of(said[1].decode("latin-1")) if len(said) == 2 and said[0].lower() == b"bearer" else None
        if token is None:
            raise AuthenticationFailed(_("This token is not known, has ended or has expired. Make a new one under “My settings”."))
        if wait := tokens.count_call(token):
            raise Throttled(wait)
        request._request.called_by = token.officer_id
        return token.officer, token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class SignedIn(BaseAuthentication):
    """The session of the pages. Nothing can be written here, so that a forged call would win nothing."""

    def authenticate(self, request: Request) -> tuple[Officer, None] | None:
        officer = request._request.user
        return (officer, None) if isinstance(officer, Officer) and officer.is_active else None


class WithinScope(BasePermission):
    """A token reads what it was made for; a session reads all that its officer may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user or not request.user.is_authenticated:
            return False
        self.message = _("This token was not made for: %(resource)s.") % {"resource": tokens.Resource(view.resource).label}
        return request.auth is None or view.resource in request.auth.scope


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema names the token."""

    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema names the session."""

    target_class = SignedIn
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
