"""What belongs together is written at once, or not at all."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from programme.models import Department, Sector, State
from workflows.writing import Change, Upsert, gathered, together, write_now

pytestmark = pytest.mark.django_db
AT_ONCE = connection.vendor == "postgresql"


class Missed(Exception):
    pass


@pytest.fixture
def state():
    return State.objects.get(short="UP")


def called(state, code):
    return Department.objects.filter(state=state, code=code).values_list("name_en", flat=True).first()


def department(state, code, **kept):
    return Department(state=state, code=code, name_en=f"Department {code}", name_hi="", **kept)


def numbered(state, *codes):
    """Return new rows that know their keys, as rows written together must."""
    last = Department.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return [department(state, code, pk=last + 1_000 + place) for place, code in enumerate(codes)]


def test_gathered_rows_are_written_together_at_the_end(state):
    [new] = numbered(state, "new")
    old = Department.objects.filter(state=state).first()
    with CaptureQueriesContext(connection) as asked, gathered():
        together(Change(Department, {"id": old.pk}, {"name_en": "Another"}))
        together(Upsert([new], unique=["state", "code"], update=["name_en"]))
        if AT_ONCE:
            assert not asked.captured_queries
    assert (called(state, "new"), called(state, old.code)) == ("Department new", "Another")
    # Both write to one table, and no statement does that twice.
    assert len([query for query in asked.captured_queries if "SAVEPOINT" not in query["sql"]]) == 2


def test_an_error_inside_writes_nothing_of_what_was_gathered(state):
    [new] = numbered(state, "lost")

    def broken_off():
        with transaction.atomic(), gathered():
            together(new)
            raise Missed

    with pytest.raises(Missed):
        broken_off()
    assert called(state, "lost") is None


def test_a_row_that_is_not_there_raises_what_the_change_says_and_undoes_the_rest(state):
    [new] = numbered(state, "half")
    with pytest.raises(Missed), transaction.atomic(), gathered():
        together(new, Change(State, {"lgd_code": -1}, {"short": "XX"}, otherwise=Missed()))
    assert called(state, "half") is None
    together(Change(State, {"lgd_code": -1}, {"short": "XX"}))


def test_whoever_reads_in_between_asks_for_it_to_be_written(state):
    [first, second] = numbered(state, "one", "two")
    with gathered():
        together(first)
        write_now()
        assert called(state, "one") == "Department one"
        together(second)
    assert called(state, "two") == "Department two"


def test_a_change_asks_for_empty_columns_and_counts_by_one(state):
    place, sector = Department.objects.filter(state=state).first(), Sector.objects.first()
    together(Change(Department, {"id": place.pk, "code": None}, {"name_en": "Never"}))
    assert Department.objects.get(pk=place.pk).name_en == place.name_en
    together(Change(Sector, {"code": sector.code}, {"name_en": "Renamed"}, adds="position"))
    assert Sector.objects.values_list("name_en", "position").get(pk=sector.pk) == ("Renamed", sector.position + 1)


def test_the_same_rows_again_only_change(state):
    [new] = numbered(state, "same")
    together(Upsert([new], unique=["state", "code"], update=["name_en"]))
    again = department(state, "same", pk=new.pk)
    again.name_en = "Renamed"
    together(Upsert([again], unique=["state", "code"], update=["name_en"]))
    assert called(state, "same") == "Renamed"
    assert Department.objects.filter(state=state, code="same").count() == 1
