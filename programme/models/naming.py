from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.bilingual import reads_hindi


def in_language(row: Any, field: str) -> str:
    """Return ``field`` in the reader's language, or in English where Hindi is not recorded."""
    hindi = getattr(row, f"{field}_hi")
    return str(hindi if hindi and reads_hindi() else getattr(row, f"{field}_en"))


def by_language(values: Mapping[str, Any], field: str) -> str:
    """Return ``field`` of a row that was read as plain values, in the reader's language as ``in_language`` chooses it."""
    hindi = values[f"{field}_hi"]
    return str(hindi if hindi and reads_hindi() else values[f"{field}_en"])


class Named(models.Model):
    """A row that people know by a name in English and in Hindi."""

    name_en = models.CharField(_("name in English"), max_length=200)
    name_hi = models.CharField(_("name in Hindi"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_hi if self.name_hi and reads_hindi() else self.name_en

    @property
    def both_names(self) -> tuple[str, ...]:
        """The name in each language in which it is recorded."""
        return tuple(name for name in (self.name_en, self.name_hi) if name)
