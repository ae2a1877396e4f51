"""Limits on an amount, and the yearly ceiling that splits it into a payable and an inadmissible part."""

from decimal import Decimal

from programme.norms.sheet import Sheet

NOTHING = Decimal(0)


def limited(sheet: Sheet, amount: Decimal, limit: Decimal) -> Decimal:
    """Return the amount, or the limit where it binds."""
    counted = min(amount, limit)
    sheet.say("at_limit" if amount > limit else "under_limit", limit=limit, amount=counted)
    return counted


def pay(sheet: Sheet, computed: Decimal, *, ceiling: Decimal | None, already: Decimal, barred: bool = False) -> None:
    """Set computed, payable and inadmissible; the first is always the sum of the others. A barred claim is paid nothing.

    ``ceiling`` is the most that one claimant gets in a financial year, ``None`` where there is none; ``already`` is what
    was sanctioned to him in it.
    """
    left = computed if ceiling is None else max(NOTHING, ceiling - already)
    payable = NOTHING if barred else min(computed, left)
    payable -= payable % 1 if payable < computed and sheet.rules.get("rounding", "floor") != "paisa" else NOTHING
    inadmissible = computed - payable
    sheet.amounts.update(computed_rupees=computed, payable_rupees=payable, inadmissible_rupees=inadmissible)
    if barred:
        return
    if ceiling is None:
        sheet.say("no_ceiling", payable=payable)
    elif not left and computed:
        sheet.say("ceiling_none", ceiling=ceiling, already=already, inadmissible=inadmissible)
    elif inadmissible:
        sheet.say("ceiling_part", ceiling=ceiling, already=already, left=left, payable=payable, inadmissible=inadmissible)
    else:
        sheet.say("ceiling_fits", ceiling=ceiling, already=already, left=left, payable=payable)
