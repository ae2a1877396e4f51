"""Assistance for fairs: the ODOP scheme and that of the Export Promotion Bureau, both of Uttar Pradesh."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from programme.norms.ceilings import NOTHING, pay
from programme.norms.inputs import BadInput, Field, OneOf, count, day, in_order, missing, money
from programme.norms.sheet import Sheet, percent_text, share
from programme.norms.windows import cooling
from programme.norms.wording import word

SPENT = Field(money, default=NOTHING)


def component_of(sheet: Sheet) -> Mapping[str, Any]:
    """Return the rules of the kind of fair that was asked for."""
    kind = sheet.inputs["kind"]
    sheet.say("fair", kind=word(kind))
    return next(part for part in sheet.rules["components"] if part["kind"] == kind)


def kinds(rules: Mapping[str, Any]) -> Field:
    return Field(OneOf(tuple(part["kind"] for part in rules["components"])), required=True)


def assistance(sheet: Sheet, part: Mapping[str, Any], charge: str, name: str) -> Decimal:
    """Return what is paid for one charge: a percentage up to its limit, rounded; nothing where the kind has no rule for it."""
    spent = sheet.inputs[charge]
    if f"{charge}_pct" not in part:
        if spent:
            sheet.say("charge_none", charge=word(charge))
        sheet.amounts[name] = NOTHING
        return NOTHING
    percent, limit = Decimal(part[f"{charge}_pct"]), Decimal(part[f"{charge}_cap"])
    whole = share(percent, spent)
    sheet.say(
        "charge_limit" if whole > limit else "charge_percent",
        charge=word(charge), percent=percent_text(percent), spent=spent, share=whole, limit=limit,
    )  # fmt: skip
    sheet.amounts[name] = sheet.rounded(min(whole, limit))
    return sheet.amounts[name]


def odop_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "kind": kinds(rules),
        "stall": Field(money, required=True),
        "freight": SPENT,
        "fare": SPENT,
        "last_benefit_date": Field(day),
        "claim_date": Field(day),
    }


def odop(sheet: Sheet) -> None:
    """Stall charge and freight by percentage, the fare of one person in full where the kind has it; two years' pause."""
    last, claimed = sheet.inputs["last_benefit_date"], sheet.inputs["claim_date"]
    if last and not claimed:
        raise BadInput({"claim_date": missing()})
    in_order(last, claimed, "claim_date")
    part = component_of(sheet)
    total = assistance(sheet, part, "stall", "stall_assistance") + assistance(sheet, part, "freight", "freight_assistance")
    total += _fare(sheet, part)
    sheet.amounts["total"] = total
    sheet.say("fair_total", amount=total)
    barred = bool(last) and cooling(sheet, last, claimed, sheet.rules["cooling_years"])
    pay(sheet, total, ceiling=None, already=NOTHING, barred=barred)


def _fare(sheet: Sheet, part: Mapping[str, Any]) -> Decimal:
    spent = sheet.inputs["fare"]
    if "fare" in part:
        sheet.say("charge_whole", charge=word("fare"), spent=spent, fare=word(part["fare"]))
        sheet.amounts["fare"] = sheet.rounded(spent)
    else:
        if spent:
            sheet.say("charge_none", charge=word("fare"))
        sheet.amounts["fare"] = NOTHING
    return sheet.amounts["fare"]


def odop_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"kind": part["kind"], "stall": NOTHING, charge: at_limit + step}
        for part in rules["components"]
        for charge in ("stall", "freight")
        if f"{charge}_pct" in part
        for at_limit in [_binds(part, charge)]
        for step in (-1, 0, 1)
    ]


def _binds(part: Mapping[str, Any], charge: str) -> Decimal:
    return (Decimal(part[f"{charge}_cap"]) * 100 / Decimal(part[f"{charge}_pct"])).quantize(Decimal(1))


def bureau_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "kind": kinds(rules),
        "stall": SPENT,
        "airfare": SPENT,
        "fare": SPENT,
        "fee": SPENT,
        "cost": SPENT,
        "fairs_this_year": Field(count),
        "market": Field(OneOf(("traditional", "new_market"))),
        "units": Field(count),
        "already_sanctioned_this_fy": Field(money, default=NOTHING),
    }


def bureau(sheet: Sheet) -> None:
    """Each charge by percentage; three fairs abroad a year; least units for an organiser; a yearly ceiling for virtual fairs."""
    part = component_of(sheet)
    charges = [charge for charge in ("stall", "airfare", "fare", "fee", "cost") if f"{charge}_pct" in part]
    beside = [charge for charge in ("stall", "airfare", "fare", "fee", "cost") if charge not in charges and sheet.inputs[charge]]
    total = sum((assistance(sheet, part, charge, f"{charge}_assistance") for charge in [*charges, *beside]), NOTHING)
    sheet.amounts["total"] = total
    sheet.say("fair_total", amount=total)
    barred = _fairs_over(sheet, part)
    barred = _units_few(sheet, part) or barred
    sheet.amounts["eligible"] = not barred
    ceiling = Decimal(part["annual_cap"]) if "annual_cap" in part else None
    pay(sheet, total, ceiling=ceiling, already=sheet.inputs["already_sanctioned_this_fy"], barred=barred)


def _fairs_over(sheet: Sheet, part: Mapping[str, Any]) -> bool:
    most, fairs = part.get("max_per_year"), sheet.inputs["fairs_this_year"]
    if most is None or fairs is None:
        return False
    sheet.say("fairs_over" if fairs >= most else "fairs_within", fairs=fairs, most=most)
    return bool(fairs >= most)


def _units_few(sheet: Sheet, part: Mapping[str, Any]) -> bool:
    if "min_units" not in part:
        return False
    absent = [name for name in ("market", "units") if sheet.inputs[name] is None]
    if absent:
        raise BadInput({name: missing() for name in absent})
    least, units = part["min_units"][sheet.inputs["market"]], sheet.inputs["units"]
    sheet.say("units_few" if units < least else "units_enough", units=units, least=least)
    return bool(units < least)


def bureau_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    organiser = {"market": "traditional", "units": 20}
    return [
        {"kind": part["kind"], charge: _binds(part, charge) + step, **(organiser if "min_units" in part else {})}
        for part in rules["components"]
        for charge in ("stall", "airfare", "fare", "fee", "cost")
        if f"{charge}_pct" in part
        for step in (-1, 0, 1)
    ]
