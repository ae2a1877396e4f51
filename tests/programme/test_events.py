"""Events of the programme: re-planned, closed, and what was announced against what is written."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError

from programme.events import NotYet, announced_total, close_event, replan, series_standing
from programme.models import District, Event, EventChange, LetterOfIntent, Matter, Office, Officer, Product
from programme.samagam import SERIES, load_samagam

FIXTURES = settings.BASE_DIR / "fixtures"
HP_SECTOR = "HANDICRAFT"


@pytest.fixture
def by(db):
    return Officer.objects.get(username="odop.cell")


@pytest.fixture
def samagam(up):
    load_samagam(FIXTURES)
    return up


def event_of(name):
    return Event.objects.get(series=SERIES, district__name_en=name)


def test_the_samagam_has_73_of_75_districts_and_the_two_are_named(samagam):
    standing = series_standing(SERIES, samagam)
    assert [district.name_en for district in standing.missing] == ["Shahjahanpur", "Unnao"]
    assert standing.text == "73 of 75 districts; without a slot: Shahjahanpur, Unnao"
    assert (event_of("Bara Banki").planned_from, event_of("Agra").planned_from) == (date(2019, 9, 12), date(2019, 9, 16))
    assert load_samagam(FIXTURES) == 0


def test_a_moved_event_keeps_both_pairs_of_days_the_reason_and_who_and_counts_as_late_not_missing(samagam, by):
    kheri = event_of("Kheri")
    change = replan(kheri, starts_on=date(2020, 1, 18), ends_on=date(2020, 1, 19), reason="Floods.", by=by)
    change.refresh_from_db()
    assert (change.old_from, change.old_to) == (date(2019, 9, 19), date(2019, 9, 20))
    assert (change.new_from, change.new_to, change.reason, change.by) == (date(2020, 1, 18), date(2020, 1, 19), "Floods.", by)
    standing = series_standing(SERIES, samagam)
    assert [event.district.name_en for event in standing.late] == ["Kheri"]
    assert standing.planned == 73 and len(standing.missing) == 2


@pytest.mark.parametrize(("days", "reason", "said"), [
    ((18, 19), " ", "Write why"),
    ((19, 18), "Floods.", "before the first"),
])  # fmt: skip
def test_an_event_is_not_moved_without_a_reason_or_backwards(samagam, by, days, reason, said):
    first, last = (date(2020, 1, day) for day in days)
    with pytest.raises(NotYet, match=said):
        replan(event_of("Kheri"), starts_on=first, ends_on=last, reason=reason, by=by)
    assert not EventChange.objects.exists()


def test_an_event_is_not_moved_to_the_days_it_has(samagam, by):
    kheri = event_of("Kheri")
    with pytest.raises(NotYet, match="these days already"):
        replan(kheri, starts_on=kheri.planned_from, ends_on=kheri.planned_to, reason="Again.", by=by)
    assert not EventChange.objects.exists()


def test_an_event_that_was_held_is_not_moved(samagam, by):
    Event.objects.filter(district__name_en="Kheri").update(held_from=date(2020, 1, 18), held_to=date(2020, 1, 19))
    with pytest.raises(NotYet, match="held already"):
        replan(event_of("Kheri"), starts_on=date(2020, 2, 1), ends_on=date(2020, 2, 2), reason="Again.", by=by)


def test_a_change_of_plan_is_never_changed_or_deleted(samagam, by):
    replan(event_of("Kheri"), starts_on=date(2020, 1, 18), ends_on=date(2020, 1, 19), reason="Floods.", by=by)
    for act in (lambda: EventChange.objects.update(reason="Other."), lambda: EventChange.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def a_matter(event, **changes):
    told = {
        "kind": "problem",
        "topic": "transport",
        "text_hi": "चमड़ा ढुलाई महँगी है।",
        "event": event,
        "district": event.district,
        "state_id": event.state_id,
        **changes,
    }
    return Matter.objects.create(**told)


def test_an_event_closes_when_each_problem_is_solved_or_has_its_process(samagam, by):
    event = event_of("Agra")
    first, second = a_matter(event), a_matter(event, kind="suggestion", text_hi="", text_en="A testing laboratory.")
    with pytest.raises(NotYet, match="not held yet"):
        close_event(event, by=by)
    Event.objects.filter(pk=event.pk).update(held_from=event.planned_from, held_to=event.planned_to)
    with pytest.raises(NotYet, match="2 matters are neither solved nor begun"):
        close_event(event, by=by)
    first.outcome, first.solution = "solved_on_the_spot", "The carriers' rates were agreed in the hall."
    first.save()
    with pytest.raises(NotYet, match="A testing laboratory"):
        close_event(event, by=by)
    second.outcome, second.file_number = "process_started", "UP/EXH/2026-27/0001"
    second.save()
    assert close_event(event, by=by).closed_by == by
    with pytest.raises(NotYet, match="closed already"):
        close_event(event, by=by)


@pytest.mark.parametrize("silent", [
    {"outcome": "solved_on_the_spot"},
    {"outcome": "process_started"},
    {"outcome": "process_started", "task": "Write to the carriers."},
    {"outcome": "process_started", "task": "", "due": date(2019, 12, 31)},
    {"outcome": "noted", "solution": "Noted."},
    {"outcome": "", "solution": "Noted."},
    {"outcome": "open", "solution": "Half."},
    {"text_hi": ""},
])  # fmt: skip
def test_the_database_knows_no_silent_third_state(samagam, silent):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_matter(event_of("Agra"), **silent)


def test_a_dated_task_of_a_named_office_is_a_process(samagam):
    owner = Office.objects.get(designation__code="dic", district__name_en="Agra")
    assert a_matter(event_of("Agra"), outcome="process_started", task="Write to the carriers.", due=date(2019, 12, 31), owner=owner).pk


@pytest.fixture
def rbsm(hp):
    """The reverse buyer-seller meet of January 2026: twelve products, ten letters, 5,29,00,000 announced."""
    for name in ("Mandi", "Una"):
        place = District.objects.get(name_en=name, state=hp)
        Product.objects.create(district=place, rank="primary", sector_id=HP_SECTOR, name_en=f"Product of {name}")
    event = Event.objects.create(
        kind="reverse_meet", state=hp, name_en="HIM MSME Fest", planned_from=date(2026, 1, 3), planned_to=date(2026, 1, 5),
        announced_total=Decimal(52900000), announced_products=10,
    )  # fmt: skip
    products = list(Product.objects.filter(district__state=hp, rank="primary", live=True).order_by("district__name_en"))
    assert len(products) == 12
    event.products.set(products)
    with_letter = [product for product in products if product.district.name_en not in ("Mandi", "Una")]
    for product in with_letter:
        told = {"product": product, "seller": "Co-operative", "buyer": "Buyer", "dated": date(2026, 1, 5)}
        LetterOfIntent.objects.create(event=event, amount=Decimal(5290000), **told)
    return event


def test_ten_letters_come_to_what_was_announced_and_the_two_without_are_named(rbsm):
    found = announced_total(rbsm)
    assert (found.faults, found.difference) == ([], 0)
    assert [product.district.name_en for product in found.without] == ["Mandi", "Una"]


def test_a_letter_changed_by_one_rupee_is_told(rbsm):
    letter = rbsm.letters.first()
    letter.amount += 1
    letter.save()
    found = announced_total(rbsm)
    assert found.difference == 1
    assert found.faults == ["The letters come to ₹5,29,00,001, announced were ₹5,29,00,000: a difference of ₹1."]


def test_a_letter_too_few_is_told_by_amount_and_by_count(rbsm):
    rbsm.letters.first().delete()
    assert len(announced_total(rbsm).faults) == 2
