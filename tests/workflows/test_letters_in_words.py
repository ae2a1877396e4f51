"""Rupees in words, compared with a list written out by hand and joined by its own rule, not by the libraries."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.letters.amounts import in_words

# The numerals as the Central Hindi Directorate spells them.
TO_99 = """
शून्य एक दो तीन चार पाँच छह सात आठ नौ
दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस
बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस
चालीस इकतालीस बयालीस तैंतालीस चवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास
पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ
साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर
सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी
अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सतासी अठासी नवासी
नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे
""".split()  # noqa: SIM905 -- ten a line can be checked by eye
PLACES = [(100_000, "लाख"), (1_000, "हज़ार"), (100, "सौ")]
HIGHEST = 999_999_999_999  # What an amount of fourteen digits with two places can hold.


def plainly(number: int) -> str:
    crore, rest = divmod(number, 10_000_000)
    words = [plainly(crore), "करोड़"] if crore else []
    for size, name in PLACES:
        count, rest = divmod(rest, size)
        if count:
            words += [TO_99[count], name]
    return " ".join(words + ([TO_99[rest]] if rest or not words else []))


def test_the_list_of_numerals_is_whole():
    assert len(TO_99) == len(set(TO_99)) == 100


def test_every_number_below_a_thousand_is_spelt_in_hindi():
    for number in range(1_000):
        assert in_words(Decimal(number), "hi") == f"रुपये {plainly(number)} मात्र"


@given(st.integers(0, 100_000_000) | st.integers(0, HIGHEST))
def test_every_amount_is_spelt_in_lakh_and_crore(number):
    assert in_words(Decimal(number), "hi") == f"रुपये {plainly(number)} मात्र"


@pytest.mark.parametrize(
    ("amount", "hindi", "english"),
    [
        ("0", "रुपये शून्य मात्र", "Rupees zero only"),
        ("100000", "रुपये एक लाख मात्र", "Rupees one lakh only"),
        ("1850000", "रुपये अठारह लाख पचास हज़ार मात्र", "Rupees eighteen lakh, fifty thousand only"),
        ("625000.50", "रुपये छह लाख पच्चीस हज़ार और पचास पैसे मात्र", "Rupees six lakh, twenty-five thousand and paise fifty only"),
        ("10000000", "रुपये एक करोड़ मात्र", "Rupees one crore only"),
        ("100000000", "रुपये दस करोड़ मात्र", "Rupees ten crore only"),
        ("1000000000", "रुपये एक सौ करोड़ मात्र", "Rupees one hundred crore only"),
        ("10000000001", "रुपये एक हज़ार करोड़ एक मात्र", "Rupees one thousand crore, one only"),
        ("0.05", "रुपये शून्य और पाँच पैसे मात्र", "Rupees zero and paise five only"),
    ],
)
def test_an_amount_reads_as_an_order_writes_it(amount, hindi, english):
    assert (in_words(Decimal(amount), "hi"), in_words(Decimal(amount), "en")) == (hindi, english)


@given(st.integers(0, HIGHEST * 100 + 99))
def test_no_amount_an_order_can_hold_is_without_words(paise):
    amount = Decimal(paise) / 100
    for language in ("hi", "en"):
        assert in_words(amount, language).endswith(("मात्र", "only"))
