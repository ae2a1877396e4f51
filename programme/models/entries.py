from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from programme import identity
from programme.models.records import plain

NOTHING: tuple[Any, ...] = (None, "", [], {})


class Entry(models.Model):
    """One row of a register of the programme. It is never deleted: it is struck off, with a reason.

    ``STATE`` and ``DISTRICT`` say, as a query does, where an entry finds the State and the district it belongs to; an entry
    without a district is the State's.
    """

    # The name of the register in addresses, workbooks and the history.
    REGISTER: ClassVar[str] = ""
    STATE: ClassVar[str] = "state"
    DISTRICT: ClassVar[str] = "district"
    # What says something of a private person: the history keeps a keyed fingerprint of it, never the words.
    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    # What the machine keeps for itself, such as a keyed hash: no page, list or program is told of it.
    UNSAID: ClassVar[frozenset[str]] = frozenset()

    removed_why = models.TextField(_("why it was struck off"), max_length=1000, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_removed(self) -> bool:
        return bool(self.removed_why)

    @property
    def state_of(self) -> int:
        """The code of the State the entry belongs to."""
        return int(_follow(self, self.STATE).pk)

    @property
    def district_of(self) -> int | None:
        """The code of the district the entry belongs to; ``None`` for an entry of the whole State."""
        district = _follow(self, self.DISTRICT)
        return None if district is None else int(district.pk)

    def bar_to_change(self) -> str:
        """Return why the entry cannot be changed any more, in the reader's language; empty when it can."""
        return ""

    def facts(self) -> dict[str, Any]:
        """Return everything the entry says as plain data; what says nothing is left out, so that a later column changes no digest."""
        facts = {field.attname: plain(getattr(self, field.attname)) for field in self._meta.concrete_fields if not field.primary_key}
        facts |= {name: identity.fingerprint(str(facts[name])) for name in self.PERSONAL if facts[name] not in NOTHING}
        facts |= {field.name: sorted(getattr(self, field.name).values_list("pk", flat=True)) for field in self._meta.many_to_many}
        return {name: value for name, value in facts.items() if value not in NOTHING}


def entry_models() -> dict[str, type[Entry]]:
    """Return every model that is a register, by the name of its register, in the order of the names."""
    return {model.REGISTER: model for model in sorted(_entries(), key=lambda model: model.REGISTER)}


def _entries() -> list[type[Entry]]:
    return [model for model in apps.get_models() if issubclass(model, Entry)]


def _follow(entry: Any, way: str) -> Any:
    for step in way.split("__"):
        entry = None if entry is None else getattr(entry, step)
    return entry
