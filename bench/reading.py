"""P4, P5, P6, P11 and P14: what pages and sweeps cost in a State of few files and of many."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from bench import stock
from bench.asking import Desk
from bench.clocks import Cost, measure, statements
from bench.table import Line
from bench.waiting import OPEN, SIGNER, left_open
from programme.calendar import today
from programme.kept import forget
from programme.models import Office, Officer, Posting
from workflows import clock, due, escalation
from workflows.demonstration.exhibition import TELLING
from workflows.demonstration.story import Story
from workflows.demonstration.walk import take
from workflows.models import Case, IndexRow, Movement
from workflows.postings import derive

PIECES = 4
# PostgreSQL plans a prepared question anew the first five times that a connection asks it; a worker's connection is kept.
WARM = 6
LONG = 30


def use(address: str) -> None:
    """Turn to another database; what was kept of the one before is forgotten."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = address.rpartition("/")[2]
    forget()


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def long_file() -> int:
    """Make a file of thirty paragraphs by returning it and sending it up again; return its key."""
    found = Movement.objects.filter(disposed=None, step="scrutinise").select_related("case__district__state").order_by("-pk").first()
    assert found
    case, officer = found.case, found.case.district
    waiting = Movement.objects.select_related("case", "office__designation__state", "office__district")
    while (stay := waiting.get(case=case, disposed=None)).case.paragraphs < LONG or stay.step != "scrutinise":
        take(stay, Story("exhibition", officer, 5, "elsewhere", {"reply": "तीन दर-पत्र संलग्न हैं।"}), TELLING)
    return int(case.pk)


def get(desk: Desk, address: str) -> Callable[[Any], None]:
    def ask(_piece: Any) -> None:
        answer = desk.ask(address)
        assert answer.status == 200, answer.status

    return ask


def lines(small: str, large: str, rounds: int) -> list[Line]:
    program, now = get_wsgi_application(), int(time.time())
    costs: dict[str, Cost] = {}

    def one(name: str, work: Callable[[Any], Any], pieces: int = PIECES) -> None:
        for _time in range(WARM if pieces == PIECES else 1):
            work(None)
        measure(costs.setdefault(name, Cost()), [None] * pieces, work)

    places = {}
    for size, address in (("small", small), ("large", large)):
        use(address)
        officer = Officer.objects.get(username=SIGNER)
        tasks = stock.claimed(officer)
        stock.wait(tasks, max(0, OPEN - stock.at_hand(officer)))
        task = next(tasks)
        stock.lengthen(task, LONG)
        places[size] = (address, long_file(), Desk(program, SIGNER, now), task)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    for _round in range(rounds):
        for size, (address, file, desk, task) in places.items():
            use(address)
            office = Office.objects.get(designation__code="odop_cell", designation__state__short="UP")
            word = Case.objects.order_by("-pk").values_list("subject", flat=True)[0][:9]
            with left_open(OPEN, office):
                one(f"inbox {size}", get(desk, reverse("inbox")))
                one(f"search {size}", get(desk, f"{reverse('files')}?q={word}"))
            one(f"file {size}", get(desk, reverse("file", args=[file])))
            one(f"history {size}", get(desk, reverse("history", args=[file])))
            if size == "large":
                one("inbox many", get(desk, reverse("inbox")))
                one("stock inbox", get(desk, stock.INBOX))
                one("stock history", get(desk, f"{stock.ROOT}/{task.process_id}/"))
                contains = (
                    Q(number__icontains=word)
                    | Q(subject__icontains=word)
                    | Q(pk__in=IndexRow.objects.filter(words__icontains=word).values("case"))
                )
                one("icontains", lambda _piece, contains=contains: list(Case.objects.filter(contains).order_by("-pk")[:25]), 1)
                board = Desk(program, "principal.secretary", now)
                one("review", get(board, reverse("review")))
                one("board", get(board, reverse("state_board")))
                one("lean", get(board, reverse("lean")))
                with seventy_five_posts(desk.officer), left_open(OPEN, office):
                    one("inbox 75 posts", get(desk, reverse("inbox")))
    return _told(costs, places["large"], program, now)


