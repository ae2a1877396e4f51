"""Numbers of persons and units: every way to write them, what is refused, and that nothing repeats them."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from stdnum import verhoeff

from programme.identity import SENTENCES, IdentityKind, clean, conceal, digest, identify, last_four, reveal

WRITTEN = {
    "as on the card": (IdentityKind.AADHAAR, "2341 2341 2346", "234123412346"),
    "in Devanagari digits": (IdentityKind.AADHAAR, "२३४१ २३४१ २३४६", "234123412346"),
    "with hyphens and a hard space": (IdentityKind.AADHAAR, " 2341-2341\u00a02346\u200b", "234123412346"),
    "a PAN in small letters": (IdentityKind.PAN, "acupa 7085 r", "ACUPA7085R"),
    "a GSTIN": (IdentityKind.GSTIN, "27aapfu0939f1zv", "27AAPFU0939F1ZV"),
    "an Udyam number": (IdentityKind.UDYAM, "UDYAM-UP-03-0012345", "UDYAM-UP-03-0012345"),
    "an Udyam number without its hyphens": (IdentityKind.UDYAM, "udyam up 03 0012345", "UDYAM-UP-03-0012345"),
    "an Udyam number without its first word": (IdentityKind.UDYAM, "UP–03–००१२३४५", "UDYAM-UP-03-0012345"),
    "an IEC that is a PAN": (IdentityKind.IEC, "acupa7085r", "ACUPA7085R"),
    "an IEC of ten digits": (IdentityKind.IEC, "0512 345 678", "0512345678"),
    "an account after its IFSC": (IdentityKind.BANK_ACCOUNT, "SBIN0001234 30012345678", "SBIN0001234/30012345678"),
    "an account before its IFSC": (IdentityKind.BANK_ACCOUNT, "30012345678, sbin0001234", "SBIN0001234/30012345678"),
    "an account with leading zeros": (IdentityKind.BANK_ACCOUNT, "SBIN0001234 00000030012345678", "SBIN0001234/30012345678"),
    "a family ID": (IdentityKind.FAMILY_ID, "1234-5678-9012", "123456789012"),
    "a mobile number with its country": (IdentityKind.MOBILE, "+91 98765 43210", "9876543210"),
    "a mobile number with a zero": (IdentityKind.MOBILE, "098765-43210", "9876543210"),
    "a mobile number that begins with 91": (IdentityKind.MOBILE, "9187654321", "9187654321"),
}
WRONG = {
    "a wrong check digit": (IdentityKind.AADHAAR, "234123412347"),
    "eleven digits": (IdentityKind.AADHAAR, "23412341234"),
    "an Aadhaar that begins with one": (IdentityKind.AADHAAR, "123412341234"),
    "a PAN of no kind of holder": (IdentityKind.PAN, "ABMXA3211G"),
    "a PAN with a digit too many": (IdentityKind.PAN, "ABMPA32111"),
    "a GSTIN with a wrong check digit": (IdentityKind.GSTIN, "27AAPFU0939F1ZO"),
    "an Udyam number a digit short": (IdentityKind.UDYAM, "UDYAM-UP-03-001234"),
    "an IEC of nine digits": (IdentityKind.IEC, "051234567"),
    "an account without IFSC": (IdentityKind.BANK_ACCOUNT, "30012345678"),
    "an IFSC without its zero": (IdentityKind.BANK_ACCOUNT, "SBIN1001234 30012345678"),
    "an account of eight digits": (IdentityKind.BANK_ACCOUNT, "SBIN0001234 30012345"),
    "an account of nineteen digits": (IdentityKind.BANK_ACCOUNT, "SBIN0001234 3001234567830012345"),
    "nothing but zeros": (IdentityKind.BANK_ACCOUNT, "SBIN0001234 000000000"),
    "one digit twelve times": (IdentityKind.FAMILY_ID, "111111111111"),
    "a landline": (IdentityKind.MOBILE, "0562 2345678"),
    "digits in superscript": (IdentityKind.MOBILE, "⁹⁸⁷⁶⁵⁴³²¹⁰"),
    "words": (IdentityKind.AADHAAR, "नहीं है"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_number_is_read_as_people_write_it(how):
    kind, typed, cleaned = WRITTEN[how]
    assert clean(kind, typed) == cleaned
    assert clean(kind, cleaned) == cleaned


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_number_is_refused_with_a_sentence_that_does_not_repeat_it(what, language):
    kind, typed = WRONG[what]
    with translation.override(language), pytest.raises(ValidationError) as refusal:
        clean(kind, typed)
    [sentence] = refusal.value.messages
    assert sentence == str(SENTENCES[kind])
    assert typed not in repr(refusal.value) and refusal.value.params is None
    assert refusal.value.__cause__ is None and refusal.value.__suppress_context__


def test_every_kind_has_its_sentence_and_its_reader():
    for kind in IdentityKind:
        with pytest.raises(ValidationError, match=re.escape(str(SENTENCES[kind]))):
            clean(kind, "")


@given(st.integers(min_value=20_000_000_000, max_value=99_999_999_999), st.sampled_from(range(1, 10)), st.sampled_from(range(12)))
def test_one_wrong_digit_in_an_aadhaar_is_always_found(start, by, place):
    number = f"{start}{verhoeff.calc_check_digit(str(start))}"
    if number != number[::-1]:
        assert clean(IdentityKind.AADHAAR, number) == number
    wrong = f"{number[:place]}{(int(number[place]) + by) % 10}{number[place + 1 :]}"
    with pytest.raises(ValidationError):
        clean(IdentityKind.AADHAAR, wrong)


@given(st.text(max_size=40), st.sampled_from(list(IdentityKind)))
def test_whatever_is_typed_is_read_or_refused(typed, kind):
    try:
        cleaned = clean(kind, typed)
    except ValidationError:
        return
    assert clean(kind, cleaned) == cleaned
    assert cleaned.isascii()


def test_the_digest_hangs_on_kind_number_and_key():
    mine = digest(IdentityKind.PAN, "ACUPA7085R")
    assert re.fullmatch("[0-9a-f]{64}", mine)
    assert mine == digest(IdentityKind.PAN, "ACUPA7085R")
    assert mine != digest(IdentityKind.IEC, "ACUPA7085R")
    assert mine != digest(IdentityKind.PAN, "ACUPA7086R")
    with override_settings(IDENTITY_KEY="test-" + "78695a4b3c2d1e0f" * 4):
        assert mine != digest(IdentityKind.PAN, "ACUPA7085R")


def same_account(one, other):
    return identify(IdentityKind.BANK_ACCOUNT, one).digest == identify(IdentityKind.BANK_ACCOUNT, other).digest


def test_an_account_is_the_same_at_every_branch_of_its_bank_and_another_at_another_bank():
    assert same_account("SBIN0001234 30012345678", "SBIN0009999 00030012345678")
    assert not same_account("SBIN0001234 30012345678", "BARB0AGRAXX 30012345678")
    assert not same_account("SBIN0001234 30012345678", "SBIN0001234 30012345679")


def test_an_identity_shows_its_last_four_and_nothing_more_of_the_number():
    kept = identify(IdentityKind.AADHAAR, "2341 2341 2346")
    assert kept.shown == "…2346" and last_four("234123412346") == "2346"
    assert "23412341" not in repr(kept)
    assert identify(IdentityKind.BANK_ACCOUNT, "SBIN0001234 000000012").last_four == "0012"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_is_concealed_comes_back_as_typed(typed):
    stored = conceal(typed)
    assert reveal(stored) == typed
    assert bool(stored) == bool(typed)
    assert len(typed) < 4 or typed not in stored


def test_what_was_concealed_under_another_key_is_not_there():
    stored = conceal("2341 2341 2346")
    with override_settings(IDENTITY_KEY="test-" + "78695a4b3c2d1e0f" * 4):
        assert reveal(stored) == ""
    assert reveal("no token") == ""
