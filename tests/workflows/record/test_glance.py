"""Paragraphs seen at one look: every honest one, and none that is wrong in anything, be it hashed and keyed ever so well."""

import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.conf import settings

from workflows.models import Case, Movement, Noting
from workflows.record import glance
from workflows.record.chain import stamp
from workflows.record.keys import hmac_key
from workflows.record.paragraphs import COLUMNS
from workflows.record.reading import Stamp, all_rows, among, rows
from workflows.record.standing import files, papers_of, surroundings

FILE = "ZZ/EXH/2026-27/0001"


def seen(row, last=(0, ""), version=None):
    [case] = files(Case.objects.filter(number=FILE))
    return glance.at_a_glance(tuple(row), last, case, version, settings.RECORD_KEYS)


@pytest.fixture
def paragraphs(record):
    return [list(row) for row in rows(Noting.objects.filter(case__number=FILE).order_by("paragraph").values_list(*COLUMNS))]


def written(row, text):
    """Return the row with another text, hashed and keyed as if the product had written it."""
    digest = sha256(text)
    return [*row[:9], text, row[10], digest.hexdigest(), hmac.digest(hmac_key(row[13]), digest.digest(), "sha256").hex(), *row[13:]]


def test_every_honest_paragraph_is_seen_and_says_what_reading_it_says(paragraphs):
    last, version = (0, ""), None
    for row in paragraphs:
        said = seen(row, last, version)
        assert said == json.loads(row[9])
        last, version = (row[2], row[11]), glance.version_in(said)


BROKEN = {
    "a blank": lambda text: text.replace(b',"n":', b', "n":'),
    "a comma too many": lambda text: text.replace(b',"charge"', b',,"charge"'),
    "a comma before a known member": lambda text: text.replace(b',"n":', b',,"n":'),
    "a name that comes twice": lambda text: text.replace(b',"charge"', b',"charge":"x","charge"'),
    "names out of order": lambda text: text.replace(b'"step"', b'"a_step"'),
    "a known member inside another": lambda text: text.replace(b',"n":1,', b',"l":{"a":1,"n":1,"z":2},'),
    "text behind its end": lambda text: text + b" ",
    "a brace too few": lambda text: text[:-1],
    "another number": lambda text: text.replace(b'"n":1', b'"n":2'),
    "another file": lambda text: text.replace(FILE.encode(), FILE[:-1].encode() + b"2"),
    "another office": lambda text: text.replace(b'"office":{"id":', b'"office":{"id":9'),
    "another process": lambda text: text.replace(b'"name":"exhibition"', b'"name":"loan"'),
    "another step": lambda text: text.replace(b'"step":"propose"', b'"step":"approve"'),
    "another moment": lambda text: text.replace(b'"at":"2', b'"at":"3'),
    "a quote in the digest of the state": lambda text: text[:20] + b'"' + text[21:],
    "a quote in the digest of personal data": lambda text: text.replace(b'"private":"', b'"private":"""'),
    "a known member that comes twice": lambda text: text.replace(b',"n":1,', b',"n":2,"n":1,'),
    "a known member that is only said inside another": lambda text: text.replace(b',"n":1,', b',"m":{"n":1},'),
    "letters written as numbers": lambda text: text.replace(b'"propose"', b'"\\u0070ropose"'),
    "text that is no UTF-8": lambda text: text.replace(b'"propose"', b'"propose\xff"'),
    "a process that says more": lambda text: text.replace(b'"name":"exhibition"', b'"more":1,"name":"exhibition"'),
    "no text at all": lambda text: b"",
    "a list": lambda text: b"[" + text + b"]",
}


@pytest.mark.parametrize("name", BROKEN)
def test_no_text_is_seen_that_is_not_canonical_or_says_something_else(paragraphs, name):
    first = paragraphs[0]
    text = BROKEN[name](first[9])
    assert text != first[9]
    assert seen(written(first, first[9]))
    assert seen(written(first, text)) is None


@pytest.mark.parametrize("column", [2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13])
def test_no_paragraph_is_seen_whose_column_is_another(paragraphs, column):
    first = paragraphs[0]
    first[column] = "x" if isinstance(first[column], str) else 99
    assert seen(first) is None


def test_names_of_keys_that_nobody_has_are_not_kept(paragraphs):
    for number in range(3):
        assert seen([*paragraphs[0][:13], f"unknown {number}", *paragraphs[0][14:]]) is None
    assert all(text for _name, text in glance.SIGNERS)


def test_a_paragraph_without_a_place_in_the_log_is_read_the_slow_way(paragraphs):
    paragraphs[0][14] = None
    assert seen(paragraphs[0]) is None


@pytest.mark.parametrize("microsecond", [0, 5, 120_000, 999_999])
def test_moments_are_read_as_the_record_writes_them(record, microsecond):
    moment = datetime(2026, 1, 31, 18, 45, 9, microsecond, tzinfo=UTC)
    Movement.objects.update(received=moment)
    assert set(rows(Movement.objects.values_list(Stamp("received")))) == {(stamp(moment),)}


def test_numbers_close_together_are_asked_for_as_a_range_and_others_one_by_one():
    assert "pk__gte" in str(among("pk", [4, 5, 7]))
    assert "pk__in" in str(among("pk", [4, 500]))
    assert "pk__in" in str(among("pk", []))


def test_a_query_that_can_find_nothing_gives_nothing(db):
    assert list(rows(Case.objects.filter(pk__in=[]).values_list("pk"))) == all_rows(Case.objects.none().values_list("pk")) == []


def test_what_stands_around_a_file_is_what_its_models_say(record):
    around = surroundings(rows_read := list(files(Case.objects.order_by("pk"))), papers_of([file.pk for file in rows_read]))
    for case in Case.objects.all():
        mine = around[case.pk]
        assert mine.facts == case.record.facts()
        assert mine.papers == set(case.enclosures.values_list("sha256", flat=True))
        assert mine.orders.keys() == set(case.orders.values_list("noting_id", flat=True))
        assert len(mine.stays) == case.movements.filter(disposed=None).count()
