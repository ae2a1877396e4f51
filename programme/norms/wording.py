"""The sentence of each step of a derivation, and how its figures are written."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from programme.money import rupees

SENTENCES = {
    # Slabs
    "project_cost": _("The project cost is %(cost)s."),
    "slab_first": _("It falls in slab %(slab)s: up to %(upto)s."),
    "slab_middle": _("It falls in slab %(slab)s: over %(over)s and up to %(upto)s."),
    "slab_last": _("It falls in slab %(slab)s: over %(over)s."),
    "share": _("%(percent)s%% of %(base)s is %(amount)s."),
    "lesser_percent": _("The fixed amount of the slab is %(fixed)s; the lesser counts, so the percentage decides: %(amount)s."),
    "lesser_fixed": _("The fixed amount of the slab is %(fixed)s; the lesser counts, so the fixed amount decides: %(amount)s."),
    "greater_percent": _("The fixed amount of the slab is %(fixed)s; the greater counts, so the percentage decides: %(amount)s."),
    "greater_fixed": _("The fixed amount of the slab is %(fixed)s; the greater counts, so the fixed amount decides: %(amount)s."),
    "equal_fixed": _("The fixed amount of the slab is %(fixed)s; both are equal: %(amount)s."),
    "margin_money": _("The margin money is %(amount)s."),
    "own_general": _("Own contribution, general category: %(percent)s%% of the project cost, that is %(amount)s."),
    "own_special": _("Own contribution, special category: %(percent)s%% of the project cost, that is %(amount)s."),
    "own_least": _("Own contribution: at least %(percent)s%% of the project cost, that is %(amount)s."),
    # Limits
    "under_limit": _("The limit is %(limit)s; it does not bind: %(amount)s."),
    "at_limit": _("The limit of %(limit)s binds: %(amount)s."),
    "not_rounded": _("This is a whole amount, so nothing was rounded."),
    "rounded_down": _("Rounded down, %(before)s becomes %(amount)s."),
    "rounded_nearest": _("Rounded to the nearest rupee, %(before)s becomes %(amount)s."),
    "no_ceiling": _("This version has no yearly ceiling; %(payable)s is payable."),
    "ceiling_fits": _(
        "The yearly ceiling is %(ceiling)s; %(already)s of it was sanctioned already this year and %(left)s is "
        "left: %(payable)s is payable."
    ),
    "ceiling_part": _(
        "The yearly ceiling is %(ceiling)s; %(already)s of it was sanctioned already this year and only %(left)s is left: "
        "%(payable)s is payable and %(inadmissible)s is inadmissible."
    ),
    "ceiling_none": _(
        "The yearly ceiling of %(ceiling)s is exhausted (%(already)s was sanctioned already this year): nothing is payable and "
        "%(inadmissible)s is inadmissible."
    ),
    # Freight
    "box_percent": _(
        "Container %(number)s (%(feet)s feet), freight %(freight)s: %(percent)s%% is %(share)s, within the limit "
        "of %(limit)s, so %(amount)s counts."
    ),
    "box_limit": _(
        "Container %(number)s (%(feet)s feet), freight %(freight)s: %(percent)s%% is %(share)s, above the limit "
        "of %(limit)s, so %(amount)s counts."
    ),
    "box_teu": _("Container %(number)s (%(feet)s feet) counts as %(teu)s TEU at %(rate)s each: %(amount)s."),
    "together": _("Together: %(amount)s."),
    "freight_paid": _("The freight paid is %(freight)s."),
    "per_kg": _("%(kg)s kg at %(rate)s a kilogram is %(amount)s."),
    "lower_percent": _("The lower of the two counts; the percentage decides: %(amount)s."),
    "lower_per_kg": _("The lower of the two counts; the weight decides: %(amount)s."),
    "lower_equal": _("Both are equal: %(amount)s."),
    "lower_freight": _("The lower of this and the actual freight of %(freight)s counts: %(amount)s."),
    "block": _("For block category %(block)s the yearly ceiling is %(ceiling)s; units under the same management share it."),
    "area_in": _("Area %(area)s is covered; the percentage applied is %(percent)s%%, inside the range of %(least)s%% to %(most)s%%."),
    "area_out": _("Area %(area)s is not covered by this version: nothing is payable."),
    "region": _("For %(region)s the rate is %(percent)s%%."),
    "own_vehicle": _("Goods carried in the unit's own vehicle are not covered: nothing is payable."),
    "before_opening": _("The scheme opened on %(opened)s; the expense of %(day)s came before that day: nothing is payable."),
    "after_closing": _("The scheme closed on %(closed)s; production began after that day, on %(began)s: nothing is payable."),
    "years_over": _(
        "The benefit ran for %(years)s years, up to and including %(last)s; the expense of %(day)s lies outside: nothing is payable."
    ),
    "years_within": _("The benefit runs for %(years)s years, up to and including %(last)s; the expense of %(day)s lies inside."),
    "teu_count": _("The containers count as %(teu)s TEU."),
    "not_full": _("Only full containers are covered: not eligible."),
    "full": _("The containers are full, as the rule asks."),
    "no_rate": _("The amount cannot be computed: the rate for each TEU and region is not among the rules of this version."),
    "goods_return": _("Should the goods come back, the assistance is refunded with interest of %(percent)s%%."),
    # Days
    "window": _("The claim is due within %(days)s days of %(start)s, the day after counted as day 1: the last day is %(last)s."),
    "window_year": _("The claim is due until the anniversary of %(start)s after %(years)s year(s): the last day is %(last)s."),
    "in_window": _("The claim of %(claimed)s is in time."),
    "barred": _("The claim of %(claimed)s is time-barred: the first barred day was %(first)s. Nothing is payable."),
    "no_window": _("The time allowed for the claim is not known for this version."),
    "cooling_over": _(
        "The last similar benefit was on %(last)s; %(years)s years have passed on %(allowed)s, so the claim of %(claimed)s is allowed."
    ),
    "cooling": _(
        "The last similar benefit was on %(last)s; a new one is allowed from %(allowed)s, so the claim of "
        "%(claimed)s is refused: nothing is payable."
    ),
    # Fairs
    "fair": _("Kind of fair: %(kind)s."),
    "charge_percent": _("%(charge)s: %(percent)s%% of %(spent)s is %(share)s, within the limit of %(limit)s."),
    "charge_limit": _("%(charge)s: %(percent)s%% of %(spent)s is %(share)s; the limit of %(limit)s binds."),
    "charge_whole": _("%(charge)s: the actual expense of %(spent)s is paid for one person (%(fare)s)."),
    "charge_none": _("%(charge)s: this version pays nothing for it at this kind of fair."),
    "fair_total": _("The total is %(amount)s."),
    "fairs_over": _("%(fairs)s fairs were assisted already this year; the limit is %(most)s: nothing is payable."),
    "fairs_within": _("%(fairs)s fairs were assisted already this year; the limit is %(most)s."),
    "units_few": _("%(units)s units take part; at least %(least)s are needed: nothing is payable."),
    "units_enough": _("%(units)s units take part; at least %(least)s are needed."),
    # Grants for projects
    "civil_over": _(
        "Technical civil work of %(civil)s is above %(percent)s%% of the project cost; %(excess)s is left out and %(base)s counts."
    ),
    "grant": _("The grant is %(amount)s."),
    "over_ceiling": _("The project cost is above the ceiling of %(ceiling)s; the share is taken of the ceiling alone."),
    "over_ceiling_refused": _("The project cost is above the ceiling of %(ceiling)s: not eligible."),
    "state_share": _("The State's share is %(percent)s%% of %(base)s, that is %(amount)s."),
    "spv_share": _("The rest, %(amount)s, is the share of the special purpose vehicle."),
    "spv_fit": _(
        "%(members)s members, %(odop)s of them of the product: at least %(least)s members and %(needed)s of the product are needed. Fit."
    ),
    "spv_unfit": _(
        "%(members)s members, %(odop)s of them of the product: at least %(least)s members and %(needed)s of the "
        "product are needed. Not fit."
    ),
    "extra_special": _("For the special category %(amount)s is added."),
    "turnover_low": _("%(percent)s%% of the turnover comes from the product; at least %(least)s%% is needed: not eligible."),
    "turnover_enough": _("%(percent)s%% of the turnover comes from the product; at least %(least)s%% is needed."),
    "release_wait": _("The grant is released only when a loan of at least the grant was disbursed; %(loan)s was disbursed, so it waits."),
    "release_now": _("A loan of %(loan)s was disbursed, at least the grant: it may be released."),
    # Training
    "age_low": _("Age %(age)s is below the least age of %(least)s: not eligible."),
    "age_enough": _("Age %(age)s is not below the least age of %(least)s."),
    "not_resident": _("The applicant does not live in the State: not eligible."),
    "resident": _("The applicant lives in the State."),
    "no_proof": _("There is no proof of the craft: not eligible."),
    "proof": _("Proof of the craft: %(proof)s."),
    "benefit_taken": _("A benefit was taken already from another scheme: not eligible."),
    "no_benefit": _("No benefit was taken from another scheme."),
    "training": _("Training of %(days)s days and a free toolkit."),
    "no_honorarium": _("An amount cannot be computed: the honorarium of the training was not found in any source."),
}

WORDS = {
    "in_state": _("in the State"),
    "interstate": _("in another State"),
    "international": _("abroad"),
    "foreign_fair": _("fair abroad"),
    "virtual": _("virtual fair"),
    "domestic_international_scale": _("fair of international scale in India"),
    "organiser_abroad": _("organiser of a fair abroad"),
    "stall": _("Stall charge"),
    "freight": _("Freight of goods"),
    "fare": _("Fare"),
    "airfare": _("Airfare"),
    "fee": _("Participation fee"),
    "cost": _("Cost"),
    "artisan_card": _("artisan card"),
    "weaver_card": _("weaver card"),
    "certificate": _("certificate of the village head or ward member"),
    "none": _("none"),
    "traditional": _("traditional market"),
    "new_market": _("new market"),
    "micro": _("micro enterprise"),
    "small": _("small enterprise"),
    "AC-3 rail or AC bus": _("third AC by rail, or AC bus"),
}


def sentence(step: Mapping[str, Any]) -> str:
    """Return a stored step as a sentence in the language that is active."""
    return str(SENTENCES[step["say"]]) % {name: _written(value) for name, value in step.items() if name != "say"}


def _written(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    if "rupees" in value:
        return rupees(Decimal(value["rupees"]))
    if "day" in value:
        return date.fromisoformat(value["day"]).strftime("%d-%m-%Y")
    return str(WORDS.get(value["word"], value["word"]))


def word(code: str) -> dict[str, str]:
    """Return a code of the rules as a word that is translated when it is shown."""
    return {"word": code}
