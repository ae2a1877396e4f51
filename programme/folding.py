"""The form in which two spellings of one name are equal."""

import unicodedata

NUKTA = "\N{DEVANAGARI SIGN NUKTA}"
CHANDRABINDU, ANUSVARA = "\N{DEVANAGARI SIGN CANDRABINDU}", "\N{DEVANAGARI SIGN ANUSVARA}"


def fold(text: str) -> str:
    """Return the form in which two spellings of one name are equal: letters, vowel signs and digits only."""
    apart = unicodedata.normalize("NFD", text.replace("&", " and ").casefold())
    plain = unicodedata.normalize("NFC", apart.replace(NUKTA, "").replace(CHANDRABINDU, ANUSVARA))
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain if unicodedata.category(sign)[0] in "LMN")
