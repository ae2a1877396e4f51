"""Sellers on their way to a channel of sale."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from programme.models import Onboarding
from programme.models.channels import STANDINGS
from workflows.registers.declaring import Column, Register, Standing, open_first
from workflows.registers.forms import EntryForm


class OnboardingForm(EntryForm):
    sections = [
        (_("Who, and where to"), ["seller", "channel", "product", "owner", "matter", "due"]),
        (_("Steps"), [*Onboarding.STEPS, "refused_on", "refused_why", "remark"]),
    ]
    fixed = frozenset({"seller", "channel"})

    class Meta(EntryForm.Meta):
        model = Onboarding
        fields = ("seller", "channel", "product", "owner", "matter", "due", *Onboarding.STEPS, "refused_on", "refused_why", "remark")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.day_not_ahead(*Onboarding.STEPS, "refused_on")
        return data


def _reached(step: str, after: str) -> Q:
    return Q(**{f"{step}__isnull": False, after: None, "refused_on": None}) if after else Q(**{f"{step}__isnull": False})


_STEPS = (
    Standing("applied_on", STANDINGS["applied_on"], lambda: _reached("applied_on", "papers_on")),
    Standing("papers_on", STANDINGS["papers_on"], lambda: _reached("papers_on", "catalogued_on")),
    Standing("catalogued_on", STANDINGS["catalogued_on"], lambda: _reached("catalogued_on", "listed_on")),
    Standing("listed_on", STANDINGS["listed_on"], lambda: _reached("listed_on", "sold_on")),
    Standing("sold_on", STANDINGS["sold_on"], lambda: _reached("sold_on", "")),
)

ONBOARDING = Register(
    model=Onboarding,
    order=open_first(Q(sold_on__isnull=False) | Q(refused_on__isnull=False)),
    title=_("Onboarding"),
    one=_("Onboarding"),
    about=_("Sellers on their way to Amazon, Flipkart, ONDC, GeM and other channels of sale, step by step."),
    form=OnboardingForm,
    columns=(
        "seller",
        "channel",
        Column("standing", _("How it stands"), lambda way: way.standing),
        "applied_on",
        "papers_on",
        "catalogued_on",
        "listed_on",
        "sold_on",
        "due",
    ),
    search=("seller__name_en", "seller__name_hi", "channel__name_en", "channel__name_hi"),
    filters=("district", "channel"),
    standings=(
        Standing("overdue", _("Overdue"), lambda: Q(due__lt=today(), sold_on=None, refused_on=None)),
        *_STEPS,
        Standing("refused", _("Refused"), lambda: Q(refused_on__isnull=False)),
    ),
    related=("seller__district__state", "channel", "product", "matter", "owner__designation", "owner__district"),
    reasons=frozenset({"due"}),
    titled_by=("seller", "channel"),
    warnings=lambda way: [gettext("The first sale is overdue.")] if way.overdue else [],
)
