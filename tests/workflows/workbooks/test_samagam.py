"""The schedule of the Samagam of 2019 as a workbook: as printed, with broken lines and old spellings."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from django.conf import settings
from django.urls import reverse

from programme.models import Event, EventChange
from tests.files import office
from tests.workflows.workbooks.books import accepted, checked, sent, standings, work
from workflows.models import RegisterLine, Workbook
from workflows.workbooks.kinds import KINDS

pytestmark = pytest.mark.django_db
TITLE = "उद्यम समागम कार्यक्रम"


def cell():
    return office("odop_cell")


def printed() -> list[dict[str, str]]:
    with (settings.BASE_DIR / "fixtures" / "samagam_2019.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def schedule() -> bytes:
    """Return the schedule as a press piece prints it: merged title, serial numbers, names broken over lines, days as text."""
    book = openpyxl.Workbook()
    page = book.active
    page.append([TITLE])
    page.merge_cells("A1:D1")
    columns = {column.key: column.label_hi for column in KINDS["samagam"].sheet(cell(), None).columns}
    page.append(["क्र.", *(columns[key] for key in ("district", "planned_from", "planned_to"))])
    for n, row in enumerate(printed(), 1):
        first, last = (date.fromisoformat(row[name]) for name in ("starts_on", "ends_on"))
        name = row["as_printed"].replace(" ", "\n") if n % 2 else f" {row['as_printed']} "
        page.append([n, name, f"{first:%d-%m-%Y}" if n % 3 else first, f"{last:%d.%m.%Y}"])
        if n == 20:
            page.append([])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_printed_schedule_becomes_73_events_and_the_page_names_the_two_districts_without_a_slot(client_for):
    book = sent("samagam", cell(), schedule())
    work()
    wrong = {row.number: row.faults for row in book.rows.exclude(standing="good")}
    assert book.rows.count() == 73 and not wrong, wrong
    client = client_for("odop.cell")
    client.post(reverse("set_language"), {"language": "en"})
    missing = "73 of 75 districts; without a slot: Shahjahanpur, Unnao"
    assert missing in client.get(reverse("workbook", args=[book.pk])).content.decode(), "before anything is written"
    assert Event.objects.count() == 0
    accepted(Workbook.objects.get(pk=book.pk))
    assert Event.objects.filter(series="samagam-2019").count() == 73
    slots = {(event.district_id, str(event.planned_from), str(event.planned_to)) for event in Event.objects.all()}
    assert slots == {(int(row["district_lgd_code"]), row["starts_on"], row["ends_on"]) for row in printed()}
    assert missing in client.get(reverse("workbook", args=[book.pk])).content.decode()
    history = RegisterLine.objects.filter(officer__username="odop.cell", register="events", act="added")
    assert history.count() == 73 and book.sha256 in history.first().body


def test_other_days_need_a_reason_and_the_days_before_are_kept():
    row = {"district": "Agra", "planned_from": date(2019, 9, 16), "planned_to": date(2019, 9, 17)}
    accepted(checked("samagam", cell(), [row]))
    moved = {**row, "planned_from": date(2019, 9, 18), "planned_to": date(2019, 9, 19)}
    book = checked("samagam", cell(), [row, moved, {**moved, "reason": "Heavy rain"}])
    assert standings(book) == {2: "present", 3: "wrong", 4: "good"}
    accepted(book, only_good=True)
    change = EventChange.objects.get()
    assert (change.old_from, change.new_from, change.reason) == (date(2019, 9, 16), date(2019, 9, 18), "Heavy rain")
    back = checked("samagam", cell(), [{**row, "reason": "The rain is over"}])
    accepted(back)
    assert Event.objects.get().planned_from == date(2019, 9, 16)
