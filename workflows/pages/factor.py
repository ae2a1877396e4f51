"""An officer's own way in: setting up his second factor, proving who he is, and where he is signed in."""

from base64 import b32encode
from typing import Any
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from workflows import factors, sign_ins
from workflows.forms.doors import CodeForm, FirstCodeForm, shut_sentence
from workflows.models import Telephone
from workflows.pages import account, filling, kept, proof, second_step
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only


@only(*SAFE, "POST")
@sensitive_post_parameters("code")
@for_officers
def factor(request: OfficerRequest) -> HttpResponse:
    """Show whether a second factor is set, and set one up: a key for the telephone, its first code, then recovery codes shown once."""
    action = request.POST.get("action", "")
    if request.method == "POST":
        proof.require(request)
        if action == "confirm":
            return _confirm(request)
        if action == "codes" and factors.is_set(request.user):
            return _show(request, codes=factors.new_codes(request.user))
        factors.begin(request.user)
        return redirect("factor")
    return _show(request)


def _confirm(request: OfficerRequest) -> HttpResponse:
    form = FirstCodeForm(request.POST)
    if form.is_valid():
        if codes := factors.confirm(request.user, form.cleaned_data["code"]):
            proof.given(request, factor=True)
            request.session.cycle_key()
            sign_ins.end_all(request.user, but=request.session.session_key)
            return _show(request, codes=codes)
        form.add_error("code", second_step.refusal(request.user))
    return _show(request, form=form)


def _show(request: OfficerRequest, *, form: FirstCodeForm | None = None, codes: list[str] | None = None) -> HttpResponse:
    form = form or FirstCodeForm()
    # The key opens every later door, so it is shown only to whoever has just proved who he is.
    pending = factors.pending(request.user) if codes is None and proof.is_fresh(request) else None
    context = {
        "codes": codes,
        "is_set": factors.is_set(request.user),
        "left": factors.codes_left(request.user),
        "needed": factors.needs(request.user),
        "required": settings.SECOND_FACTOR_REQUIRED,
        "form": form,
        "faults": filling.faults(form),
        **(_key(pending) if pending else {}),
    }
    return show(request, "factor.html", context, status=422 if form.errors else 200)


def _key(device: Telephone) -> dict[str, Any]:
    """Return the key as a picture for the telephone and in groups of four to be typed."""
    key = b32encode(device.bin_key).decode()
    issuer = settings.OTP_TOTP_ISSUER
    facts = urlencode({"secret": key, "issuer": issuer, "algorithm": "SHA1", "digits": device.digits, "period": device.step})
    address = f"otpauth://totp/{quote(f'{issuer}:{device.user.get_username()}')}?{facts}"
    typed = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return {"picture": segno.make(address, error="m").svg_data_uri(scale=4, border=2), "typed": typed}


@only(*SAFE, "POST")
@sensitive_post_parameters("password", "code")
@for_officers
def prove(request: OfficerRequest) -> HttpResponse:
    """Take the password or a code again, and lead back to the page on which something grave was about to be done."""
    wanted, carried = account.inside(request), request.POST.get(kept.KEPT, "")
    form = proof.form_for(request, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return proof.page(request, form, wanted=wanted, carried=carried)
    if form is not None and (not form.is_valid() or not _right(request, form)):
        return proof.page(request, form, wanted=wanted, carried=carried, status=422)
    proof.given(request, factor=isinstance(form, CodeForm))
    request.session.cycle_key()
    return redirect(kept.take_up(request, request.user) or wanted)


def _right(request: OfficerRequest, form: Any) -> bool:
    """Say whether code or password is right; if not, the form says why. Wrong passwords count as they do at the sign-in."""
    if isinstance(form, CodeForm):
        if factors.accepts(request.user, form.cleaned_data["code"]):
            return True
        form.add_error("code", second_step.refusal(request.user))
        return False
    return is_his_password(request, form)


def is_his_password(request: OfficerRequest, form: Any) -> bool:
    """Say whether what stands in the form's ``password`` is; if not, the form says why."""
    username = request.user.get_username()
    if authenticate(request, username=username, password=form.cleaned_data["password"]) is not None:
        return True
    form.add_error("password", shut_sentence(username, request) or _("This is not your password."))
    return False


@only(*SAFE)
@for_officers
def own_sign_ins(request: OfficerRequest) -> HttpResponse:
    """Show where the officer is signed in."""
    places = sign_ins.places_of(request.user, request.session.session_key)
    return show(request, "sign_ins.html", {"places": places, "others": any(not place.here for place in places)})


@only("POST")
@for_officers
def end_sign_in(request: OfficerRequest) -> HttpResponse:
    """End one of the officer's own sign-ins, or all but the one he sits at."""
    if request.POST.get("which") == "others":
        sign_ins.end_all(request.user, but=request.session.session_key)
        messages.success(request, _("You are signed in here alone."))
    elif sign_ins.end(request.user, request.POST.get("which", "")):
        messages.success(request, _("That sign-in is ended."))
    return redirect("sign_ins")
