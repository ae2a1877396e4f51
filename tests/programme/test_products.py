import pytest
from django.db import IntegrityError, transaction

from programme.models import Product, Rank, Sector


def product(district, rank, name="Petha"):
    return Product(district=district, rank=rank, sector=Sector.objects.get(code="FOOD"), name_en=name)


def test_the_database_refuses_a_second_live_primary_product(agra):
    with pytest.raises(IntegrityError), transaction.atomic():
        product(agra, Rank.PRIMARY).save()
    assert Product.objects.get(district=agra, rank=Rank.PRIMARY, live=True).name_en == "Leather Products"


def test_the_database_refuses_to_raise_a_second_product_to_primary(agra):
    secondary = Product.objects.filter(district=agra, rank=Rank.SECONDARY).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=secondary.pk).update(rank=Rank.PRIMARY)


def test_a_product_may_enter_as_secondary_beside_others(agra):
    before = Product.objects.filter(district=agra, rank=Rank.SECONDARY).count()
    product(agra, Rank.SECONDARY).save()
    assert Product.objects.filter(district=agra, rank=Rank.SECONDARY).count() == before + 1


def test_a_retired_primary_makes_room_for_another(agra):
    Product.objects.filter(district=agra, rank=Rank.PRIMARY).update(live=False)
    product(agra, Rank.PRIMARY).save()
    assert Product.objects.get(district=agra, rank=Rank.PRIMARY, live=True).name_en == "Petha"


def test_every_district_of_uttar_pradesh_has_one_primary_product(up):
    assert Product.objects.filter(district__state=up, rank=Rank.PRIMARY, live=True).count() == 75


def test_products_in_conflict_say_so(up):
    conflicts = Product.objects.filter(confidence="conflict")
    assert {row.district.name_en for row in conflicts} == {"Shahjahanpur", "Shamli", "Sant Kabir Nagar"}
    assert all("In conflict" in row.remark for row in conflicts)
