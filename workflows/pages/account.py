"""Signing in and out, the reader's language, and, in the demonstration only, trying a person with one click."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from programme.calendar import today
from programme.models import Charge, Level, Officer, Posting
from programme.powers import Power
from workflows import factors, lockouts, sign_ins
from workflows.authority import audits
from workflows.forms.doors import CodeForm, SignInForm
from workflows.pages import filling, kept, problems, proof
from workflows.pages.problems import SAFE, only

YEAR_IN_SECONDS = 365 * 24 * 60 * 60
# A stranger meets a few people of each kind; the rest stand under one more press.
SHOWN_AT_ONCE = 6
# The order by which the demonstration posts officers who stand behind every desk, and whom nobody tries by name.
UNLISTED = "DEMO/EVERY-DISTRICT"
BACKEND = "workflows.sign_ins.ReadWithSession"
# In the session of somebody whose password was right and whose code is still asked: who, until when, how often wrong.
HALF, HALF_LASTS = "half_signed_in", 5 * 60
TOO_MANY = 429


class ReadersLanguage:
    """Middleware: Hindi until the reader chooses otherwise. The browser's own language is not asked, as offices never set it.

    A program says its language with every call, and is answered in it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.path.startswith(problems.API):
            chosen = _asked_for(request) or chosen
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _asked_for(request: HttpRequest) -> str:
    """Return the first language of ``Accept-Language`` that there is here; empty when it names none."""
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    return next((code[:2] for code, _weight in wanted if code[:2] in dict(settings.LANGUAGES)), "")


@only(*SAFE, "POST")
@sensitive_post_parameters("password")
@csrf_protect
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with user name and password, then with the second factor of whoever has one; the session gets a new key."""
    if request.user.is_authenticated:
        return redirect(kept.take_up(request, request.user) or inside(request))
    form = SignInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _half_way(request, form.get_user(), tried=False)
    wanted = request.POST.get("next") or request.GET.get("next", "")
    shut = form.has_error("__all__", "shut")
    status = TOO_MANY if shut else 422 if form.errors else 200
    return _sign_in_page(request, form, wanted=wanted, carried=request.POST.get(kept.KEPT, ""), status=status)


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Answer a form that came without a sign-in: nothing of it is carried out, and what was typed waits for the same officer."""
    carried = kept.sealed(request)
    return _sign_in_page(request, SignInForm(request), wanted=kept.page_of_form(request), carried=carried, status=401, again=True)


def _sign_in_page(request: HttpRequest, form: SignInForm, *, wanted: str, carried: str, status: int, again: bool = False) -> HttpResponse:
    context = {
        "form": form,
        "faults": filling.faults(form),
        "next": wanted,
        "kept": carried,
        "again": again,
        "typed": problems.typed(request) if again and not carried else [],
        "groups": people() if settings.DEMONSTRATION else [],
        "source_url": settings.SOURCE_URL,
    }
    return render(request, "workflows/sign_in.html", context, status=status)


