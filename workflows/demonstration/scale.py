"""A State at scale: files that were walked through the real verbs, and very many that go the same way, written set by set.

Every copy has its own number, title, dates and keys, and a chain of its own: each paragraph is hashed and keyed anew, the last one pins
the copy's own record, and all are sealed. What a copy leaves out is the snapshot beside each paragraph (8 KB of words each).
"""

import hashlib
import hmac
import random
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from programme.calendar import today
from programme.models import Allotment, Posting, State
from workflows.demonstration.story import Story
from workflows.demonstration.walk import walk
from workflows.flows import ExhibitionFlow
from workflows.models import Case
from workflows.record.canonical import canonical, sha256_of
from workflows.record.sealer import seal
from workflows.record.state import state_of
from workflows.searching.folding import fold

AT_ONCE = 1_000
# Serial numbers of copies begin where no series of a year comes to.
FIRST_SERIAL = 1_000_001
DAYS_BACK = 3_650
LONGEST_STORY = 130  # Days that an exhibition takes from its proposal to its accepted certificate.
PLENTY = 1_000_000_000  # Rupees, so that no pattern is refused for want of money.
ISO_DATE = r"20\d\d-\d\d-\d\d"
MOMENT = re.compile(ISO_DATE + r"( [\d:.]+)?")
SHOWN = re.compile(r'"shown":"[0-9a-f]{64}",')
SYLLABLES = [first + vowel for first in "bdgjklmnprst" for vowel in "aiou"]
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
PER_FILE = ("viewflow_process", "programme_exhibitionproposal")
Row = dict[str, Any]


@dataclass
class Pattern:
    """A file that was walked, as rows and as texts in which every part that a copy changes stands by itself."""

    number: str
    title: str
    rows: dict[str, list[Row]]
    state: list[str] = field(default_factory=list)
    tokens: Any = None
    orders: list[tuple[str, str]] = field(default_factory=list)
    dates: set[str] = field(default_factory=set)

    def parts(self, text: str) -> list[str]:
        """Split a text: every second part is one that a copy replaces."""
        return self.tokens.split(text)


