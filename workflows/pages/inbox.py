"""The first page of every officer: what waits for him, one list, the late ones first; and what his other duties need."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.kept import as_set_up
from programme.models import Officer
from workflows import bulk, deadlines, desks, inbox, jobs
from workflows.audit import observing
from workflows.authority import capacities
from workflows.exports.files import INBOX
from workflows.pages import frame, home
from workflows.pages.addresses import of_file
from workflows.pages.drafts import drafts_of
from workflows.pages.frame import OfficerRequest, for_officers, other_charges, page_of
from workflows.pages.getting import get_list
from workflows.pages.jobs import titled
from workflows.pages.problems import SAFE, only
from workflows.pages.questions import questions_to
from workflows.pages.stencil import Stencil, hole, joined, part
from workflows.signed import Signed, signed_last
from workflows.templatetags.words import digits_day, moment, outcome, short_rupees

# So many drafts stand on the first page; a workbook may have made thousands.
FEW_DRAFTS = 10
_IN_A_ROW = ("pk", "address", "subject", "step", "number", "office", "district", "amount", "sender", "received", "limit")
_ROW = Stencil("parts/stay.html", *_IN_A_ROW)
_COUNT = Stencil("parts/count.html", "key", "address", "count", "title")
_SIGNED = Stencil("parts/signed.html", "address", "subject", "number", "outcome", "at", "where")
_ON_THE_PAGE = ("title", "moment", "charges", "cards", "late_under", "standing", "caption", "lines", "all_of_them", "pages", "get_list")
_PAGE = Stencil("inbox.html", *_ON_THE_PAGE, "beside", "signed_files", "sections", *frame.HOLES)


@only(*SAFE)
@for_officers
def waiting(request: OfficerRequest) -> HttpResponse:
    """Show the files that wait at the officer's offices, in the order they fall due; nothing is written."""
    officer, choice, now = request.user, frame.list_named(request.GET), timezone.now()
    request.counted = counts = inbox.counts(officer)
    page, prepares = _page(request, choice, counts), desks.only_prepares(officer)
    can = sum(_ticked(stay.node) for stay in page)
    together, several = bool(not prepares and (can > 1 or (can and page.has_other_pages()))), len(capacities(officer)) > 1
    signed = signed_last(officer) if choice.is_all and page.number == 1 else []
    flags = {
        "at_a_desk": desks.works_at_a_desk(officer),
        "chosen": not choice.is_all,
        "late_under": hole("late_under") if counts.under else "",
        "office": bool(capacities(officer)),
        "prepares": prepares,
        "rows": len(page) > 0,
        "signed": bool(signed),
        "together": together,
    }
    values = {
        "title": _title(officer, prepares),
        "moment": moment(now),
        "charges": _charges(officer, get_language(), today()),
        "cards": _cards(get_language(), counts, choice.standing),
        "late_under": counts.under,
        "standing": choice.standing,
        "words": choice.words,
        "caption": _caption(page.paginator.count),
        "lines": _lines(page, choice, now, together=together, several=several, prepares=prepares),
        "all_of_them": _all_of_them(page.paginator.count),
        "pages": _pages(get_language(), request.GET.urlencode(), page.number, page.paginator.num_pages) if page.has_other_pages() else "",
        "get_list": get_list(INBOX, page.paginator.count, choice.query),
        "beside": _beside(officer, counts, now),
        "signed_files": joined(map(_signed, signed)),
        "sections": home.sections(officer) if choice.is_all else "",
    }
    return frame.filled(request, _PAGE, flags, values, tab="inbox")


@lru_cache
def _pages(_language: str, query: str, number: int, pages: int) -> SafeString:
    page = Paginator(range(pages), 1).page(number)
    return part("parts/pages.html", {"page": page, "request": SimpleNamespace(GET=QueryDict(query))})


@as_set_up
def _charges(officer: Officer, _language: str, _day: date) -> SafeString:
    """Return the banner of what the officer holds besides his regular charge."""
    return part("parts/other_charges.html", {"charges": other_charges(officer)})


def _beside(officer: Officer, counts: inbox.Counts, now: datetime) -> SafeString:
    """Return what the officer's other duties ask of him, where there may be any."""
    told = {
        "questions": questions_to(officer, now) if counts.questions else None,
        "charges": other_charges(officer),
        "observed": list(observing.awaiting(officer).prefetch_related("replies")) if counts.observed else [],
        "drafts": drafts_of(officer)[: FEW_DRAFTS + 1] if counts.drafts else [],
        "few_drafts": FEW_DRAFTS,
        "jobs": titled(jobs.recent(officer)[:3]) if counts.jobs else [],
        "now": now,
    }
    any_of_it = counts.questions or counts.observed or counts.drafts or counts.jobs
    return part("parts/inbox_beside.html", told) if any_of_it else SafeString("")


