"""Copies of a file that was walked: its rows are cut once into text with holes, and a copy only fills them.

Every copy has its own number, title, dates and keys, and a chain of its own: each paragraph is hashed and keyed anew, and the last one
pins the copy's own record. What a copy leaves out is the snapshot beside each paragraph (8 KB of words each).
"""

import hashlib
import hmac
import random
import re
import uuid
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection

from workflows.models import Case
from workflows.record.canonical import canonical, sha256_of
from workflows.record.state import state_of
from workflows.searching.folding import fold

# Serial numbers of copies begin where no series of a year comes to, and are known by their length.
FIRST_SERIAL = 1_000_001
COPIED = r"/\d{7}$"
ISO_DATE = r"20\d\d-\d\d-\d\d"
# As a column holds it that is a date or a moment.
MOMENT = re.compile(f"({ISO_DATE})" + r"( [\d:.+]+)?")
SHOWN = re.compile(r'"shown":"[0-9a-f]{64}",')
AFTER = re.compile(r'"after":"([0-9a-f]{64})"')
HOLE = re.compile("\x02([^\x03]+)\x03")
SYLLABLES = [first + vowel for first in "bdgjklmnprst" for vowel in "aiou"]
# Of so many words a title has two.
WORDS = 5_000
# What PostgreSQL writes for itself in the text of COPY.
NOTHING = "\\N"
MARKS = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
READ = {"\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t"}
# Table, the column that finds the rows of a file, the table that column names, and further columns that name copied rows.
TABLES: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("viewflow_process", "id", "viewflow_process", {}),
    ("programme_exhibitionproposal", "id", "programme_exhibitionproposal", {}),
    ("programme_exhibitionproposal_districts_shown", "exhibitionproposal_id", "programme_exhibitionproposal", {}),
    ("workflows_case", "process_ptr_id", "viewflow_process", {"record_id": "programme_exhibitionproposal"}),
    ("viewflow_task", "process_id", "viewflow_process", {}),
    ("viewflow_task_previous", "from_task_id", "viewflow_task", {"to_task_id": "viewflow_task"}),
    ("workflows_movement", "case_id", "viewflow_process", {"task_id": "viewflow_task", "came_from_id": "workflows_movement"}),
    ("workflows_noting", "case_id", "viewflow_process", {}),
    ("workflows_privatenote", "noting_id", "workflows_noting", {}),
    ("workflows_enclosure", "case_id", "viewflow_process", {"replaced_by_id": "workflows_enclosure"}),
    ("workflows_order", "case_id", "viewflow_process", {"noting_id": "workflows_noting"}),
    ("workflows_indexrow", "case_id", "viewflow_process", {}),
    ("programme_ledgerentry", "file_number", "", {}),
)
Row = dict[str, str | None]


class Cut:
    """A text with holes: what stands in them is told by their names."""

    def __init__(self, text: str) -> None:
        pieces = HOLE.split(text)
        self.text, self.names = "%s".join(piece.replace("%", "%%") for piece in pieces[::2]), pieces[1::2]

    def filled(self, new: dict[str, Any]) -> str:
        return self.text % tuple([new[name] for name in self.names])


class Pattern:
    """A file that was walked, as texts in which every part that a copy changes is a hole, named by what stands there in the pattern."""

    def __init__(self, case: Case) -> None:
        rows = _read(case)
        self.number, self.title = case.number, case.subject
        self.columns = {table: list(found[0]) for table, found in rows.items() if found}
        self.keys = {table: [_key(table, row["id"]) for row in found] for table, found in rows.items() if found and "id" in found[0]}
        self.file_key = str(rows["workflows_case"][0]["key"])
        self.orders = [(str(order["number"]), uuid.UUID(str(order["key"]))) for order in rows["workflows_order"]]
        notings = rows["workflows_noting"]
        bodies = [SHOWN.sub("", str(noting["body"])) for noting in notings]
        [self.after] = AFTER.findall(bodies[-1])
        self.hashes = [str(noting["hash"]) for noting in notings]
        self.signed_with = [bytes.fromhex(settings.RECORD_KEYS[str(noting["key_id"])]) for noting in notings]
        self.tokens = self._tokens()
        self.state, self.bodies = Cut(self._marked(canonical(state_of(case)))), [Cut(self._marked(body)) for body in bodies]
        for place, noting in enumerate(notings):
            noting |= {"body": _hole(f"body {place}"), "mac": _hole(f"mac {place}")}
        self.tables = {table: Cut("".join(self._line(table, row) for row in found)) for table, found in rows.items() if found}
        names = {name for cut in (self.state, *self.bodies, *self.tables.values()) for name in cut.names}
        self.dates = {name: date.fromisoformat(name).toordinal() for name in names if re.fullmatch(ISO_DATE, name)}

    def _tokens(self) -> re.Pattern[str]:
        fixed = [self.number, self.title, _called(self.number), *_folded(self.title), *self.hashes, self.after]
        fixed += [word for number, key in self.orders for word in (number, str(key), key.hex, _spoken(number))]
        return re.compile("|".join([*map(re.escape, sorted(set(fixed), key=len, reverse=True)), ISO_DATE]))

    def _marked(self, text: str) -> str:
        return self.tokens.sub(lambda found: _hole(found[0]), text)

    def _line(self, table: str, row: Row) -> str:
        _table, column, owner, named = next(entry for entry in TABLES if entry[0] == table)
        whose = {"id": table, **({column: owner} if owner else {}), **named}
        return "\t".join(NOTHING if cell is None else self._cell(table, name, cell, whose) for name, cell in row.items()) + "\n"

    def _cell(self, table: str, name: str, cell: str, whose: dict[str, str]) -> str:
        if name in whose:
            return _hole(_key(whose[name], cell))
        if table == "workflows_indexrow" and name == "words":
            return _escaped(self._marked(cell))
        if table == "workflows_case" and name == "key":
            return _hole(self.file_key)
        if moment := MOMENT.fullmatch(cell):
            return _hole(moment[1]) + cell[10:]
        return _hole(cell) if self.tokens.fullmatch(cell) else _escaped(cell)

    def copy(self, numbers: "Numbers", chance: random.Random, back: int) -> Iterable[tuple[str, str]]:
        """Return the lines of one copy, table by table, ``back`` days before its pattern."""
        serial, first, second = numbers.serial(), chance.choice(_words()), chance.choice(_words())
        begun = self.number.rpartition("/")[0]
        new: dict[str, Any] = {name: _day(day - back) for name, day in self.dates.items()}
        new |= {self.number: f"{begun}/{serial}", _called(self.number): _spaced([*fold(begun), str(serial)]) * 2}
        new |= {self.title: first.capitalize() + second, _folded(self.title)[0]: _folded(first)[0] + _folded(second)[0]}
        new[self.file_key] = _alike(self.file_key, chance)
        for place, (order, key) in enumerate(self.orders):
            begun, drawn = order.rpartition("/")[0], uuid.UUID(int=chance.getrandbits(128), version=4)
            new |= {order: f"{begun}/{serial}{place}", str(key): str(drawn), key.hex: drawn.hex}
            new[_spoken(order)] = " ".join([*fold(begun), f"{serial}{place}"])
        for table, names in self.keys.items():
            new.update(zip(names, numbers.next(table, len(names)), strict=True))
        new[self.after] = sha256_of(self.state.filled(new))
        self._sign(new)
        return [(table, cut.filled(new)) for table, cut in self.tables.items()]

    def _sign(self, new: dict[str, Any]) -> None:
        """Write the paragraphs of the copy: each with the copy's own words, hashed and keyed as the record does."""
        for place, cut in enumerate(self.bodies):
            body = cut.filled(new)
            digest = hashlib.sha256(body.encode())
            new[self.hashes[place]] = digest.hexdigest()
            new[f"body {place}"] = body.replace("\\", "\\\\")
            new[f"mac {place}"] = hmac.digest(self.signed_with[place], digest.digest(), "sha256").hex()