def build(state: State, *, cases: int, waiting: int, seed: int, say: Callable[[str], None]) -> int:
    """Make ``cases`` ended files and ``waiting`` open ones in a State, from the same seed the same; return how many paragraphs.

    The cast and the officers of every district must be there. Sealed as it goes.
    """
    chance = random.Random(seed)  # noqa: S311 -- for repeatable data, not for secrets
    Allotment.objects.update(allotted=F("allotted") + PLENTY)
    places = _districts(state)[: max(2, min(75, (cases + waiting) // 40))]
    patterns = {at: [_pattern(district, at, chance) for district in places] for at in ("closed", "scrutinise", "approve")}
    seal()
    plans = [("closed", n) for n in range(cases)] + [("scrutinise" if n % 3 else "approve", n) for n in range(waiting)]
    counter, written = _Numbers(), 0
    for done, batch in enumerate(_batches(plans)):
        with transaction.atomic():
            rows: dict[str, list[Row]] = {table: [] for table, *_rest in TABLES}
            for at, n in batch:
                pattern = patterns[at][n % len(places)]
                back = chance.randrange(1, DAYS_BACK) if at == "closed" else chance.randrange(0, 20)
                _copy(pattern, rows, counter, chance, back)
            for table, found in rows.items():
                _write(table, found)
            written += len(rows["workflows_noting"])
        seal()
        say(f"{min((done + 1) * AT_ONCE, len(plans)):,} of {len(plans):,} files, {written:,} paragraphs")
    counter.settle()
    _settle_budget()
    return written


def _districts(state: State) -> list[Any]:
    held = Posting.objects.filter(office__designation__code="dm", office__designation__state=state, office__district__products__live=True)
    held = held.filter(starts_on__lt=today() - timedelta(days=LONGEST_STORY))
    rows = held.select_related("office__district__state").order_by("office__district__name_en")
    return list({posting.office.district_id: posting.office.district for posting in rows}.values())


def _pattern(district: Any, at: str, chance: random.Random) -> Pattern:
    told = {
        "title": f"Pratirup{_word(chance)}",
        "venue": "Mela Maidan",
        "purpose": "Products of the district and its neighbours for buyers from outside.",
        "starts_in_days": -40 if at == "closed" else 45,
        "days": 3,
        "stalls": chance.randrange(30, 120),
        "amount": str(chance.randrange(8, 24) * 100_000),
    }
    case = walk(Story(ExhibitionFlow.slug, district, LONGEST_STORY if at == "closed" else 12, at, told))
    case = Case.objects.get(pk=case.pk)
    return _read(case, str(told["title"]))


def _read(case: Case, title: str) -> Pattern:
    keys: dict[str, list[Any]] = {"viewflow_process": [case.pk], "programme_exhibitionproposal": [case.record_id], "": [case.number]}
    rows: dict[str, list[Row]] = {}
    for table, column, owner, _names in TABLES:
        rows[table] = _select(table, column, keys[owner])
        keys.setdefault(table, [row["id"] for row in rows[table] if "id" in row])
    pattern = Pattern(case.number, title, rows)
    for noting in rows["workflows_noting"]:
        noting["body"] = SHOWN.sub("", noting["body"])
    pattern.orders = [(order["number"], str(uuid.UUID(str(order["key"])))) for order in rows["workflows_order"]]
    hashes = [noting["hash"] for noting in rows["workflows_noting"]]
    last = re.search(r'"after":"([0-9a-f]{64})"', rows["workflows_noting"][-1]["body"])
    fixed = [case.number, title, _called(case.number), *_folded(title), *hashes, last[1] if last else ""]
    fixed += [word for number, key in pattern.orders for word in (number, key, _spoken(number))]
    words = [re.escape(word) for word in sorted(set(fixed), key=len, reverse=True) if word]
    pattern.tokens = re.compile("(" + "|".join([*words, ISO_DATE]) + ")")
    pattern.state = pattern.parts(canonical(state_of(case)))
    for noting in rows["workflows_noting"]:
        noting["parts"] = pattern.parts(noting["body"])
    for row in rows["workflows_indexrow"]:
        row["parts"] = pattern.parts(row["words"])
    texts = [*(noting["parts"] for noting in rows["workflows_noting"]), pattern.state]
    pattern.dates = {part for parts in texts for part in parts[1::2] if re.fullmatch(ISO_DATE, part)}
    rows["workflows_noting"][-1]["after"] = last[1] if last else ""
    return pattern


def _select(table: str, column: str, keys: list[Any]) -> list[Row]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(keys))
        order = "paragraph" if table == "workflows_noting" else "1"
        cursor.execute(f"SELECT * FROM {table} WHERE {column} IN ({marks}) ORDER BY {order}", keys)  # noqa: S608 -- names of tables
        names = [one[0] for one in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _copy(pattern: Pattern, rows: dict[str, list[Row]], counter: "_Numbers", chance: random.Random, back: int) -> None:
    """Add the rows of one copy, ``back`` days before its pattern."""
    gone, title = timedelta(days=back), _word(chance).capitalize() + _word(chance)
    number = f"{pattern.number.rpartition('/')[0]}/{counter.serial()}"
    new: dict[str, str] = {day: (date.fromisoformat(day) - gone).isoformat() for day in pattern.dates}
    new |= {pattern.number: number, pattern.title: title, _called(pattern.number): _called(number)}
    new |= dict(zip(_folded(pattern.title), _folded(title), strict=False))
    for place, (order, key) in enumerate(pattern.orders):
        issued = f"{order.rpartition('/')[0]}/{number.rpartition('/')[2]}{place}"
        drawn = uuid.UUID(int=chance.getrandbits(128), version=4)
        new |= {order: issued, key: str(drawn), key.replace("-", ""): drawn.hex, _spoken(order): _spoken(issued)}
    file_key = uuid.UUID(int=chance.getrandbits(128), version=4)
    keys = {table: {row["id"]: counter.next(table) for row in found if "id" in row} for table, found in pattern.rows.items()}
    for table, column, owner, names in TABLES:
        named = {**({column: owner} if owner and column != "id" else {}), **names}
        for old in pattern.rows[table]:
            row = {name: _moved(value, gone, new) for name, value in old.items() if name not in ("parts", "after")}
            if "id" in row:
                row["id"] = keys[table][old["id"]]
            for name, whose in named.items():
                if old[name] is not None:
                    row[name] = keys[whose][old[name]]
            if table == "workflows_case":
                row["key"] = file_key if isinstance(old["key"], uuid.UUID) else file_key.hex
            elif table == "workflows_indexrow":
                row["words"] = _joined(old["parts"], new)
            elif table == "workflows_noting":
                _sign(row, old, pattern, new)
            rows[table].append(row)
            if table == "workflows_noting":
                new[old["hash"]] = row["hash"]
    rows["workflows_case"][-1]["head"] = new[pattern.rows["workflows_case"][0]["head"]]


def _sign(row: Row, old: Row, pattern: Pattern, new: dict[str, str]) -> None:
    """Write a paragraph of the copy: its text with the copy's own words, hashed and keyed as the record does."""
    if old.get("after"):
        new[old["after"]] = sha256_of(_joined(pattern.state, new))
    row["body"], row["previous"] = _joined(old["parts"], new), new.get(old["previous"], "")
    digest = hashlib.sha256(row["body"].encode())
    row["hash"] = digest.hexdigest()
    row["mac"] = hmac.digest(bytes.fromhex(settings.RECORD_KEYS[row["key_id"]]), digest.digest(), "sha256").hex()


def _moved(value: Any, gone: timedelta, new: dict[str, str]) -> Any:
    if isinstance(value, str):
        # SQLite keeps moments as text.
        moment = value[:10] if MOMENT.fullmatch(value) else ""
        return (date.fromisoformat(moment) - gone).isoformat() + value[10:] if moment else new.get(value, value)
    if isinstance(value, uuid.UUID):
        return uuid.UUID(new.get(str(value), str(value)))
    return value - gone if isinstance(value, datetime | date) else value


def _joined(parts: list[str], new: dict[str, str]) -> str:
    return "".join(new.get(part, part) if place % 2 else part for place, part in enumerate(parts))


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=4))


def _folded(title: str) -> list[str]:
    return fold(title)[:1]


def _spoken(number: str) -> str:
    return " ".join(fold(number))


def _called(number: str) -> str:
    """Return a file's number as the search knows it: as a whole, and without leading zeros."""
    words = fold(number)
    return "".join(f" {word}" for word in [*words, *(word.lstrip("0") or "0" for word in words)])


class _Numbers:
    """Primary keys and serial numbers for the copies, behind all that are there."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            self.last = {}
            for table, *_rest in TABLES:
                column = "process_ptr_id" if table == "workflows_case" else "id"
                cursor.execute(f"SELECT COALESCE(MAX({column}), 0) FROM {table}")  # noqa: S608 -- names of tables
                self.last[table] = cursor.fetchone()[0]
        self.serials = FIRST_SERIAL + Case.objects.count()

    def next(self, table: str) -> int:
        self.last[table] += 1
        return self.last[table]

    def serial(self) -> int:
        self.serials += 1
        return self.serials

    def settle(self) -> None:
        """Let the database count on from the last one that was given."""
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            for table, last in self.last.items():
                if table != "workflows_case" and last:
                    cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])


def _write(table: str, rows: list[Row]) -> None:
    if not rows:
        return
    columns = ", ".join(f'"{name}"' for name in rows[0])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(tuple(row.values()))
        else:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", [tuple(row.values()) for row in rows])  # noqa: S608


def _settle_budget() -> None:
    """Let every allotment hold what its ledger committed, and be large enough for it."""
    for allotment in Allotment.objects.all():
        given = {True: Decimal(0), False: Decimal(0)}
        for kind, amount in allotment.entries.values_list("kind", "amount"):
            given[kind == "given_back"] += amount if kind in ("commitment", "given_back") else Decimal(0)
        allotment.committed = given[False] - given[True]
        allotment.allotted = max(allotment.allotted, allotment.committed + 50_000_000)
        allotment.save(update_fields=["committed", "allotted"])


def _batches(plans: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(plans)
    while batch := list(islice(left, AT_ONCE)):
        yield batch
