"""Days that decide a claim: the window in which it may be made, and the pause after an earlier benefit.

Conventions, assumed until an order says otherwise: the day after the event is day 1, so a window of 180 days that begins
on 10 November ends on 9 May; the same day some years later is already allowed; the 29th of February has its anniversary
on the 1st of March where the year has no such day, and any day that a later month lacks falls on the first of the month after.
"""

from datetime import date, timedelta

from programme.norms.sheet import Sheet


def years_after(day: date, years: int) -> date:
    """Return the anniversary; 29 February falls on 1 March in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def months_after(day: date, months: int) -> date:
    """Return the same day of the month so many months later; where that month has no such day, the first of the month after it."""
    whole, month = divmod(day.month - 1 + months, 12)
    year = day.year + whole
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year, month + 2, 1)


def claim_window(sheet: Sheet, start: date, claimed: date | None, days: int) -> bool:
    """Write down the last day and the first barred one; say whether the claim is barred (never while it has no date)."""
    last = start + timedelta(days=days)
    sheet.say("window", days=days, start=start, last=last)
    return closes(sheet, last, claimed)


def closes(sheet: Sheet, last: date, claimed: date | None) -> bool:
    """As ``claim_window``, for a last day that is known."""
    first_barred = last + timedelta(days=1)
    sheet.amounts.update(last_day=last, first_barred_day=first_barred)
    if claimed is None:
        return False
    barred = claimed > last
    sheet.amounts["barred"] = barred
    if barred:
        sheet.say("barred", claimed=claimed, first=first_barred)
    else:
        sheet.say("in_window", claimed=claimed)
    return barred


def cooling(sheet: Sheet, last_benefit: date, claimed: date, years: int) -> bool:
    """Write down from when a new benefit is allowed; say whether the claim is refused for coming too early."""
    allowed = years_after(last_benefit, years)
    barred = claimed < allowed
    sheet.amounts.update(first_allowed_day=allowed, barred=barred)
    sheet.say("cooling" if barred else "cooling_over", last=last_benefit, years=years, allowed=allowed, claimed=claimed)
    return barred
