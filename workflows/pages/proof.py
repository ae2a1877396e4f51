"""How lately it was proved who is signed in, and by what; grave acts ask again, without losing what was typed."""

import time
from decimal import Decimal

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows import factors
from workflows.forms.doors import CodeForm, PasswordForm
from workflows.models import Outcome
from workflows.pages import filling, kept, problems
from workflows.sign_ins import SINCE

# In the session: when it was last proved who it is, and that a second factor was part of it.
PROVED, FACTOR = "proved_at", "factor_given"
# Where somebody without his factor may still go: to set it up, and to prove who he is for that.
OPEN_WITHOUT_FACTOR = frozenset({"factor", "prove"})


class ProofWanted(Exception):
    """The act is too grave for a proof as old as this one; the page asks for it and carries what was typed."""


def is_fresh(request: HttpRequest) -> bool:
    now = int(time.time())
    return now - request.session.get(PROVED, request.session.get(SINCE, now)) < settings.PROOF_LASTS


def require(request: HttpRequest) -> None:
    """Raise ``ProofWanted`` when the last proof is older than ``settings.PROOF_LASTS`` seconds."""
    if not is_fresh(request):
        raise ProofWanted


def require_for(request: HttpRequest, outcome: Outcome | str | None, amount: Decimal | None) -> None:
    """Raise ``ProofWanted`` for a sanction above ``settings.PROOF_ABOVE`` rupees, as ``require`` does."""
    if outcome == Outcome.SANCTION and amount is not None and amount > settings.PROOF_ABOVE:
        require(request)


def given(request: HttpRequest, *, factor: bool) -> None:
    """Note in the session that it was proved now who it is."""
    request.session[PROVED] = int(time.time())
    if factor:
        request.session[FACTOR] = True


def form_for(request: HttpRequest, data: QueryDict | None = None) -> forms.Form | None:
    """Return what has to be given: a code of whoever has a second factor, else the password.

    ``None`` for the people of a demonstration, who have neither.
    """
    officer = _officer(request)
    if factors.is_set(officer):
        return CodeForm(data)
    return None if settings.DEMONSTRATION and not officer.has_usable_password() else PasswordForm(data)


def _officer(request: HttpRequest) -> Officer:
    assert isinstance(request.user, Officer), "only officers who are signed in are asked"  # noqa: S101 -- narrows the type
    return request.user


def asked(request: HttpRequest) -> HttpResponse:
    """Answer a form that needs a proof: nothing of it is carried out, and what was typed waits for the same officer."""
    carried = kept.sealed(request) if request.method == "POST" else ""
    wanted = kept.page_of_form(request) if request.method == "POST" else request.get_full_path()
    return page(request, form_for(request), wanted=wanted, carried=carried, status=401)


def page(request: HttpRequest, form: forms.Form | None, *, wanted: str, carried: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "faults": filling.faults(form), "next": wanted, "kept": carried, "source_url": settings.SOURCE_URL}
    lost = problems.typed(request) if status == 401 and not carried else []
    return render(request, "workflows/prove.html", {**context, "typed": lost}, status=status)


def leads_to_factor(request: HttpRequest) -> HttpResponse | None:
    """Return where an officer has to go first who may sanction or administer and has no second factor; ``None`` for all others."""
    if not settings.SECOND_FACTOR_REQUIRED or FACTOR in request.session or not factors.needs(_officer(request)):
        return None
    if request.resolver_match and request.resolver_match.view_name in OPEN_WITHOUT_FACTOR:
        return None
    if request.method == "GET":
        return redirect("factor")
    text = _("Your charge lets you sanction or administer. Set up your second factor first; nothing was signed.")
    return problems.page(request, 403, _("Second factor"), text, back=reverse("factor"), typed=problems.typed(request))
