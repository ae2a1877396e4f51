"""Freight claims, products and activities from a workbook."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programme.calendar import today
from programme.models import Product
from tests.files import office, officer, waiting
from tests.processes.freight_files import file_claim, numbers_of
from tests.processes.plan_files import a_plan
from tests.workflows.workbooks.books import accepted, checked, faults, standings
from tests.workflows.workbooks.rows import a_claim
from workflows.models import Draft
from workflows.workbooks.kinds import KINDS

pytestmark = pytest.mark.django_db


def dic(district="Moradabad"):
    return office("dic", district)


def test_a_freight_row_is_judged_at_its_cells_and_becomes_a_claim_of_one_line():
    rows = [
        a_claim(1),
        a_claim(2, lines_kilograms=None),
        a_claim(3, gstin=numbers_of(4)["gstin"]),
        a_claim(5, lines_exported_on=today() + timedelta(days=2)),
    ]
    book = checked("freight", dic(), rows)
    assert standings(book) == {2: "good", 3: "wrong", 4: "wrong", 5: "wrong"}, [row.faults for row in book.rows.all()]
    assert set(faults(book, 3)) == {"lines_kilograms"} and set(faults(book, 5)) == {"lines_exported_on"}
    assert "another PAN" in faults(book, 4)["gstin"]
    accepted(book, only_good=True)
    typed = Draft.objects.get().typed
    assert (typed["lines-rows"], typed["lines-1-bill_number"], typed["lines-1-freight"]) == (["1"], ["4500001"], ["300000.00"])
    assert "ZZZFZ0001K" not in json.dumps(typed)


def test_a_bill_that_another_file_claims_is_said_at_its_cell():
    file_claim([{"bill_number": "4500001", "port_code": "INDEL4", "exported_on": today() - timedelta(days=9), "kilograms": "10",
                 "freight": "30,000", "invoice_number": "F"}], mode="air", exporter=9)  # fmt: skip
    book = checked("freight", dic(), [a_claim(1), a_claim(2)])
    assert standings(book) == {2: "wrong", 3: "good"}
    assert "already claimed" in faults(book, 2)["lines_bill_number"]


def test_many_claims_ask_the_database_little():
    few, many = ([a_claim(n) for n in range(1, count + 1)] for count in (5, 45))
    asked = []
    for rows in (few, many):
        with CaptureQueriesContext(connection) as queries:
            checked("freight", dic(), rows, name=f"{len(rows)}.xlsx")
        asked.append(len(queries))
    assert asked[1] - asked[0] <= 5, asked


def test_a_new_product_becomes_a_proposal_and_one_of_the_register_is_there_already():
    held = Product.objects.filter(district__name_en="Agra", live=True).order_by("pk").first()
    new = {
        "title": "Petha as a second product", "proposed": "New product", "rank": "Secondary", "reasons": "Made in 500 units.",
        "name_en": "Sweet petha", "name_hi": "मीठा पेठा", "sector": held.sector.name_en, "production": "In the old town.",
        "value_chain_gaps": "Packaging", "source": "DIC survey", "gi": "None",
    }  # fmt: skip
    sheet = KINDS["products"].sheet(dic("Agra"), None)
    new["proposed"] = next(choice.en for choice in sheet.column("proposed").choices if choice.value == "new")
    new["gi"] = next(choice.en for choice in sheet.column("gi").choices if choice.value != "registered")
    there = {"proposed": new["proposed"], "rank": held.get_rank_display(), "name_hi": f"{held.name_hi} "}
    book = checked("products", dic("Agra"), [new, there, {**new, "rank": "Primary"}])
    assert standings(book) == {2: "good", 3: "present", 4: "wrong"}, [row.faults for row in book.rows.all()]
    accepted(book, only_good=True)
    draft = Draft.objects.get()
    assert (draft.kind, draft.subject) == ("identification", "Petha as a second product")
    assert not Product.objects.filter(name_en="Sweet petha").exists()


def an_activity(n=1, **changes):
    choices = KINDS["activities"].sheet(dic("Agra"), None).column("activities_department").choices
    row = {
        "activities_topic": "वित्त" if n % 2 else "Finance", "activities_title": f"Fair {n}",
        "activities_department": choices[0].hi or choices[0].en,
        "activities_starts_on": date(2026, 12, 1), "activities_ends_on": "05-12-2026", "activities_amount": "₹ 1,50,000",
    }  # fmt: skip
    return {**row, **changes}


def test_activities_become_lines_of_the_section_and_the_paragraph_names_their_rows():
    case = a_plan(at="draft")
    rows = [an_activity(1), an_activity(2), an_activity(3, activities_ends_on=date(2026, 11, 1))]
    book = checked("activities", dic("Agra"), rows)
    assert standings(book) == {2: "good", 3: "good", 4: "wrong"}, [row.faults for row in book.rows.all()]
    assert set(faults(book, 4)) == {"activities_ends_on"}
    accepted(book, only_good=True)
    draft = Draft.objects.get(movement=waiting(case))
    assert draft.typed["activities-rows"] == ["2"]
    assert draft.origin == [{"name": "register.xlsx", "sha256": book.sha256, "rows": [2, 3]}]
    assert standings(checked("activities", dic("Agra"), rows)) == {2: "present", 3: "present", 4: "wrong"}


def test_a_section_has_room_for_fifty_activities():
    a_plan(at="draft")
    book = checked("activities", dic("Agra"), [an_activity(n) for n in range(1, 53)])
    assert list(standings(book).values()).count("good") == 50
    assert "not more than 50" in faults(book, 53)[""]


def test_without_a_plan_that_waits_nobody_is_offered_activities():
    kind = KINDS["activities"]
    assert kind.offices(officer("dic.agra")) == []
    a_plan(at="draft")
    assert kind.offices(officer("dic.agra")) == [dic("Agra")]
