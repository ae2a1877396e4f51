"""What an officer decides for himself: language, the hour of his daily mail, what is mailed, and which programs read in his name."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows import tokens
from workflows.forms.preferences import PreferencesForm
from workflows.forms.tokens import TokenForm
from workflows.models import AccessToken
from workflows.pages import filling, proof
from workflows.pages.account import remember
from workflows.pages.frame import OfficerRequest, at_the_bench, for_officers, show
from workflows.pages.problems import SAFE, only
from workflows.tokens import Made, Resource

ENDED_SHOWN = 10


@only(*SAFE, "POST")
@for_officers
def me(request: OfficerRequest) -> HttpResponse:
    """Show the settings, and keep them when they are sent."""
    # A copy of his own: what is refused must not stand on the head of the page.
    form = PreferencesForm(request.POST or None, instance=Officer.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        officer = form.save()
        with translation.override(officer.language):
            messages.success(request, _("Your settings are kept."))
        response = redirect("me")
        remember(response, officer.language)
        return response
    return _page(request, form=form)


@only("POST")
@at_the_bench
def make_token(request: OfficerRequest) -> HttpResponse:
    """Make a token and show its key, this one time; what is refused is said at its field."""
    form = TokenForm(request.POST)
    if form.is_valid():
        proof.require(request)
        said = form.cleaned_data
        try:
            return _page(request, made=tokens.make(said["name"], said["scope"], said["last_day"], by=request.user))
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, token_form=form)


@only("POST")
@at_the_bench
def end_token(request: OfficerRequest, pk: int) -> HttpResponse:
    """End a token of the officer's own; from this moment it reads nothing. For everybody else it does not exist (404)."""
    token = AccessToken.objects.filter(pk=pk, officer=request.user).first()
    if token is None:
        raise Http404
    if tokens.end(token, by=request.user):
        messages.success(request, _("The token “%(name)s” is ended.") % {"name": token.name})
    return redirect("me")


def _page(
    request: OfficerRequest, *, form: PreferencesForm | None = None, token_form: TokenForm | None = None, made: Made | None = None
) -> HttpResponse:
    """Show the page; ``form`` and ``token_form`` may be refused ones with what was typed."""
    mine = AccessToken.objects.filter(officer=request.user).select_related("ended_by").order_by("-pk")
    now, live = timezone.now(), [token for token in mine if token.ended_at is None]
    context: dict[str, Any] = {
        "form": form or PreferencesForm(instance=Officer.objects.get(pk=request.user.pk)),
        "token_form": token_form or TokenForm(),
        "tokens": [(token, _scope_of(token), token.expires_at <= now) for token in live],
        "ended": [token for token in mine if token.ended_at][:ENDED_SHOWN],
        "made": made,
        "faults": filling.faults(form) + filling.faults(token_form),
    }
    return show(request, "me.html", context, status=422 if context["faults"] else 200)


def _scope_of(token: AccessToken) -> str:
    return ", ".join(str(Resource(name).label) for name in token.scope)
