"""What stands round every page: the reader's government, department, tabs and language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from programme import known
from programme.asking import Asked, Given
from programme.calendar import today
from programme.kept import under
from programme.models import Charge, Officer
from programme.models.naming import in_language
from workflows import inbox, readings
from workflows.authority import Overtaken, Refusal, audits, capacities, refuse_auditor
from workflows.filters import words_in
from workflows.models import Case, Movement, Objection, Question
from workflows.pages import account, kept, problems, proof
from workflows.pages.stencil import Stencil, hole, part
from workflows.pages.tabs import Tab, tabs_of
from workflows.repairs import rights
from workflows.sight import sight_given, visible_as_given, visible_to
from workflows.sittings import seats
from workflows.templatetags.words import moment

PAGE_LENGTH = 25
LONGEST_ROW_NUMBER = 18


class OfficerRequest(HttpRequest):
    """A request of somebody signed in; ``for_officers`` lets no other through."""

    user: Officer
    # The file that the page reads; none until it has been found.
    case_read: Case | None = None
    # What waits for the officer, once it was counted.
    counted: inbox.Badges | inbox.Counts


@dataclass(frozen=True)
class Ear:
    """A tab as the stencil of the masthead shows it: whether it is the current one, and its badge, are filled in."""

    title: str
    address: str
    place: int

    @property
    def current(self) -> str:
        return hole(f"current_{self.place}")

    @property
    def badge(self) -> str:
        return hole(f"badge_{self.place}")


_MASTHEAD = Stencil("parts/masthead.html", "csrf_token", "here", "words", "government", "of_department", "reader", "reads_at")
_FOOT = Stencil("parts/foot.html", "place", "moment")
_BADGE = Stencil("parts/badge.html", "count")
# What every page that is a stencil leaves open.
HOLES = ("masthead", "foot", "csrf_token", "words")
_CURRENT = {True: mark_safe(' aria-current="page"'), False: ""}


def for_officers(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open a page to signed-in officers only; a refusal or an overtaken act becomes a page with its sentence.

    A form that comes after the sign-in has ended is not carried out; its words come back once the officer is signed in again.
    An auditor sends no form, and what he reads is written down before he reads it.
    """
    return _opened(view, auditors_send=False)


