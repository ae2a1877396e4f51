"""What waits for me: one list, the late ones first."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows import deadlines, inbox, jobs
from workflows.pages import frame
from workflows.pages.drafts import drafts_of
from workflows.pages.frame import OfficerRequest, for_officers, other_charges, page_of, search_words, show
from workflows.pages.jobs import titled
from workflows.pages.problems import SAFE, only


@only(*SAFE)
@for_officers
def waiting(request: OfficerRequest) -> HttpResponse:
    """Show the files that wait at the officer's offices, in the order they fall due; nothing is written."""
    chosen = request.GET.get("filter", "")
    chosen = chosen if chosen in inbox.FILTERS else ""
    words = search_words(request)
    counts = frame.counts(request)
    rows = inbox.waiting(request.user, standing=chosen, q=words).select_related("case__office__designation", "case__office__district")
    page = page_of(request, rows, total=None if words else getattr(counts, chosen or "all"))
    now = timezone.now()
    context = {
        "cards": [
            ("late", counts.late, _("Beyond time")),
            ("soon", counts.soon, _("Due in 3 working days")),
            ("in_time", counts.in_time, _("In time")),
            ("", counts.all, _("All")),
        ],
        "chosen": chosen,
        "words": words,
        "page": page,
        "rows": [(movement, deadlines.standing(movement, now), movement.node) for movement in page],
        "charges": other_charges(request.user),
        "drafts": drafts_of(request.user),
        "jobs": titled(jobs.recent(request.user)[:3]),
        "now": now,
    }
    return show(request, "inbox.html", context, tab="inbox")
