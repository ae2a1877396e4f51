"""An officer's own password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from workflows import passwords, sign_ins
from workflows.authority import Refusal
from workflows.forms.doors import NewPasswordForm
from workflows.pages import factor, filling, proof
from workflows.pages.frame import OfficerRequest, at_the_bench, show
from workflows.pages.problems import SAFE, only


@only(*SAFE, "POST")
@sensitive_post_parameters("password", "new_password1", "new_password2")
@at_the_bench
def password(request: OfficerRequest) -> HttpResponse:
    """Show the form, and take a new password from whoever knows the one he has; wrong ones count as they do at the sign-in."""
    if not request.user.has_usable_password():
        # The people of a demonstration, and whoever was never given one.
        if request.method == "POST":
            raise Refusal(_("You have no password that could be changed."))
        return show(request, "password.html", {"has_none": True, "demonstration": settings.DEMONSTRATION})
    form = NewPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid() and factor.is_his_password(request, form):
        passwords.change(request.user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        proof.given(request, factor=False)
        sign_ins.end_all(request.user, but=request.session.session_key)
        messages.success(request, _("Your password is changed, and you are signed in here alone."))
        return redirect("me")
    context = {"form": form, "faults": filling.faults(form), "last": passwords.last_change(request.user)}
    return show(request, "password.html", context, status=422 if form.errors else 200)