def for_signing(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open a page as ``for_officers`` does, whose forms change nothing of the set-up: it is read but once a request."""
    return _opened(view, auditors_send=False, keeps_set_up=True)


def at_the_bench(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open a page as ``for_officers`` does; here an auditor may send what is his own: samples, observations, work he asks for."""
    return _opened(view, auditors_send=True)


def _opened(view: Callable[..., HttpResponseBase], *, auditors_send: bool, keeps_set_up: bool = False) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def answer(request: OfficerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # What a page reads was so when its session was read; an act asks again, under the lock of the file.
        unchanged = keeps_set_up or request.method in problems.SAFE
        with under(getattr(request.session, "mark", None) if unchanged else None):
            return told(request, *args, **kwargs)

    def told(request: OfficerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method not in problems.SAFE and not auditors_send:
                refuse_auditor(request.user)
            response = proof.leads_to_factor(request) or view(request, *args, **kwargs)
            if response.status_code == HTTPStatus.OK:
                _record_reading(request)
            return response
        except proof.ProofWanted:
            return proof.asked(request)
        except Refusal as refusal:
            return problems.refused(request, str(refusal))
        except Overtaken as overtaken:
            return problems.overtaken(request, str(overtaken))

    inside = login_required(answer, login_url="sign_in")

    @wraps(view)
    def signed_in(request: OfficerRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            return account.sign_in_again(request)
        return inside(request, *args, **kwargs)

    return never_cache(signed_in)


def _record_reading(request: OfficerRequest) -> None:
    page = request.resolver_match.url_name if request.resolver_match else ""
    case, state = getattr(request, "case_read", None), getattr(request, "audited", None)
    readings.record(request.user, page=page or "", address=request.get_full_path(), case=case and case.pk, state=getattr(state, "pk", None))


def show(
    request: OfficerRequest, template: str, context: dict[str, Any] | None = None, *, tab: str = "", status: int = 200
) -> HttpResponse:
    """Render a page with the frame of a signed-in officer."""
    told = context or {}
    shown = {**frame(request, tab, words=told.get("words", ""), back=told.get("back", "")), "left_over": kept.left_over(request), **told}
    return render(request, f"workflows/{template}", shown, status=status)


def filled(
    request: OfficerRequest,
    page: Stencil,
    flags: dict[str, Any],
    values: dict[str, Any],
    *,
    tab: str,
    optional: Sequence[str] = (),
    faults: Sequence[Any] = (),
    status: int = 200,
) -> HttpResponse:
    """Answer with a page that is a stencil; what is seldom said over a page, such as ``faults``, is rendered with its template."""
    left_over = kept.left_over(request)
    if faults or left_over:
        return show(request, page.template, {**flags, **values, "faults": faults, "left_over": left_over}, tab=tab, status=status)
    around = frame(request, tab, words=values.get("words", ""))
    whole = page.with_optional((*optional, "messages_shown"), {**around, "messages_shown": _messages(request), **values}, **flags)
    return HttpResponse(whole, status=status)


def _messages(request: OfficerRequest) -> SafeString:
    waiting = list(messages.get_messages(request))
    return part("parts/messages.html", {"messages": waiting}) if waiting else SafeString()


def row_number(text: str) -> int:
    """Return the number of a row that a page sent; 0, which no row has, for anything that is none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ROW_NUMBER else 0


def frame(request: OfficerRequest, tab: str, *, words: str = "", back: str = "") -> dict[str, Any]:
    """Return whose government and department stand at the head, the tabs this officer has, and what stands over and under every page."""
    held = capacities(request.user)
    office = held[0].office if held else None
    department = office.designation.department if office else None
    government = in_language(office.designation.state, "government") if office else ""
    shown = tabs(request)
    token = get_token(request)
    holders = {
        "csrf_token": token,
        "here": back or "/" if request.method == "POST" else request.get_full_path(),
        "words": words,
        "government": government,
        "of_department": department.name if department else _("One District One Product"),
        "reader": request.user.name,
        "reads_at": f", {office.name}" if office and office.name != request.user.name else "",
    }
    for n, each in enumerate(shown):
        holders |= {f"badge_{n}": _BADGE.filled({"count": each.badge}) if each.badge else "", f"current_{n}": _CURRENT[each.key == tab]}
    place = f"{department.name}, {government}" if department else government
    return {
        "csrf_token": token,
        "government": government,
        "department": department,
        "office": office,
        "auditor": audits(request.user) is not None,
        "tabs": shown,
        "tab": tab,
        "masthead": _MASTHEAD.filled(holders, tabs=tuple(Ear(each.title, each.address, n) for n, each in enumerate(shown))),
        "foot": _FOOT.filled(
            {"place": place or _("One District One Product"), "moment": moment(timezone.now())}, tabs=True, source_url=settings.SOURCE_URL
        ),
    }


def tabs(request: OfficerRequest) -> list[Tab]:
    """Return the tabs of an officer; the badge is the same count as the inbox shows."""
    shown_on: dict[str, Callable[[], int]] = {
        "inbox": lambda: badges(request).all,
        "notices": lambda: badges(request).unread,
        "sittings": lambda: seats.count_waiting(request.user),
        "repair": lambda: rights.count_waiting(request.user),
    }
    shown = tabs_of(request.user, get_language(), today())
    return [replace(tab, badge=shown_on[tab.key]()) if tab.counted else tab for tab in shown]


def badges(request: OfficerRequest) -> inbox.Badges | inbox.Counts:
    """Return what waits for the officer, asked of the database once a request; the first page has counted already, and more."""
    if not hasattr(request, "counted"):
        request.counted = inbox.badges(request.user)
    return request.counted


def list_come_from(request: OfficerRequest) -> inbox.Choice | None:
    """Return the part of the inbox that the address says the reader came from; ``None`` when it names none."""
    return list_named(request.GET) if "filter" in request.GET else None


def list_named(sent: QueryDict) -> inbox.Choice:
    """Return the part of the inbox that an address or a form names; all of it for a word that names none."""
    asked = sent.get("filter", "")
    return inbox.Choice(asked if asked in inbox.FILTERS else "", words_in(sent))


def other_charges(officer: Any) -> list[Any]:
    """Return what the officer holds besides his regular charge, for the banner over the inbox."""
    return [capacity for capacity in capacities(officer) if capacity.charge != Charge.REGULAR]


def readable_case(request: OfficerRequest, pk: int) -> Case:
    """Return a file the officer may read; for everybody else it does not exist (404)."""
    sight = sight_given(request.user)
    rows = _beside(visible_to(request.user)).filter(pk=pk) if sight is None else _READABLE(pk=pk, **sight)
    case = next(iter(rows), None)
    if case is None:
        raise Http404
    known.let_know(case)
    request.case_read = case
    return case


def _beside(files: QuerySet[Case]) -> QuerySet[Case]:
    asked, objected = (Exists(model.objects.filter(case=OuterRef("pk"))) for model in (Question, Objection))
    return files.annotate(was_asked=asked, was_objected=objected)


_READABLE = Asked(lambda: _beside(visible_as_given()).filter(pk=Given("pk")))


def readable_movement(request: OfficerRequest, pk: int) -> Movement:
    """Return a stay of a file the officer may read, or raise 404."""
    rows = Movement.objects.select_related("office__designation__state", "office__district", "officer")
    movement = rows.filter(pk=pk, case__in=visible_to(request.user)).first()
    if movement is None:
        raise Http404
    movement.case = readable_case(request, movement.case_id)
    return movement


def page_of(request: OfficerRequest, rows: Any, *, total: int | None = None) -> Page:
    """Return the asked page of ``rows``; ``total`` spares the count where it is known. A wrong number is answered with a near page."""
    paginator = Paginator(rows, PAGE_LENGTH)
    if total is not None:
        paginator.count = total
    return paginator.get_page(request.GET.get("page"))


def search_words(request: OfficerRequest) -> str:
    """Return what was typed into the search box, without what no database takes."""
    return words_in(request.GET)
