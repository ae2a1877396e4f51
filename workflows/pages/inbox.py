"""The first page of every officer: what waits for him, one list, the late ones first; and what his other duties need."""

from django.core.paginator import Page
from django.http import HttpResponse
from django.utils import timezone
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

# So many drafts stand on the first page; a workbook may have made thousands.
FEW_DRAFTS = 10


@only(*SAFE)
@for_officers
def waiting(request: OfficerRequest) -> HttpResponse:
    """Show the files that wait at the officer's offices, in the order they fall due; nothing is written."""
    officer = request.user
    choice = frame.list_named(request.GET)
    page = _page(request, choice)
    counts, now, prepares = frame.counts(request), timezone.now(), inbox.only_prepares(officer)
    rows = [(stay, deadlines.standing(stay, now), stay.node, bool(bulk.ways(stay.node))) for stay in page]
    can = sum(together for *_row, together in rows)
    context = {
        "title": _title(officer, prepares),
        "at_a_desk": inbox.works_at_a_desk(officer),
        "cards": _cards(counts),
        "choice": choice,
        "words": choice.words,
        "page": page,
        "get_list": link(INBOX, page.paginator.count, query=choice.query),
        "rows": rows,
        "prepares": prepares,
        "together": not prepares and (can > 1 or (can and page.has_other_pages())),
        "most": bulk.MOST,
        "charges": other_charges(officer),
        "several": len(capacities(officer)) > 1,
        "drafts": drafts_of(officer)[: FEW_DRAFTS + 1],
        "few_drafts": FEW_DRAFTS,
        "late_under": counts.under,
        "questions": questions_to(officer, now),
        "observed": list(observing.awaiting(officer).prefetch_related("replies")) if counts.observed else [],
        "jobs": titled(jobs.recent(officer)[:3]),
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
    rows = inbox.chosen(request.user, choice).select_related("case__office__designation", "case__office__district")
    return page_of(request, rows, total=None if choice.words else getattr(frame.counts(request), choice.standing or "all"))


def _cards(counts: inbox.Counts) -> list[tuple[str, int, str]]:
    cards = [
        ("late", counts.late, _("Beyond time")),
        ("soon", counts.soon, _("Due in 3 working days")),
        ("in_time", counts.in_time, _("In time")),
        ("", counts.all, _("All")),
    ]
    return cards + [("returned", counts.returned, _("Returned to me"))] * (counts.returned > 0)
