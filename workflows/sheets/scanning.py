"""Go once through the parts of a workbook as they are unpacked: what is forbidden in them, and where formulas stand."""

import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from xml.parsers import expat

from .refusals import Unreadable
from .structures import Scanned, Structure

MOST_ROWS = 10_000
# Title, headings, totals, and what people write below the table.
OTHER_ROWS = 100
MOST_COLUMNS = 60
LAST_ROW = 20_000
MOST_ELEMENTS = 2_000_000  # ten thousand rows of sixty columns, three for each cell
MOST_FORMULAS = 100_000
MOST_NAMES = 50  # of elements whose meaning is kept
SUMS = ("SUM(", "SUBTOTAL(", "AGGREGATE(")
# A cell of a spreadsheet program holds 32,767 characters, and its parts no word longer than that.
LONGEST_TOKEN = 4 * 1024 * 1024
# Cells point at texts: a million cells can point at one long text, which a reader then holds a million times.
MOST_CHARACTERS = 32_000_000
XML = re.compile(r".*\.(xml|rels)", re.IGNORECASE)
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
SHEET_TARGET = re.compile(r"(?:/xl/)?(worksheets/[^/]+\.xml)")
STRINGS = "xl/sharedStrings.xml"
Act = Callable[[dict[str, str]], None]


