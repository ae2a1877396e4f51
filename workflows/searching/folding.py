"""How a word is written when it is searched: the spellings that people use for one word become the same letters.

Every rule forgives a mistake or a custom that is met in office papers; a rule that makes different words alike is not here.
What is found for the names of all districts and for misspelt ones is asserted in tests/workflows/searching/.
"""

import re
import unicodedata
from functools import lru_cache

# What the stored rows were folded with: raise it when a rule changes, and the next set-up folds every file anew.
RULES = 1

# Letters, digits and the signs that belong to them, joiners and soft hyphens inside a word among them.
SIGNS = "\u0300-\u036f\u0900-\u0963\u0966-\u096f\u0971-\u097f\u200b-\u200d\u2060\ufeff\u00ad"
WORD = re.compile(rf"(?:[^\W_]|[{SIGNS}])+")
UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad]")
# The nukta (ज़ is written ज) and the accents of Latin letters.
ACCENTS = re.compile("[\u093c\u0300-\u036f]")

CONSONANT, VOWEL_SIGN, VIRAMA = "[क-ह]", "[\u093a\u093b\u093e-\u094c\u0955-\u0957\u0962\u0963]", "\u094d"
HINDI: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), to)
    for pattern, to in (
        ("ज्ञ", "ग्य"),
        ("[ऋॠ]", "रि"),
        ("[ृॄ]", "्रि"),
        # सम्बन्ध, संबंध: half a nasal before a stop is the dot; with and without the dot, moon or none (गाँव, गांव, गाव).
        ("[ङञणन]्(?=[क-घच-झट-ढत-धप-भ])|म्(?=[प-भ])", ""),
        ("[ँंऀ]", ""),
        ("[शष]", "स"),
        ("ण", "न"),
        ("ळ", "ल"),
        # पत्ता, पता; अच्छा, अछा; सिद्ध, सिध.
        (f"({CONSONANT}){VIRAMA}\\1", r"\1"),
        *((f"{plain}{VIRAMA}{breathed}", breathed) for plain, breathed in ("कख", "गघ", "चछ", "जझ", "टठ", "डढ", "तथ", "दध", "पफ", "बभ")),
        # गये, गए; गयी, गई; नोयडा, नोएडा.
        (f"(?<!{VIRAMA})य[ेै]", "ए"),
        (f"(?<!{VIRAMA})य[िी]", "इ"),
        (f"(?<={VOWEL_SIGN})य(?!{VOWEL_SIGN}|{VIRAMA})", "ए"),
        # जयपुर, जैपुर; अयन, ऐन.
        (f"(?<={CONSONANT})य(?!{VOWEL_SIGN}|{VIRAMA})", "े"),
        (f"अय(?!{VOWEL_SIGN}|{VIRAMA})", "ए"),
        # Short and long are mixed, and the sign of the long a is the one most often left out.
        ("[आऑॲ]", "अ"),
        ("ई", "इ"),
        ("ऊ", "उ"),
        ("[ऐऍऎ]", "ए"),
        ("[औऒ]", "ओ"),
        ("ी", "ि"),
        ("ू", "ु"),
        ("[ैॅॆ]", "े"),
        ("[ौॊ]", "ो"),
        # The signs of a long a, of the visarga and of an elided a, and half letters (मिर्जापुर, मिरजापुर).
        ("[ाॉःऽ्]", ""),
    )
]
ENGLISH: list[tuple[re.Pattern[str], str]] = [
    (re.compile(pattern), to)
    for pattern, to in (
        ("chh", "ch"),
        ("sh", "s"),
        ("z", "j"),
        ("w", "v"),
        ("ee", "i"),
        ("oo", "u"),
        (r"([a-z])\1+", r"\1"),
    )
]


def fold(text: str) -> list[str]:
    """Return the words of a text as they are searched, in their order, of Hindi and English at once.

    The same for every normal form of Unicode; folding what was folded changes nothing; no word becomes empty.
    """
    return [_folded(word) for word in WORD.findall(unicodedata.normalize("NFC", text))]


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    bare = folded = "".join(WORD.findall(_digits(unicodedata.normalize("NFKD", word).casefold()))) or word
    while (again := _once(folded)) != folded:
        folded = again
    # A sign alone, such as a lone virama, is still something that was typed.
    return folded or bare


def _once(word: str) -> str:
    word = ACCENTS.sub("", UNSEEN.sub("", unicodedata.normalize("NFKD", word).casefold()))
    for rule, to in HINDI + ENGLISH:
        word = rule.sub(to, word)
    return word


def _digits(word: str) -> str:
    return "".join(str(unicodedata.decimal(char, char)) for char in word)
