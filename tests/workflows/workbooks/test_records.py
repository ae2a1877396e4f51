"""Rows of set-up's tables: written by set-up's own verbs, each with its line in the history, refused row by row."""

from datetime import date
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry

from programme.calendar import financial_year, today
from programme.models import Allotment, BudgetHead, Event, Holiday, LetterOfIntent, Officer, Posting, Product
from programme.samagam import load_samagam
from tests.files import an_allotment, office, officer
from tests.workflows.workbooks.books import accepted, checked, faults, standings
from workflows import office_days
from workflows.authority import Refusal, capacities
from workflows.models import JobStatus

pytestmark = pytest.mark.django_db
DAY = date(2027, 6, 9)


def at():
    return office("administrator")


def a_holiday(**changes):
    return {"date": DAY, "name_en": "Fair day", "name_hi": "मेला", "source": "GO 1/2027", **changes}


def test_holidays_are_declared_for_the_state_a_district_or_one_office():
    rows = [
        a_holiday(),
        a_holiday(date=date(2027, 1, 5), district="आगरा"),
        a_holiday(date=date(2027, 1, 6), post="District Magistrate", district="Agra", works="हाँ"),
        a_holiday(date=date(2027, 1, 7), post="District Magistrate"),
    ]
    book = checked("holidays", at(), rows)
    assert standings(book) == {2: "good", 3: "good", 4: "good", 5: "wrong"}
    assert "no such office" in faults(book, 5)["post"]
    accepted(book, only_good=True)
    held = Holiday.objects.filter(added_by=officer("administrator")).order_by("date")
    assert [(day.date, day.place, day.works) for day in held] == [
        (date(2027, 1, 5), "Agra", False), (date(2027, 1, 6), "District Magistrate, Agra", True), (DAY, "Uttar Pradesh", False),
    ]  # fmt: skip
    line = LogEntry.objects.get(object_id=held[0].pk, content_type__model="holiday")
    assert (line.action_flag, line.user) == (ADDITION, officer("administrator"))
    assert all(word in line.change_message for word in ("register.xlsx", "3", book.sha256))


def test_a_day_that_is_declared_otherwise_has_to_be_withdrawn_first():
    accepted(checked("holidays", at(), [a_holiday()]))
    book = checked("holidays", at(), [a_holiday(), a_holiday(name_en="Day of the fair")])
    assert standings(book) == {2: "present", 3: "wrong"}
    assert "withdraw that one first" in faults(book, 3)["date"]


def test_a_withdrawn_holiday_may_come_again():
    accepted(checked("holidays", at(), [a_holiday()]))
    held = Holiday.objects.get(date=DAY, withdrawn_at=None, name_en="Fair day", source="GO 1/2027")
    office_days.withdraw(held, why="Wrong day", by=officer("administrator"))
    book = checked("holidays", at(), [a_holiday()])
    assert standings(book) == {2: "good"}
    accepted(book)
    assert Holiday.objects.filter(date=DAY, source="GO 1/2027").count() == 2


def test_a_row_that_can_no_longer_be_is_refused_alone_in_both_languages():
    book = checked("holidays", at(), [a_holiday(), a_holiday(date=date(2027, 1, 8))])
    office_days.declare(Holiday(state=at().designation.state, date=DAY, name_en="Other"), by=officer("administrator"))
    job = accepted(book, only_good=True)
    assert job.status == JobStatus.FINISHED
    assert standings(book) == {2: "refused", 3: "accepted"}
    row = book.rows.get(number=2)
    assert "in force already" in row.sentence_en and row.sentence_hi and row.sentence_hi != row.sentence_en


def test_where_it_is_all_or_none_one_refused_row_undoes_the_others():
    book = checked("holidays", at(), [a_holiday(date=date(2027, 1, 8)), a_holiday()])
    office_days.declare(Holiday(state=at().designation.state, date=DAY, name_en="Other"), by=officer("administrator"))
    job = accepted(book)
    assert (job.done, job.refused) == (0, 1)
    assert standings(book) == {2: "good", 3: "good"}
    assert not Holiday.objects.filter(date=date(2027, 1, 8), source="GO 1/2027").exists()


def test_postings_join_and_relieve_by_the_verbs():
    new = Officer.objects.create(username="new.dm", name_en="New DM", name_hi="नए जि.म.")
    vacant = office("dm", "Unnao")
    Posting.objects.filter(office=vacant).delete()
    start = today()
    row = {"officer": "new.dm", "post": "जिलाधिकारी", "district": "Unnao", "charge": "Regular", "starts_on": start, "order_number": "GO 7"}
    clash = {**row, "district": "Agra"}
    book = checked("postings", at(), [row, clash, {**row, "officer": "nobody"}])
    assert standings(book) == {2: "good", 3: "wrong", 4: "wrong"}
    assert "regular posting in these dates" in faults(book, 3)["starts_on"]
    assert "nobody" in faults(book, 4)["officer"]
    accepted(book, only_good=True)
    held = Posting.objects.get(officer=new)
    assert (held.office, held.made_by) == (vacant, officer("administrator"))
    assert capacities(Officer.objects.get(pk=new.pk))[0].powers, "the grants follow"
    accepted(checked("postings", at(), [{**row, "ends_on": start}]))
    held.refresh_from_db()
    assert (held.ends_on, held.ended_by) == (start, officer("administrator"))


def test_an_allotment_takes_the_place_of_the_one_that_stands_and_may_come_back():
    head = BudgetHead.objects.get(state__short="UP", scheme="EXHIBITION")
    year = financial_year(today())
    for amount in ("1 करोड़", "1.5 crore", "1,00,00,000"):
        accepted(checked("allotments", at(), [{"head": head.code, "year": year, "allotted": amount}]))
    assert Allotment.objects.get(head=head, year=year).allotted == Decimal(10_000_000)
    flags = LogEntry.objects.filter(content_type__model="allotment").order_by("pk").values_list("action_flag", flat=True)
    assert list(flags) == [ADDITION, CHANGE, CHANGE]


def test_less_than_is_committed_is_refused():
    allotment = an_allotment(1000)
    Allotment.objects.filter(pk=allotment.pk).update(committed=900)
    book = checked("allotments", at(), [{"head": allotment.head.code, "year": allotment.year, "allotted": 800}])
    accepted(book, only_good=True)
    assert standings(book) == {2: "refused"}


def test_letters_of_intent_are_written_for_an_event():
    load_samagam(settings.BASE_DIR / "fixtures")
    event = Event.objects.get(district__name_en="Agra")
    product = Product.objects.filter(district=event.district, live=True).first()
    row = {
        "event": f"{event.name_en} ({event.planned_from:%d-%m-%Y})", "product": f"{product.name_en} (Agra)",
        "seller": "Agra Leather", "buyer": "Lyon", "amount": "12.5 लाख", "dated": "16/09/2019",
    }  # fmt: skip
    book = checked("letters", office("odop_cell"), [row, {**row, "amount": 0}])
    assert standings(book) == {2: "good", 3: "wrong"}
    accepted(book, only_good=True)
    assert LetterOfIntent.objects.get().amount == Decimal(1_250_000)


def test_whoever_administers_no_longer_has_nothing_accepted():
    book = checked("holidays", at(), [a_holiday()])
    with patch("workflows.authority._known_capacities", return_value=[]), pytest.raises(Refusal):
        accepted(book)
    assert not Holiday.objects.filter(source="GO 1/2027").exists()
