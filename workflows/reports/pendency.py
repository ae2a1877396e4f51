"""What is pending, office by office, by how long it has been there.

Ages are calendar days since the file came to the office: that is how a review meeting asks, and one question to the database
answers it. Whether a file is beyond its time is said by its due date, which counts working days.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme import known
from programme.asking import Asked as Question
from programme.asking import Given, one_of
from programme.calendar import ONE_DAY, day_begins, today
from programme.models.naming import by_language
from programme.zone import IST
from workflows.models import Movement
from workflows.reports.declaring import Asked, Report, Row
from workflows.scopes import AskedOf, Scope
from workflows.sheets.columns import Column, Type

# Column, least and most age in days.
AGES: dict[str, tuple[int, int | None]] = {
    "days_0_7": (0, 7),
    "days_8_15": (8, 15),
    "days_16_30": (16, 30),
    "days_31_90": (31, 90),
    "days_over_90": (91, None),
}
NAMED = ("name_en", "name_hi")
OFFICE = (
    "office",
    "office__designation",
    *(f"office__designation__{name}" for name in NAMED),
    "office__district",
    *(f"office__district__{name}" for name in NAMED),
)


def waiting(condition: Q) -> QuerySet[Movement]:
    """Return the open stays of files that fit; those that only the clock ends wait for nobody."""
    return Movement.objects.filter(condition, disposed=None).exclude(power="")


def by_post(scope: Scope) -> list[Row]:
    """Count the files in a scope by the post that has them, wherever its offices are, the most first. One query."""
    now = timezone.now()
    if scope.districts or scope.parts:
        return _posts(_OF_FILES(scope, now=now))
    # A file is only ever at offices of its own State (``workflows.offices``), and these are found without reading a file.
    return _posts(_OF_STATES(states=list(scope.states), now=now))


def by_post_of(condition: Q) -> list[Row]:
    """Count the files of the stays that fit, as ``by_post`` does."""
    return _posts(list(_by_post(condition, timezone.now())))


def _by_post(condition: Q, now: Any) -> QuerySet[Movement, Any]:
    posts = waiting(condition).annotate(designation=F("office__designation")).values("designation")
    return posts.annotate(**_files(now)).values_list("designation", "pending", "late", "oldest", named=True)


_OF_FILES = AskedOf(_by_post, "now", way="case__")
_OF_STATES = Question(lambda: _by_post(one_of("office__designation__state", Given("states")), Given("now")))


def _posts(counted: Sequence[Any]) -> list[Row]:
    posts = known.designations(found.designation for found in counted)
    rows = [
        {
            "post": posts[found.designation].name,
            "pending": found.pending,
            "late": found.late,
            "oldest": timezone.localdate(found.oldest, IST),
            "_designation": found.designation,
            "_district": None,
        }
        for found in counted
    ]
    return sorted(rows, key=lambda row: (-row["pending"], row["post"]))


def _files(now: Any) -> dict[str, Any]:
    late = Count("case", filter=Q(due__lt=now), distinct=True)
    return {"pending": Count("case", distinct=True), "late": late, "oldest": Min("received")}


def _rows(asked: Asked) -> list[Row]:
    """Count the open stays of files in the scope by office. One query."""
    stays = waiting(asked.scope.files("case__"))
    if asked.process:
        stays = stays.filter(case__kind=asked.process)
    if asked.district:
        stays = stays.filter(case__district=asked.district)
    files = {key: Count("case", filter=_aged(*ages), distinct=True) for key, ages in AGES.items()}
    counted = stays.values(*OFFICE).annotate(**files, **_files(timezone.now()))
    return [_row(found) for found in counted.order_by(F("office__district__name_en").asc(nulls_first=True), "office__designation__name_en")]


def _row(found: Mapping[str, Any]) -> Row:
    district = by_language(found, "office__district__name") if found["office__district"] else _("State")
    counts = {key: found[key] for key in (*AGES, "pending", "late")}
    return {
        "district": district,
        "post": by_language(found, "office__designation__name"),
        **counts,
        "oldest": timezone.localdate(found["oldest"], IST),
        "_designation": found["office__designation"],
        "_district": found["office__district"],
        "_office": found["office"],
    }


def _aged(least: int, most: int | None) -> Q:
    """Return the condition for stays that began between ``most`` and ``least`` days ago; days begin at midnight in India."""
    first, last = _days(least, most)
    came = Q(received__lt=day_begins(last + ONE_DAY))
    return came if first is None else came & Q(received__gte=day_begins(first))


def _days(least: int, most: int | None) -> tuple[date | None, date]:
    return None if most is None else today() - timedelta(days=most), today() - timedelta(days=least)


def _link(asked: Asked, row: Mapping[str, Any], key: str) -> str:
    """Return the list of the files behind a figure: the same office, process and days."""
    query: dict[str, Any] = {"process": asked.process, "district": row["_district"] or asked.place or "", "office": row["_designation"]}
    if key in AGES:
        first, last = _days(*AGES[key])
        query |= {"limit": "acts", "received_from": first or "", "received_to": last}
    elif key in {"pending", "late"}:
        query["limit"] = "acts" if key == "pending" else "late"
    elif key == "oldest":
        # Those that came on the day since which the oldest waits.
        query |= {"limit": "acts", "received_to": row["oldest"]}
    else:
        return ""
    return f"{reverse('files')}?{urlencode({name: value for name, value in query.items() if value})}"


def _days_column(key: str, en: str, hi: str) -> Column:
    return Column(key, en, hi, Type.WHOLE, width=12)


PENDENCY = Report(
    key="pendency",
    title=gettext_lazy("Pendency by office and age"),
    about=gettext_lazy(
        "Files that wait for somebody to act, by the calendar days since they came to the office. "
        "Beyond time are those past their due date, which counts working days."
    ),
    columns=(
        Column("district", "District", "जनपद", width=22),
        Column("post", "Post", "पद", width=38),
        _days_column("days_0_7", "0–7 days", "0–7 दिन"),
        _days_column("days_8_15", "8–15 days", "8–15 दिन"),
        _days_column("days_16_30", "16–30 days", "16–30 दिन"),
        _days_column("days_31_90", "31–90 days", "31–90 दिन"),
        _days_column("days_over_90", "Over 90 days", "90 दिन से अधिक"),
        _days_column("pending", "Pending, all", "कुल लंबित"),
        _days_column("late", "Of these beyond time", "इनमें समय-सीमा के बाहर"),
        Column("oldest", "Oldest since", "सबसे पुरानी कब से", Type.DATE, width=14),
    ),
    rows=_rows,
    asks=("process", "district"),
    summed=(*AGES, "pending", "late"),
    link=_link,
)
