"""Rupees in words, as an order writes them beside the figures."""

from decimal import Decimal

from indic_numtowords import num2words as hindi_words
from num2words import num2words

CRORE = 10_000_000
# Where the library's spelling is not the one of the Central Hindi Directorate.
STANDARD = {
    "छः": "छह",
    "अट्ठारह": "अठारह",
    "चौंतालीस": "चवालीस",
    "तिरेपन": "तिरपन",
    "तिरेसठ": "तिरसठ",
    "छयासठ": "छियासठ",
    "सरसठ": "सड़सठ",
    "सत्तासी": "सतासी",
}


def in_words(amount: Decimal, language: str) -> str:
    """Write rupees (at most two places, not negative) in Hindi (``hi``) or in English, in lakh and crore, closed with “only”."""
    whole, paise = divmod(int(amount * 100), 100)
    if language == "hi":
        return f"रुपये {_hindi(whole)}" + (f" और {_hindi(paise)} पैसे मात्र" if paise else " मात्र")
    return f"Rupees {_english(whole)}" + (f" and paise {_english(paise)} only" if paise else " only")


def _english(number: int) -> str:
    # As below: the library stops at a thousand crore.
    crore, rest = divmod(number, CRORE)
    if crore < 1000:
        return str(num2words(number, lang="en_IN"))
    return f"{_english(crore)} crore" + (f", {_english(rest)}" if rest else "")


def _hindi(number: int) -> str:
    # The library stops at a hundred crore.
    crore, rest = divmod(number, CRORE)
    words = f"{_hindi(crore)} करोड़" if crore else ""
    if rest or not crore:
        words += " " + hindi_words(rest, lang="hi")
    return " ".join(STANDARD.get(word, word) for word in words.split())
