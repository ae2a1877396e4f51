"""Naming a link officer or an assistant: whom, from which day to which, with which powers, up to which amount."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from programme.models import Office, Officer
from programme.powers import Power
from workflows.charges import LONGEST_LINK
from workflows.forms.fields import LONGEST_NUMBER, DayField, RupeeField, TextField


class AssistantForm(forms.Form):
    """Who prepares notings for an office. ``found`` are the officers offered; the dates are judged by the verb."""

    search = forms.CharField(label=_("Name, post or district"), required=False, max_length=100)
    officer = forms.ChoiceField(
        label=_("Officer"), widget=forms.RadioSelect, error_messages={"required": _("Search for the officer, then choose him here.")}
    )
    starts_on = DayField(label=_("From"))
    ends_on = DayField(label=_("To, both days included"), required=False)
    order_number = TextField(label=_("Order number"), required=False, max_length=80)

    def __init__(self, *args: Any, office: Office, found: list[Officer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = {officer.pk: officer for officer in found}
        self.fields["officer"].choices = [(str(officer.pk), _in_a_line(officer)) for officer in found]  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today()

    @property
    def named(self) -> Officer:
        return self.found[int(self.cleaned_data["officer"])]

    def terms(self) -> dict[str, Any]:
        """Return what the verb is told besides whom and where."""
        return {name: self.cleaned_data[name] for name in ("starts_on", "ends_on", "order_number")}


class LinkForm(AssistantForm):
    """Who stands in for an office, and within which limits."""

    only = forms.MultipleChoiceField(label=_("Powers given"), required=False, widget=forms.CheckboxSelectMultiple)
    upto = RupeeField(label=_("Up to this amount (₹)"), required=False)

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, **kwargs)
        powers = office.designation.powers
        self.fields["only"].choices = [(power, Power(power).label) for power in powers]  # type: ignore[attr-defined]
        self.fields["only"].initial = powers
        self.fields["upto"].help_text = _("Left empty, there is no limit. A file without an amount lies within every limit.")
        self.fields["ends_on"].required = True
        self.fields["ends_on"].help_text = _("At most %(days)s days; it ends by itself at midnight.") % {"days": LONGEST_LINK}
        self.order_fields(["search", "officer", "starts_on", "ends_on", "only", "upto", "order_number"])

    def terms(self) -> dict[str, Any]:
        return super().terms() | {"only": self.cleaned_data["only"], "upto": self.cleaned_data["upto"]}


def chosen_number(sent: str) -> int:
    """Return the number of the officer a page sent; 0, which nobody has, for anything that is none."""
    return int(sent) if sent.isdecimal() and len(sent) <= LONGEST_NUMBER else 0


def _in_a_line(officer: Officer) -> str:
    posts = [posting.office.name for posting in getattr(officer, "posts_today", ())]
    return " · ".join([officer.name, *[post for post in posts if post != officer.name]])
