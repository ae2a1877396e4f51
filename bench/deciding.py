"""P1, P2, P3 and P7: what a decision costs, by itself, sent from its page, and among a hundred."""

import re
import time
from collections.abc import Callable
from functools import partial
from html import unescape
from itertools import islice
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

from bench import stock
from bench.asking import Desk
from bench.base import Server
from bench.clocks import Cost, aside, measure, statements
from bench.floors import ByHand
from bench.same_rows import SameRows
from bench.table import Line
from bench.waiting import OPEN, SIGNER, left_open
from programme.models import Office, Officer
from workflows import bulk, jobs, snapshots
from workflows.models import Movement, Outcome
from workflows.steps import decide
from workflows.work import WORK

PIECES, DISTRICTS, HUNDRED = 12, 75, 100
# How many decisions are sent alone and how many clicked as people do in each round, and of how many the statements are counted.
POSTS, WALKS, COUNTED = 6, 6, 5


def forms(officer: Officer) -> Any:
    """Yield stays at which this officer recommends, each with its form as its page would send it, not judged again."""
    waiting = (
        Movement.objects.filter(disposed=None, step="scrutinise", office__postings__officer=officer)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    for pk in list(waiting):
        stay = Movement.objects.select_related("case__norm", "case__state", "office__designation", "office__district").get(pk=pk)
        typed = {"outcome": "recommended", "seen": stay.case.head, "amount_recommended": str(stay.case.record.amount), "text": "जाँच की गई।"}
        form = stay.node.form_class(typed, movement=stay, officer=officer)
        assert form.is_valid(), form.errors
        form.sight = snapshots.of(stay.case, stay.node, page=snapshots.FILE_PAGE, stay=stay, checks=form.checks, whereto=True)
        yield stay, form


def lines(small: str, _large: str, rounds: int) -> list[Line]:
    officer, floor = Officer.objects.get(username=SIGNER), ByHand()
    with Server().beside(small, "_by_hand") as own:
        same = SameRows(own, rounds * PIECES + HUNDRED)
        alone, walked = _alone(officer, floor, same, rounds), DISTRICTS + rounds * (POSTS + WALKS) + COUNTED
        with left_open(OPEN + walked, Office.objects.get(postings__officer=officer)):
            pages = _pages(officer, floor, rounds)
        return alone + pages + _hundred(officer, floor, same)


def _alone(officer: Officer, floor: ByHand, same: SameRows, rounds: int) -> list[Line]:
    ready, queued, claimed = forms(officer), stock.queued(officer), stock.claimed(officer)
    engine, hand, alike, theirs, executed = (Cost() for _each in range(5))
    decide_one = lambda one: decide(one[0], by=officer, form=one[1])  # noqa: E731

    def claim_and_execute(task: Any) -> None:
        stock.claim(task, officer)
        stock.execute(task)

    # A process that has met every district of the State knows its offices.
    for one in islice(ready, DISTRICTS):
        decide_one(one)
    for _round in range(rounds):
        measure(hand, [None] * 60, floor.step, pid=floor.pid)
        measure(alike, [None] * PIECES, same.step, pid=same.pid)
        measure(engine, list(islice(ready, PIECES)), decide_one)
        measure(theirs, list(islice(queued, PIECES)), claim_and_execute)
        measure(executed, list(islice(claimed, PIECES)), stock.execute)
    counted = statements(*(partial(decide_one, one) for one in list(islice(ready, 20))))
    stocks = f"stock viewflow, claim and execute {theirs.ms:.1f}, execute alone {executed.ms:.1f}"
    told, wall = f"one decision: {engine.ms:.1f} ms CPU; by hand {hand.ms:.2f}; {stocks}", f"{engine.elapsed:.1f} ms; by hand"
    rows = "the same rows by hand"
    return [
        Line("P1", told, engine.ms / hand.ms, 4.5, "× floor, CPU"),
        Line("P1", f"by the clock on the wall: {wall} {hand.elapsed:.2f}", engine.elapsed / hand.elapsed, 4.5, "× floor, wall"),
        Line("P1", f"{rows}: {alike.ms:.1f} ms CPU", engine.ms / alike.ms, None, "× them, CPU"),
        Line("P1", f"{rows}: {alike.elapsed:.1f} ms by the clock", engine.elapsed / alike.elapsed, None, "× them, wall"),
        Line("P1", "statements in its one transaction", counted, 12, "statements"),
    ]


def _pages(officer: Officer, floor: ByHand, rounds: int) -> list[Line]:
    desk = Desk(get_wsgi_application(), SIGNER, int(time.time()))
    bare = Desk(floor, SIGNER, int(time.time()))
    waiting = iter(
        list(
            Movement.objects.filter(disposed=None, step="scrutinise", office__postings__officer=officer)
            .order_by("pk")
            .select_related("case")
        )
    )
    queued, claimed = stock.queued(officer), stock.claimed(officer)
    post, hand, both, executed, walk, stock_walk = (Cost() for _each in range(6))

    def send(one: tuple[str, dict[str, Any]]) -> None:
        # The page that follows a signature shows its message and takes it away.
        desk.cookies.pop("messages", None)
        answer = desk.ask(*one)
        assert answer.status == 302, answer.text[-2000:]

    def opened(stay: Movement) -> tuple[str, dict[str, Any]]:
        page = desk.ask(reverse("file", args=[stay.case_id])).text
        with aside():
            [shown] = re.findall(r'name="shown" value="([^"]+)"', page)[:1]
        typed = {"outcome": "recommended", "seen": stay.case.head, "shown": unescape(shown), "text": "जाँच की गई।"}
        return reverse("decide", args=[stay.pk]), {**typed, "amount_recommended": str(stay.case.amount)}

    def as_people_do(stay: Movement) -> None:
        desk.ask(reverse("inbox"))
        send(opened(stay))

    stock.wait(queued, OPEN)
    # A process that has met every district of the State knows how its pages begin.
    for stay in islice(waiting, DISTRICTS):
        as_people_do(stay)
    stock.as_people_do(desk, next(queued))
    for _round in range(rounds):
        measure(hand, [None] * 40, lambda _one: bare.ask("/", {"text": "x"}), pid=floor.pid)
        measure(post, [opened(stay) for stay in islice(waiting, POSTS)], send)
        measure(both, list(islice(queued, POSTS)), partial(stock.post_both, desk))
        measure(executed, list(islice(claimed, POSTS)), partial(stock.post_execute, desk))
        measure(walk, list(islice(waiting, WALKS)), as_people_do)
        measure(stock_walk, list(islice(queued, WALKS)), partial(stock.as_people_do, desk))
    counted = statements(*(partial(send, opened(stay)) for stay in islice(waiting, COUNTED)))
    return [
        Line(
            "P2",
            f"a decision sent from its page: {post.ms:.1f} ms CPU; bare WSGI {hand.ms:.2f};"
            f" stock viewflow's two posts {both.ms:.1f}, its second alone {executed.ms:.1f}",
            post.ms / hand.ms,
            7,
            "× floor, CPU",
        ),
        Line("P2", "its statements", counted, 20, "statements"),
        Line("P2", "less than stock viewflow's two posts, claim and execute", both.ms / post.ms, 2, "× less", more=True),
        Line("P2", "less than its second post alone", executed.ms / post.ms, None, "× less", more=True),
        Line(
            "P3",
            f"inbox, file, decision: {walk.ms:.0f} ms CPU a step; stock viewflow's queue, claim and execute {stock_walk.ms:.0f}",
            stock_walk.ms / walk.ms,
            5,
            "× less",
            more=True,
        ),
    ]


def _hundred(officer: Officer, floor: ByHand, same: SameRows) -> list[Line]:
    rows = Movement.objects.filter(disposed=None, step="scrutinise", office__postings__officer=officer).select_related(*bulk.RELATED)
    stays = list(rows.order_by("due", "pk")[:HUNDRED])
    by_hand, alike = (_seconds(step, stays) for step in (floor.step, same.step))
    bulk.sign(stays, {stay.pk: stay.case.head for stay in stays}, Outcome.RECOMMEND, "जाँच की गई।", by=officer, key=str(time.time()))
    started = time.perf_counter()
    while jobs.run(WORK):
        pass
    took = time.perf_counter() - started
    left = Movement.objects.filter(pk__in=[stay.pk for stay in stays], disposed=None).count()
    assert left == 0, left
    told = f"{len(stays)} files under one signature: {took:.2f} s"
    return [
        Line("P7", f"{told}; as many floor transactions {by_hand:.2f} s", took / by_hand, 3, "× floor, wall"),
        Line("P7", f"the same rows by hand: {alike:.2f} s", took / alike, None, "× them, wall"),
    ]


def _seconds(step: Callable[[], None], stays: list[Movement]) -> float:
    started = time.perf_counter()
    for _stay in stays:
        step()
    return time.perf_counter() - started
