"""What an officer decides about his own mail and language."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.models import Officer
from workflows.models import NoticeKind


class PreferencesForm(forms.ModelForm):
    """Language, the hour of the daily mail, and the kinds of notice that are mailed; the list on the site always has all."""

    digest_hour = forms.TypedChoiceField(
        label=_("Hour of the daily mail (Indian Standard Time)"), coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    mailed = forms.MultipleChoiceField(
        label=_("Mail me"),
        required=False,
        choices=NoticeKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What came back and what is due tomorrow is mailed at once, the rest once a day. The list of notices always has all."),
    )

    class Meta:
        model = Officer
        fields = ["language", "digest_hour"]
        widgets = {"language": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mailed"].initial = [kind for kind in NoticeKind.values if kind not in self.instance.unmailed]

    def save(self, commit: bool = True) -> Officer:
        self.instance.unmailed = [kind for kind in NoticeKind.values if kind not in self.cleaned_data["mailed"]]
        self.instance.save(update_fields=["language", "digest_hour", "unmailed"])
        return self.instance
