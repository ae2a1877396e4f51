"""The second step of signing in: a code, after the password was right. Until then nobody is signed in."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from programme.models import Officer
from workflows import factors
from workflows.forms.doors import CodeForm
from workflows.pages import account
from workflows.pages.problems import SAFE, only
from workflows.templatetags.words import moment

TRIES = 5


@only(*SAFE, "POST")
@sensitive_post_parameters("code")
@csrf_protect
@never_cache
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Take the code and let the officer in; after five wrong ones the password is asked again."""
    half: dict[str, Any] = request.session.get(account.HALF) or {}
    officer = _officer(half) if half else None
    if officer is None:
        request.session.pop(account.HALF, None)
        return redirect("sign_in")
    if request.method == "POST" and half["tried"] and settings.DEMONSTRATION and "without" in request.POST:
        return account.let_in(request, officer)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if factors.accepts(officer, form.cleaned_data["code"]):
            return account.let_in(request, officer, factor=True)
        half["wrong"] += 1
        request.session[account.HALF] = half
        if half["wrong"] >= TRIES:
            del request.session[account.HALF]
            messages.error(request, _("Too many wrong codes. Sign in again from the beginning."))
            return redirect("sign_in")
        form.add_error("code", refusal(officer))
    return account.code_page(request, form, tried=half["tried"])


def refusal(officer: Officer) -> str:
    """Say why a code was not taken."""
    until = factors.waits_until(officer)
    if until:
        return _("This code was not taken. After wrong codes the next one is taken from %(moment)s on.") % {"moment": moment(until)}
    return _("This code was not taken. Each code opens once: wait until the telephone shows the next one.")


def _officer(half: dict[str, Any]) -> Officer | None:
    """Return whose password was right a few minutes ago; ``None`` when it is longer ago, or he was disabled or changed it since."""
    officer = Officer.objects.filter(pk=half["officer"], is_active=True).first()
    if officer is None or time.time() > half["until"] or not constant_time_compare(half["hash"], officer.get_session_auth_hash()):
        return None
    return officer
