"""What every kind of workbook knows: who may send it, what its template looks like, what stands already, what an accepted row becomes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django.utils import translation

from programme.bilingual import LANGUAGES, in_both
from programme.models import Office, Officer
from programme.powers import Power
from workflows import authority
from workflows.models import Workbook, WorkbookRow
from workflows.sheets.columns import Column, Sheet
from workflows.sheets.reading import Row
from workflows.workbooks.judge import Judge, Judged
from workflows.workbooks.shapes import Shape

Both = dict[str, str]
Writer = Callable[[list[WorkbookRow]], dict[int, str]]
MOST_ROWS = 10_000


class Kind:
    """One kind of workbook. A row is judged by ``form`` and, accepted, becomes what that form makes when it is typed."""

    key: ClassVar[str]
    title: ClassVar[Any]
    about: ClassVar[Any]
    power: ClassVar[Power]
    # The columns that say what a row is about, for lists of rows: never a person.
    titled_by: ClassVar[tuple[str, ...]]
    # Whether what becomes of a row is signed by an officer afterwards.
    is_drafted: ClassVar[bool] = False

    def offices(self, officer: Officer) -> list[Office]:
        """Return the offices for which the officer may send one today."""
        return authority.offices_with(officer, self.power)

    def check(self, officer: Officer, office: Office) -> None:
        """Raise ``Refusal`` unless the officer may send one for the office at this moment."""
        authority.check(officer, self.power, office)

    def form(self, office: Office, officer: Officer | None) -> Any:
        """Return the form that judges a row, empty; raise ``Refusal`` where nothing of the kind can be made today."""
        raise NotImplementedError

    def names(self, form: Any) -> list[str]:
        """Return the fields of the form that the template asks for, in the order of its page."""
        return list(form.fields)

    def shape(self, form: Any) -> Shape:
        return Shape(form, self.names(form))

    def sheet(self, office: Office, officer: Officer | None) -> Sheet:
        """Return the template of the office: its choices are its own."""
        titles = {}
        for language in LANGUAGES:
            with translation.override(language):
                titles[language] = str(self.title)
        columns = self.columns(self.shape(self.form(office, officer)))
        said = [in_both(sentence) for sentence in self.instructions()]
        en, hi = (tuple(each[f"text_{language}"] for each in said) for language in LANGUAGES)
        return Sheet(self.key, titles["en"], titles["hi"], columns, instructions_en=en, instructions_hi=hi)

    def columns(self, shape: Shape) -> tuple[Column, ...]:
        return shape.columns

    def instructions(self) -> Iterable[Any]:
        """Return what the template tells about its kind, each as a function that says it in the reader's language."""
        return [lambda: str(self.about)]

    def judge(self, office: Office, officer: Officer | None) -> Judge:
        form = self.form(office, officer)
        return Judge(form, self.shape(form))

    def prepare(self, judge: Judge, rows: list[Row]) -> None:
        """Ask for a block of rows together what each would ask the database for alone."""

    def rows(self, office: Office, shape: Shape | None = None) -> Iterator[dict[str, Any]]:
        """Return what stands at the office, as rows of its template; ``shape`` where it is at hand."""
        raise NotImplementedError

    def standing(self, office: Office, shape: Shape) -> "Standing":
        """Return what knows of a row whether it stands already."""
        raise NotImplementedError

    def still(self, rows: Iterable[WorkbookRow]) -> set[int]:
        """Return those of the accepted rows, by number, whose drafts or files are still there.

        What a row of a record became is asked of the records themselves, so it counts as gone here.
        """
        return set()

    def writer(self, book: Workbook, *, by: Officer) -> Writer:
        """Return what makes of rows what they ask for, in the caller's transaction, and says what each became, by row.

        It raises ``Refusal``, ``Overtaken`` or ``ValidationError`` when one of them cannot be.
        """
        raise NotImplementedError

    def said(self, book: Workbook) -> list[str]:
        """Return what else has to be said of a workbook that was read, in the reader's language."""
        return []

    def titled(self, values: Mapping[str, str], shape: Shape) -> str:
        """Return what a row is about, as the sheet says it."""
        words = []
        for key in self.titled_by:
            value = values.get(key, "")
            choices = shape.by_key[key].column.choices or ()
            words.append(next((choice.en for choice in choices if choice.value == value), value))
        return " · ".join(word for word in words if word)[:200]


class Standing:
    """What stands at an office, asked row by row while a block of rows is judged."""

    def look(self, rows: list[Judged]) -> None:
        """Prepare for these rows, so that they ask the database together."""

    def present(self, row: Judged) -> Both | None:
        """Return, in both languages, that the row stands already; ``None`` when it does not.

        May add to the row's faults what cannot stand beside what stands.
        """
        return None


def origin(book: Workbook, number: int) -> dict[str, Any]:
    """Return from which row of which workbook something was made, as drafts and paragraphs keep it."""
    return {"name": book.name, "sha256": book.sha256, "rows": [number]}