class Numbers:
    """Primary keys and serial numbers for the copies, behind all that are there."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            self.last = {}
            for table in (table for table, *_rest in TABLES if table != "workflows_case"):
                cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608 -- names of tables
                self.last[table] = cursor.fetchone()[0]
        self.serials = FIRST_SERIAL + Case.objects.count()

    def next(self, table: str, count: int) -> range:
        self.last[table] += count
        return range(self.last[table] - count + 1, self.last[table] + 1)

    def serial(self) -> int:
        self.serials += 1
        return self.serials

    def settle(self) -> None:
        """Let the database count on from the last one that was given."""
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            for table, last in self.last.items():
                if last:
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])


def write(table: str, columns: list[str], text: str) -> None:
    """Write lines of one table, as PostgreSQL reads them."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write(text)
        else:
            rows = [[_plain(cell) for cell in line.split("\t")] for line in text.split("\n")[:-1]]
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 -- names of tables


def word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=4))


def _read(case: Case) -> dict[str, list[Row]]:
    """Return the rows of a file, every cell as text."""
    keys: dict[str, list[Any]] = {"viewflow_process": [case.pk], "programme_exhibitionproposal": [case.record_id], "": [case.number]}
    rows: dict[str, list[Row]] = {}
    for table, column, owner, _names in TABLES:
        rows[table] = _select(table, column, keys[owner])
        keys.setdefault(table, [row["id"] for row in rows[table] if "id" in row])
    return rows


def _select(table: str, column: str, keys: list[Any]) -> list[Row]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(keys))
        order = "paragraph" if table == "workflows_noting" else "1"
        cursor.execute(f"SELECT * FROM {table} WHERE {column} IN ({marks}) ORDER BY {order}", keys)  # noqa: S608 -- names of tables
        names = [one[0] for one in cursor.description]
        return [dict(zip(names, map(_as_text, row), strict=True)) for row in cursor.fetchall()]


def _as_text(value: Any) -> str | None:
    return None if value is None else str(int(value) if isinstance(value, bool) else value)


def _escaped(text: str) -> str:
    return "".join(MARKS.get(sign, sign) for sign in text)


def _plain(cell: str) -> str | None:
    return None if cell == NOTHING else re.sub(r"\\.", lambda found: READ[found[0]], cell)


def _hole(name: str) -> str:
    return f"\x02{name}\x03"


def _key(table: str, key: str | None) -> str:
    return f"{table} {key}"


def _alike(key: str, chance: random.Random) -> str:
    """Return another key, written as the database writes this one."""
    drawn = uuid.UUID(int=chance.getrandbits(128), version=4)
    return str(drawn) if "-" in key else drawn.hex


@lru_cache(maxsize=20_000)
def _day(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


@lru_cache
def _words() -> list[str]:
    chance = random.Random(WORDS)  # noqa: S311 -- for repeatable data, not for secrets
    return [word(chance) for _n in range(WORDS)]


def _folded(title: str) -> list[str]:
    return fold(title)[:1]


def _spoken(number: str) -> str:
    return " ".join(fold(number))


def _spaced(words: list[str]) -> str:
    return "".join(f" {word}" for word in words)


def _called(number: str) -> str:
    """Return a file's number as the search knows it: as a whole, and without leading zeros."""
    words = fold(number)
    return _spaced([*words, *(word.lstrip("0") or "0" for word in words)])