class Scan:
    """Looks through the parts of one workbook, one after the other."""

    def __init__(self) -> None:
        self.elements = self.formulas = self.characters = 0
        self.from_1904 = False
        self.names: dict[str, str] = {}  # id of the relation by name of the sheet
        self.targets: dict[str, str] = {}  # target by id of the relation
        self.structures: dict[str, Structure] = {}  # by name of the part
        self.lengths = array("L")  # of the texts that cells point at

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[bytes], object]]:
        """Give the function that is fed the pieces of a part; raise ``Unreadable`` for what no workbook needs."""
        if not XML.fullmatch(name):
            yield len
            return
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_definitions
        parser.XmlDeclHandler = _check_encoding
        parser.StartElementHandler = self._handler(name, parser)
        fed = 0

        def look(piece: bytes) -> None:
            nonlocal fed
            if not fed and (piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in piece[:4]):
                raise Unreadable("encoding")
            fed += len(piece)
            parser.Parse(piece, False)
            if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise Unreadable("damaged")

        try:
            yield look
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Unreadable("damaged") from error

    def finish(self) -> Scanned:
        """Return what was seen; raise ``Unreadable`` when the workbook names a sheet that is not there."""
        sheets = {}
        for name, relation in self.names.items():
            if match := SHEET_TARGET.fullmatch(self.targets.get(relation, "")):
                if f"xl/{match[1]}" not in self.structures:
                    raise Unreadable("damaged")
                sheets[name] = self.structures[f"xl/{match[1]}"]
        return Scanned(sheets, self.from_1904)

    def _handler(self, name: str, parser: expat.XMLParserType) -> Callable[[str, dict[str, str]], None] | None:
        if SHEET.fullmatch(name):
            self.structures[name] = structure = Structure()
            return SheetScan(self, structure, parser).start
        if name == STRINGS:
            parser.CharacterDataHandler = self._text
            return self._of_strings
        named = {"[Content_Types].xml": _check_type, "xl/workbook.xml": self._of_workbook, "_rels/.rels": _check_root}
        if name == "xl/_rels/workbook.xml.rels":
            return self._of_relations
        return named.get(name) or (_check_target if name.endswith(".rels") else None)

    def _of_strings(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            self.lengths.append(0)
            if len(self.lengths) > MOST_ELEMENTS:
                raise Unreadable("cells")

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)

    def _of_workbook(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet":
            name = attributes.get("name", "")
            if name in self.names:
                raise Unreadable("damaged")
            self.names[name] = next((value for key, value in attributes.items() if key.endswith(":id")), "")

    def _of_relations(self, tag: str, attributes: dict[str, str]) -> None:
        _check_target(tag, attributes)
        if identity := attributes.get("Id"):
            if identity in self.targets:
                raise Unreadable("damaged")
            self.targets[identity] = attributes.get("Target", "")

    def point(self, index: str) -> None:
        """Count the characters of the text that a cell points at."""
        number = int(index) if index.strip().isdecimal() and len(index) < 20 else len(self.lengths)
        if number >= len(self.lengths):
            raise Unreadable("damaged")
        self.characters += self.lengths[number]
        if self.characters > MOST_CHARACTERS:
            raise Unreadable("unpacks")


class SheetScan:
    """The elements of one sheet in their order."""

    def __init__(self, scan: Scan, structure: Structure, parser: expat.XMLParserType) -> None:
        self.scan, self.structure, self.parser = scan, structure, parser
        self.row = self.column = self.filled_rows = self.filled = 0
        self.kind = self.prefix = self.index = self.formula = self.row_written = ""
        self.acts: dict[str, Act] = {}
        self.letters: dict[str, int] = {}
        self.shared: dict[str | None, bool] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.scan.elements += 1
        if self.scan.elements > MOST_ELEMENTS:
            raise Unreadable("cells")
        if self.index:
            self._point()
        act = self.acts.get(tag) or self._act(tag)
        act(attributes)

    def _act(self, tag: str) -> Act:
        """Return what is done at an element of that name; as many names are kept as a sheet has."""
        prefix, _, name = tag.rpartition(":")
        cell, formula = partial(self._cell, prefix), partial(self._formula, prefix)
        acts: dict[str, Act] = {"row": self._row, "c": cell, "v": self._value, "is": self._value, "f": formula}
        act = acts.get(name, _nothing)
        if len(self.acts) < MOST_NAMES:
            self.acts[tag] = act
        return act

    def _row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r")
        row = int(written) if written and len(written) <= 7 and written.isdecimal() else 0 if written else self.row + 1
        if not self.row < row <= 1_048_576:
            raise Unreadable("damaged")
        self.row, self.column, self.row_written = row, 0, str(row)
        if attributes.get("hidden") in ("1", "true"):
            self.structure.hidden_rows.add(row)

    def _cell(self, prefix: str, attributes: dict[str, str]) -> None:
        self.prefix = prefix
        written = attributes.get("r")
        if written is None:
            self.column += 1
        else:
            letters = written.removesuffix(self.row_written)
            self.column = self.letters.get(letters) or self._column(letters)
        self.kind = attributes.get("t", "")

    def _column(self, letters: str) -> int:
        if not (letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3):
            raise Unreadable("damaged")
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self.letters[letters] = number
        return number

    def _value(self, attributes: dict[str, str]) -> None:
        """Something stands in the cell."""
        if self.column > MOST_COLUMNS:
            raise Unreadable("columns", found=str(self.column), limit=str(MOST_COLUMNS))
        if self.row > LAST_ROW:
            raise Unreadable("far", found=str(self.row))
        if self.filled != self.row:
            self.filled = self.row
            self.filled_rows += 1
            if self.filled_rows > MOST_ROWS + OTHER_ROWS:
                raise Unreadable("rows", limit=str(MOST_ROWS))
        if self.kind == "e":
            self.structure.errors.add((self.row, self.column))
        elif self.kind == "s":
            self.index = " "
            self.parser.CharacterDataHandler = self._text_of_index

    def _text_of_index(self, text: str) -> None:
        self.index = (self.index + text)[:32]

    def _point(self) -> None:
        """The cell that came before points at a text; a formula without a value does not."""
        self.parser.CharacterDataHandler = None
        if index := self.index.strip():
            self.scan.point(index)
        self.index = ""

    def _formula(self, prefix: str, attributes: dict[str, str]) -> None:
        if prefix != self.prefix:  # drop-downs of newer programs write theirs with another prefix
            return
        self._value(attributes)
        self.scan.formulas += 1
        if self.scan.formulas > MOST_FORMULAS:
            raise Unreadable("formulas")
        self.formula, shared = "", attributes.get("si")

        def end(tag: str) -> None:
            self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
            adds = self.formula.strip().upper().startswith(SUMS) if self.formula else self.shared.get(shared, False)
            self.structure.formulas[self.row, self.column] = adds
            self.shared.setdefault(shared, adds)

        self.index = ""
        self.parser.CharacterDataHandler = self._text_of_formula
        self.parser.EndElementHandler = end

    def _text_of_formula(self, text: str) -> None:
        self.formula = (self.formula + text)[:32]


def _nothing(attributes: dict[str, str]) -> None:
    """The element says nothing of a cell."""


def _refuse_definitions(*_: object) -> None:
    raise Unreadable("entities")


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if encoding is not None and encoding.upper() not in ("UTF-8", "US-ASCII", "ASCII"):
        raise Unreadable("encoding")


def _check_type(tag: str, attributes: dict[str, str]) -> None:
    kind = attributes.get("ContentType", "").lower()
    if "binary" in kind and "sheet" in kind:
        raise Unreadable("binary")
    if "macroenabled" in kind or "vbaproject" in kind:
        raise Unreadable("macros")


def _check_root(tag: str, attributes: dict[str, str]) -> None:
    """Raise when a reader would be led to another workbook than the one that is looked through."""
    _check_target(tag, attributes)
    if attributes.get("Type", "").endswith("/officeDocument") and attributes.get("Target", "").lstrip("/") != "xl/workbook.xml":
        raise Unreadable("damaged")


def _check_target(tag: str, attributes: dict[str, str]) -> None:
    """Raise when a part points outside the workbook; a web or mail address in a cell is only text."""
    kind = attributes.get("Type", "").rpartition("/")[2].lower()
    if attributes.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
        raise Unreadable("links")
    if kind in ("oleobject", "package", "control", "activexcontrolbinary"):
        raise Unreadable("embedded")
    if kind in ("vbaproject", "xlmacrosheet"):
        raise Unreadable("macros")
    if kind in ("externallink", "externallinkpath"):
        raise Unreadable("links")
    if kind in ("connections", "querytable"):
        raise Unreadable("connections")
