"""Margin money by slabs of the project cost (Uttar Pradesh), and Rajasthan's by size of the enterprise."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from programme.money import LAKH
from programme.norms.ceilings import limited
from programme.norms.inputs import Field, OneOf, flag, money, money_above_zero, percentage
from programme.norms.sheet import Sheet, percent_text, share

COST = Field(money_above_zero, required=True)
SPECIAL = Field(flag, default=False)


def odop_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {"project_cost_rupees": COST, "special_category": SPECIAL}


def odop(sheet: Sheet) -> None:
    """A percentage of the cost against a fixed amount, the lesser or the greater as the slab says; and the own contribution."""
    cost = sheet.inputs["project_cost_rupees"]
    sheet.say("project_cost", cost=cost)
    number, slab = slab_of(sheet.rules["slabs"], cost)
    label = slab_label(number, slab)
    sheet.amounts["slab"] = label
    _say_slab(sheet, slab, label)
    amount = sheet.rounded(_slab_amount(sheet, slab, cost))
    sheet.amounts["margin_money_rupees"] = amount
    sheet.say("margin_money", amount=amount)
    kind = "special" if sheet.inputs["special_category"] else "general"
    percent = Decimal(sheet.rules["own_pct"][kind])
    own = share(percent, cost)
    sheet.say(f"own_{kind}", percent=percent_text(percent), amount=own)
    sheet.amounts["own_contribution_rupees"] = sheet.rounded(own)


def slab_of(slabs: list[dict[str, Any]], cost: Decimal) -> tuple[int, dict[str, Any]]:
    """Return the slab of a cost and its number, from 1. Slabs of a version that may be published leave no gap."""
    for number, slab in enumerate(slabs, start=1):
        if slab["upto"] is None or cost <= Decimal(slab["upto"]):
            return number, slab
    raise LookupError(f"No slab holds {cost}.")


def slab_label(number: int, slab: Mapping[str, Any]) -> str:
    """Return a slab as notes quote it: ``S1 min(25%, 6.25L)``."""
    lakh = percent_text(Decimal(slab["fixed"]) / LAKH)
    return f"S{number} {slab['rule']}({percent_text(Decimal(slab['pct']))}%, {lakh}L)"


def slab_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the costs that show what a version does: a rupee round each border, and where percentage and fixed amount meet."""
    costs = {Decimal(1)}
    for slab in rules["slabs"]:
        borders = [Decimal(slab[name]) for name in ("over", "upto") if slab[name] is not None]
        corner = Decimal(slab["fixed"]) * 100 / Decimal(slab["pct"]) if Decimal(slab["pct"]) else Decimal(0)
        costs |= {border + step for border in [*borders, corner.quantize(Decimal(1))] for step in (-1, 0, 1)}
    return [{"project_cost_rupees": cost} for cost in sorted(costs) if cost > 0]


def _say_slab(sheet: Sheet, slab: Mapping[str, Any], label: str) -> None:
    over, upto = Decimal(slab["over"]), slab["upto"]
    if upto is None:
        sheet.say("slab_last", slab=label, over=over)
    elif over:
        sheet.say("slab_middle", slab=label, over=over, upto=Decimal(upto))
    else:
        sheet.say("slab_first", slab=label, upto=Decimal(upto))


def _slab_amount(sheet: Sheet, slab: Mapping[str, Any], cost: Decimal) -> Decimal:
    percent, fixed = Decimal(slab["pct"]), Decimal(slab["fixed"])
    part = share(percent, cost)
    sheet.say("share", percent=percent_text(percent), base=cost, amount=part)
    amount = min(part, fixed) if slab["rule"] == "min" else max(part, fixed)
    word = "lesser" if slab["rule"] == "min" else "greater"
    if part == fixed:
        sheet.say("equal_fixed", fixed=fixed, amount=amount)
    else:
        sheet.say(f"{word}_percent" if amount == part else f"{word}_fixed", fixed=fixed, amount=amount)
    return amount


def rajasthan_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "project_cost_rupees": COST,
        "enterprise": Field(OneOf(("micro", "small")), required=True),
        "special_category": SPECIAL,
        "odop_turnover_pct": Field(percentage),
        "loan_disbursed_rupees": Field(money),
    }


def rajasthan(sheet: Sheet) -> None:
    """A percentage with a limit by size, more for the special category; released when the loan is at least the grant."""
    cost, turnover, loan = (sheet.inputs[name] for name in ("project_cost_rupees", "odop_turnover_pct", "loan_disbursed_rupees"))
    rule = sheet.rules[sheet.inputs["enterprise"]]
    sheet.say("project_cost", cost=cost)
    percent = Decimal(rule["pct"])
    part = share(percent, cost)
    sheet.say("share", percent=percent_text(percent), base=cost, amount=part)
    amount = limited(sheet, part, Decimal(rule["cap"]))
    if sheet.inputs["special_category"]:
        sheet.say("extra_special", amount=sheet.rupees("extra_special"))
        amount += sheet.rupees("extra_special")
    amount = sheet.rounded(amount)
    least = sheet.percent("odop_turnover_min_pct")
    if turnover is not None:
        fit = turnover >= least
        sheet.amounts["eligible"] = fit
        sheet.say("turnover_enough" if fit else "turnover_low", percent=percent_text(turnover), least=percent_text(least))
        amount = amount if fit else Decimal(0)
    sheet.amounts["margin_money_rupees"] = amount
    sheet.say("margin_money", amount=amount)
    if loan is not None and amount:
        sheet.amounts["releasable"] = loan >= amount
        sheet.say("release_now" if loan >= amount else "release_wait", loan=loan)


def rajasthan_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for size in ("micro", "small"):
        corner = (Decimal(rules[size]["cap"]) * 100 / Decimal(rules[size]["pct"])).quantize(Decimal(1))
        found += [{"enterprise": size, "project_cost_rupees": corner + step} for step in (-1, 0, 1)]
    return found
