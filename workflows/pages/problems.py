"""When something cannot be done: a page that says why and what to do next, in the reader's language."""

import errno
import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from workflows.flows import VERSIONS
from workflows.forms.identity import identity_names

PROBLEM_JSON = "application/problem+json"
API = "/api/v"
# Never shown back to anybody, whatever form it came from.
SECRET_FIELDS = frozenset(
    {
        "csrfmiddlewaretoken",
        "kept",
        "shown",
        "code",
        "password",
        "password1",
        "password2",
        "old_password",
        "new_password1",
        "new_password2",
    }
)


def page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    """Render a problem page, for a program a problem document.

    It asks the database nothing, so that it also stands when the database does not.
    """
    if request.path.startswith(API):
        return JsonResponse(document(status, title, text), status=status, content_type=PROBLEM_JSON)
    context = {"title": title, "text": text, "status": status, "source_url": settings.SOURCE_URL, **more}
    return render(request, "workflows/problem.html", context, status=status)


def document(status: int, title: str, text: str) -> dict[str, Any]:
    """Return a problem as RFC 9457 says it."""
    return {"type": "about:blank", "title": title, "status": status, "detail": text}


def only(*methods: str) -> Callable[..., Any]:
    """Let a page be asked for by these methods alone; any other way is answered with a page that says so."""

    def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method in methods:
                return view(request, *args, **kwargs)
            response = wrong_method(request)
            response.headers["Allow"] = ", ".join(methods)
            return response

        return answer

    return guard


SAFE = ("GET", "HEAD")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request)
    return page(request, 400, _("This request cannot be read"), _("The address or the form is damaged. Go back and try once more."))


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """Answer a refusal with the reason that the authority gave."""
    return page(request, 403, _("You may not do this"), reason)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refused(request, _("Your charge does not include this page. If it should, ask the programme administrator."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request, 404, _("There is nothing here for you"), _("The address is wrong, or it belongs to a file that your office does not hold.")
    )


def wrong_method(request: HttpRequest) -> HttpResponse:
    return page(request, 405, _("This page opens another way"), _("Open it from the inbox or from the file, not by its address."))


def overtaken(request: HttpRequest, reason: str, back: str = "") -> HttpResponse:
    """Say who did what before; nothing of the later act was recorded."""
    text = _("Nothing was recorded now. Open the file to see where it stands.")
    return page(request, 409, _("Somebody was here before you"), reason, advice=text, back=back, typed=typed(request))


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 413, _("This is too large"), _("Papers may be up to 10 MB each, and 12 MB in one sending. Send them one by one."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something failed; of a disk that is full, which the machine's own people end and nobody else, say that."""
    if no_room(sys.exception()):
        text = _("The disk of this installation is full. Nothing of this was saved or signed. Tell the programme administrator.")
        return page(request, 507, _("There is no room left here"), text, typed=typed(request))
    text = _("The fault is ours and has been noted. Nothing was signed. Try again in a few minutes.")
    return page(request, 500, _("Something failed here"), text)


def no_room(fault: BaseException | None) -> bool:
    """Say whether a fault comes from a full disk: of papers, of PostgreSQL (its code 53100) or of SQLite."""
    while fault is not None:
        if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return True
        if getattr(fault, "sqlstate", "") == "53100" or getattr(fault, "sqlite_errorname", "") == "SQLITE_FULL":
            return True
        fault = fault.__cause__
    return False


def typed(request: HttpRequest) -> list[str]:
    """Return the sentences of a form that was sent, without marks, choices, secrets and numbers of persons."""
    return sentences(without_secrets(request.POST)) if request.method == "POST" else []


def sentences(sent: dict[str, list[str]]) -> list[str]:
    """Return what somebody wrote himself, not only chose."""
    return [value for values in sent.values() for value in values if len(value.split()) > 1]


def without_secrets(sent: QueryDict) -> dict[str, list[str]]:
    """Return what a form sent by its names, without secrets and numbers of persons."""
    hidden = SECRET_FIELDS | _identity_fields()
    # A row of a table on a form has its number before the name: partners-0-aadhaar.
    return {name: [str(value) for value in values] for name, values in sent.lists() if name.rpartition("-")[2] not in hidden}


@cache
def _identity_fields() -> frozenset[str]:
    """Return the names under which the forms of all processes take numbers of persons and units."""
    forms = [getattr(node, "form_class", None) for flow in VERSIONS.values() for node in flow.instance.nodes()]
    return frozenset(name for form in forms if form for name in identity_names(form))
