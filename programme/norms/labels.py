"""What schemes, inputs and amounts are called on pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programme.money import in_figures
from programme.norms.projects import OVER_CEILING

SCHEMES = {
    "ODOP_MARGIN_MONEY": _("ODOP margin money (Uttar Pradesh)"),
    "ODOP_MDA": _("ODOP marketing development assistance (Uttar Pradesh)"),
    "EPB_MDA": _("Marketing development assistance of the Export Promotion Bureau (Uttar Pradesh)"),
    "GATEWAY_PORT_FREIGHT": _("Freight to the gateway port (Uttar Pradesh)"),
    "AIR_FREIGHT": _("Air freight (Uttar Pradesh)"),
    "ODOP_CFC": _("Common facility centre (Uttar Pradesh)"),
    "ODOP_TRAINING_TOOLKIT": _("Training and toolkit (Uttar Pradesh)"),
    "PMFME_INDIVIDUAL": _("PMFME, single enterprise (all India)"),
    "PMFME_GROUP_INFRA": _("PMFME, group infrastructure (all India)"),
    "RAJ_ODOP_MARGIN": _("ODOP margin money (Rajasthan)"),
    "HP_TRANSPORT": _("Transport subsidy (Himachal Pradesh)"),
    "HARYANA_FREIGHT": _("Freight (Haryana)"),
    "FSS_2013": _("Freight Subsidy Scheme 2013 (closed; old cases)"),
    "DGFT_TMA": _("Transport and marketing assistance of the DGFT (all India)"),
}

INPUTS = {
    "rule_version": _("Version of the rules"),
    "project_cost_rupees": _("Project cost (₹)"),
    "special_category": _("Applicant of a special category"),
    "containers": _("Containers"),
    "feet": _("Length in feet"),
    "already_sanctioned_this_fy": _("Already sanctioned this financial year (₹)"),
    "export_date": _("Date of export"),
    "claim_date": _("Date of the claim"),
    "kg": _("Weight (kg)"),
    "freight_rupees": _("Freight paid (₹)"),
    "kind": _("Kind of fair"),
    "stall": _("Stall charge (₹)"),
    "freight": _("Freight of goods (₹)"),
    "fare": _("Fare of one person (₹)"),
    "airfare": _("Airfare of one person (₹)"),
    "fee": _("Participation fee (₹)"),
    "cost": _("Cost to the organiser (₹)"),
    "fairs_this_year": _("Fairs assisted already this year"),
    "market": _("Market"),
    "units": _("Units taking part"),
    "last_benefit_date": _("Date of the last similar benefit"),
    "members": _("Members of the special purpose vehicle"),
    "odop_members": _("Members connected with the product"),
    "technical_civil_work_rupees": _("Technical civil work in the project cost (₹)"),
    "enterprise": _("Size of the enterprise"),
    "odop_turnover_pct": _("Turnover from the product (%)"),
    "loan_disbursed_rupees": _("Loan disbursed (₹)"),
    "area": _("Area"),
    "pct": _("Percentage applied (%)"),
    "fob_rupees": _("FOB value (₹)"),
    "block": _("Category of the block"),
    "region": _("Region"),
    "own_vehicle": _("Carried in the unit's own vehicle"),
    "production_began": _("Production began on"),
    "expense_date": _("Date of the expense"),
    "full_containers": _("Full containers"),
    "age": _("Age in years"),
    "resident": _("Lives in the State"),
    "proof": _("Proof of the craft"),
    "benefit_taken": _("A benefit was taken from another scheme"),
}

AMOUNTS = {
    "slab": _("Slab"),
    "margin_money_rupees": _("Margin money"),
    "own_contribution_rupees": _("Own contribution"),
    "computed_rupees": _("Computed"),
    "payable_rupees": _("Payable"),
    "inadmissible_rupees": _("Inadmissible"),
    "last_day": _("Last day for the claim"),
    "first_barred_day": _("First barred day"),
    "barred": _("Barred"),
    "first_allowed_day": _("Allowed from"),
    "stall_assistance": _("Assistance for the stall"),
    "freight_assistance": _("Assistance for freight"),
    "airfare_assistance": _("Assistance for airfare"),
    "fare_assistance": _("Assistance for the fare"),
    "fee_assistance": _("Assistance for the fee"),
    "cost_assistance": _("Assistance for the cost"),
    "fare": _("Fare"),
    "total": _("Total"),
    "state_share_rupees": _("State's share"),
    "spv_share_rupees": _("Share of the special purpose vehicle"),
    "flag": _("Remark"),
    "eligible": _("Eligible"),
    "subsidy_rupees": _("Grant"),
    "releasable": _("May be released"),
    "teu": _("TEU"),
    "training_days": _("Days of training"),
}


def written(value: Any) -> str:
    """Write one amount of an entitlement for a reader: money in figures, days, yes and no, counts and codes."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Decimal):
        return in_figures(value)
    if isinstance(value, list):
        return ", ".join(written(part) for part in value)
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    return gettext("Above the ceiling") if value == OVER_CEILING else str(value)
