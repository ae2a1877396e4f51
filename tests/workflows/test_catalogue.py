"""The public catalogue: open to everybody, in both languages, and silent about persons."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from programme.models import GI, Brand, Channel, District, DossierEntry, Onboarding, Product, ProductProposal, Seller
from tests.workflows.pictures import a_picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def bilaspur():
    return District.objects.get(name_en="Bilaspur", state__short="HP")


@pytest.fixture
def product(bilaspur):
    return Product.objects.filter(district=bilaspur, live=True).order_by("rank").first()


def page(client: Client, district: District, **query: str):
    return client.get(reverse("catalogue_district", args=[district.state.short, district.pk]), query)


def test_a_visitor_walks_from_the_sign_in_page_to_a_district_and_every_link_opens(client, product):
    waiting, seen = [reverse("catalogue")], set()
    assert f'href="{waiting[0]}"' in client.get(reverse("sign_in")).content.decode()
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        assert answer.status_code == 200, path
        seen.add(path)
        links = set(re.findall(r'href="(/catalogue/[^"]*)"', answer.content.decode()))
        waiting += [link for link in sorted(links - seen - set(waiting)) if "/UP/" not in link or link.endswith("/UP/")]
    assert reverse("catalogue_district", args=["HP", product.district_id]) in seen


def test_a_district_shows_its_products_by_rank_in_both_languages(client, bilaspur, product):
    Product.objects.create(district=bilaspur, name_en="Second craft", name_hi="दूसरा शिल्प", rank="secondary", sector=product.sector)
    english, hindi = (page(client, bilaspur, language=language).content.decode() for language in ("en", "hi"))
    assert english.index(product.name_en) < english.index("Second craft") and "Secondary" in english
    assert product.name_hi in hindi and "दूसरा शिल्प" in hindi and 'lang="hi"' in hindi


def test_what_is_not_public_and_every_person_stays_out(client, bilaspur, product):
    for name, public in (("Open group", True), ("Quiet group", False)):
        seller = Seller.objects.create(
            district=bilaspur, name_en=name, kind="group", public=public, contact_name="Made-up Person", contact_mobile="9876543210"
        )
        seller.products.add(product)
    Seller.objects.create(district=bilaspur, name_en="Named artisan", kind="artisan").products.add(product)
    for text, public in (("Open words.", True), ("Inner words.", False)):
        DossierEntry.objects.create(product=product, section="story", dated=date(2026, 1, 5), text_en=text, source="-", public=public)
    shown = page(client, bilaspur, language="en").content.decode()
    assert "Open group" in shown and "Open words." in shown
    for hidden in ("Quiet group", "Inner words.", "Named artisan", "Made-up Person", "9876543210"):
        assert hidden not in shown


def test_brands_channels_and_the_indication_stand_beside_the_product(client, bilaspur, product):
    brand = Brand.objects.create(state=bilaspur.state, district=bilaspur, name_en="Vyaspure", name_hi="व्यासप्योर")
    brand.products.add(product)
    seller = Seller.objects.create(district=bilaspur, name_en="A group", kind="group")
    seller.products.add(product)
    Onboarding.objects.create(
        seller=seller, channel=Channel.objects.get(pk="ondc"), applied_on=date(2026, 5, 1), papers_on=date(2026, 5, 2),
        catalogued_on=date(2026, 5, 3), listed_on=date(2026, 5, 4),
    )  # fmt: skip
    Onboarding.objects.create(seller=seller, channel=Channel.objects.get(pk="amazon"), applied_on=date(2026, 5, 1))
    ProductProposal.objects.create(
        district=bilaspur, title="t", proposed="rank", product=product, rank="primary", reasons="r", gi=GI.REGISTERED,
        gi_number="GI-999", decided_on=date(2026, 1, 1),
    )  # fmt: skip
    shown = page(client, bilaspur, language="en").content.decode()
    assert "Vyaspure" in shown and "ONDC" in shown and "GI-999" in shown
    assert "Amazon" not in shown, "an application is no listing"


def test_only_a_public_photograph_is_given_and_as_nothing_but_a_picture(client, bilaspur, product):
    open_one, inner = a_picture(product, public=True), a_picture(product, public=False)
    given = client.get(reverse("catalogue_picture", args=[open_one.sha256]))
    assert (given.status_code, given.headers["Content-Type"]) == (200, "image/png")
    assert given.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in given.headers["Content-Security-Policy"]
    assert client.get(reverse("catalogue_picture", args=[inner.sha256])).status_code == 404
    shown = page(client, bilaspur).content.decode()
    assert open_one.sha256 in shown and inner.sha256 not in shown


def test_caches_may_keep_the_page_of_a_visitor_and_not_of_an_officer(client, client_for, bilaspur):
    visited = page(client, bilaspur)
    assert visited.headers["Cache-Control"] == "public, max-age=300" and "Cookie" in visited.headers["Vary"]
    assert not visited.cookies and "csrfmiddlewaretoken" not in visited.content.decode()
    assert page(client_for("dm.agra"), bilaspur).headers["Cache-Control"] == "no-store"


def test_a_page_asks_as_often_for_many_products_as_for_one(client, bilaspur, product, django_assert_max_num_queries):
    for number in range(12):
        Product.objects.create(district=bilaspur, name_en=f"Craft {number}", rank="tertiary", sector=product.sector)
    with django_assert_max_num_queries(14):
        page(client, bilaspur)
    with django_assert_max_num_queries(6):
        client.get(reverse("catalogue_state", args=["UP"]))


@pytest.mark.parametrize("path", ["/catalogue/XX/", "/catalogue/HP/118/", "/catalogue/HP/999999/"])
def test_a_place_that_is_not_there_is_said_to_be_missing(client, path):
    assert client.get(path).status_code == 404
