"""The files that a list finds, a page of them at a time, and how each stands in its line."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from programme import known
from programme.asking import Asked, Given, one_of
from programme.models import Officer
from workflows import reasons
from workflows.authority import capacities
from workflows.exports.linking import AT_ONCE
from workflows.models import Case, Movement, Outcome
from workflows.pages.addresses import of_file
from workflows.pages.stencil import Stencil, joined
from workflows.searching import finding
from workflows.templatetags.words import digits_day, short_rupees

# Of what words find, so many files are counted and shown; whoever wants them all has the list written.
MOST = AT_ONCE
_FILES = Asked(lambda: Case.objects.filter(one_of("pk", Given("keys"))))
_WAITING = Asked(lambda: Movement.objects.filter(one_of("case", Given("keys")), disposed=None).order_by("pk"))
_IN_A_LINE = ("address", "subject", "number", "paragraph", "pieces", "district", "amount", "count", "office", "ending", "since", "away")
_LINE = Stencil("parts/file_line.html", *_IN_A_LINE)


class Found:
    """What a page of a list is cut from: the keys are asked for in their order, and only the files of the page are read.

    Of what was ``searched`` by words no more than ``MOST`` are counted; ``more`` says that there are others.
    """

    def __init__(self, rows: QuerySet[Case], *, searched: bool) -> None:
        self._keys: Any = rows.values_list("pk", flat=True)
        self.more = False
        if searched:
            keys = list(self._keys[: MOST + 1])
            self._keys, self.more = keys[:MOST], len(keys) > MOST

    def __len__(self) -> int:
        return len(self._keys) if isinstance(self._keys, list) else int(self._keys.count())

    def __getitem__(self, part: slice) -> list[Case]:
        keys = list(self._keys[part])
        files = {case.pk: case for case in _FILES(keys=keys)} if keys else {}
        waiting: defaultdict[int, list[Movement]] = defaultdict(list)
        for stay in _WAITING(keys=keys) if keys else ():
            waiting[stay.case_id].append(stay)
        districts = known.districts(case.district_id for case in files.values())
        offices = known.offices(stay.office_id for stays in waiting.values() for stay in stays)
        for case in files.values():
            case.district, case.waiting = districts.get(case.district_id), waiting[case.pk]
            for stay in case.waiting:
                stay.office = offices[stay.office_id]
        return [files[key] for key in keys if key in files]


def lines(cases: Iterable[Any], officer: Officer, words: str) -> SafeString:
    """Return the lines of these files, where words were searched with the paragraph in which they stand."""
    shown = list(cases)
    _tell_who_waits(officer, shown)
    hits = finding.hits(shown, words) if words else {}
    return joined(_line(case, hits.get(case.pk)) for case in shown)


def _line(case: Any, hit: finding.Hit | None) -> SafeString:
    first = case.waiting[0] if case.waiting else None
    told = {
        "address": of_file(case.pk),
        "subject": case.subject,
        "number": case.number,
        "paragraph": hit.paragraph if hit else "",
        "pieces": _marked(hit.pieces) if hit else "",
        "district": case.district.name if case.district and case.district.name else "—",
        "amount": short_rupees(case.amount),
        "count": len(case.waiting),
        "office": first.office.name if first else "",
        "ending": "" if first else case.ending_title,
        "since": digits_day(first.received) if first else "",
        "away": case.away,
    }
    return _LINE.filled(told, hit=hit is not None, waits=first is not None, several=len(case.waiting) > 1, is_away=bool(case.away))


def _marked(pieces: list[tuple[str, bool]]) -> SafeString:
    return format_html_join("", "{}", ((format_html("<mark>{}</mark>", text) if found else text,) for text, found in pieces))


def _tell_who_waits(officer: Officer, cases: list[Any]) -> None:
    """Write beside each file that one of the officer's own offices has returned since when its clock stands still; one query."""
    offices = {held.office.pk for held in capacities(officer)}
    away = [case for case in cases if any(stay.returns_to for stay in case.waiting)]
    returned: dict[int, list[Movement]] = {}
    for back in Movement.objects.filter(case__in=away, outcome=Outcome.RETURN) if away else ():
        returned.setdefault(back.case_id, []).append(back)
    for case in cases:
        case.away = ""
    for case in away:
        stay = case.waiting[0]
        stay.case = case
        case.away = reasons.away(stay, returned.get(case.pk, []), offices)
