"""A sentence that is written down stands in both languages, whoever reads it later."""

from collections.abc import Callable

from django.utils import translation

LANGUAGES = ("en", "hi")


def in_both(say: Callable[[], str], name: str = "text") -> dict[str, str]:
    """Return what ``say`` says in each language, as columns: ``text_en`` and ``text_hi``, or under another ``name``."""
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[f"{name}_{language}"] = str(say())
    return said
