"""What a rule of a norm may look like. Each check yields a sentence for every fault it finds, so that all are seen at once."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from programme.norms.sheet import ROUNDINGS

Check = Callable[[Any], Iterator[str]]
AMOUNT = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
PERCENTAGE = re.compile(r"\d{1,3}(\.\d{1,4})?", re.ASCII)
CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
LARGEST_NUMBER = 10_000
COMMON_YEAR = 2023


def amount(value: Any) -> Iterator[str]:
    """Rupees, as text, more than zero."""
    yield from zero_or_amount(value)
    if isinstance(value, str) and AMOUNT.fullmatch(value) and not Decimal(value):
        yield _("An amount of zero would leave nothing to pay.")


def zero_or_amount(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not AMOUNT.fullmatch(value):
        yield _('Write the amount in rupees, in quotes, for example "1000000".')


def amount_or_none(value: Any) -> Iterator[str]:
    """Rupees, or null where there is no such limit."""
    if value is not None:
        yield from amount(value)


def percentage(value: Any) -> Iterator[str]:
    """More than 0 and not more than 100 per cent, as text."""
    if not isinstance(value, str) or not PERCENTAGE.fullmatch(value):
        yield _('Write the percentage without its sign, in quotes, for example "25".')
    elif not 0 < Decimal(value) <= 100:
        yield _("A percentage lies above 0 and is not more than 100.")


def number(value: Any) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_NUMBER:
        yield _("Write a whole number from 1 to %(most)s, without quotes.") % {"most": LARGEST_NUMBER}


def number_or_none(value: Any) -> Iterator[str]:
    if value is not None:
        yield from number(value)


def flag(value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield _("Write true or false.")


def texts(value: Any) -> Iterator[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        yield _('Write a list of words, for example ["project_report"].')
    elif len(set(value)) != len(value):
        yield _("A word stands in the list twice.")


def choice(*known: str) -> Check:
    def check(value: Any) -> Iterator[str]:
        if value not in known:
            yield _("This must be one of: %(choices)s.") % {"choices": ", ".join(known)}

    return check


def fraction(value: Any) -> Iterator[str]:
    """A part of a whole, such as "2/3"."""
    if not isinstance(value, str) or not re.fullmatch(r"[1-9]\d{0,3}/[1-9]\d{0,3}", value, re.ASCII) or Fraction(value) > 1:
        yield _('Write a part of the whole, for example "2/3".')


def month_day(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not MONTH_DAY.fullmatch(value) or not _in_every_year(value):
        yield _('Write month and day, for example "10-30".')


def _in_every_year(month_and_day: str) -> bool:
    try:
        date.fromisoformat(f"{COMMON_YEAR}-{month_and_day}")
    except ValueError:
        return False
    return True


def each(check: Check) -> Check:
    """An object whose every entry passes ``check``."""

    def checked(value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping) or not value:
            yield _("Write an object with at least one entry.")
            return
        for name, entry in value.items():
            yield from (f"{name}: {fault}" for fault in check(entry))

    return checked


def parts(**checks: Check) -> Check:
    """An object with exactly these entries."""

    def checked(value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping) or set(value) != set(checks):
            yield _("Write an object with exactly these entries: %(names)s.") % {"names": ", ".join(checks)}
            return
        for name, check in checks.items():
            yield from (f"{name}: {fault}" for fault in check(value[name]))

    return checked


amounts, percentages, numbers = each(amount), each(percentage), each(number)
least_units = parts(traditional=number, new_market=number)
own_share = parts(general=percentage, special=percentage)
fixed_share = parts(pct=percentage, cap=amount)


def committee(value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping) or set(value) - {"quorum", "members", "chair"} or not {"quorum", "members"} <= set(value):
        yield _('Write the committee as {"quorum": 3, "members": ["dm", "dic", "ldm"]}.')
        return
    faults = [*number(value["quorum"]), *texts(value["members"])]
    yield from faults
    if faults:
        return
    if value["quorum"] > len(value["members"]):
        yield _("The quorum is larger than the committee.")
    if "chair" in value and value["chair"] not in value["members"]:
        yield _("The chair is no member of the committee.")


SLAB = parts(over=zero_or_amount, upto=amount_or_none, pct=percentage, rule=choice("min", "max"), fixed=zero_or_amount)
RUNG = parts(over=zero_or_amount, upto=amount_or_none, designation=lambda value: _designation(value))


def slabs(value: Any) -> Iterator[str]:
    yield from _bands(value, SLAB)


def ladder(value: Any) -> Iterator[str]:
    yield from _bands(value, RUNG)


def components(value: Any) -> Iterator[str]:
    """Kinds of fair: percentages and limits by the ending of their names, with nothing that has no meaning."""
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(part, Mapping) and isinstance(part.get("kind"), str) for part in value)
    ):
        yield _("Write a list of objects that each name their kind.")
        return
    names = [part["kind"] for part in value]
    if len(set(names)) != len(names):
        yield _("A kind stands in the list twice.")
    for part in value:
        yield from (f"{part['kind']}: {fault}" for fault in _component(part))


def _component(part: Mapping[str, Any]) -> Iterator[str]:
    for name, value in part.items():
        check = COMPONENT.get(name) or ENDINGS.get(name.rpartition("_")[2])
        if check is None:
            yield _("“%(rule)s” is not known.") % {"rule": name}
        else:
            yield from (f"{name}: {fault}" for fault in check(value))
    for name in part:
        charge, _line, ending = name.rpartition("_")
        twin = {"pct": f"{charge}_cap", "cap": f"{charge}_pct"}.get(ending)
        if twin and name != "annual_cap" and twin not in part:
            yield _("“%(rule)s” is missing.") % {"rule": twin}
        if twin and name != "annual_cap" and charge not in CHARGES:
            yield _("“%(rule)s” is not known.") % {"rule": name}


def _text(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not value:
        yield _("Write a text.")


def _designation(value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        yield _('Write the code of a designation, for example "principal_secretary".')


def designations(value: Any) -> Iterator[str]:
    """Codes of designations, each once."""
    if not isinstance(value, list) or not value:
        yield _("Write a list with at least one line.")
        return
    yield from (fault for code in value for fault in _designation(code))
    if len({str(code) for code in value}) != len(value):
        yield _("A word stands in the list twice.")


def days_before(value: Any) -> Iterator[str]:
    """Working days before a last day, each once; 0 is the day itself."""
    sound = isinstance(value, list) and value and all(type(days) is int and 0 <= days <= LONGEST_NOTICE for days in value)
    if not sound or len(set(value)) != len(value):
        yield _("Write a list of different whole numbers from 0 to %(most)s, for example [15, 7, 3, 1, 0].") % {"most": LONGEST_NOTICE}


LONGEST_NOTICE = 120
LATE = parts(
    scheme=lambda value: _or_none(value, _text),
    step=lambda value: _or_none(value, _text),
    level=lambda value: _or_none(value, choice("district", "department", "state")),
    days=number,
    tell=_designation,
)
last_day = parts(before=days_before, remind=designations, missing_to=designations, again_days=number)


def late(value: Any) -> Iterator[str]:
    """Lines that say after how many working days which superior is told of a late file; no line twice."""
    if not isinstance(value, list):
        yield _("Write a list with at least one line.")
        return
    for line_number, line in enumerate(value, start=1):
        yield from (_("Line %(number)s: %(fault)s") % {"number": line_number, "fault": fault} for fault in LATE(line))
        if line in value[: line_number - 1]:
            yield _("Line %(number)s stands there twice.") % {"number": line_number}


def _or_none(value: Any, check: Check) -> Iterator[str]:
    if value is not None:
        yield from check(value)


CHARGES = ("stall", "freight", "fare", "airfare", "fee", "cost")
COMPONENT: dict[str, Check] = {"kind": _text, "fare": _text, "max_per_year": number, "persons": number, "min_units": least_units}
ENDINGS: dict[str, Check] = {"pct": percentage, "cap": amount}


def _bands(value: Any, check: Check) -> Iterator[str]:
    """Bands of an amount, from zero upward without end: each begins where the one before it ends."""
    if not isinstance(value, list) or not value:
        yield _("Write a list with at least one line.")
        return
    faults = [
        _("Line %(number)s: %(fault)s") % {"number": number, "fault": fault}
        for number, band in enumerate(value, start=1)
        for fault in check(band)
    ]
    yield from faults
    if not faults:
        yield from _joints(value)


def _joints(bands: list[Mapping[str, Any]]) -> Iterator[str]:
    if Decimal(bands[0]["over"]):
        yield _("Line 1 must begin at 0; amounts below %(over)s have no line.") % {"over": bands[0]["over"]}
    for line, band in enumerate(bands, start=1):
        if band["upto"] is not None and Decimal(band["upto"]) <= Decimal(band["over"]):
            yield _("Line %(line)s ends at %(upto)s, not above its beginning at %(over)s.") % {
                "line": line, "upto": band["upto"], "over": band["over"],
            }  # fmt: skip
    for line, (band, following) in enumerate(pairwise(bands), start=1):
        if band["upto"] is None:
            yield _("Line %(line)s has no end, so the next one overlaps it.") % {"line": line}
            continue
        end, begin = Decimal(band["upto"]), Decimal(following["over"])
        figures = {"line": line, "next": line + 1, "end": band["upto"], "begin": following["over"]}
        if begin > end:
            yield _("Between line %(line)s, which ends at %(end)s, and line %(next)s, which begins at %(begin)s, there is a gap.") % figures
        elif begin < end:
            yield _("Line %(next)s begins at %(begin)s and overlaps line %(line)s, which ends at %(end)s.") % figures
    if bands[-1]["upto"] is not None:
        yield _("The last line ends at %(upto)s; amounts above it have no line.") % {"upto": bands[-1]["upto"]}


# What the norm of any process may hold beside the rules of its own scheme.
PROCESS: dict[str, Check] = {
    "aliases": texts,  # other names under which the version is asked for
    "rounding": choice(*ROUNDINGS),
    "papers": texts,
    "papers_optional": texts,
    "days": numbers,
    "opinion_days": number,
    "committee": committee,
    "deadline": month_day,
    "watch_months": number,
    "lock_in_months": number,
    "min_age": number,
    "once_per_family": flag,
    "district_product_only": flag,
    "resident": flag,
    "claim_days": number_or_none,
}
