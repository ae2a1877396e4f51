"""Two languages: that of the reader, and the sentence that is written down in both, whoever reads it later."""

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import get_language

LANGUAGES = ("en", "hi")


def reads_hindi() -> bool:
    """Say whether Hindi is the reader's language now."""
    return (get_language() or "").startswith("hi")


def in_both(say: Callable[[], str], name: str = "text") -> dict[str, str]:
    """Return what ``say`` says in each language, as columns: ``text_en`` and ``text_hi``, or under another ``name``."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[f"{name}_{language}"] = str(say())
    return said
