"""Assistance for freight: to the gateway port by containers, by air, and the schemes of other States and of the Union."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from programme.norms.ceilings import NOTHING, pay
from programme.norms.inputs import BadInput, Containers, Field, day, in_order, missing, money, quantity
from programme.norms.sheet import Sheet, percent_text, share
from programme.norms.windows import claim_window

TEU = {20: 1, 40: 2}
ALREADY = Field(money, default=NOTHING)


def ceiling_of(rules: Mapping[str, Any]) -> Decimal | None:
    ceiling = rules.get("annual_cap")
    return None if ceiling is None else Decimal(ceiling)


def window_of(sheet: Sheet) -> bool:
    """Apply the version's claim window when the inputs say when it begins; say whether the claim is barred."""
    began, claimed = sheet.inputs["export_date"], sheet.inputs["claim_date"]
    in_order(began, claimed, "claim_date")
    if began is None:
        return False
    if sheet.rules.get("claim_days") is None:
        sheet.say("no_window")
        return False
    return claim_window(sheet, began, claimed, sheet.rules["claim_days"])


def gateway_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "containers": Field(Containers(freight="per_teu" not in rules), required=True),
        "already_sanctioned_this_fy": ALREADY,
        "export_date": Field(day),
        "claim_date": Field(day),
    }


def gateway_whole(rules: Mapping[str, Any]) -> Iterator[str]:
    """A version pays by the TEU or by percentage with a limit for each size, never both and never half."""
    by_box = {"pct", "cap_20ft", "cap_40ft"} & set(rules)
    if ("per_teu" in rules) == (len(by_box) == 3) or ("per_teu" in rules and by_box):
        yield _("Write either “per_teu”, or “pct”, “cap_20ft” and “cap_40ft”.")


def gateway(sheet: Sheet) -> None:
    """Each container by itself, a percentage up to its limit (or a fixed rate for each TEU); the year's ceiling on the sum."""
    barred = window_of(sheet)
    counted = _per_teu if "per_teu" in sheet.rules else _per_box
    total = sum((counted(sheet, number, box) for number, box in enumerate(sheet.inputs["containers"], start=1)), NOTHING)
    sheet.say("together", amount=total)
    computed = sheet.rounded(total)
    pay(sheet, computed, ceiling=ceiling_of(sheet.rules), already=sheet.inputs["already_sanctioned_this_fy"], barred=barred)


def _per_teu(sheet: Sheet, number: int, box: Mapping[str, Any]) -> Decimal:
    rate, teu = sheet.rupees("per_teu"), TEU[box["feet"]]
    sheet.say("box_teu", number=number, feet=box["feet"], teu=teu, rate=rate, amount=rate * teu)
    return rate * teu


def _per_box(sheet: Sheet, number: int, box: Mapping[str, Any]) -> Decimal:
    percent, limit = sheet.percent("pct"), sheet.rupees(f"cap_{box['feet']}ft")
    part = share(percent, box["freight_rupees"])
    amount = min(part, limit)
    sheet.say(
        "box_limit" if part > limit else "box_percent",
        number=number, feet=box["feet"], freight=box["freight_rupees"], percent=percent_text(percent),
        share=part, limit=limit, amount=amount,
    )  # fmt: skip
    return amount


def gateway_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one box of each size round the freight at which its limit binds, and the rupees round the yearly ceiling."""
    if "per_teu" in rules:
        return [{"containers": [{"feet": feet}]} for feet in TEU]
    found: list[dict[str, Any]] = []
    ceiling = ceiling_of(rules)
    for feet in TEU:
        freight = (Decimal(rules[f"cap_{feet}ft"]) * 100 / Decimal(rules["pct"])).quantize(Decimal(1))
        found += [{"containers": [{"feet": feet, "freight_rupees": freight + step}]} for step in (-1, 0, 1)]
        if ceiling is not None:
            full = [{"feet": feet, "freight_rupees": freight}]
            at_most = ceiling - Decimal(rules[f"cap_{feet}ft"])
            found += [{"containers": full, "already_sanctioned_this_fy": at_most + step} for step in (Decimal(0), Decimal(1))] + [
                {"containers": full, "already_sanctioned_this_fy": ceiling}
            ]
    return found


def air_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "kg": Field(quantity),
        "freight_rupees": Field(money),
        "already_sanctioned_this_fy": ALREADY,
        "export_date": Field(day),
        "claim_date": Field(day),
    }


def air(sheet: Sheet) -> None:
    """A percentage of the freight or a rate for the weight, the lower; the year's ceiling. The window alone when only days are given."""
    freight, kg, by_weight = sheet.inputs["freight_rupees"], sheet.inputs["kg"], "per_kg" in sheet.rules
    asked = freight is not None or kg is not None
    if not asked and sheet.inputs["export_date"] is None:
        raise BadInput({"freight_rupees": missing(), "export_date": missing()})
    absent = [name for name, value in (("freight_rupees", freight), ("kg", kg if by_weight else NOTHING)) if value is None]
    if asked and absent:
        raise BadInput({name: missing() for name in absent})
    barred = window_of(sheet)
    if asked:
        computed = sheet.rounded(_air_amount(sheet, freight, kg))
        pay(sheet, computed, ceiling=ceiling_of(sheet.rules), already=sheet.inputs["already_sanctioned_this_fy"], barred=barred)


def _air_amount(sheet: Sheet, freight: Decimal, kg: Decimal | None) -> Decimal:
    percent = sheet.percent("pct")
    part = share(percent, freight)
    sheet.say("freight_paid", freight=freight)
    sheet.say("share", percent=percent_text(percent), base=freight, amount=part)
    if kg is None or "per_kg" not in sheet.rules:
        return part
    rate = sheet.rupees("per_kg")
    by_weight = rate * kg
    sheet.say("per_kg", kg=percent_text(kg), rate=rate, amount=by_weight)
    amount = min(part, by_weight)
    sheet.say("lower_equal" if part == by_weight else "lower_percent" if amount == part else "lower_per_kg", amount=amount)
    return amount


def air_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    ceiling, percent = Decimal(rules["annual_cap"]), Decimal(rules["pct"])
    freight = (ceiling * 100 / percent).quantize(Decimal(1))
    if "per_kg" not in rules:
        return [{"freight_rupees": freight + step} for step in (-1, 0, 1)]
    kg = Decimal(500)
    meets = (Decimal(rules["per_kg"]) * kg * 100 / percent).quantize(Decimal(1))
    heavy = (ceiling / Decimal(rules["per_kg"]) + 1).quantize(Decimal(1)) * 2
    return [{"kg": kg, "freight_rupees": meets + step} for step in (-1, 0, 1)] + [
        {"kg": heavy, "freight_rupees": freight + step} for step in (-1, 0, 1, 10)
    ]
