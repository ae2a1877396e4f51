"""Agreements with partners, and the policies of a State."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from programme.models import Agreement, AgreementStatus, Policy
from programme.models.naming import in_language
from workflows.registers.declaring import Column, Register, Standing
from workflows.registers.forms import EntryForm


class AgreementForm(EntryForm):
    class Meta(EntryForm.Meta):
        model = Agreement
        fields = (
            "partner", "district", "purpose_en", "purpose_hi", "status", "signed_on", "valid_until", "renew_days", "owner", "source",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.day_not_ahead("signed_on")
        return data


def _near_end(agreement: Agreement) -> list[str]:
    begins = agreement.remind_from
    if begins is None or agreement.valid_until is None or today() < begins:
        return []
    day = agreement.valid_until.strftime("%d-%m-%Y")
    if agreement.valid_until < today():
        return [gettext("It was valid until %(day)s and is neither renewed nor ended.") % {"day": day}]
    return [gettext("It ends on %(day)s.") % {"day": day}]


AGREEMENTS = Register(
    model=Agreement,
    title=_("Agreements"),
    one=_("Agreement"),
    about=_("What was agreed with banks, quality bodies, online companies and other partners, and until when."),
    form=AgreementForm,
    columns=(
        "partner",
        Column("purpose", _("Purpose"), lambda agreement: in_language(agreement, "purpose")),
        "status",
        "signed_on",
        "valid_until",
        "owner",
    ),
    search=("partner__name_en", "partner__name_hi", "purpose_en", "purpose_hi"),
    filters=("district", "status", "partner"),
    standings=(
        Standing("ended", _("Valid no more"), lambda: Q(status=AgreementStatus.SIGNED, valid_until__lt=today())),
        Standing("running", _("In force"), lambda: Q(Q(valid_until=None) | Q(valid_until__gte=today()), status=AgreementStatus.SIGNED)),
    ),
    related=("state", "district", "partner", "owner__designation", "owner__district"),
    reasons=frozenset({"status", "valid_until"}),
    titled_by=("partner", "purpose_en"),
    warnings=_near_end,
)


class PolicyForm(EntryForm):
    class Meta(EntryForm.Meta):
        model = Policy
        fields = ("name_en", "name_hi", "district", "number", "dated", "valid_until", "link", "source")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.in_order("dated", "valid_until")
        return data


POLICIES = Register(
    model=Policy,
    title=_("Policies"),
    one=_("Policy"),
    about=_("The policies and orders that the State follows for its products."),
    form=PolicyForm,
    columns=("name_en", "number", "dated", "valid_until"),
    search=("name_en", "name_hi", "number"),
    filters=("district",),
    standings=(Standing("running", _("In force"), lambda: Q(valid_until=None) | Q(valid_until__gte=today())),),
    related=("state", "district"),
    titled_by=("name_en",),
)
