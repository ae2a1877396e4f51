"""Papers issued on a file: to read, to print, to save as PDF, and the public page to which their QR code leads."""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from programme.models.naming import in_language
from workflows.history import Issued, Paragraph
from workflows.letters import printing
from workflows.letters.letter import letter_of, title_of
from workflows.letters.standing import heading_of, proof_of, standing_of
from workflows.models import Case, Order, OrderKind, OrderPaper
from workflows.pages.frame import OfficerRequest, for_officers, readable_case, show
from workflows.pages.papers import handed_out
from workflows.pages.problems import SAFE, only


@only(*SAFE)
@for_officers
def order(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show the file's sanction order as a page to print; 404 until it is issued."""
    case = readable_case(request, pk)
    if case.order is None:
        raise Http404
    return _page(request, _issued(case, case.order.pk))


@only(*SAFE)
@for_officers
def letter(request: OfficerRequest, pk: int, letter: int) -> HttpResponse:
    """Show any paper issued on the file as a page to print."""
    return _page(request, _issued(readable_case(request, pk), letter))


@only(*SAFE)
@for_officers
def letter_pdf(request: OfficerRequest, pk: int, letter: int, language: str) -> HttpResponseBase:
    """Give a paper as PDF, made now if nobody asked before; the page to print instead where this server cannot make PDFs."""
    issued = _issued(readable_case(request, pk), letter)
    if language not in printing.LANGUAGES:
        raise Http404
    try:
        return handed_out(printing.printed(issued, language))
    except printing.NoPango:
        return _page(request, issued)


@only(*SAFE)
@never_cache
def public_order(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Tell anybody who holds a paper whether it is genuine and how it stands. It names no person and no subject."""
    issued = _with_file(Order.objects.filter(key=key)).first()
    if issued is None:
        raise Http404
    case = issued.case
    context = {
        "order": issued,
        "title": heading_of(issued),
        "standing": standing_of(issued),
        "process": case.flow_class.process_title,
        "proof": proof_of(issued),
        "government": in_language(case.state, "government"),
        "source_url": settings.SOURCE_URL,
    }
    return render(request, "workflows/public_order.html", context)


def _with_file(orders: Any) -> Any:
    return orders.select_related(
        "case__state", "case__district", "case__norm", "noting__office__designation__department", "noting__office__district", "noting__leaf"
    )


def _issued(case: Case, pk: int) -> Order:
    issued = _with_file(Order.objects.filter(case=case, pk=pk)).first()
    if issued is None:
        raise Http404
    return issued


def _page(request: OfficerRequest, issued: Order) -> HttpResponse:
    language = "hi" if (get_language() or "hi").startswith("hi") else "en"
    shown = letter_of(issued, language)
    context = {
        "case": issued.case,
        "order": issued,
        "title": shown.title,
        "letter": printing.body(shown, screen=True),
        "can_print": printing.can_print(),
        "pango": printing.PANGO,
        "languages": OrderPaper.LANGUAGES,
        "sizes": dict(issued.papers.values_list("language", "size")),
    }
    return show(request, "order.html", context, tab="files")


def papers_issued(paragraphs: list[Paragraph]) -> list[tuple[Issued, str]]:
    """Return the papers that a file's paragraphs issued, with their titles, as its pages list them."""
    issued = [paragraph.order for paragraph in paragraphs if paragraph.order]
    titled = [(order, title_of(OrderKind(order.kind), order.amount)) for order in issued]
    return [(order, _("%(title)s %(number)s") % {"title": title, "number": order.number}) for order, title in titled]
