"""How figures, days and sizes are written for a reader: Indian grouping, Indian time, the reader's language."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.dates import get_month_names
from babel.numbers import format_decimal
from django import template
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from programme import money
from programme.models import Posting, naming
from programme.zone import IST
from workflows import deadlines
from workflows.letters import letter
from workflows.letters.amounts import in_words
from workflows.models import Observation, Outcome
from workflows.postings import limits_in_words

register = template.Library()

KILOBYTE = 1024
MEGABYTE = KILOBYTE * KILOBYTE


@register.filter
def rupees(amount: Decimal | None) -> str:
    """Write an exact amount, or a dash where there is none."""
    return "—" if amount is None else money.rupees(amount)


@register.filter
def short_rupees(amount: Decimal | None) -> str:
    """Write an amount shortly, or a dash where there is none."""
    return "—" if amount is None else money.short_rupees(amount)


@register.filter
def both_rupees(amount: Decimal | None) -> str:
    """Write an exact amount with its short form beside it where that says more: ₹18,50,000 (₹18.5 lakh)."""
    exact, short = rupees(amount), short_rupees(amount)
    return exact if exact == short else f"{exact} ({short})"


@register.filter
def rupees_in_words(amount: Decimal) -> str:
    """Write whole rupees and paise in the reader's words."""
    return in_words(amount, _locale())


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day of the Indian calendar in words: 12 October 2026."""
    return "" if value is None else _day(_indian_day(value), get_language())


# Of so many days, in every language: those that pages name again and again.
@lru_cache(maxsize=4096)
def _day(here: date, _language: str | None) -> str:
    return f"{here.day} {_months(_locale())[here.month]} {here.year}"


@register.filter
def digits_day(value: date | datetime | None) -> str:
    """Write a day of the Indian calendar in figures: 12-10-2026."""
    if value is None:
        return ""
    here = _indian_day(value)
    return f"{here.day:02}-{here.month:02}-{here.year}"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a time in India: 12 October 2026, 14:05."""
    return moment_in(get_language(), value)


def moment_in(language: str | None, value: datetime | None) -> str:
    """Write a time as ``moment`` does, for a reader whose language is known: that of now."""
    if value is None:
        return ""
    here = value.astimezone(IST)
    return f"{_day(here.date(), language)}, {here.hour:02}:{here.minute:02}"


@register.filter
def stamped(text: str) -> str:
    """Write a time as the record keeps it, in UTC, for a reader in India."""
    return moment(datetime.fromisoformat(text))


@register.filter
def named(said: dict[str, Any] | None) -> str:
    """Return the name that the record gives a person or an office, in the reader's language."""
    return letter.named(said)


@register.filter
def filesize(size: int) -> str:
    """Write a size in bytes as people read it: 214 KB."""
    if size < MEGABYTE:
        return _("%(size)s KB") % {"size": max(1, round(size / KILOBYTE))}
    return _("%(size)s MB") % {"size": format_decimal(size / MEGABYTE, format="0.0", locale="en_IN")}


@register.filter
def paper_type(content_type: str) -> str:
    """Name a paper's type in capitals: PDF, JPEG, XLSX."""
    ending = content_type.rsplit("/", 1)[-1].rsplit(".", 1)[-1]
    return {"sheet": "XLSX", "document": "DOCX"}.get(ending, ending.upper())


@register.filter
def shortened(digest: str) -> str:
    """Show the two ends of a hash, as a seal is read aloud: 9f2c…a41e."""
    return f"{digest[:4]}…{digest[-4:]}" if digest else ""


@register.filter
def in_language(row: Any, field: str) -> str:
    """Return a row's ``field`` in the reader's language."""
    return naming.in_language(row, field)


@register.filter
def duration(length: timedelta) -> str:
    """Write a length of time in its two largest units: 12 days 4 hours, 3 hours 20 minutes; a day is 24 hours."""
    return duration_in(get_language(), length)


def duration_in(language: str | None, length: timedelta) -> str:
    """Write a length of time as ``duration`` does, for a reader whose language is known: that of now."""
    return _duration(int(length.total_seconds()) // 60, language)


# Of so many lengths, in every language: those of the stays that are looked at again.
@lru_cache(maxsize=4096)
def _duration(minutes: int, _language: str | None) -> str:
    days, hours = minutes // (24 * 60), minutes // 60 % 24
    parts = [
        (days, ngettext("%(n)s day", "%(n)s days", days)),
        (hours, ngettext("%(n)s hour", "%(n)s hours", hours)),
        (0 if days else minutes % 60, ngettext("%(n)s minute", "%(n)s minutes", minutes % 60)),
    ]
    return " ".join(words % {"n": count} for count, words in parts if count) or _("under a minute")


@register.filter
def limits(posting: Posting) -> str:
    """Say within which limits a link officer acts; empty when there are none."""
    return limits_in_words(posting)


@register.filter
def standing(observation: Observation) -> deadlines.Standing:
    """Say how an observation stands to which nobody replied yet."""
    return deadlines.standing_of_observation(observation)


@register.filter
def outcome(code: str) -> str:
    """Say what an officer did with a file, from the code of the outcome."""
    return str(Outcome(code).label)


@register.filter
def item(rows: Any, key: Any) -> Any:
    """Look ``key`` up in a dictionary; ``None`` when it is not there."""
    return rows.get(key) if rows else None


@lru_cache
def _months(locale: str) -> Any:
    return get_month_names("wide", locale=locale)


def _indian_day(value: date | datetime) -> date:
    return value.astimezone(IST).date() if isinstance(value, datetime) else value


def _locale() -> str:
    return "hi" if (get_language() or "hi").startswith("hi") else "en_IN"


@register.simple_tag
def now_moment() -> str:
    """The time at which the page was made."""
    return moment(timezone.now())


@register.simple_tag(takes_context=True)
def page_link(context: Any, number: int) -> str:
    """Return the query of another page of this list, with its search and filters kept."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return "?" + query.urlencode()
