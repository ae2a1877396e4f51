from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programme.money import in_figures
from programme.norms.wording import sentence

# Files sealed before there were such facts keep the digest that their paragraphs pinned.
UNSAID_WHILE_EMPTY = frozenset({"answers", "waivers"})


class FileRecord(models.Model):
    """What a process decides about: one row for each file. Amounts are rupees.

    Every process states its own MATERIAL, PERSONAL and PAPERS, and has a ``district``, a ``subject`` and an ``amount``.
    """

    # Facts whose change makes earlier approvals lapse.
    MATERIAL: ClassVar[frozenset[str]] = frozenset()
    # Facts about a person: the record keeps their digest, the words stand in an erasable row.
    PERSONAL: ClassVar[frozenset[str]] = frozenset()
    # The fact that names the person who applies; empty where nobody does.
    APPLICANT: ClassVar[str] = ""
    # Every kind of paper the process knows, with its label.
    PAPERS: ClassVar[dict[str, Any]] = {}
    # Amounts that a norm of the scheme must state.
    AMOUNTS_IN_NORM: ClassVar[tuple[str, ...]] = ()
    # Tables of like lines beside the record: related name, and the columns with their labels.
    LINES: ClassVar[dict[str, dict[str, Any]]] = {}
    # What the codes mean that a column holds several of, by column and code.
    WORDS: ClassVar[dict[str, dict[str, Any]]] = {}
    # On what conditions money is sanctioned, as the order says them.
    CONDITIONS: ClassVar[tuple[Any, ...]] = ()
    # The amount of the derivation that is sanctioned; empty where a process computes nothing.
    COMPUTED: ClassVar[str] = ""
    # What a signature alone writes, such as the moment of the first submission; it goes when the signature is pulled back.
    STAMPED: ClassVar[frozenset[str]] = frozenset()
    # Schemes beside that of the process under whose norms a record may be computed.
    OTHER_SCHEMES: ClassVar[frozenset[str]] = frozenset()

    dropped = models.BooleanField(_("rejected or withdrawn"), default=False)
    answers = models.JSONField(_("Answers to the machine's questions"), default=dict, blank=True)
    waivers = models.JSONField(_("Papers waived"), default=dict, blank=True)

    class Meta:
        abstract = True

    # How the amount was computed, where a norm computes it: scheme, version, inputs, steps, amounts.
    derivation: Any = None

    @property
    def subject(self) -> str:
        """What the file is about, in the words that stand over it."""
        raise NotImplementedError

    @property
    def amount(self) -> Decimal | None:
        """The amount the file stands at, in rupees: sanctioned, else recommended, else asked; ``None`` for a file without money."""
        stood = (getattr(self, f"amount_{stage}", None) for stage in ("sanctioned", "recommended", "asked"))
        return next((amount for amount in stood if amount is not None), None)

    def flags(self) -> list[tuple[str, str]]:
        """Return what must be seen at once over the file: how grave it is (late, look, ok), and the words in the reader's language."""
        return []

    @property
    def labels(self) -> dict[str, str]:
        """How each field is called in the reader's language, by its name."""
        return labels_of(type(self), get_language())

    def amounts(self) -> list[tuple[str, str]]:
        """Return label and figure of every amount that is known."""
        return [(said, in_figures(getattr(self, name))) for name, said in self.labels.items() if name.startswith("amount_")]

    def facts(self) -> dict[str, Any]:
        """Return every business value as plain data, in the order it is shown; dates and money as text."""
        facts: dict[str, Any] = {}
        for field in _fields_of(type(self)):
            if field.name in UNSAID_WHILE_EMPTY and not getattr(self, field.name):
                continue
            if field.many_to_many:
                facts[field.name] = sorted(row.pk for row in self._related(field.name))
            else:
                facts[field.attname] = plain(getattr(self, field.attname))
        for name, columns in self.LINES.items():
            if name in facts:
                continue
            facts[name] = [{column: plain(getattr(line, column)) for column in columns} for line in self._related(name)]
        return facts

    def _related(self, name: str) -> Any:
        """Return related rows: those that were read with the record, else as they stand."""
        read = vars(self).get("_prefetched_objects_cache", {}).get(name)
        return getattr(self, name).all() if read is None else read

    def told(self, name: str) -> Any:
        """Return one fact as ``facts`` writes it; ``None`` for one that there is not."""
        return plain(getattr(self, name, None))

    @classmethod
    def columns(cls) -> list[str]:
        """Return the columns from whose values ``facts_from`` tells the facts of a row that no model was made of."""
        return [name for name, _write in _columns_of(cls)]

    @classmethod
    def facts_from(cls, values: Sequence[Any], beside: dict[str, list[Any]]) -> dict[str, Any]:
        """Return the same facts from the values of ``columns``; ``beside`` holds sorted keys of related rows, and tables of lines."""
        pairs = zip(_columns_of(cls), values, strict=True)
        facts = {name: value if write is None or value is None else write(value) for (name, write), value in pairs}
        for name in UNSAID_WHILE_EMPTY:
            if not facts[name]:
                del facts[name]
        return facts | beside

    @property
    def computed(self) -> Decimal:
        """The amount in rupees that the derivation comes to."""
        return Decimal(self.derivation["amounts"][self.COMPUTED])

    def derivation_steps(self) -> list[str]:
        """Return how the amount came about, a sentence for each step, in the reader's language; empty where nothing is computed."""
        return [sentence(step) for step in self.derivation["steps"]] if self.derivation else []

    def derivation_sentence(self) -> str:
        """Return how the amount came about as one text, for an order."""
        return " ".join(self.derivation_steps())

    def inputs_now(self) -> dict[str, Any]:
        """Return what the columns of the record would be computed from today, to be held against the stored derivation."""
        raise NotImplementedError

    def words(self, name: str) -> str:
        """Return what a column with several codes says, in the reader's language."""
        return ", ".join(str(self.WORDS[name].get(code, code)) for code in getattr(self, name))

    def acknowledged(self) -> list[tuple[str, str]]:
        """Return label and value of what the applicant is told in his acknowledgement; empty where nobody applies."""
        return []

    def known_by(self) -> list[str]:
        """Return the names, in both languages, by which people look for the file besides its subject and its district; none of a person."""
        return []

    def opened(self, file_number: str) -> None:
        """Learn the number under which the file was opened; a process that keeps marks elsewhere writes it there."""

    def end(self, *, good: bool) -> None:
        """Mark the record as ended: one that ends without its good is dropped, and bars nothing that comes later."""
        self.dropped = not good
        self.save(update_fields=["dropped"])

    def cancel(self) -> None:
        """Mark the record as ended by a repair before any money left: nothing was had, so it bars nothing that comes later."""
        self.end(good=False)

    def bar_to_reopening(self) -> str:
        """Return why a record that ended without its good cannot be opened again, in the reader's language; empty when it can."""
        return ""

    def reopen(self) -> None:
        """Mark a record that ended without its good as open again; the database refuses what would then stand twice."""
        self.dropped = False
        self.save(update_fields=["dropped"])


def plain(value: Any) -> Any:
    """Write a value as the record keeps it: money and days as text, moments in UTC whatever zone they came in."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


@lru_cache(maxsize=64)
def labels_of(record: type[FileRecord], _language: str | None) -> dict[str, str]:
    """Return how each field of a kind of record is called, by its name, in the language that is the reader's now."""
    return {field.name: str(field.verbose_name) for field in record._meta.get_fields() if field.concrete}


@lru_cache(maxsize=64)
def _fields_of(record: type[FileRecord]) -> list[Any]:
    """Return the fields of a kind of record whose values are its facts, in the order they are written."""
    return [field for field in record._meta.get_fields() if field.concrete and field.name != "id"]


@lru_cache(maxsize=64)
def _columns_of(record: type[FileRecord]) -> list[tuple[str, Callable[[Any], Any] | None]]:
    """Return the columns of the facts of a kind of record, each with what writes its value, ``None`` where it stays as it is."""
    written = (models.DecimalField, models.DateField)
    fields = [field for field in _fields_of(record) if not field.many_to_many]
    return [(field.attname, plain if isinstance(field, written) else None) for field in fields]