@only("POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("sign_in")


def try_as(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demonstration's people. Outside the demonstration this address does not exist."""
    if not settings.DEMONSTRATION:
        raise Http404
    if request.method != "POST":
        return problems.wrong_method(request)
    offered = {person.officer.username: person.officer for group in people() for person in group.people}
    officer = offered.get(request.POST.get("person", ""))
    if officer is None:
        raise Http404
    logout(request)
    return _half_way(request, officer, tried=True)


@only("POST")
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the reader's language in a cookie and, when signed in, on the officer."""
    response = redirect(inside(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        remember(response, language)
        # An auditor writes nothing, his own row not excepted; the cookie remembers for him.
        if request.user.is_authenticated and not audits(request.user):
            Officer.objects.filter(pk=request.user.pk).update(language=language)
    return response


def _half_way(request: HttpRequest, officer: Any, *, tried: bool) -> HttpResponse:
    """Let the officer in or, where he has a second factor, ask for its code first; ``tried`` in a demonstration with one click."""
    if not factors.is_set(officer):
        return let_in(request, officer)
    # Whoever planted the key of this session knows none that leads further.
    request.session.cycle_key()
    until, seal = int(time.time()) + HALF_LASTS, officer.get_session_auth_hash()
    request.session[HALF] = {"officer": officer.pk, "until": until, "hash": seal, "wrong": 0, "tried": tried}
    return code_page(request, CodeForm(), tried=tried)


def code_page(request: HttpRequest, form: CodeForm, *, tried: bool) -> HttpResponse:
    context = {
        "form": form,
        "faults": filling.faults(form),
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "kept": request.POST.get(kept.KEPT, ""),
        "tried": tried,
        "source_url": settings.SOURCE_URL,
    }
    return render(request, "workflows/sign_in_code.html", context, status=422 if form.errors else 200)


def let_in(request: HttpRequest, officer: Any, *, factor: bool = False) -> HttpResponse:
    """Sign the officer in and lead him to where he wanted to go; ``factor`` says that his second factor was given."""
    earlier = kept.opened_with(request, officer)
    request.session.pop(HALF, None)
    login(request, officer, backend=BACKEND)
    now = int(time.time())
    request.session.update(
        {
            kept.EARLIER: earlier,
            sign_ins.SINCE: now,
            sign_ins.SEEN: now,
            sign_ins.ADDRESS: lockouts.address_of(request),
            sign_ins.BROWSER: sign_ins.browser_of(request.headers.get("User-Agent", "")),
        }
    )
    proof.given(request, factor=factor)
    response = redirect(kept.take_up(request, officer) or inside(request))
    kept.remember(response, officer)
    remember(response, officer.language)
    return response


def remember(response: HttpResponse, language: str) -> None:
    """Keep the reader's language in a cookie."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_IN_SECONDS,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def inside(request: HttpRequest) -> str:
    """Return where the reader wanted to go, if that is a page of ours; else the inbox."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") else reverse("inbox")


@dataclass
class Person:
    """Somebody who can be tried in the demonstration, and what to try."""

    officer: Officer
    posts: str
    hint: str


@dataclass
class Group:
    title: str
    people: list[Person] = field(default_factory=list)

    @property
    def first(self) -> list[Person]:
        return self.people[:SHOWN_AT_ONCE]

    @property
    def others(self) -> list[Person]:
        return self.people[SHOWN_AT_ONCE:]


def people() -> list[Group]:
    """Return the demonstration's officers, grouped by where they work; empty groups are left out."""
    groups = {name: Group(title) for name, title in _group_titles().items()}
    day = today()
    officers = Officer.objects.filter(is_active=True, is_superuser=False).exclude(postings__order_number=UNLISTED).order_by("pk")
    postings = Posting.objects.select_related("office__designation", "office__district").order_by("starts_on", "pk")
    held: dict[int, list[Posting]] = {}
    for posting in postings.filter(officer__in=officers):
        held.setdefault(posting.officer_id, []).append(posting)
    for officer in officers:
        now = [posting for posting in held.get(officer.pk, []) if posting.covers(day)]
        groups[_group_of(now)].people.append(Person(officer, _posts(now or held.get(officer.pk, [])), _hint(now)))
    return [group for group in groups.values() if group.people]


def _group_titles() -> dict[str, str]:
    return {
        Level.DISTRICT: _("In the district"),
        Level.DEPARTMENT: _("In the department"),
        Level.STATE: _("In the State government"),
        Power.AUDIT: _("Audit"),
        Power.ADMINISTER: _("Set-up"),
        "": _("Nothing in charge today"),
    }


def _group_of(postings: list[Posting]) -> str:
    powers = {power for posting in postings for power in posting.office.designation.powers}
    for name in (Power.ADMINISTER, Power.AUDIT):
        if name in powers:
            return name
    return postings[0].office.designation.level if postings else ""


def _posts(postings: list[Posting]) -> str:
    return " · ".join(
        posting.office.name if posting.charge == Charge.REGULAR else f"{posting.office.name} ({posting.get_charge_display()})"
        for posting in postings
    )


def _hint(postings: list[Posting]) -> str:
    """Say in a line what this person can try first."""
    powers = {power for posting in postings for power in posting.powers}
    hints = {
        Power.APPROVE_EXHIBITION: _("Sanction, return or reject what the department recommends."),
        Power.CONCUR_FINANCE: _("Give concurrence to what is above the limit."),
        Power.SCRUTINISE_EXHIBITION: _("Read the checks, recommend an amount, or return a proposal with objections."),
        Power.PROPOSE_EXHIBITION: _("Propose an exhibition, answer an objection, report what came of it."),
        Power.PREPARE_EXHIBITION: _("Prepare a proposal for signature at the head of the district."),
        Power.AUDIT: _("Read any file's whole history and verify its seal."),
        Power.ADMINISTER: _("Keep postings, holidays and norms; see what is alive."),
        Power.PREPARE_NOTING: _("Prepare what the officer signs."),
        Power.SEE_STATE: _("Read every file of the State."),
        Power.SEE_DISTRICT: _("Read every file of the district."),
    }
    told = [hint for power, hint in hints.items() if power in powers] + [str(power.label) for power in Power if power in powers]
    return told[0] if told else _("See that nothing can be seen.")
