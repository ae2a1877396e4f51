"""A last day that was said as a festival: "before Deepawali 2026", "दीपावली से पूर्व". The words are kept beside the day they come to.

The days are those of the library ``holidays``, which estimates some from the moon; a State's gazette may differ, so a person can
always write the day himself.
"""

from datetime import date, timedelta

import holidays

from programme.folding import fold

# As the library names them in English, by the ways in which papers write them.
FESTIVALS = {
    "Diwali": ("deepawali", "deepavali", "diwali", "दीपावली", "दिवाली", "दीपावलि"),
    "Holi": ("holi", "होली"),
    "Dussehra": ("dussehra", "dasara", "दशहरा", "विजयादशमी"),
    "Mahatma Gandhi's Jayanti": ("gandhijayanti", "गांधीजयंती", "गांधीजयन्ती"),
    "Republic Day": ("republicday", "गणतंत्रदिवस"),
    "Independence Day": ("independenceday", "स्वतंत्रतादिवस"),
    "Christmas": ("christmas", "क्रिसमस"),
}
BEFORE = ("before", "सेपूर्व", "सेपहले", "केपूर्व")


def day_meant(words: str, *, after: date) -> date | None:
    """Return the day that the words come to, the first such on or after ``after``; ``None`` when they name no festival.

    "Before" a festival is the day ahead of it. A year in the words counts more than ``after``.
    """
    said = fold(words)
    named = next((name for name, spellings in FESTIVALS.items() if any(fold(spelling) in said for spelling in spellings)), None)
    if named is None:
        return None
    years = [year for year in range(2000, 2100) if str(year) in said] or [after.year, after.year + 1]
    earlier = timedelta(days=1 if any(fold(word) in said for word in BEFORE) else 0)
    days = [day - earlier for year in years for day in _days(named, year)]
    return next((day for day in sorted(days) if day >= after or len(years) == 1), None)


def _days(name: str, year: int) -> list[date]:
    return [day for day, called in holidays.country_holidays("IN", years=year, language="en_IN").items() if name in called]
