"""Text of cells: what is kept of it, and the form in which two spellings of one name are equal."""

import re
import unicodedata
from functools import lru_cache

DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
# Direction overrides make a name read as another; control characters and lone surrogates are typed by no one.
UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
# Joiners belong between two letters of an Indian script and nowhere else.
INDIAN = "\u0900-\u0dff"
STRAY_JOINER = re.compile(f"(?<![{INDIAN}])[\u200c\u200d]+|[\u200c\u200d]+(?![{INDIAN}])")
LATIN, LOOKALIKE = re.compile("[A-Za-z]"), re.compile("[\u0370-\u03ff\u0400-\u052f]")
NUKTA = "\N{DEVANAGARI SIGN NUKTA}"
CHANDRABINDU, ANUSVARA = "\N{DEVANAGARI SIGN CANDRABINDU}", "\N{DEVANAGARI SIGN ANUSVARA}"


def clean(text: str) -> str:
    """Return text in NFC, without invisible characters and stray joiners; line breaks and inner spaces stay."""
    if text.isascii():
        return text.replace("_x000D_", "").strip()
    seen = INVISIBLE.sub("", text).replace("\u00a0", " ").replace("_x000D_", "")
    return unicodedata.normalize("NFC", STRAY_JOINER.sub("", seen)).strip()


def one_line(text: str) -> str:
    """Return cleaned text with every run of spaces and line breaks as one space."""
    return " ".join(clean(text).split())


def lines(text: str) -> str:
    """Return cleaned text with line breaks, each line without outer and doubled spaces."""
    return "\n".join(" ".join(line.split()) for line in clean(text).splitlines()).strip()


def mixed(text: str) -> str:
    """Return a word that mixes Latin letters with Greek or Cyrillic ones, which look alike; empty when there is none."""
    if text.isascii() or not LOOKALIKE.search(text):
        return ""
    return next((word for word in re.findall(r"\w+", text) if LATIN.search(word) and LOOKALIKE.search(word)), "")


def printable(text: str) -> str:
    """Return text without what no workbook can hold."""
    return UNSEEN.sub("", text)


@lru_cache(maxsize=10_000)
def fold(name: str) -> str:
    """Return letters, vowel signs and digits only: without case, spaces, line breaks, signs, joiners and nukta.

    The same rules as for the names of places in ``programme.places``, which asks the database and stands higher.
    """
    if name.isascii():
        return "".join(filter(str.isalnum, name.replace("&", " and ").lower()))
    apart = unicodedata.normalize("NFD", name.replace("&", " and ").casefold())
    plain = unicodedata.normalize("NFC", apart.replace(NUKTA, "").replace(CHANDRABINDU, ANUSVARA)).translate(DIGITS)
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LMN")


def short(text: str) -> str:
    """Return at most sixty characters of what was found, for a sentence."""
    seen = " ".join(printable(text).split())
    return seen if len(seen) <= 60 else seen[:57] + "…"
