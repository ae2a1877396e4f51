"""What typed words find: files by their index rows, the number typed first, and the paragraph in which a word stands."""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import permutations
from operator import or_
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Q, QuerySet, Value, When

from workflows.models import Case, IndexRow, Noting, Part
from workflows.searching.folding import WORD, fold
from workflows.searching.rows import texts_of

# More words than these are not tried as one: it would be a query for each order of them.
TRIED_TOGETHER = 3
AROUND = 70


@dataclass(frozen=True)
class Hit:
    """Where a word stands in a note sheet. ``pieces`` are parts of the text in order, each with whether it is what was looked for."""

    paragraph: int
    pieces: list[tuple[str, bool]]


def matching(typed: str, path: str = "") -> Q:
    """Return the condition that every word of ``typed`` begins a word of the file; ``path`` leads to the file, such as "case__".

    Words typed apart are also found written together. What holds no letter or digit is found nowhere.
    """
    words = sought_in(typed)
    found = Q() if words else Q(pk__in=[])
    for ways in written(words):
        found &= Q(**{f"{path}pk__in": IndexRow.objects.filter(_begun_by(ways)).values("case")})
    return found


def _begun_by(ways: Iterable[str]) -> Q:
    """Return the condition that one of the words begins a word of a row. Folded words hold no sign with a meaning in LIKE."""
    return reduce(or_, (Q(words__contains=f" {way}") for way in ways))


def sought_in(typed: str) -> list[str]:
    """Return the folded words that were typed, each once. What is typed with a slash, such as a file number, stays together."""
    chunks = ((chunk, fold(chunk)) for chunk in typed.split())
    words = (word for chunk, folded in chunks for word in ([" ".join(folded)] if "/" in chunk and folded else folded))
    return list(dict.fromkeys(words))


def written(words: list[str]) -> list[list[str]]:
    """Return for each word how it may stand in a file: as it is, then written as one with others of few words, in any order."""
    orders = [order for length in range(2, len(words) + 1) for order in permutations(words, length)] if len(words) <= TRIED_TOGETHER else []
    return [[word, *("".join(order) for order in orders if word in order)] for word in words]


def may_be_number(typed: str) -> bool:
    """Say whether a file's number may have been typed: no number is without a stroke."""
    return "/" in unicodedata.normalize("NFKC", typed)


def number_first(rows: QuerySet[Case], typed: str) -> QuerySet[Case]:
    """Mark the file whose number was typed with ``is_named``, so that it can stand before all others."""
    named = Q(number__iexact=unicodedata.normalize("NFKC", typed).strip())
    return rows.annotate(is_named=Choice(When(named, then=Value(1)), default=Value(0)))


def hits(cases: Iterable[Case], typed: str) -> dict[int, Hit]:
    """Return for files, by their primary key, the paragraph that holds most of the words which their names do not hold."""
    words = sought_in(typed)
    if not words:
        return {}
    named: defaultdict[int, str] = defaultdict(str)
    said: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for row in IndexRow.objects.filter(_begun_by(words), case__in=[case.pk for case in cases]).order_by("case", "part"):
        if row.part in Part.values:
            named[row.case_id] += row.words
        else:
            said[row.case_id][row.part] = row.words
    wanted = Q(pk__in=[])
    for case, lines in said.items():
        sought = [word for word in words if f" {word}" not in named[case]]
        counted = {part: sum(f" {word}" in line for word in sought) for part, line in lines.items()}
        best = max(counted, key=counted.__getitem__)
        if counted[best]:
            wanted |= Q(case=case, paragraph=best)
    notings = Noting.objects.filter(wanted).values_list("case", "paragraph", "body")
    return {case: Hit(paragraph, _snippet(json.loads(body), fold(typed))) for case, paragraph, body in notings}


def paragraphs(typed: str) -> QuerySet[IndexRow]:
    """Return the index rows of paragraphs in which every typed word begins a word; none for what holds no letter or digit."""
    words = sought_in(typed)
    rows = IndexRow.objects.filter(part__gt=0) if words else IndexRow.objects.none()
    for ways in written(words):
        rows = rows.filter(_begun_by(ways))
    return rows


def snippet_of(noting: Noting, typed: str) -> list[tuple[str, bool]]:
    """Return the pieces of a paragraph round the words that were typed, each with whether it is one of them."""
    body = json.loads(noting.body)
    return _snippet(body, fold(typed)) if texts_of(body) else []


def _snippet(body: dict[str, Any], words: list[str]) -> list[tuple[str, bool]]:
    """Return the text in which most of the words stand, cut to what stands round the first of them."""
    marked = [_marked(unicodedata.normalize("NFC", text), words) for text in texts_of(body)]
    pieces = max(marked, key=lambda pieces: sum(found for _text, found in pieces))
    first = next((at for at, (_text, found) in enumerate(pieces) if found), 0)
    before, after = "".join(text for text, _found in pieces[:first]), pieces[first:]
    kept, left = [(_ending(before), False)] if before else [], 2 * AROUND
    for text, found in after:
        if left <= 0:
            break
        kept.append((text if found else _beginning(text, left), found))
        left -= len(text)
    return kept


def _marked(text: str, words: list[str]) -> list[tuple[str, bool]]:
    pieces, last = [], 0
    for match in WORD.finditer(text):
        if any(folded.startswith(word) for folded in fold(match[0]) for word in words):
            pieces += [(text[last : match.start()], False), (match[0], True)]
            last = match.end()
    return [piece for piece in [*pieces, (text[last:], False)] if piece[0]]


def _ending(text: str) -> str:
    return text if len(text) <= AROUND else "… " + text[-AROUND:].partition(" ")[2]


def _beginning(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rpartition(" ")[0] + " …"