def _caption(count: int) -> str:
    return ngettext("%(n)s file, first due first", "%(n)s files, first due first", count) % {"n": count}


def _all_of_them(count: int) -> str:
    if count <= bulk.MOST:
        return _("Decide all %(n)s files of this list together") % {"n": count}
    return _("Decide the first %(most)s files of this list together") % {"most": bulk.MOST}


def _signed(file: Signed) -> SafeString:
    told = {"address": of_file(file.case_id), "subject": file.subject, "number": file.number}
    said = {"outcome": outcome(file.outcome), "at": digits_day(file.at)}
    return _SIGNED.filled({**told, **said, "where": file.ending or "; ".join(office.name for office in file.offices)})


def _title(officer: Officer, prepares: bool) -> str:
    if prepares:
        return _("Waiting at your office")
    return _("Waiting for your decision") if desks.works_at_a_desk(officer) else _("Home")


def _page(request: OfficerRequest, choice: inbox.Choice, counts: inbox.Counts) -> Page:
    """Return the asked page of the list."""
    known = None if choice.words else getattr(counts, choice.standing or "all")
    return page_of(request, inbox.Waiting(request.user, choice), total=known)


def _lines(page: Page, choice: inbox.Choice, now: datetime, *, together: bool, several: bool, prepares: bool) -> SafeString:
    """Return the lines of the list; what repeats in them is worked out once."""
    query, language, names = choice.query, get_language(), _names(get_language())
    rows = []
    for n, stay in enumerate(page):
        standing, node = deadlines.standing(stay, now), stay.node
        shape = standing.kind, bool(node.own_page), together and _ticked(node), not n, together, several, prepares
        told = (
            stay.pk,
            f"{of_file(stay.case_id)}?{query}",
            stay.subject,
            _title_of(node, language),
            stay.number,
            names.of(stay.office),
            names.of(stay.district) if stay.district else "—",
            _figure(stay.amount, language),
            names.of(stay.came_from),
            digits_day(stay.received),
            standing.text or "—",
        )
        rows.append(_row(language, shape, told))
    return joined(rows)


_SHAPE = ("kind", "own_page", "ticked", "first", "together", "several", "prepares")


# Of so many lines, in each language: one that says what it said before is not filled anew.
@lru_cache(maxsize=2048)
def _row(language: str, shape: tuple[Any, ...], told: tuple[Any, ...]) -> SafeString:
    flags = dict(zip(_SHAPE, shape, strict=True))
    return _ROW.filled(dict(zip(_IN_A_ROW, told, strict=True)), reads=language, **flags)


@lru_cache
def _title_of(node: Any, _language: str) -> str:
    return str(node.title)


@lru_cache
def _ticked(node: Any) -> bool:
    return bool(bulk.ways(node))


class _Names(dict[tuple[type, int], str]):
    """The names of rows in one language, each of them asked for once."""

    def of(self, row: Any) -> str:
        which = type(row), row.pk
        if which not in self:
            self[which] = row.name
        return self[which]


@as_set_up
def _names(_language: str | None) -> _Names:
    """Return the names that were told in this language since the set-up last changed."""
    return _Names()


@lru_cache(maxsize=4096)
def _figure(amount: Decimal | None, _language: str | None) -> str:
    return short_rupees(amount)


# Of so many counts: those that an officer's first page has shown lately.
@lru_cache(maxsize=1024)
def _cards(_language: str | None, counts: inbox.Counts, standing: str) -> SafeString:
    cards = [
        ("late", counts.late, _("Beyond time")),
        ("soon", counts.soon, _("Due in 3 working days")),
        ("in_time", counts.in_time, _("In time")),
        ("", counts.all, _("All")),
    ]
    shown = cards + [("returned", counts.returned, _("Returned to me"))] * (counts.returned > 0)
    return joined(_card(*card, current=card[0] == standing) for card in shown)


def _card(key: str, count: int, title: str, *, current: bool) -> SafeString:
    told = {"key": key, "address": reverse("inbox") + (f"?filter={key}" if key else ""), "count": count, "title": title}
    return _COUNT.filled(told, current=current)
