"""Notings by their words: every paragraph of the window that holds them, the newest first."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from workflows.audit.kinds import POST, in_window
from workflows.audit.window import Window
from workflows.models import Case, Noting
from workflows.searching import finding

# Nobody reads more of one search; counting them all would take longer than finding the newest.
MOST = 1000


def found(words: str, window: Window, files: QuerySet[Case], outcome: str = "") -> tuple[QuerySet[Noting], bool]:
    """Return the paragraphs on these files in which all words stand, and whether there are more than the newest ``MOST``.

    Without words all of the window are found.
    """
    rows = _found(words, window, files, outcome)
    # Few are fetched by their words and then put in order; in order first, a database would read the whole window for them.
    few = list(rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    more = len(few) > MOST
    ordered = (rows if more else Noting.objects.filter(pk__in=few)).select_related("case__district", *POST)
    return ordered.order_by("-written_at", "-pk")[:MOST], more


def _found(words: str, window: Window, files: QuerySet[Case], outcome: str) -> QuerySet[Noting]:
    asked = Q(in_window(window, "written_at"), case__state=window.state, case__in=files.order_by().values("pk"))
    given = {"case__district": window.district, "case__kind": window.process, "office__designation": window.office, "outcome": outcome}
    rows = Noting.objects.filter(asked, **{name: value for name, value in given.items() if value})
    if words:
        hits = finding.paragraphs(words)
        # The files first, by the index of words; then which of their paragraphs.
        here = hits.filter(case=OuterRef("case"), part=OuterRef("paragraph"))
        rows = rows.filter(Exists(here), case__in=hits.values("case"))
    return rows
