import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflows.record.canonical import LARGEST, NotCanonical, canonical, quick_sha256, read_in_order, sha256_of

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAMES = st.text(st.characters(min_codepoint=1, max_codepoint=127))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_can_be_read_back_and_is_written_the_same_way_again(value):
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(NAMES, st.integers(0, 9)))
def test_names_stand_in_order_and_nothing_is_spaced(value):
    text = canonical(value)
    assert list(json.loads(text)) == sorted(value)
    assert text == json.dumps(dict(sorted(value.items())), separators=(",", ":"), ensure_ascii=False)


def test_rfc_8785_sample_of_text_is_written_as_the_rfc_writes_it():
    # RFC 8785, section 3.2.2: the string of the sample, and its literals.
    assert canonical({"string": '€$\x0f\nA\'B"\\\\"/', "literals": [None, True, False]}) == (
        '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_hindi_is_kept_with_its_joiners():
    assert canonical("क्‍ष क्‌ष") == '"क्‍ष क्‌ष"'


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1.0]}, r"\$\.a\[0\]"),
        ({"a": float("nan")}, r"\$\.a"),
        ([2**53], r"\$\[0\]"),
        ([-(2**53)], r"\$\[0\]"),
        ({"a": {"b": "half \ud800"}}, r"\$\.a\.b"),
        (["nul \0"], r"\$\[0\]"),
        ({"राशि": 1}, "राशि"),
        ({"a": {1: 2}}, r"\$\.a"),
        ({"a": b"bytes"}, "bytes"),
        ({"a": (1, 2)}, "tuple"),
        ({"a": {1, 2}}, "set"),
    ],
    ids=[
        "fraction",
        "not a number",
        "too large",
        "too small",
        "half a character",
        "NUL",
        "Hindi name",
        "number as name",
        "bytes",
        "tuple",
        "set",
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(value, where):
    with pytest.raises(NotCanonical, match=where):
        canonical(value)


def test_endless_nesting_is_refused():
    endless: list = []
    endless.append(endless)
    with pytest.raises(NotCanonical, match="nested"):
        canonical(endless)


@given(VALUES)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_the_fast_reader_and_writer_agree_with_the_canonical_form(value):
    text = canonical(value)
    assert quick_sha256(value) == sha256_of(text)
    assert read_in_order(text.encode()) == value or value is None


@pytest.mark.parametrize(
    "text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1,"a":1}', "{", "1e3", '"\\u0905"', '{"a":-0}', '"\\ud800"', "[" * 5_000]
)
def test_what_is_not_canonical_is_nothing_to_the_fast_reader(text):
    assert read_in_order(text.encode()) is None


@given(st.floats())
def test_no_fraction_is_ever_written(value):
    with pytest.raises(NotCanonical):
        canonical({"amount": value})


def test_the_digest_is_that_of_utf_8():
    assert sha256_of("पत्रावली") == "e87a439e51ce91c5da79026465b201be785caaec26f65c4663037b3e4ac37b84"
