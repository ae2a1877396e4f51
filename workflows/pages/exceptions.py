"""Exceptions for auditors: how many of each kind, and what shows each of them; and the notings by their words. Nothing is blocked."""

from typing import Any

from django.http import Http404, HttpResponse

from workflows.audit import notings
from workflows.audit.exceptions import KINDS, MOST, counted
from workflows.audit.reading import files_of
from workflows.pages import filling
from workflows.pages.audited import AuditorRequest, kept, of_one_state
from workflows.pages.frame import for_officers, page_of, search_words, show
from workflows.pages.problems import SAFE, only
from workflows.pages.windows import NotingForm, WindowForm
from workflows.searching import finding


@only(*SAFE)
@for_officers
@of_one_state
def exceptions(request: AuditorRequest) -> HttpResponse:
    """Count every kind of exception in the window."""
    form, valid = _form(request, WindowForm)
    context: dict[str, Any] = {"rows": [], "most": MOST}
    if valid:
        counted_at, counts = counted(request.user, form.window)
        context |= {"rows": [(kind, counts[kind.code]) for kind in KINDS.values()], "counted_at": counted_at}
    return _shown(request, "exceptions.html", form, context)


@only(*SAFE)
@for_officers
@of_one_state
def of_kind(request: AuditorRequest, code: str) -> HttpResponse:
    """List the exceptions of one kind, each with its evidence."""
    form, valid = _form(request, WindowForm)
    if code not in KINDS:
        raise Http404
    kind = KINDS[code]
    page = page_of(request, kind.found(form.window, files_of(request.user, request.audited)) if valid else [])
    hits = kind.told(list(page), form.window) if valid else []
    return _shown(request, "exceptions_of_kind.html", form, {"kind": kind, "page": page, "hits": hits})


@only(*SAFE)
@for_officers
@of_one_state
def search(request: AuditorRequest) -> HttpResponse:
    """List the notings in which the words stand."""
    form, valid = _form(request, NotingForm)
    words = search_words(request)
    rows: Any = []
    more = False
    if valid:
        rows, more = notings.found(words, form.window, files_of(request.user, request.audited), form.cleaned_data["outcome"])
    page = page_of(request, rows)
    hits = [(noting, finding.snippet_of(noting, words)) for noting in page]
    return _shown(request, "audit_notings.html", form, {"page": page, "hits": hits, "sought": words, "most": notings.MOST if more else 0})


def _form(request: AuditorRequest, form_class: type[Any]) -> tuple[Any, bool]:
    form = form_class(request.GET, state=request.audited)
    return form, form.is_valid()


def _shown(request: AuditorRequest, template: str, form: WindowForm, context: dict[str, Any]) -> HttpResponse:
    valid = form.is_valid()
    told = {
        "form": form,
        "window": form.window if valid else None,
        "address": kept(request, form.address),
        "faults": filling.faults(form),
        **context,
    }
    return show(request, template, told, tab="exceptions", status=200 if valid else 400)
