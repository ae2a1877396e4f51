"""Campaigns before a festival: demands, and what each group supplies of them."""

from decimal import Decimal
from typing import Any

from django.db.models import F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from programme.festivals import day_meant
from programme.models import Campaign, Demand, Officer, Supply
from programme.money import rupees
from workflows.registers.declaring import Column, Register, Standing, Table
from workflows.registers.forms import EntryForm
from workflows.registers.linking import entries_table
from workflows.sheets.columns import Type


class CampaignForm(EntryForm):
    class Meta(EntryForm.Meta):
        model = Campaign
        fields = ("name_en", "name_hi", "district", "owner", "festival_words", "festival_on", "lead_days", "target", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["festival_on"].required = False
        self.fields["festival_on"].help_text = _("Left empty, the day is reckoned from the words.")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("festival_on") and "festival_on" not in self.errors:
            data["festival_on"] = day_meant(data.get("festival_words") or "", after=today())
            if data["festival_on"] is None:
                self.add_error("festival_on", _("These words name no festival known here; write the day they come to."))
        return data


class DemandForm(EntryForm):
    class Meta(EntryForm.Meta):
        model = Demand
        fields = ("campaign", "wanted_by", "product", "what", "quantity", "unit", "by", "amount")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.instance.pk and (data.get("quantity") or 0) < self.instance.allocated:
            said = {"allocated": self.instance.allocated}
            self.add_error("quantity", gettext("%(allocated)s are allocated already; the demand cannot be less.") % said)
        return data


class SupplyForm(EntryForm):
    fixed = frozenset({"demand", "seller"})

    class Meta(EntryForm.Meta):
        model = Supply
        fields = ("demand", "seller", "quantity", "delivered", "remark")


def _demands(campaign: Campaign, officer: Officer) -> list[Table]:
    rows = list(campaign.demands.filter(removed_why="").prefetch_related("supplies"))
    headings = [_("who wants it"), _("what is wanted"), _("wanted by the day"), _("quantity"), _("allocated"), _("left")]
    table = entries_table(_("Demands"), headings, rows, _demand_words)
    amounts = sum((row.amount for row in rows if row.amount), start=Decimal(0))
    if campaign.target and amounts:
        said = {"amount": rupees(amounts), "target": rupees(campaign.target)}
        return [
            Table(table.title, table.headings, table.rows, note=gettext("Demands of %(amount)s against a target of %(target)s.") % said)
        ]
    return [table]


def _demand_words(demand: Demand) -> list[str]:
    numbers = (demand.quantity, demand.allocated, demand.left)
    return [demand.wanted_by, demand.what, f"{demand.by:%d-%m-%Y}", *(f"{number} {demand.unit}" for number in numbers)]


def _supplies(demand: Demand, officer: Officer) -> list[Table]:
    rows = demand.supplies.filter(removed_why="").select_related("seller")
    said = {"wanted": demand.quantity, "allocated": demand.allocated, "left": demand.left, "unit": demand.unit}
    note = gettext("Wanted %(wanted)s %(unit)s, allocated %(allocated)s, left %(left)s.") % said
    headings = [_("Seller or group"), _("quantity"), _("delivered")]
    return [
        entries_table(_("Supplied by"), headings, rows, lambda row: [row.seller.name, str(row.quantity), str(row.delivered)], note=note)
    ]


def _late_supply(demand: Demand) -> list[str]:
    if demand.by < today() and demand.left > 0:
        return [gettext("The day is over and %(left)s %(unit)s are allocated to nobody.") % {"left": demand.left, "unit": demand.unit}]
    return []


def _unmet() -> Q:
    given = Supply.objects.filter(demand=OuterRef("pk"), removed_why="").values("demand").annotate(sum=Sum("quantity")).values("sum")
    rows = Demand.objects.annotate(given=Coalesce(Subquery(given, output_field=IntegerField()), 0)).filter(given__lt=F("quantity"))
    return Q(pk__in=rows.values("pk"))


CAMPAIGNS = Register(
    model=Campaign,
    title=_("Campaigns"),
    one=_("Campaign"),
    about=_("Seasons of selling before a festival: target, demands, and what the groups supply."),
    form=CampaignForm,
    columns=(
        "name_en",
        "district",
        "festival_words",
        "festival_on",
        Column("begins_on", _("Work begins on"), lambda campaign: campaign.begins_on, Type.DATE, 13),
        "target",
    ),
    search=("name_en", "name_hi", "festival_words"),
    filters=("district",),
    standings=(Standing("coming", _("To come"), lambda: Q(festival_on__gte=today())),),
    related=("state", "district", "owner__designation", "owner__district"),
    titled_by=("name_en",),
    tables=_demands,
)

DEMANDS = Register(
    model=Demand,
    order=("-by",),
    title=_("Demands"),
    one=_("Demand"),
    about=_("Who wants what in a campaign, how much and by when."),
    form=DemandForm,
    columns=("wanted_by", "campaign", "what", "quantity", "unit", "by", "amount"),
    search=("wanted_by", "what", "campaign__name_en"),
    filters=("district",),
    standings=(
        Standing("unmet", _("Not allocated in full"), _unmet),
        Standing("over", _("The day is over"), lambda: Q(by__lt=today())),
    ),
    related=("campaign__state", "campaign__district", "product"),
    titled_by=("wanted_by", "what"),
    tables=_supplies,
    warnings=_late_supply,
)

SUPPLIES = Register(
    model=Supply,
    order=("-pk",),
    title=_("Supplies"),
    one=_("Supply"),
    about=_("How much of a demand each group supplies; no more than is wanted can be allocated."),
    form=SupplyForm,
    columns=("seller", "demand", "quantity", "delivered"),
    search=("seller__name_en", "seller__name_hi", "demand__wanted_by"),
    filters=("district",),
    standings=(Standing("undelivered", _("Not delivered in full"), lambda: Q(delivered__lt=F("quantity"))),),
    related=("demand__campaign__state", "demand__campaign__district", "seller__district"),
    titled_by=("seller", "demand"),
)
