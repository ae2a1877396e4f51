"""The five documents the programme was asked for from, row by row: what each says, entered or found through the pages as an officer does.

000 Bilaspur meeting (2025) · 001 ODOP Sampark (PIB, 31 January 2024) · 002 Durg, products of self-help groups · 003 Udyam Samagam (2019) ·
004 HIM MSME Fest, Shimla (January 2026). What the demonstration tells of them is loaded once for the whole file.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import translation

from programme.calendar import today
from programme.identification import primary_in_the_way
from programme.models import (
    Agreement,
    Brand,
    Channel,
    Department,
    Designation,
    District,
    Event,
    LetterOfIntent,
    Matter,
    Partner,
    Product,
    ProductProposal,
    Proposed,
    Rank,
    Sector,
    Seller,
    Topic,
)  # fmt: skip
from programme.places import find_district
from tests.files import office
from tests.workflows.registers.entries import rows
from workflows.flows import FLOWS
from workflows.management.commands.load_demonstration import load_events
from workflows.record.entries import lines_of
from workflows.registers.every import REGISTERS
from workflows.workbooks.kinds import KINDS

pytestmark = pytest.mark.django_db
MEETING = "District ODOP review meeting, Bilaspur"
FEST = "HIM MSME Fest: reverse buyer-seller meet, Shimla"


@pytest.fixture(scope="module", autouse=True)
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), translation.override("en"), transaction.atomic():
        load_events()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def enter(client_for: Callable[[str], Client]) -> Callable[..., Any]:
    """Return how an officer types an entry on its page and gets it; a refused page is returned instead."""

    def typed(register: str, person: str, /, **words: Any) -> Any:
        client = client_for(person)
        client.cookies["django_language"] = "en"
        model: Any = REGISTERS[register].model
        before = model.objects.count()
        answer = client.post(reverse("new_entry", args=[register]), words)
        return model.objects.latest("pk") if model.objects.count() > before else answer.content.decode()

    return typed


@pytest.fixture
def page(client_for: Callable[[str], Client]) -> Callable[..., str]:
    def read(by: str, name: str, *args: Any, **query: str) -> str:
        client = client_for(by)
        client.cookies["django_language"] = "en"
        answer = client.get(reverse(name, args=args), query)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    return read


@pytest.fixture
def act(client_for: Callable[[str], Client]) -> Callable[..., str]:
    def done(by: str, entry: Any, key: str, **words: str) -> str:
        sent = {"seen": lines_of(entry).last().hash, **{f"{key}-{name}": value for name, value in words.items()}}
        address = reverse("act_on_entry", args=[entry.REGISTER, entry.pk, key])
        client = client_for(by)
        client.cookies["django_language"] = "en"
        return client.post(address, sent, follow=True).content.decode()

    return done


def bilaspur() -> District:
    return District.objects.get(name_en="Bilaspur", state__short="HP")


def an_event(place: District, /, **more: Any) -> dict[str, Any]:
    tables = {**rows("sessions"), **rows("participants"), **rows("attendance")}
    said = {"kind": "meeting", "level": "district", "name_en": "Meeting", "district": place.pk, "planned_from": "2025-09-22"}
    return {**said, "planned_to": "2025-09-22", **tables, **more}


# --- 000, Bilaspur --------------------------------------------------------------------------------------------------------


def test_000_day_of_the_event_of_the_document_and_of_the_entry_are_kept_apart(page):
    event = Event.objects.get(name_en=MEETING)
    assert (event.held_from, event.document_date) == (date(2025, 9, 22), date(2025, 12, 21))
    assert lines_of(event).first().written_at.date() not in (event.held_from, event.document_date)
    assert "21 December 2025" in page("dc.bilaspur", "entry", "events", event.pk)


def test_000_a_review_meeting_has_date_place_level_subject_chair_and_departments(enter, page):
    departments = list(Department.objects.filter(state__short="HP").order_by("pk")[:4])
    present = rows("attendance", *({"department": each.pk, "count": "2"} for each in departments))
    chair = office("adc", "Bilaspur", "HP")
    words = {"venue": "Bachat Bhawan", "agenda": "Branding", "chair": chair.pk, "chair_person": "Omkant Thakur", **present}
    meeting = enter("events", "dc.bilaspur", **an_event(bilaspur(), **words))
    shown = page("dc.bilaspur", "entry", "events", meeting.pk)
    for said in ("Bachat Bhawan", "Branding", "Additional Deputy Commissioner", "Omkant Thakur", departments[3].name_en):
        assert said in shown, said


def test_000_posts_belong_to_the_state(page):
    assert Designation.objects.filter(state__short="HP", code__in=["dc", "adc"]).count() == 2
    assert not Designation.objects.filter(state__short="HP", code="dm").exists()


def test_000_line_departments_are_a_table_and_many_of_them_answer():
    codes = set(Department.objects.filter(state__short="HP").values_list("code", flat=True))
    assert {"agriculture", "horticulture", "industries", "animal_husbandry", "rural_development"} <= codes


def test_000_topics_are_a_controlled_list_for_plans_meetings_and_matters():
    assert {"branding", "packaging", "training", "technology", "national", "international"} <= set(Topic.values)
    assert Matter._meta.get_field("topic").choices == Topic.choices


def test_000_a_suggestion_has_department_meeting_and_what_became_of_it(enter):
    department = Department.objects.get(state__short="HP", code="agriculture")
    words = {"kind": "suggestion", "event": Event.objects.get(name_en=MEETING).pk, "district": bilaspur().pk, "topic": "branding"}
    made = enter("matters", "dc.bilaspur", **words, text_hi="मेले में स्टाल लगे।", raised_by=department.pk, outcome="open")
    assert (made.raised_by, made.event.name_en, made.outcome) == (department, MEETING, "open")


def test_000_a_direction_has_owner_due_day_and_compliance_and_the_late_one_is_found(page):
    late = page("dc.bilaspur", "register", "matters", kind="direction", standing="overdue")
    assert "Hold regular training programmes" in late and "coordination between departments" not in late


def test_000_coordination_was_agreed_on_the_spot_with_words():
    assert Matter.objects.get(text_en__contains="coordination").solution


def test_000_training_is_a_batch_with_trade_target_group_days_and_attendance(enter):
    people = rows("participants", {"kind": "farmers", "count": "30"}, {"kind": "women", "count": "18"})
    session = rows("sessions", {"kind": "training", "topic": "training", "title": "Grading of amla"})
    words = {"kind": "training", "name_en": "Batch 1", "held_from": "2025-11-03", "held_to": "2025-11-05", **people, **session}
    batch = enter("events", "dc.bilaspur", **an_event(bilaspur(), **words))
    assert batch.participants == [{"kind": "farmers", "count": 30}, {"kind": "women", "count": 18}]


def test_000_modern_technology_is_a_direction_and_a_measurable_activity_of_the_plan():
    assert Matter.objects.filter(kind="direction", topic="technology", due__isnull=False, owner__isnull=False).exists()
    assert "activities" in KINDS


def test_000_a_special_strategy_for_national_and_international_markets_is_asked_for():
    assert {Topic.NATIONAL, Topic.INTERNATIONAL} <= set(Topic)
    assert Matter.objects.filter(topic="national", owner__designation__code="gm_dic").exists()


def test_000_vyaspure_is_a_brand_with_owner_coverage_approval_launch_and_rights(page):
    brand = Brand.objects.get(name_en="Vyaspure")
    shown = page("dc.bilaspur", "entry", "brands", brand.pk)
    for said in ("Bilaspur", "Amla processing", "Naina Devi self-help group", "DEMO/BLS/2025/07", "before Deepawali 2025", "Trade mark"):
        assert said in shown, said


def test_000_before_deepawali_keeps_the_words_and_the_day(enter):
    words = {"name_en": "New brand", "district": bilaspur().pk, "trademark": "none", "gi": "none"}
    brand = enter("brands", "dc.bilaspur", **words, launch_words="before Deepawali 2027")
    assert (brand.launch_words, brand.launch_planned) == ("before Deepawali 2027", date(2027, 10, 28))
    refused = enter("brands", "dc.bilaspur", **{**words, "name_en": "Other"}, launch_words="soon")
    assert "name no festival known here" in refused


def test_000_gift_packs_are_a_line_with_their_own_days_and_the_late_one_is_flagged(page):
    pack = Brand.objects.get(name_en="Vyaspure").lines.get(launch_planned=date(2025, 10, 2))
    assert "Launched 7 days late." in page("dc.bilaspur", "entry", "brand_lines", pack.pk)
    assert "Gift pack for the new year" in page("dc.bilaspur", "register", "brand_lines", standing="late")


def test_000_women_groups_and_youth_are_counted(page):
    shown = page("dc.bilaspur", "register", "sellers", kind="group", district=str(bilaspur().pk))
    assert "Of them women" in shown and "Of them below 35 years" in shown and "Naina Devi" in shown


def test_000_a_concrete_action_plan_is_a_process_of_its_own():
    assert Event.objects.get(name_en=MEETING).outcomes
    assert "plan" in FLOWS


# --- 001, ODOP Sampark ----------------------------------------------------------------------------------------------------


def test_001_the_programme_is_national_with_organiser_and_partners(page):
    event = Event.objects.get(series="odop-sampark", state__short="UP")
    shown = page("odop.cell", "entry", "events", event.pk)
    assert "National" in shown and "DPIIT" in shown and Partner.objects.filter(pk="pib").exists()


def test_001_fifteen_states_and_himachal_is_not_among_them():
    states = set(Event.objects.filter(series="odop-sampark").values_list("state__name_en", flat=True))
    assert len(states) == 15 and "Himachal Pradesh" not in states and "Meghalaya" in states


def test_001_a_workshop_has_outcomes_and_kinds_of_participants(enter):
    people = rows("participants", *({"kind": kind, "count": "5"} for kind in ("officials", "sellers", "media", "artisans", "farmers")))
    words = {
        "kind": "sampark",
        "level": "state",
        "name_en": "Sampark, second",
        "district": "",
        "outcomes": "Doubts on packaging.",
        **people,
    }
    made = enter("events", "odop.cell", **an_event(bilaspur(), **words))
    assert made.outcomes and len(made.participants) == 5


def test_001_a_success_story_names_product_seller_languages_and_outlets(enter, page):
    product = Product.objects.get(district=bilaspur(), rank="primary")
    words = {"title_en": "A group sells abroad", "languages": "English, Hindi, Tamil", "outlets": "Three papers"}
    made = enter("stories", "dc.bilaspur", district=bilaspur().pk, product=product.pk, public="on", text_en="Words.", **words)
    assert "English, Hindi, Tamil" in page("dc.bilaspur", "entry", "stories", made.pk)


def test_001_a_gap_leads_to_an_action_and_the_onboarding_points_back(enter, page):
    gap = enter(
        "matters", "dc.bilaspur", kind="gap", district=bilaspur().pk, topic="e_marketing", text_en="Nobody sells online.", outcome="open"
    )  # fmt: skip
    seller = Seller.objects.get(name_en__startswith="Vyas Ghati")
    way = enter("onboarding", "dc.bilaspur", seller=seller.pk, channel="gem", applied_on=today().isoformat(), matter=gap.pk)
    assert way.matter == gap and "Nobody sells online." in page("dc.bilaspur", "entry", "onboarding", way.pk)


def test_001_policies_packaging_help_and_the_directory_of_sellers_have_registers(page):
    assert "Margin money scheme" in page("odop.cell", "register", "policies")
    assert "Packaging" in page("dc.bilaspur", "register", "support") and "Kashi Weavers" in page("odop.cell", "register", "sellers")


def test_001_one_primary_a_district_others_secondary_or_tertiary():
    assert [rank.value for rank in Rank] == ["primary", "secondary", "tertiary"]
    proposal = ProductProposal(district=bilaspur(), proposed=Proposed.NEW, rank=Rank.PRIMARY, name_en="Honey")
    assert "has a live primary product already" in primary_in_the_way(proposal)


def test_001_seven_sectors_open_list_and_each_product_has_one():
    assert Sector.objects.count() == 7 and not Product.objects.filter(sector=None).exists()


def test_001_the_number_of_the_release_stands_on_the_record(page):
    event = Event.objects.get(series="odop-sampark", state__short="UP")
    assert "PIB 2000861" in page("odop.cell", "entry", "events", event.pk)


# --- 002, Durg ------------------------------------------------------------------------------------------------------------


def test_002_a_group_has_members_products_and_whether_it_exported(enter, page):
    product = Product.objects.get(district=bilaspur(), rank="primary")
    words = {"kind": "group", "name_en": "Govind Sagar group", "members": "12", "women": "12", "exports": "on", "products": product.pk}
    made = enter("sellers", "dc.bilaspur", district=bilaspur().pk, **words)
    assert made.exports and list(made.products.all()) == [product]
    assert "Govind Sagar group" in page("dc.bilaspur", "register", "sellers", exports="True")


def test_002_channels_are_a_table_and_each_onboarding_has_its_step(page):
    assert set(Channel.objects.values_list("pk", flat=True)) >= {
        "amazon",
        "flipkart",
        "ondc",
        "gem",
        "odop_store",
        "exhibition",
        "gift_pack",
    }
    shown = page("odop.cell", "register", "onboarding", channel="flipkart")
    assert "Yamuna Mahila" in shown and "Papers complete" in shown
    assert "Yamuna Mahila" in page("odop.cell", "register", "onboarding", standing="overdue")


def test_002_design_and_quality_help_has_an_expert_and_an_outcome(enter):
    seller = Seller.objects.get(name_en__startswith="Shivalik")
    words = {"kind": "design", "text_en": "New labels", "asked_on": "2026-06-01", "expert": "A designer"}
    refused = enter("support", "dc.bilaspur", seller=seller.pk, **words, closed_on="2026-07-01")
    assert "Write what came of it." in refused
    made = enter("support", "dc.bilaspur", seller=seller.pk, **words, closed_on="2026-07-01", outcome="Three labels made.")
    assert made.outcome and made.closed_on == date(2026, 7, 1)


def test_002_a_seasonal_campaign_has_lead_time_and_target(enter):
    words = {"name_en": "Deepawali 2027", "festival_words": "before Deepawali 2027", "lead_days": "90", "target": "20,00,000"}
    made = enter("campaigns", "dc.bilaspur", district=bilaspur().pk, **words)
    assert made.begins_on == made.festival_on - timedelta(days=90) and made.target == Decimal(2000000)


def test_002_support_asked_for_is_followed_until_it_is_closed(page):
    assert "Naina Devi" in page("dc.bilaspur", "register", "support", standing="overdue")
    assert "Yamuna Mahila" in page("odop.cell", "register", "support", standing="closed")


def test_002_demand_is_supplied_through_groups_and_never_beyond(enter, page):
    campaign = REGISTERS["campaigns"].model.objects.get(name_en="Deepawali 2026, Bilaspur")
    words = {"wanted_by": "A temple trust", "what": "Gift packs", "quantity": "100", "unit": "packs", "by": "2027-01-10"}
    demand = enter("demands", "dc.bilaspur", campaign=campaign.pk, **words)
    seller = Seller.objects.get(name_en__startswith="Naina Devi")
    supply = {"demand": demand.pk, "seller": seller.pk, "delivered": "0"}
    assert enter("supplies", "dc.bilaspur", **supply, quantity="60").quantity == 60
    assert "Of 100 packs, 60 are allocated; 40 are left." in enter("supplies", "dc.bilaspur", **supply, quantity="41")
    assert "allocated 60, left 40" in page("dc.bilaspur", "entry", "demands", demand.pk)


def test_002_subjects_outside_the_programme_are_tagged_by_topic_and_hang_on_no_product():
    assert not Matter._meta.get_field("topic").null and "product" not in {field.name for field in Matter._meta.fields}


# --- 003, Udyam Samagam ---------------------------------------------------------------------------------------------------


def test_003_a_series_of_75_shows_73_and_names_the_two(page):
    shown = page("odop.cell", "register_board", "events", "series", series="samagam-2019")
    assert "73 of 75 districts; without a slot: Shahjahanpur, Unnao" in shown


def test_003_weekends_and_the_crossing_of_a_month_are_legal_days():
    last = Event.objects.filter(series="samagam-2019", planned_from=date(2019, 9, 30), planned_to=date(2019, 10, 1))
    lucknow = Event.objects.get(series="samagam-2019", district__name_en="Lucknow")
    assert last.exists() and lucknow.planned_from.weekday() == 5


def test_003_kheri_keeps_both_pairs_of_days_the_reason_and_who(page):
    kheri = Event.objects.get(series="samagam-2019", district__name_en="Kheri")
    shown = page("odop.cell", "entry", "events", kheri.pk)
    [change] = kheri.changes.all()
    assert (change.old_from, change.new_from) == (date(2019, 9, 19), date(2020, 1, 18))
    assert "Re-planned" in shown and "बाढ़" in shown and change.by.name in shown


def test_003_the_principal_secretary_and_the_export_bureau_are_offices():
    assert office("principal_secretary") and office("epb")


def test_003_topics_of_sessions_and_problems():
    assert {"raw_material", "technology", "facility_centre", "finance", "transport", "skill", "export", "e_marketing"} <= set(Topic.values)


def test_003_a_session_has_kind_topic_expert_and_portal(enter, page):
    agra = District.objects.get(name_en="Agra")
    session = {"kind": "seminar", "topic": "e_marketing", "title": "Selling to the State", "expert": "An expert", "portal": "GeM, Samadhan"}
    people = rows("participants", {"kind": "industry", "count": "4"}, {"kind": "banks", "count": "3"})
    event = enter("events", "dm.agra", **an_event(agra, name_en="Samagam", **rows("sessions", session), **people))
    shown = page("dm.agra", "entry", "events", event.pk)
    assert "GeM, Samadhan" in shown and "An expert" in shown and "Banks and finance bodies" in shown


def test_003_who_has_not_proposed_an_exhibition_is_a_process_and_a_review():
    assert "exhibition" in FLOWS


def test_003_bank_of_baroda_is_an_agreement_with_status_and_days(page):
    agreement = Agreement.objects.get(partner="bank_of_baroda")
    shown = page("odop.cell", "entry", "agreements", agreement.pk)
    assert "Signed" in shown and "Loans for small entrepreneurs" in shown and "It ends on" in shown


def test_003_the_quality_council_and_online_companies_are_in_process(page):
    shown = page("odop.cell", "register", "agreements", status="in_process")
    assert "Quality Council of India" in shown and "Amazon" in shown and "Bank of Baroda" not in shown.partition("<tbody>")[2]


def test_003_a_problem_is_solved_on_the_spot_or_begun_and_the_event_is_not_closed_otherwise(enter, act):
    agra = District.objects.get(name_en="Agra")
    event = enter("events", "dm.agra", **an_event(agra, held_from="2025-09-22", held_to="2025-09-22"))
    words = {"kind": "problem", "event": event.pk, "district": agra.pk, "topic": "transport", "text_en": "Freight is dear."}
    problem = enter("matters", "dm.agra", **words, outcome="open")
    assert "neither solved nor begun" in act("dm.agra", event, "closed")
    assert "Write how it was solved." in enter("matters", "dm.agra", **words, outcome="solved_on_the_spot")
    assert "Choose the office that answers for the task." in enter("matters", "dm.agra", **words, outcome="process_started", task="Ask.")
    act("dm.agra", problem, "strike-off", why="Entered twice.")
    enter("matters", "dm.agra", **words, outcome="solved_on_the_spot", solution="The depot gives a rate.")
    assert "Closed" in act("dm.agra", event, "closed")


def test_003_suggestions_are_what_the_activities_of_a_plan_point_at():
    assert "activities" in {relation.get_accessor_name() for relation in Matter._meta.related_objects}


def test_003_responsible_officers_of_both_lines_are_named(enter):
    agra = District.objects.get(name_en="Agra")
    posts = {"administration": office("dm", "Agra").pk, "industries": office("dic", "Agra").pk}
    event = enter("events", "dm.agra", **an_event(agra, **posts))
    assert (event.administration.designation.code, event.industries.designation.code) == ("dm", "dic")


@pytest.mark.parametrize("printed", ["औरिया", "फीरोजाबाद", "महाराजगंज", "गौतमबुद्ध नगर"])
def test_003_a_damaged_name_finds_its_district(printed):
    assert find_district(printed).state.short == "UP"


def test_003_a_damaged_partner_is_an_alias_of_the_canonical_one():
    assert "बैंक ऑफ बड़ीदा" in Partner.objects.get(pk="bank_of_baroda").aliases


# --- 004, HIM MSME Fest ---------------------------------------------------------------------------------------------------


def test_004_himachals_products_are_on_the_register_and_the_two_without_are_named(page):
    shown = page("acs.industries", "catalogue_state", "HP")
    assert Product.objects.filter(district__state__short="HP", rank="primary", live=True).count() == 10
    assert shown.count("not identified yet") == 2 and "Mandi" in shown and "Una" in shown


def test_004_the_dossier_has_dated_entries_in_the_four_sections(page):
    product = Product.objects.get(district=bilaspur(), rank="primary")
    shown = page("dc.bilaspur", "product", product.pk)
    for section in ("Branding", "Development of the value chain", "Analysis of market gaps", "Challenges of the market"):
        assert section in shown, section


def test_004_a_reverse_meet_is_a_kind_of_its_own_with_buyers_sellers_and_results():
    event = Event.objects.get(name_en=FEST)
    assert (event.kind, event.held_from, event.held_to) == ("reverse_meet", date(2026, 1, 3), date(2026, 1, 5))


def test_004_letters_for_ten_products_come_to_the_announced_total_and_one_rupee_more_is_shown(page):
    event = Event.objects.get(name_en=FEST)
    letters = LetterOfIntent.objects.filter(event=event)
    assert letters.aggregate(sum=Sum("amount"))["sum"] == Decimal("52900000") and letters.values("product").distinct().count() == 10
    assert "a difference of" not in page("acs.industries", "entry", "events", event.pk)
    first = letters.first()
    LetterOfIntent.objects.filter(pk=first.pk).update(amount=first.amount + 1)
    assert "a difference of ₹1" in page("acs.industries", "entry", "events", event.pk)


def test_004_the_products_without_a_letter_are_named(page):
    event = Event.objects.get(name_en=FEST)
    for name in ("Mandi", "Una"):
        place = District.objects.get(name_en=name, state__short="HP")
        event.products.add(
            Product.objects.create(district=place, name_en=f"Craft of {name}", rank="primary", sector=Sector.objects.first())
        )
    shown = page("acs.industries", "entry", "events", event.pk)
    assert "Craft of Mandi" in shown and "Craft of Una" in shown


def test_004_an_intention_is_followed_to_order_supply_and_money(page):
    shown = page("acs.industries", "register_board", "letters", "funnel")
    assert "HIM MSME Fest" in shown and "₹5,29,00,000" in shown


@pytest.mark.parametrize(
    ("code", "role", "printed"),
    [
        ("invest_india", "vendors", "इन्वेस्ट इंडिया"),
        ("ondc", "network", "ONDC"),
        ("nsic", "marketing", "नेशनल समाल इंडस्ट्रीज कारपोरेशन"),
        ("fieo", "exports", "फेडरेशन ऑफ इंडियन एक्सपोर्ट ओर्गेनाइजेशन"),
    ],
)
def test_004_a_partner_has_its_role_and_the_spelling_of_the_paper_means_it(code, role, printed):
    partner = Partner.objects.get(pk=code)
    assert partner.role == role and printed in [partner.name_en, partner.name_hi, *partner.aliases]


def test_004_himachals_own_chain_of_posts():
    codes = set(Designation.objects.filter(state__short="HP").values_list("code", flat=True))
    assert {"acs_industries", "director", "gm_dic", "dc"} <= codes


def test_004_companies_of_online_sale_are_channels_and_partners():
    assert Partner.objects.filter(role="online").count() == 2 and Channel.objects.filter(online=True).count() == 4