@contextmanager
def seventy_five_posts(officer: Officer) -> Iterator[None]:
    offices = Office.objects.filter(designation__code="dic", designation__state__short="UP")[:74]
    held = Posting.objects.bulk_create(
        Posting(officer=officer, office=office, charge="additional", starts_on=today()) for office in offices
    )
    derive(officer)
    try:
        yield
    finally:
        Posting.objects.filter(pk__in=[posting.pk for posting in held]).delete()
        derive(officer)


def _told(costs: dict[str, Cost], place: tuple[str, int, Desk, Any], program: Any, now: int) -> list[Line]:
    ms = {name: cost.ms for name, cost in costs.items()}
    address, file, desk, _task = place
    use(address)
    board = Desk(program, "principal.secretary", now)
    pages = {name: statements(*[partial(who.ask, where)] * 2) for name, where, who in (
        ("inbox", reverse("inbox"), desk), ("file", reverse("file", args=[file]), desk),
        ("history", reverse("history", args=[file]), desk), ("review", reverse("review"), board), ("board", reverse("state_board"), board),
    )}  # fmt: skip
    size = len(desk.ask(reverse("inbox")).text.encode()) / 1024
    files = Case.objects.count()
    return [
        Line("P4", "statements of the inbox", pages["inbox"], 8, "statements"),
        Line(
            "P4",
            f"inbox at {files:,} files: {ms['inbox large']:.1f} ms CPU; stock viewflow's {ms['stock inbox']:.1f}",
            ms["stock inbox"] / ms["inbox large"],
            10,
            "× faster",
            more=True,
        ),
        Line("P4", "growth from the small State to the large one", ms["inbox large"] / ms["inbox small"], 1.15, "×"),
        Line("P4", "all own open files instead of 50", ms["inbox many"] / ms["inbox large"], 1.5, "×"),
        Line("P4", "75 posts instead of one", ms["inbox 75 posts"] / ms["inbox large"], 1.5, "×"),
        Line("P4", "the page in Hindi", size, 30, "KB"),
        Line("P5", "statements of a file of thirty paragraphs", pages["file"], 12, "statements"),
        Line("P5", "statements of its history", pages["history"], 12, "statements"),
        Line("P5", f"file page {ms['file large']:.1f} ms CPU, growth", ms["file large"] / ms["file small"], 1.2, "×"),
        Line(
            "P5",
            f"history, chain verified {ms['history large']:.1f} ms CPU; stock viewflow's {ms['stock history']:.1f}",
            ms["stock history"] / ms["history large"],
            5,
            "× faster",
            more=True,
        ),
        Line(
            "P6",
            f"search {ms['search large']:.1f} ms CPU; icontains {ms['icontains']:.1f}",
            ms["icontains"] / ms["search large"],
            8,
            "× faster",
            more=True,
        ),
        Line("P6", "growth from the small State to the large one", ms["search large"] / ms["search small"], 2.5, "×"),
        Line("P11", "statements of the sheet of the review", pages["review"], 15, "statements"),
        Line("P11", f"sheet of the review {ms['review']:.1f} ms CPU", ms["review"] / ms["lean"], 2, "× a lean page"),
        Line("P11", "statements of the State's board", pages["board"], 15, "statements"),
        Line("P11", f"State's board {ms['board']:.1f} ms CPU; a lean page {ms['lean']:.1f}", ms["board"] / ms["lean"], 2, "× a lean page"),
        *_sweeps(),
    ]


def _sweeps() -> list[Line]:
    """Time the sweeps while hardly anything is due, and again with a thousand stays more that are."""
    taken = []
    for more in (0, 1_000):
        pks = list(Movement.objects.filter(disposed=None, step="scrutinise").order_by("pk").values_list("pk", flat=True)[:more])
        with undone():
            Movement.objects.filter(pk__in=pks).update(due=timezone.now() - timedelta(days=9))
            began = time.perf_counter()
            due.sweep()
            escalation.sweep()
            clock.sweep()
            taken.append(time.perf_counter() - began)
    waiting = Movement.objects.filter(disposed=None).count()
    return [
        Line(
            "P14",
            f"{waiting:,} open, 1,000 of them late at once: {taken[1]:.2f} s; with none more late {taken[0]:.2f} s",
            taken[1],
            5,
            "seconds",
        )
    ]
