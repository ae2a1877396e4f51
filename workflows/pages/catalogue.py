"""The public catalogue: the products of a State and of each district, for everybody, signed in or not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from programme import catalogue
from programme.models import District, DossierEntry, Section, State
from programme.models.naming import in_language
from workflows import papers
from workflows.models import EntryPaper
from workflows.pages.problems import SAFE, only

KEPT = 300
PICTURES = (papers.JPEG, papers.PNG)


def for_everybody(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let caches keep the page for five minutes, except of somebody signed in; the address may name the language."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.GET.get("language", "")
        language = asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Cookie"])
        if SESSION_KEY not in request.session:
            response.headers["Cache-Control"] = f"public, max-age={KEPT}"
        return response

    return only(*SAFE)(answer)


@for_everybody
def states(request: HttpRequest) -> HttpResponse:
    """List the States with products."""
    return _page(request, "catalogue.html", {"states": catalogue.states_with_products()})


@for_everybody
def state(request: HttpRequest, short: str) -> HttpResponse:
    """Show every district of the State with its products by rank."""
    found = _state(short)
    return _page(request, "catalogue_state.html", {"districts": catalogue.districts_of(found)}, state=found)


@for_everybody
def district(request: HttpRequest, short: str, lgd: int) -> HttpResponse:
    """Show the products of one district, with what is public of each."""
    found = _state(short)
    place = get_object_or_404(District, pk=lgd, state=found)
    context = {"district": place, "products": _with_pictures(catalogue.products_of(place)), "brands": catalogue.brands_of(place)}
    return _page(request, "catalogue_district.html", context, state=found)


@for_everybody
def picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Give a photograph of a public entry, as nothing but a picture; its address is its own SHA-256, which nobody guesses."""
    for paper in EntryPaper.objects.filter(register=DossierEntry.REGISTER, sha256=sha256, content_type__in=PICTURES):
        if DossierEntry.objects.filter(pk=paper.entry, section=Section.PHOTOGRAPH, public=True, removed_why="").exists():
            return as_picture(paper)
    raise Http404


def as_picture(paper: EntryPaper) -> HttpResponseBase:
    """Answer with a picture that a browser shows and never runs; 404 when its file is gone."""
    try:
        stored = paper.stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(stored, content_type=paper.content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _with_pictures(products: list[catalogue.Shown]) -> list[catalogue.Shown]:
    """Find the pictures of each product's photographs; one query."""
    entries = {entry.pk: (shown, entry) for shown in products for entry in shown.product.photographs}  # type: ignore[attr-defined]
    found = EntryPaper.objects.filter(register=DossierEntry.REGISTER, entry__in=entries, content_type__in=PICTURES).order_by("pk")
    for paper in found:
        shown, entry = entries[paper.entry]
        shown.pictures.append((paper.sha256, entry.text))
    return products


def _state(short: str) -> State:
    found = State.of_short(short)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, template: str, context: dict[str, Any], *, state: State | None = None) -> HttpResponse:
    asked = request.GET.get("language", "")
    more = {
        "state": state,
        "visited": True,
        "government": in_language(state, "government") if state else "",
        "said": f"?language={asked}" if asked in dict(settings.LANGUAGES) else "",
        "source_url": settings.SOURCE_URL,
    }
    return render(request, f"workflows/{template}", {**context, **more})
