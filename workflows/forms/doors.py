"""What is typed at the door: user name and password, a code, and what an administrator gives for somebody else."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordMixin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import Officer
from workflows import lockouts
from workflows.forms.fields import TextField

LONGEST_CODE = 40


def shut_sentence(username: str, request: Any) -> str:
    """Say until when a user name is shut out from where the request came; empty when it is not."""
    until = lockouts.locked_until(username, request)
    if until is None:
        return ""
    said = {"clock": timezone.localtime(until).strftime("%H:%M:%S")}
    sentence = _("Too many wrong passwords came for this user name from your network. Signing in opens again at %(clock)s.") % said
    return f"{sentence} " + _("If it is urgent, the programme administrator can open it at once.")


class SignInForm(AuthenticationForm):
    """Django's own form; while the door is shut it says when it opens, to known and unknown user names alike."""

    def get_invalid_login_error(self) -> ValidationError:
        sentence = shut_sentence(self.cleaned_data.get("username", ""), self.request)
        return ValidationError(sentence, code="shut") if sentence else super().get_invalid_login_error()


class CodeForm(forms.Form):
    """One code of the second factor."""

    code = forms.CharField(
        label=gettext_lazy("Code from your telephone, or a recovery code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false", "class": "short"}),
    )


class FirstCodeForm(forms.Form):
    """The code that shows that the telephone has the key."""

    code = forms.CharField(
        label=gettext_lazy("Code that the telephone shows now"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"}),
    )


class PasswordForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "short"}),
    )


class NewPasswordForm(SetPasswordMixin, PasswordForm):
    """The password he has, and twice the one he wants; Django's rules judge it."""

    new_password1, new_password2 = SetPasswordMixin.create_password_fields(
        label1=gettext_lazy("New password"), label2=gettext_lazy("New password, once more")
    )

    def __init__(self, officer: Officer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer
        self.fields["password"].label = _("Present password")
        for name in ("new_password1", "new_password2"):
            self.fields[name].widget.attrs["class"] = "short"
            self.fields[name].help_text = ""
        self.fields["new_password1"].help_text = _("At least 12 characters, not digits alone, no common word and nothing of your name.")

    def clean(self) -> dict[str, Any] | None:
        said = super().clean()
        self.validate_passwords("new_password1", "new_password2")
        self.validate_password_for_user(self.officer, "new_password1")
        if said and said.get("password") and said.get("password") == said.get("new_password1"):
            self.add_error("new_password1", _("This is the password you have."))
        return said


class ResetForm(forms.Form):
    """Whose lost factor is taken away, and why."""

    username = TextField(label=gettext_lazy("User name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    reason = TextField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("How you made sure that it is he who asks, and what became of his telephone. It stays on record."),
    )

    def __init__(self, *args: Any, people: QuerySet[Officer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.officer: Officer | None = None

    def clean_username(self) -> str:
        self.officer = self.people.filter(username=self.cleaned_data["username"]).first()
        if self.officer is None:
            raise ValidationError(_("No officer of your State has this user name."))
        return self.cleaned_data["username"]
