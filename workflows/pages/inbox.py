"""The first page of every officer: what waits for him, one list, the late ones first; and what his other duties need."""

from datetime import datetime

from django.core.paginator import Page
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows import bulk, deadlines, inbox, jobs
from workflows.audit import observing
from workflows.authority import capacities
from workflows.exports.files import INBOX
from workflows.exports.linking import link
from workflows.pages import frame, home
from workflows.pages.drafts import drafts_of
from workflows.pages.frame import OfficerRequest, for_officers, other_charges, page_of, show
from workflows.pages.jobs import titled
from workflows.pages.problems import SAFE, only
from workflows.pages.questions import questions_to
from workflows.pages.stencil import stencil_of
from workflows.templatetags.words import digits_day, short_rupees

# So many drafts stand on the first page; a workbook may have made thousands.
FEW_DRAFTS = 10
_HOLES = ("pk", "address", "subject", "step", "number", "office", "district", "amount", "sender", "received", "limit")
_ROW = stencil_of("parts/stay.html", *_HOLES)


@only(*SAFE)
@for_officers
def waiting(request: OfficerRequest) -> HttpResponse:
    """Show the files that wait at the officer's offices, in the order they fall due; nothing is written."""
    officer = request.user
    choice = frame.list_named(request.GET)
    counts, now, prepares = frame.counts(request, first_page=True), timezone.now(), inbox.only_prepares(officer)
    page = _page(request, choice)
    can = sum(bool(bulk.ways(stay.node)) for stay in page)
    together, several = not prepares and (can > 1 or (can and page.has_other_pages())), len(capacities(officer)) > 1
    context = {
        "title": _title(officer, prepares),
        "at_a_desk": inbox.works_at_a_desk(officer),
        "cards": _cards(counts),
        "choice": choice,
        "words": choice.words,
        "page": page,
        "get_list": link(INBOX, page.paginator.count, query=choice.query),
        "rows": _rows(page, choice, now, together=bool(together), several=several, prepares=prepares),
        "prepares": prepares,
        "together": together,
        "most": bulk.MOST,
        "charges": other_charges(officer),
        "drafts": drafts_of(officer)[: FEW_DRAFTS + 1] if counts.drafts else [],
        "few_drafts": FEW_DRAFTS,
        "late_under": counts.under,
        "questions": questions_to(officer, now) if counts.questions else None,
        "observed": list(observing.awaiting(officer).prefetch_related("replies")) if counts.observed else [],
        "jobs": titled(jobs.recent(officer)[:3]) if counts.jobs else [],
        "signed": inbox.signed_last(officer) if choice.is_all and page.number == 1 else [],
        "sections": home.sections(officer) if choice.is_all else [],
        "now": now,
    }
    return show(request, "inbox.html", context, tab="inbox")


def _title(officer: Officer, prepares: bool) -> str:
    if prepares:
        return _("Waiting at your office")
    return _("Waiting for your decision") if inbox.works_at_a_desk(officer) else _("Home")


def _page(request: OfficerRequest, choice: inbox.Choice) -> Page:
    """Return the asked page of the list."""
    known = None if choice.words else getattr(frame.counts(request), choice.standing or "all")
    return page_of(request, inbox.Waiting(request.user, choice), total=known)


def _rows(page: Page, choice: inbox.Choice, now: datetime, **flags: bool) -> list[SafeString]:
    return [_row(stay, choice, now, first=not n, **flags) for n, stay in enumerate(page)]


def _row(stay: inbox.Line, choice: inbox.Choice, now: datetime, **flags: bool) -> SafeString:
    standing = deadlines.standing(stay, now)
    stencil = _ROW(kind=standing.kind, own_page=bool(stay.node.own_page), ticked=flags["together"] and bool(bulk.ways(stay.node)), **flags)
    return stencil.filled(
        {
            "pk": stay.pk,
            "address": f"{reverse('file', args=[stay.case_id])}?{choice.query}",
            "subject": stay.subject,
            "step": stay.node.title,
            "number": stay.number,
            "office": stay.office.name,
            "district": stay.district.name if stay.district else "—",
            "amount": short_rupees(stay.amount),
            "sender": stay.came_from.name,
            "received": digits_day(stay.received),
            "limit": standing.text or "—",
        }
    )


def _cards(counts: inbox.Counts) -> list[tuple[str, int, str]]:
    cards = [
        ("late", counts.late, _("Beyond time")),
        ("soon", counts.soon, _("Due in 3 working days")),
        ("in_time", counts.in_time, _("In time")),
        ("", counts.all, _("All")),
    ]
    return cards + [("returned", counts.returned, _("Returned to me"))] * (counts.returned > 0)
