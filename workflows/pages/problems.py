"""When something cannot be done: a page that says why and what to do next, in the reader's language."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from workflows.flows import FLOWS
from workflows.forms.identity import identity_names

# Never shown back to anybody, whatever form it came from.
SECRET_FIELDS = frozenset({"csrfmiddlewaretoken", "password", "password1", "password2", "old_password", "new_password1", "new_password2"})


def page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    """Render a problem page. It asks the database nothing, so that it also stands when the database does not."""
    context = {"title": title, "text": text, "status": status, "source_url": settings.SOURCE_URL, **more}
    return render(request, "workflows/problem.html", context, status=status)


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
    text = _("The fault is ours and has been noted. Nothing was signed. Try again in a few minutes.")
    return page(request, 500, _("Something failed here"), text)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that stayed open longer than the session: show the words back, so that nothing typed is lost."""
    text = _("The page was open too long, or you signed in again elsewhere. Nothing was signed.")
    advice = _("A draft that was saved is safe. What you had typed now stands below: open the page again and copy it.")
    return page(request, 403, _("Please open the page again"), text, advice=advice, back=request.path, typed=typed(request))


def typed(request: HttpRequest) -> list[str]:
    """Return the sentences of a form that was sent, without marks, choices, secrets and numbers of persons."""
    if request.method != "POST":
        return []
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    hidden = SECRET_FIELDS | _identity_fields()
    # A row of a table on a form has its number before the name: partners-0-aadhaar.
    return [value for name, value in pairs if name.rpartition("-")[2] not in hidden and len(value.split()) > 1]


@cache
def _identity_fields() -> frozenset[str]:
    """Return the names under which the forms of all processes take numbers of persons and units."""
    forms = [getattr(node, "form_class", None) for flow in FLOWS.values() for node in flow.instance.nodes()]
    return frozenset(name for form in forms if form for name in identity_names(form))
