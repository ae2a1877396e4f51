"""Sellers, brands, campaigns, onboarding and agreements: what their entries say and what they refuse."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from programme.calendar import today
from programme.festivals import day_meant
from programme.identity import IdentityKind, identify
from programme.models import Agreement, Brand, BrandLine, Campaign, Channel, Demand, District, Onboarding, Partner, Seller, Supply
from programme.sellers import alike, alike_words

UDYAM = "UDYAM-HP-02-0001234"


@pytest.fixture
def bilaspur(hp):
    return District.objects.get(name_en="Bilaspur", state=hp)


def a_seller(district, name="Naina Devi self-help group", **more):
    return Seller.objects.create(district=district, name_en=name, kind=more.pop("kind", "group"), **more)


def refused_at(row, field):
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    return refusal.value.message_dict[field][0]


def test_a_festival_in_words_comes_to_the_day_ahead_of_it_in_both_languages():
    entered = date(2025, 12, 21)
    assert day_meant("before Deepawali 2025", after=entered) == date(2025, 10, 19), "a year in the words counts more than the entry"
    assert day_meant("before Diwali", after=entered) == date(2026, 11, 7)
    assert day_meant("दीपावली से पूर्व", after=date(2026, 6, 1)) == date(2026, 11, 7)
    assert day_meant("on Gandhi Jayanti", after=date(2026, 6, 1)) == date(2026, 10, 2)
    assert day_meant("as soon as possible", after=entered) is None


def test_the_same_group_is_found_under_another_spelling_and_under_its_udyam_number(bilaspur):
    first = a_seller(bilaspur)
    again = Seller(district=bilaspur, name_en="NAINA-DEVI Self Help Group", kind="group")
    assert alike(again) == [first]
    assert alike_words(again) == "The register may hold this one already: Naina Devi self-help group, Bilaspur."
    elsewhere = Seller(district=District.objects.get(name_en="Agra"), name_en=first.name_en, kind="group")
    assert alike(elsewhere) == [], "another district has its own group of that name"
    first.set_identity("udyam", identify(IdentityKind.UDYAM, UDYAM))
    first.save()
    elsewhere.set_identity("udyam", identify(IdentityKind.UDYAM, "udyam hp 02 0001234"))
    assert alike(elsewhere) == [first]


def test_no_more_women_than_members_and_no_person_named_in_public(bilaspur):
    assert (
        refused_at(Seller(district=bilaspur, name_en="A", kind="group", members=10, women=11), "women") == "This is more than the members."
    )
    artisan = Seller(district=bilaspur, name_en="A person", kind="artisan", public=True)
    assert refused_at(artisan, "public") == "The name of a person stands on no public page."
    with pytest.raises(IntegrityError), transaction.atomic():
        artisan.save()


def test_a_contact_is_a_mobile_number_and_its_history_holds_a_fingerprint_alone(bilaspur):
    assert "ten-digit" in refused_at(Seller(district=bilaspur, name_en="A", kind="group", contact_mobile="12345"), "contact_mobile")
    seller = Seller(district=bilaspur, name_en="A", kind="group", contact_name="Made-up Person", contact_mobile="+91 98765 43210")
    seller.full_clean()
    seller.save()
    facts = str(seller.facts())
    assert seller.contact_mobile == "9876543210" and "9876543210" not in facts and "Made-up Person" not in facts


def test_a_brand_keeps_the_words_and_the_day_and_says_how_late_it_is(hp, bilaspur):
    brand = Brand(state=hp, district=bilaspur, name_en="Vyaspure", launch_words="before Deepawali 2025", launch_planned=date(2025, 10, 19))
    assert brand.late and brand.days_late == (today() - date(2025, 10, 19)).days
    brand.launched_on = date(2025, 10, 2)
    assert not brand.late
    line = BrandLine(brand=brand, name_en="Gift pack", launch_planned=date(2025, 10, 2), launched_on=date(2025, 10, 12))
    assert line.days_late == 10


def test_no_more_is_allocated_than_is_wanted(hp, bilaspur):
    campaign = Campaign.objects.create(state=hp, name_en="Deepawali", festival_words="Deepawali 2026", festival_on=date(2026, 11, 8))
    assert campaign.begins_on == date(2026, 9, 9)
    demand = Demand.objects.create(
        campaign=campaign, wanted_by="Hotel (demonstration)", what="Gift packs", quantity=500, unit="packs", by=date(2026, 11, 1)
    )
    Supply.objects.create(demand=demand, seller=a_seller(bilaspur), quantity=300)
    assert demand.left == 200
    more = Supply(demand=demand, seller=a_seller(bilaspur, "Shivalik group"), quantity=201)
    assert refused_at(more, "quantity") == "Of 500 packs, 300 are allocated; 200 are left."
    more.quantity = 200
    more.full_clean()
    more.delivered = 201
    assert refused_at(more, "delivered") == "More cannot be delivered than was allocated."


@pytest.fixture
def way(bilaspur):
    return Onboarding(seller=a_seller(bilaspur), channel=Channel.objects.get(pk="ondc"), applied_on=date(2026, 6, 1), due=date(2026, 9, 1))


def test_the_steps_of_an_onboarding_have_their_days_in_order(way):
    assert (way.standing, way.overdue) == ("Applied", today() > way.due)
    way.catalogued_on = date(2026, 7, 1)
    assert refused_at(way, "papers_on") == "“Catalogued” has its day, “Papers complete” comes before it and has none."
    way.papers_on = date(2026, 7, 2)
    assert refused_at(way, "catalogued_on") == "This day comes before the day of the step ahead of it."
    way.papers_on = date(2026, 6, 20)
    way.full_clean()
    assert way.standing == "Catalogued"


def test_a_refused_onboarding_says_why_and_is_overdue_no_more(way):
    way.refused_on = date(2026, 7, 1)
    assert refused_at(way, "refused_why") == "Write why it was refused."
    way.refused_why = "No food licence."
    way.full_clean()
    assert (way.standing, way.overdue, way.over) == ("Refused", False, True)


def test_a_seller_is_on_the_way_to_a_channel_once_until_it_is_refused(way):
    way.save()
    again = Onboarding(seller=way.seller, channel=way.channel, applied_on=today())
    assert refused_at(again, "__all__") == "This seller is on the way to this channel already."
    Onboarding.objects.update(refused_on=date(2026, 7, 1), refused_why="No food licence.")
    again.full_clean()


def test_only_a_signed_agreement_has_its_day_and_its_end_is_remembered_in_time(up):
    agreement = Agreement(state=up, partner=Partner.objects.get(pk="bank_of_baroda"), purpose_en="Loans", status="signed")
    assert refused_at(agreement, "signed_on") == "Write the day on which it was signed."
    agreement.signed_on, agreement.valid_until, agreement.renew_days = today(), today() + timedelta(days=90), 60
    agreement.full_clean()
    assert agreement.remind_from == today() + timedelta(days=30)
    agreement.status = "proposed"
    assert "day of signing" in refused_at(agreement, "status")
    assert agreement.remind_from is None


def test_a_campaign_target_is_exact(up):
    campaign = Campaign.objects.create(
        state=up, name_en="Deepawali", festival_words="Deepawali", festival_on=date(2026, 11, 8), target=Decimal("2500000.50")
    )
    campaign.refresh_from_db()
    assert campaign.target == Decimal("2500000.50")
