"""P1, P2, P3 and P7: what a decision costs, by itself, sent from its page, and among a hundred."""

import re
import time
from functools import partial
from html import unescape
from itertools import cycle, islice
from types import SimpleNamespace
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.urls import reverse
from viewflow.workflow.models import Task

from bench.asking import Desk
from bench.clocks import Cost, measure, statements
from bench.floors import ByHand
from bench.stock import StockFlow
from bench.table import Line
from programme.models import Officer
from workflows import bulk, jobs, snapshots
from workflows.models import Movement, Outcome
from workflows.steps import decide
from workflows.work import WORK

PIECES, DISTRICTS = 12, 75
# So many tasks wait for the officer of the stock flow, and of ours (PERFORMANCE.md, P3 and P4).
OPEN = 50
SIGNER = "odop.cell"


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


def stock_tasks(officer: Officer) -> Any:
    """Yield open tasks of the stock flow, each given to the officer."""
    while True:
        activation = StockFlow.start.activation_class.create(StockFlow.start, None, None)
        activation.start(SimpleNamespace(user=officer))
        activation.execute()
        task = Task.objects.get(process=activation.process, status="NEW")
        task.flow_task.activation_class(task).assign(officer)
        yield task


def stock_inbox(tasks: Any, count: int) -> None:
    """Leave so many open tasks with the officer."""
    for _task in islice(tasks, count):
        pass


def stock_history(task: Task, rows: int) -> None:
    """Let the task's process have so many rows on its page, as one that was returned and sent up again has."""
    stock_step(task)
    done = list(Task.objects.filter(process=task.process_id, status="DONE"))
    missing = rows - Task.objects.filter(process=task.process_id).count()
    for again in islice(cycle(done), missing):
        again.pk = None
        again.save(force_insert=True)


def stock_step(task: Task) -> None:
    """Take a step as the package's own view does, under its safe lock."""
    with StockFlow.lock(task.process_id):
        task = StockFlow.task_class.objects.get(pk=task.pk)
        activation = task.flow_task.activation_class(task)
        activation.start(SimpleNamespace(user=task.owner))
        activation.execute()


def lines(small: str, _large: str, rounds: int) -> list[Line]:
    officer, floor = Officer.objects.get(username=SIGNER), ByHand()
    ready, tasks = forms(officer), stock_tasks(officer)
    engine, hand, stock = Cost(), Cost(), Cost()
    decide_one = lambda one: decide(one[0], by=officer, form=one[1])  # noqa: E731
    # A process that has met every district of the State knows its offices.
    for one in islice(ready, DISTRICTS):
        decide_one(one)
    for _round in range(rounds):
        measure(hand, [None] * 60, floor.step, pid=floor.pid)
        measure(engine, list(islice(ready, PIECES)), decide_one)
        measure(stock, list(islice(tasks, PIECES)), stock_step)
    counted = statements(*(partial(decide_one, one) for one in list(islice(ready, 20))))
    times = engine.ms / hand.ms
    found = [
        Line(
            "P1",
            f"one decision: {engine.ms:.1f} ms CPU; by hand {hand.ms:.2f}; stock viewflow {stock.ms:.1f}",
            times,
            4.5,
            "× floor, CPU",
        ),
        Line(
            "P1",
            f"by the clock on the wall: {engine.elapsed:.1f} ms; by hand {hand.elapsed:.2f}",
            engine.elapsed / hand.elapsed,
            4.5,
            "× floor, wall",
        ),
        Line("P1", "statements in its one transaction", counted, 12, "statements"),
    ]
    return found + _pages(officer, floor, rounds) + _hundred(officer, floor)


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
    tasks = stock_tasks(officer)
    post, hand, stock, walk, stock_walk = Cost(), Cost(), Cost(), Cost(), Cost()

    def send(one: tuple[str, dict[str, Any]]) -> None:
        # The page that follows a signature shows its message and takes it away.
        desk.cookies.pop("messages", None)
        answer = desk.ask(*one)
        assert answer.status == 302, answer.text[-2000:]

    def opened(stay: Movement) -> tuple[str, dict[str, Any]]:
        page = desk.ask(reverse("file", args=[stay.case_id])).text
        [shown] = re.findall(r'name="shown" value="([^"]+)"', page)[:1]
        typed = {"outcome": "recommended", "seen": stay.case.head, "shown": unescape(shown), "text": "जाँच की गई।"}
        return reverse("decide", args=[stay.pk]), {**typed, "amount_recommended": str(stay.case.amount)}

    def as_people_do(stay: Movement) -> None:
        desk.ask(reverse("inbox"))
        send(opened(stay))

    def stock_page(task: Task, *, typed: dict[str, Any] | None) -> None:
        answer = desk.ask(f"/stock/stock/{task.process_id}/{task.flow_task.name}/{task.pk}/execute/", typed)
        assert answer.status in (200, 302), answer.status

    def stock_as_people_do(task: Task) -> None:
        desk.ask("/stock/stock/inbox/")
        stock_page(task, typed=None)
        stock_page(task, typed={"_continue": ""})

    stock_inbox(tasks, OPEN)
    as_people_do(next(waiting))
    stock_as_people_do(next(tasks))
    for _round in range(rounds):
        measure(hand, [None] * 40, lambda _one: bare.ask("/", {"text": "x"}), pid=floor.pid)
        measure(post, [opened(stay) for stay in islice(waiting, 6)], send)
        measure(stock, list(islice(tasks, 6)), lambda task: stock_page(task, typed={}))
        measure(walk, list(islice(waiting, 3)), as_people_do)
        measure(stock_walk, list(islice(tasks, 3)), stock_as_people_do)
    counted = statements(*(partial(send, opened(stay)) for stay in islice(waiting, 5)))
    return [
        Line(
            "P2",
            f"a decision sent from its page: {post.ms:.1f} ms CPU; bare WSGI {hand.ms:.2f}; stock viewflow's post {stock.ms:.1f}",
            post.ms / hand.ms,
            7,
            "× floor, CPU",
        ),
        Line("P2", "its statements", counted, 20, "statements"),
        Line("P2", "less than stock viewflow's post", stock.ms / post.ms, 2, "× less", more=True),
        Line(
            "P3",
            f"inbox, file, decision: {walk.ms:.0f} ms CPU a step; stock viewflow's pages {stock_walk.ms:.0f}",
            stock_walk.ms / walk.ms,
            5,
            "× less",
            more=True,
        ),
    ]


def _hundred(officer: Officer, floor: ByHand) -> list[Line]:
    rows = Movement.objects.filter(disposed=None, step="scrutinise", office__postings__officer=officer).select_related(*bulk.RELATED)
    stays = list(rows.order_by("due", "pk")[:100])
    started = time.perf_counter()
    for _n in stays:
        floor.step()
    by_hand = time.perf_counter() - started
    bulk.sign(stays, {stay.pk: stay.case.head for stay in stays}, Outcome.RECOMMEND, "जाँच की गई।", by=officer, key=str(time.time()))
    started = time.perf_counter()
    while jobs.run(WORK):
        pass
    took = time.perf_counter() - started
    left = Movement.objects.filter(pk__in=[stay.pk for stay in stays], disposed=None).count()
    assert left == 0, left
    return [
        Line(
            "P7",
            f"{len(stays)} files under one signature: {took:.2f} s; as many floor transactions {by_hand:.2f} s",
            took / by_hand,
            3,
            "× floor, wall",
        )
    ]
