"""Kinds whose accepted rows become drafts of a process: the officer signs each as if he had typed it."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.bilingual import in_both
from programme.calendar import today
from programme.models import Norm, Office, Officer
from workflows.authority import Refusal
from workflows.forms.identity import IdentityField, revealed
from workflows.models import Case, Draft, Enclosure, Workbook, WorkbookRow
from workflows.sheets.columns import Column
from workflows.workbooks.judge import Judged
from workflows.workbooks.kind import Both, Kind, Standing, Writer, origin
from workflows.workbooks.rows import concealed_in
from workflows.workbooks.shapes import Place, Shape, plain_row
from workflows.writing import stream

KNOWN_AS = "known_as"
# What a row became whose draft and file have the row's own key.
DRAFT = "draft"
AT_ONCE = 500


class DraftedKind(Kind):
    """A kind of ``flow``; a row asks for what the first page of its file asks for. Papers are attached to the draft."""

    flow: ClassVar[Any]
    left_out: ClassVar[frozenset[str]] = frozenset()
    is_drafted = True

    def form(self, office: Office, officer: Officer | None) -> Any:
        """Return the first page of a new file, judged as if every paper were attached: papers come with the draft."""
        form_class = self.flow.begin_node().form_class
        papers = [Enclosure(kind=kind, added_by=officer) for kind in form_class.paper_kinds]
        return form_class(office=office, officer=officer, norm=self.norm(office), papers=papers)

    def norm(self, office: Office) -> Norm:
        try:
            return Norm.in_force(self.flow.scheme, office.designation.state, today())
        except Norm.DoesNotExist:
            raise Refusal(_("No norms of this scheme are in force in your State yet. Ask the programme administrator.")) from None

    def names(self, form: Any) -> list[str]:
        return [name for _title, names in form.sections for name in names if name not in self.left_out]

    def columns(self, shape: Shape) -> tuple[Column, ...]:
        """Return the columns; the last names what stands already, and stays empty in new rows."""
        label = in_both(lambda: _("Number here (leave empty in a new row)"))
        return (*shape.columns, Column(KNOWN_AS, label["text_en"], label["text_hi"], width=40))

    def instructions(self) -> Iterable[Any]:
        return [*super().instructions(), lambda: _("Each accepted row becomes a draft. Attach its papers there and sign it.")]

    # --- what stands ----------------------------------------------------------------------------------------------------

    def rows(self, office: Office, shape: Shape | None = None) -> Iterator[dict[str, Any]]:
        """Return the files and drafts of the office; of a number of a person or unit only the last four are known."""
        yield from self.rows_of(self.cases(office), self.drafts(office), shape or self.judge(office, None).shape)

    def rows_of(self, cases: Iterable[Case], drafts: Iterable[Draft], shape: Shape) -> Iterator[dict[str, Any]]:
        for case in cases:
            yield from self._of_case(case, shape)
        for draft in drafts:
            yield shape.row(lambda place, draft=draft: self._typed(draft, place)) | {KNOWN_AS: str(draft.key)}  # type: ignore[misc]

    def cases(self, office: Office) -> Any:
        return Case.objects.filter(kind=self.flow.slug, office=office).order_by("pk")

    def drafts(self, office: Office) -> Any:
        return Draft.objects.filter(kind=self.flow.slug, office=office, movement=None).order_by("saved_at", "pk")

    def _of_case(self, case: Case, shape: Shape) -> Iterator[dict[str, Any]]:
        """Return a row for the file, or one for each of its lines."""
        record = case.record
        lined = next((place.field for place in shape.places if place.part and not place.ticked), "")
        for n, line in enumerate(getattr(record, lined).all() if lined else [None], 1):
            row = shape.row(lambda place, line=line: self._of_record(record, line, place))  # type: ignore[misc]
            yield row | {KNOWN_AS: f"{case.number}#{n}" if lined else case.number}

    def _of_record(self, record: Any, line: Any, place: Place) -> Any:
        if isinstance(place.inner, IdentityField):
            kept = record.identity(place.field)
            return kept.shown if kept else ""
        if place.part and not place.ticked:
            return getattr(line, place.part)
        return getattr(record, place.field, None)

    def _typed(self, draft: Draft, place: Place) -> Any:
        """Return a value of a draft as its field reads it; what the field does not read is left out."""
        name = f"{place.field}-1-{place.part}" if place.part and not place.ticked else place.field
        values = draft.typed.get(name) or []
        if place.ticked:
            return values
        if isinstance(place.inner, IdentityField):
            [plain] = revealed(self.flow.begin_node().form_class, {place.field: values[-1:]})[place.field] or [""]
            return f"…{plain[-4:]}" if plain else ""
        try:
            return place.inner.to_python(values[-1]) if values else None
        except ValidationError:
            return None

    def standing(self, office: Office, shape: Shape) -> Standing:
        return DraftsStanding(self, office, shape)

    def still(self, rows: Iterable[WorkbookRow]) -> set[int]:
        keys = {key_of(row): row.pk for row in rows}
        there = set(Draft.objects.filter(key__in=keys).values_list("key", flat=True))
        there |= set(Case.objects.filter(key__in=keys).values_list("key", flat=True))
        return {keys[key] for key in there}

    # --- what a row becomes ---------------------------------------------------------------------------------------------

    def writer(self, book: Workbook, *, by: Officer) -> Writer:
        shape, titled_by = self.shape(self.form(book.office, by)), self.flow.begin_node().form_class.titled_by
        same = {"kind": self.flow.slug, "office_id": book.office_id, "made_by_id": by.pk, "saved_by_id": by.pk}

        def write(rows: list[WorkbookRow]) -> dict[int, str]:
            saved = same | {"saved_at": timezone.now()}
            # Written by turns: PostgreSQL ends a transaction that is idle, and a statement that runs, for long.
            for first in range(0, len(rows), AT_ONCE):
                stream(Draft, (saved | self._draft(row, book, shape, titled_by) for row in rows[first : first + AT_ONCE]))
            return dict.fromkeys((row.pk for row in rows), DRAFT)

        return write

    def _draft(self, row: WorkbookRow, book: Workbook, shape: Shape, titled_by: str) -> dict[str, Any]:
        """Return what the row adds to the columns that all drafts of its workbook have in common."""
        sent = shape.data({**row.values, **concealed_in(row)})
        typed = {name: value if isinstance(value, list) else [value] for name, value in sent.items() if value not in ("", [])}
        subject = (typed.get(titled_by) or [""])[-1][:200]
        return {"key": key_of(row), "subject": subject, "typed": typed, "origin": [origin(book, row.number)]}


class DraftsStanding(Standing):
    """A row that names a file or draft of the office and says the same stands already; one that says something else is wrong here."""

    def __init__(self, kind: DraftedKind, office: Office, shape: Shape) -> None:
        self.kind, self.office, self.shape = kind, office, shape
        self.found: dict[str, dict[str, str]] = {}

    def look(self, rows: list[Judged]) -> None:
        named = {number for row in rows if (number := row.values.get(KNOWN_AS))}
        keys = [key for number in named if (key := _uuid(number))]
        cases = self.kind.cases(self.office).filter(number__in={number.partition("#")[0] for number in named}) if named else []
        drafts = self.kind.drafts(self.office).filter(key__in=keys) if keys else []
        self.found |= {row[KNOWN_AS]: self._said(plain_row(row)) for row in self.kind.rows_of(cases, drafts, self.shape)}

    def present(self, row: Judged) -> Both | None:
        number = row.values.get(KNOWN_AS, "")
        if not number:
            return None
        if number in self.found and self.found[number] == self._said(row.values):
            return in_both(lambda: _("It stands here already."), "sentence")
        row.refuse(KNOWN_AS, lambda: _("This names a file or draft, and a workbook changes none. Leave it empty for a new one."))
        return None

    def _said(self, values: dict[str, str]) -> dict[str, str]:
        return {key: " ".join(value.split()) for key, value in values.items() if key not in self.shape.numbers and key != KNOWN_AS}


def key_of(row: WorkbookRow) -> UUID:
    """Return the form key of what a row became: of its draft, and later of its file."""
    return uuid5(NAMESPACE_URL, f"workbook-row/{row.pk}")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
