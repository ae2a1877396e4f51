"""Grants for projects: common facility centres, the food ministry's PMFME, and training with a toolkit."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from django.utils.translation import gettext as _

from programme.norms.ceilings import NOTHING, limited
from programme.norms.inputs import BadInput, Field, OneOf, count, counts, flag, missing, money, money_above_zero
from programme.norms.sheet import Sheet, percent_text, share

OVER_CEILING = "over_ceiling"


def centre_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {"project_cost_rupees": Field(money_above_zero), "members": Field(counts), "odop_members": Field(counts)}


def centre(sheet: Sheet) -> None:
    """The State's share of the cost up to the ceiling, and whether the special purpose vehicle is composed as the rule asks."""
    cost, members, odop = (sheet.inputs[name] for name in ("project_cost_rupees", "members", "odop_members"))
    if cost is None and members is None and odop is None:
        raise BadInput({"project_cost_rupees": missing()})
    if (members is None) != (odop is None):
        raise BadInput({"members" if members is None else "odop_members": missing()})
    if cost is not None:
        _shares(sheet, cost)
    if members is not None:
        sheet.amounts["eligible"] = _composed(sheet, members, odop)


def _shares(sheet: Sheet, cost: Decimal) -> None:
    ceiling, percent = sheet.rupees("project_cap"), sheet.percent("state_share_pct")
    sheet.say("project_cost", cost=cost)
    if cost > ceiling:
        sheet.say("over_ceiling", ceiling=ceiling)
    base = min(cost, ceiling)
    part = share(percent, base)
    sheet.say("state_share", percent=percent_text(percent), base=base, amount=part)
    part = sheet.rounded(part)
    sheet.say("spv_share", amount=cost - part)
    sheet.amounts.update(state_share_rupees=part, spv_share_rupees=cost - part, flag=OVER_CEILING if cost > ceiling else "")


def _composed(sheet: Sheet, members: Any, odop: Any) -> bool | list[bool]:
    if isinstance(members, list) != isinstance(odop, list) or (isinstance(members, list) and len(members) != len(odop)):
        raise BadInput({"odop_members": _("Give as many numbers here as for the members.")})
    pairs = list(zip(members, odop, strict=True)) if isinstance(members, list) else [(members, odop)]
    if any(of_product > everybody for everybody, of_product in pairs):
        raise BadInput({"odop_members": _("There cannot be more members of the product than members.")})
    least, part = sheet.rules["spv_min_members"], Fraction(sheet.rules["spv_odop_fraction"])
    fit = []
    for everybody, of_product in pairs:
        fits = everybody >= least and of_product >= part * everybody
        figures = {"members": everybody, "odop": of_product, "least": least, "needed": ceil(part * everybody)}
        sheet.say("spv_fit" if fits else "spv_unfit", **figures)
        fit.append(fits)
    return fit if isinstance(members, list) else fit[0]


def centre_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    ceiling, least = Decimal(rules["project_cap"]), rules["spv_min_members"]
    needed = ceil(Fraction(rules["spv_odop_fraction"]) * least)
    costs: list[dict[str, Any]] = [{"project_cost_rupees": ceiling + step} for step in (-1, 0, 1)]
    return [
        *costs,
        {"members": [least - 1, least, least, least + 1], "odop_members": [least - 1, needed - 1, needed, needed]},
    ]


def enterprise_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {"project_cost_rupees": Field(money_above_zero, required=True), "technical_civil_work_rupees": Field(money, default=NOTHING)}


def enterprise(sheet: Sheet) -> None:
    """A percentage of the eligible cost up to the limit; technical civil work beyond its part of the cost is left out."""
    cost, civil = sheet.inputs["project_cost_rupees"], sheet.inputs["technical_civil_work_rupees"]
    if civil > cost:
        raise BadInput({"technical_civil_work_rupees": _("This is more than the project cost.")})
    sheet.say("project_cost", cost=cost)
    most = sheet.percent("technical_civil_work_max_pct")
    excess = max(NOTHING, civil - share(most, cost))
    base = cost - excess
    if excess:
        sheet.say("civil_over", civil=civil, percent=percent_text(most), excess=excess, base=base)
    _grant(sheet, base)
    least = sheet.percent("own_pct_min")
    own = share(least, cost)
    sheet.say("own_least", percent=percent_text(least), amount=own)
    sheet.amounts["own_contribution_rupees"] = sheet.rounded(own)


def group_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {"project_cost_rupees": Field(money_above_zero, required=True)}


def group(sheet: Sheet) -> None:
    """A percentage of the cost up to the limit; a project above the ceiling is not eligible."""
    cost, ceiling = sheet.inputs["project_cost_rupees"], sheet.rupees("project_cap")
    sheet.say("project_cost", cost=cost)
    sheet.amounts["flag"] = OVER_CEILING if cost > ceiling else ""
    sheet.amounts["eligible"] = cost <= ceiling
    if cost > ceiling:
        sheet.say("over_ceiling_refused", ceiling=ceiling)
        sheet.amounts["subsidy_rupees"] = NOTHING
    else:
        _grant(sheet, cost)


def _grant(sheet: Sheet, base: Decimal) -> None:
    percent = sheet.percent("pct")
    part = share(percent, base)
    sheet.say("share", percent=percent_text(percent), base=base, amount=part)
    amount = sheet.rounded(limited(sheet, part, sheet.rupees("cap")))
    sheet.say("grant", amount=amount)
    sheet.amounts["subsidy_rupees"] = amount


def grant_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the costs a few rupees round the one at which the limit binds, and round the ceiling of the project."""
    binds = (Decimal(rules["cap"]) * 100 / Decimal(rules["pct"])).quantize(Decimal(1))
    borders = [binds, *([Decimal(rules["project_cap"])] if "project_cap" in rules else [])]
    return [{"project_cost_rupees": border + step} for border in borders for step in (-3, -1, 0, 1, 3)]


PROOFS = ("artisan_card", "weaver_card", "certificate", "none")


def training_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "age": Field(count, required=True),
        "resident": Field(flag, required=True),
        "proof": Field(OneOf(PROOFS), required=True),
        "benefit_taken": Field(flag, required=True),
    }


def training(sheet: Sheet) -> None:
    """Eligibility alone: age, residence, proof of the craft, no benefit from another scheme. No amount is known."""
    age, least = sheet.inputs["age"], sheet.rules["min_age"]
    sheet.say("age_enough" if age >= least else "age_low", age=age, least=least)
    resident, proof, taken = (sheet.inputs[name] for name in ("resident", "proof", "benefit_taken"))
    sheet.say("resident" if resident else "not_resident")
    if proof == "none":
        sheet.say("no_proof")
    else:
        sheet.say("proof", proof={"word": proof})
    sheet.say("benefit_taken" if taken else "no_benefit")
    sheet.say("training", days=sheet.rules["training_days"])
    sheet.say("no_honorarium")
    sheet.amounts.update(eligible=age >= least and resident and proof != "none" and not taken, training_days=sheet.rules["training_days"])


def training_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    least = rules["min_age"]
    sound = {"resident": True, "proof": "artisan_card", "benefit_taken": False}
    return [{"age": age, **sound} for age in (least - 1, least)]
