"""Questions whose text is made once find what Django finds, whatever is given."""

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.test.utils import CaptureQueriesContext

from programme.asking import Asked, Given, keep_beside, one_of
from programme.models import District, Office, Product

pytestmark = pytest.mark.django_db
UP = 9


def _offices(level=None):
    rows = Office.objects.select_related("designation__state", "district").filter(designation__state=Given("state"))
    rows = rows.filter(one_of("district", Given("districts")) | Q(district=None))
    return (rows.filter(designation__level=level) if level else rows).order_by("pk")


OFFICES = Asked(_offices)


def test_rows_come_with_what_stands_beside_them():
    districts = list(District.objects.filter(state=UP).order_by("pk").values_list("pk", flat=True)[:3])
    found = OFFICES(state=UP, districts=districts)
    plain = list(Office.objects.filter(Q(district__in=districts) | Q(district=None), designation__state=UP).order_by("pk"))
    assert found == plain and len(found) > len(districts)
    with CaptureQueriesContext(connection) as asked:
        assert {office.designation.state.short for office in found} == {"UP"}
        assert {office.district_id for office in found if office.district} == {office.district.pk for office in found if office.district}
    assert not asked.captured_queries


def test_other_values_find_other_rows_and_another_shape_is_another_text():
    one, other = District.objects.filter(state=UP).order_by("pk")[:2]
    there = [{office.district_id for office in OFFICES(state=UP, districts=[place.pk])} for place in (one, other)]
    assert there == [{one.pk, None}, {other.pk, None}]
    assert {office.designation.level for office in OFFICES("district", state=UP, districts=[one.pk])} == {"district"}
    assert {office.district_id for office in OFFICES(state=UP, districts=[])} == {None}


def test_columns_and_values_are_read_as_django_reads_them():
    has = Exists(Product.objects.filter(district=OuterRef("pk"), live=True))
    asked = Asked(lambda: District.objects.annotate(has=has).filter(state=Given("state"), name_en__startswith="%").order_by("pk"))
    assert asked(state=UP) == []
    columns = ("pk", "name_hi", "has")
    rows = District.objects.annotate(has=has).filter(state=Given("state")).order_by("pk")
    told = Asked(lambda: rows.values_list(*columns, named=True))
    assert Asked(lambda: rows.values_list(*columns))(state=UP) == [tuple(row) for row in told(state=UP)]
    plain = District.objects.annotate(has=has).filter(state=UP).order_by("pk").values_list("pk", "name_hi", "has")
    found = told(state=UP)
    assert [tuple(row) for row in found] == list(plain)
    assert found[0].name_hi == plain[0][1]


def test_one_row_or_none():
    place = Asked(lambda: District.objects.filter(pk=Given("pk")))
    first = District.objects.order_by("pk").first()
    assert place.first(pk=first.pk) == place.get(pk=first.pk) == first
    assert place.first(pk=-1) is None
    with pytest.raises(District.DoesNotExist):
        place.get(pk=-1)
    with pytest.raises(ObjectDoesNotExist):
        Asked(lambda: District.objects.none()).get()


def test_rows_kept_beside_are_not_read_again():
    place = District.objects.filter(products__isnull=False).first()
    rows = list(place.products.all())
    keep_beside(place, "products", rows)
    with CaptureQueriesContext(connection) as asked:
        assert list(place.products.all()) == rows
    assert not asked.captured_queries
    assert list(place.products.filter(rank="none")) == []
