"""Freight schemes of other States and of the Union: Haryana, Himachal Pradesh, the Freight Subsidy Scheme, DGFT's TMA."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from programme.norms.ceilings import NOTHING, pay
from programme.norms.freight import ALREADY, TEU, ceiling_of
from programme.norms.inputs import Containers, Field, OneOf, between, day, flag, in_order, money
from programme.norms.sheet import Sheet, percent_text, share
from programme.norms.windows import closes, years_after


def haryana_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "fob_rupees": Field(money, required=True),
        "freight_rupees": Field(money, required=True),
        "block": Field(OneOf((*[block for blocks in rules["cap_by_block"] for block in blocks], *rules["cap_by_block"])), required=True),
        "already_sanctioned_this_fy": ALREADY,
    }


def haryana(sheet: Sheet) -> None:
    """A percentage of the FOB value or the actual freight, the lower; a yearly ceiling by category of the block."""
    percent, freight = sheet.percent("pct_fob"), sheet.inputs["freight_rupees"]
    part = share(percent, sheet.inputs["fob_rupees"])
    sheet.say("share", percent=percent_text(percent), base=sheet.inputs["fob_rupees"], amount=part)
    amount = min(part, freight)
    sheet.say("lower_freight", freight=freight, amount=amount)
    block = sheet.inputs["block"]
    ceiling = next(Decimal(cap) for blocks, cap in sheet.rules["cap_by_block"].items() if block in blocks)
    sheet.say("block", block=block, ceiling=ceiling)
    pay(sheet, sheet.rounded(amount), ceiling=ceiling, already=sheet.inputs["already_sanctioned_this_fy"])


def haryana_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for block, cap in rules["cap_by_block"].items():
        fob = (Decimal(cap) * 100 / Decimal(rules["pct_fob"])).quantize(Decimal(1))
        found += [{"block": block, "fob_rupees": fob + step, "freight_rupees": fob} for step in (-100, 0, 100)]
    return found


def himachal_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "area": Field(OneOf(("A", "B", "C")), required=True),
        "freight_rupees": Field(money, required=True),
        "pct": Field(between(Decimal(rules["pct_from"]), Decimal(rules["pct_upto"])), required=True),
        "already_sanctioned_this_fy": ALREADY,
    }


def himachal_whole(rules: Mapping[str, Any]) -> Iterator[str]:
    if Decimal(rules["pct_from"]) > Decimal(rules["pct_upto"]):
        yield _("The range of the percentage ends below its beginning.")


def himachal(sheet: Sheet) -> None:
    """The source gives a range alone, so the percentage is part of the question; areas B and C are covered."""
    percent, area = sheet.inputs["pct"], sheet.inputs["area"]
    covered = area in sheet.rules["areas"]
    if covered:
        sheet.say("area_in", area=area, percent=percent_text(percent), least=sheet.rules["pct_from"], most=sheet.rules["pct_upto"])
    else:
        sheet.say("area_out", area=area)
    part = share(percent, sheet.inputs["freight_rupees"])
    sheet.say("share", percent=percent_text(percent), base=sheet.inputs["freight_rupees"], amount=part)
    computed = sheet.rounded(part)
    pay(sheet, computed, ceiling=ceiling_of(sheet.rules), already=sheet.inputs["already_sanctioned_this_fy"], barred=not covered)
    sheet.amounts["eligible"] = covered


def himachal_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for percent in (Decimal(rules["pct_from"]), Decimal(rules["pct_upto"])):
        freight = (Decimal(rules["annual_cap"]) * 100 / percent).quantize(Decimal(1))
        found += [{"area": rules["areas"][0], "pct": percent, "freight_rupees": freight + step} for step in (-100, 0, 100)]
    return found


def fss_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "region": Field(OneOf(tuple(rules["pct_by_region"])), required=True),
        "freight_rupees": Field(money, required=True),
        "own_vehicle": Field(flag, default=False),
        "production_began": Field(day),
        "expense_date": Field(day),
        "claim_date": Field(day),
    }


def fss(sheet: Sheet) -> None:
    """A percentage by region; five years from a start of production before the scheme closed, claimed in a year, no own vehicle."""
    region, freight, spent = sheet.inputs["region"], sheet.inputs["freight_rupees"], sheet.inputs["expense_date"]
    percent = Decimal(sheet.rules["pct_by_region"][region])
    sheet.say("region", region=region, percent=percent_text(percent))
    part = share(percent, freight)
    sheet.say("share", percent=percent_text(percent), base=freight, amount=part)
    computed = sheet.rounded(part)
    refused = sheet.inputs["own_vehicle"] and not sheet.rules["own_vehicle"]
    if refused:
        sheet.say("own_vehicle")
    refused = _outside_scheme(sheet) or refused
    in_order(spent, sheet.inputs["claim_date"], "claim_date")
    if spent:
        refused = _outside_years(sheet, spent) or refused
        last = years_after(spent, sheet.rules["claim_years"])
        sheet.say("window_year", start=spent, years=sheet.rules["claim_years"], last=last)
        refused = closes(sheet, last, sheet.inputs["claim_date"]) or refused
    sheet.amounts["eligible"] = not refused
    pay(sheet, computed, ceiling=None, already=NOTHING, barred=refused)


def _outside_scheme(sheet: Sheet) -> bool:
    """Say whether the expense came before the scheme opened or production began after it closed; old cases continue beyond."""
    began, spent = sheet.inputs["production_began"], sheet.inputs["expense_date"]
    early = bool(sheet.opened and spent and spent < sheet.opened)
    late = bool(sheet.closed and began and began > sheet.closed)
    if early:
        sheet.say("before_opening", opened=sheet.opened, day=spent)
    if late:
        sheet.say("after_closing", closed=sheet.closed, began=began)
    return early or late


def _outside_years(sheet: Sheet, spent: date) -> bool:
    began, years = sheet.inputs["production_began"], sheet.rules["years"]
    if began is None:
        return False
    last = years_after(began, years) - timedelta(days=1)
    outside = not began <= spent <= last
    sheet.say("years_over" if outside else "years_within", years=years, last=last, day=spent)
    return outside


def fss_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"region": region, "freight_rupees": Decimal(100_000)} for region in rules["pct_by_region"]]


def tma_fields(rules: Mapping[str, Any]) -> dict[str, Field]:
    return {
        "containers": Field(Containers(freight=False), required=True),
        "full_containers": Field(flag, required=True),
        "export_date": Field(day),
        "claim_date": Field(day),
    }


def tma(sheet: Sheet) -> None:
    """Whether a consignment is covered, its TEU, and its window; the rates are not among the facts, so no amount."""
    teu = sum(TEU[box["feet"]] for box in sheet.inputs["containers"])
    sheet.say("teu_count", teu=teu)
    full = sheet.inputs["full_containers"] or not sheet.rules["full_containers_only"]
    sheet.say("full" if full else "not_full")
    barred = False
    in_order(sheet.inputs["export_date"], sheet.inputs["claim_date"], "claim_date")
    if sheet.inputs["export_date"]:
        quarter_ends = _quarter_end(sheet.inputs["export_date"])
        last = years_after(quarter_ends, sheet.rules["claim_years"])
        sheet.say("window_year", start=quarter_ends, years=sheet.rules["claim_years"], last=last)
        barred = closes(sheet, last, sheet.inputs["claim_date"])
    sheet.say("no_rate")
    sheet.say("goods_return", percent=percent_text(sheet.percent("refund_interest_pct")))
    sheet.amounts.update(teu=teu, eligible=full and not barred)


def _quarter_end(day: date) -> date:
    begins_next = (day.month - 1) // 3 * 3 + 4
    return date(day.year + (begins_next > 12), (begins_next - 1) % 12 + 1, 1) - timedelta(days=1)


def tma_probes(rules: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"containers": [{"feet": feet}], "full_containers": True} for feet in TEU]
