"""What stands round every page: the reader's government, department, tabs and language."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from programme.kept import under
from programme.models import Charge, Officer
from programme.models.naming import in_language
from programme.powers import Power
from workflows import inbox, readings
from workflows.authority import Overtaken, Refusal, audits, capacities, may_anywhere, refuse_auditor, visible_to
from workflows.filters import words_in
from workflows.flows import FLOWS
from workflows.models import Case, Movement, Objection, Question
from workflows.pages import account, kept, problems, proof
from workflows.registers.access import reads_registers
from workflows.repairs import rights
from workflows.sittings import seats

PAGE_LENGTH = 25
LONGEST_ROW_NUMBER = 18


class OfficerRequest(HttpRequest):
    """A request of somebody signed in; ``for_officers`` lets no other through."""

    user: Officer
    # The file that the page reads; none until it has been found.
    case_read: Case | None = None


@dataclass(frozen=True)
class Tab:
    """One way into the application; ``key`` is what a page names to mark its own tab."""

    key: str
    title: str
    address: str
    badge: int = 0


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
    shown = {**frame(request, tab), "left_over": kept.left_over(request), **(context or {})}
    return render(request, f"workflows/{template}", shown, status=status)


def row_number(text: str) -> int:
    """Return the number of a row that a page sent; 0, which no row has, for anything that is none."""
    return int(text) if text.isdecimal() and len(text) <= LONGEST_ROW_NUMBER else 0


def frame(request: OfficerRequest, tab: str) -> dict[str, Any]:
    """Return whose government and department stand at the head, and the tabs this officer has."""
    held = capacities(request.user)
    office = held[0].office if held else None
    return {
        "source_url": settings.SOURCE_URL,
        "government": in_language(office.designation.state, "government") if office else "",
        "department": office.designation.department if office else None,
        "office": office,
        "auditor": audits(request.user) is not None,
        "tabs": tabs(request),
        "tab": tab,
    }


def tabs(request: OfficerRequest) -> list[Tab]:
    """Return the tabs of an officer; the badge is the same count as the inbox shows."""
    officer = request.user
    title = _("My inbox") if inbox.works_at_a_desk(officer) else _("Home")
    first = [
        Tab("inbox", title, reverse("inbox"), badge=counts(request).all),
        Tab("files", _("Files"), reverse("files")),
        Tab("notices", _("Notices"), reverse("notices"), badge=counts(request).unread),
    ]
    return first + _to_oversee(officer) + _to_work(officer) + _to_examine(officer)


def _to_oversee(officer: Officer) -> list[Tab]:
    shown = []
    if may_anywhere(officer, Power.SEE_STATE):
        shown.append(Tab("season", _("Action plans"), reverse("season")))
    elif may_anywhere(officer, Power.SEE_DISTRICT):
        shown.append(Tab("season", _("Will we make it?"), reverse("forecast")))
    if any(may_anywhere(officer, power) for power in (Power.SEE_STATE, Power.SEE_DISTRICT, Power.AUDIT)):
        shown.append(Tab("board", _("Board"), reverse("state_board")))
        shown.append(Tab("review", _("Review"), reverse("review")))
        shown.append(Tab("reports", _("Reports"), reverse("reports")))
    elif (desk := line_department(officer)) is not None:
        shown.append(Tab("board", _("Board"), reverse("department_board", args=[desk])))
    return shown


def _to_work(officer: Officer) -> list[Tab]:
    shown = []
    if reads_registers(officer):
        shown.append(Tab("registers", _("Registers"), reverse("registers")))
    openings = beginnings(officer)
    if len(openings) == 1:
        slug, flow_class = openings[0]
        shown.append(Tab("new", _("New: %(process)s") % {"process": flow_class.process_title}, reverse("begin", args=[slug])))
    elif openings:
        shown.append(Tab("new", _("New file"), reverse("new")))
    shown.append(Tab("entitlement", _("Calculator"), reverse("entitlement")))
    if seats.sits_anywhere(officer):
        shown.append(Tab("sittings", _("Committee"), reverse("sittings"), badge=seats.count_waiting(officer)))
    if capacities(officer):
        shown.append(Tab("charges", _("Charges"), reverse("charges")))
    return shown


def _to_examine(officer: Officer) -> list[Tab]:
    shown = []
    audits_here, administers = (may_anywhere(officer, power) for power in (Power.AUDIT, Power.ADMINISTER))
    if audits_here:
        shown.append(Tab("audit", _("Audit"), reverse("audit")))
        shown.append(Tab("sittings", _("Committees"), reverse("sittings")))
        shown.append(Tab("seals", _("Seals"), reverse("seals")))
    if audits_here or administers:
        shown.append(Tab("feasibility", _("Feasibility"), reverse("feasibility")))
        shown.append(Tab("health", _("Health"), reverse("health")))
    if administers:
        shown.append(Tab("readings", _("Readings"), reverse("readings")))
        shown.append(Tab("repair", _("Repair"), reverse("repair"), badge=rights.count_waiting(officer)))
        shown.append(Tab("setup", _("Set-up"), reverse("admin:index", current_app="setup")))
    return shown


def line_department(officer: Officer) -> str | None:
    """Return the code of the department for which the officer answers in plans or on products; ``None`` for whoever does not."""
    asked = {Power.ADD_TO_PLAN.value, Power.GIVE_OPINION.value}
    own = (held.office.designation.department for held in capacities(officer) if asked & held.powers)
    return next((department.code for department in own if department), None)


def counts(request: OfficerRequest) -> inbox.Counts:
    """Return the officer's counts, asked of the database once a request."""
    if not hasattr(request, "inbox_counts"):
        request.inbox_counts = inbox.counts(request.user)  # type: ignore[attr-defined]
    return request.inbox_counts  # type: ignore[attr-defined]


def list_come_from(request: OfficerRequest) -> inbox.Choice | None:
    """Return the part of the inbox that the address says the reader came from; ``None`` when it names none."""
    return list_named(request.GET) if "filter" in request.GET else None


def list_named(sent: QueryDict) -> inbox.Choice:
    """Return the part of the inbox that an address or a form names; all of it for a word that names none."""
    asked = sent.get("filter", "")
    return inbox.Choice(asked if asked in inbox.FILTERS else "", words_in(sent))


def beginnings(officer: Any) -> list[tuple[str, Any]]:
    """Return the processes the officer may open or prepare a file of."""
    found = []
    for slug, flow_class in FLOWS.items():
        begin = flow_class.begin_node()
        powers = [power for power in (begin.power, begin.preparing_power) if power]
        if any(may_anywhere(officer, power) for power in powers):
            found.append((slug, flow_class))
    return found


def other_charges(officer: Any) -> list[Any]:
    """Return what the officer holds besides his regular charge, for the banner over the inbox."""
    return [capacity for capacity in capacities(officer) if capacity.charge != Charge.REGULAR]


def readable_case(request: OfficerRequest, pk: int) -> Case:
    """Return a file the officer may read; for everybody else it does not exist (404)."""
    rows = visible_to(request.user).select_related("state", "district", "norm", "office__designation__state", "office__district")
    beside = {
        "was_asked": Exists(Question.objects.filter(case=OuterRef("pk"))),
        "was_objected": Exists(Objection.objects.filter(case=OuterRef("pk"))),
    }
    case = rows.annotate(**beside).filter(pk=pk).first()
    if case is None:
        raise Http404
    request.case_read = case
    return case


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
