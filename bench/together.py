"""P12: sixteen officers at once over HTTP, reading and deciding, two of them at times the same file; stock viewflow in turn."""

import multiprocessing
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from http.client import HTTPConnection
from itertools import islice
from statistics import median, quantiles
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from bench import stock
from bench.asking import TOKEN, Desk
from bench.base import ROOT, environment
from bench.reading import use
from bench.running import free_port
from bench.table import Line
from bench.waiting import OPEN, SIGNER
from programme.calendar import today
from programme.models import Office, Officer, Posting
from workflows.models import Case, Movement, Noting
from workflows.postings import derive

OFFICERS, TURNS, SHARED = 16, 6, 2
# So many tasks wait for each officer of the stock flow besides those of the round: an inbox of one page, as the product's shows.
WAITING = 25
SENT = 302


class Turn(NamedTuple):
    """What one officer asks for in turn to decide one file: addresses, each with what is sent there; the last sends his decision."""

    asks: tuple[tuple[str, dict[str, str] | None], ...]


class Seen(NamedTuple):
    """What the officers met: seconds of each request, how each sending was answered, and seconds in all."""

    seconds: list[float]
    answers: Counter[int]
    elapsed: float

    @property
    def decided(self) -> float:
        return self.answers[SENT] / self.elapsed


def lines(_small: str, large: str, rounds: int) -> list[Line]:
    use(large)
    # Thousands of drafts may have been imported a moment before; the database by itself counts them within a minute.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    officers = at_one_office()
    desks = [Desk(None, officer.username, int(time.time())) for officer in officers]
    files = iter(turns())
    queued, claimed = ({one.pk: tasks(one) for one in officers} for tasks in (stock.queued, stock.claimed))
    ours, queues, inboxes, cases = [], [], [], set[int]()

    def stock_round(tasks: dict[int, Iterator[Any]], as_stock: Callable[[Any], Turn]) -> Seen:
        seen = together(port, desks, [[as_stock(task) for task in islice(tasks[one.pk], TURNS)] for one in officers])
        assert set(seen.answers) == {SENT}, seen.answers
        return seen

    with served(large) as port:
        alone = stock_round(claimed, claimed_before)
        for given in claimed.values():
            stock.wait(given, WAITING)
        stock.wait(queued[officers[0].pk], OPEN)
        for _round in range(min(rounds, 3)):
            work = dealt(files)
            cases |= {case for pieces in work for case, _turn in pieces}
            before = {case: Noting.objects.filter(case=case).count() for case in cases}
            ours.append(together(port, desks, [[turn for _case, turn in pieces] for pieces in work]))
            decided_once(work, before)
            queues.append(stock_round(queued, claimed_first))
            inboxes.append(stock_round(claimed, claimed_before))
    return _told(ours, queues, inboxes, alone, len(cases))


def _told(ours: list[Seen], queues: list[Seen], inboxes: list[Seen], alone: Seen, cases: int) -> list[Line]:
    answers = sum((seen.answers for seen in ours), Counter[int]())
    errors = sum(count for status, count in answers.items() if status not in (200, SENT, 409))
    shares = quantiles([second for seen in ours for second in seen.seconds], n=100)
    each, queue, inbox = (median(seen.decided for seen in rounds) for rounds in (ours, queues, inboxes))
    told = f"{answers[SENT]} decisions by {OFFICERS} officers at once, {cases} files, none decided twice; errors"
    claimed = f"{inbox:.1f} a second with {WAITING} tasks more in each inbox, {alone.decided:.1f} with none"
    return [
        Line("P12", told, errors, 0, "errors"),
        Line("P12", f"a request: {shares[49] * 1000:.0f} ms for half of them, 99 of 100 within", shares[98] / shares[49], 8, "× the half"),
        Line("P12", f"{each:.1f} decisions a second; stock viewflow, claim and execute {queue:.1f}", each / queue, 2, "× stock", more=True),
        Line("P12", f"stock viewflow where all was claimed before: {claimed}", each / inbox, None, "× stock", more=True),
    ]


def at_one_office() -> list[Officer]:
    """Give fifteen officers the signer's post too, as additional charge, and return all sixteen."""
    signer = Officer.objects.get(username=SIGNER)
    office = Office.objects.get(postings__officer=signer)
    others = list(Officer.objects.filter(postings__office__designation__code="dic").distinct().order_by("pk")[: OFFICERS - 1])
    Posting.objects.bulk_create(Posting(officer=one, office=office, charge="additional", starts_on=today()) for one in others)
    for one in others:
        derive(one)
    return [signer, *others]


def turns() -> Iterator[tuple[int, Turn]]:
    """Yield files that wait at the signer's office, each with what is done with it."""
    waiting = Movement.objects.filter(disposed=None, step="scrutinise", office__postings__officer__username=SIGNER)
    for stay in waiting.select_related("case").order_by("pk").distinct().iterator():
        typed = {"outcome": "recommended", "seen": stay.case.head, "text": "जाँच की गई।", "amount_recommended": str(stay.case.amount)}
        reads = ((reverse("inbox"), None), (reverse("file", args=[stay.case_id]), None))
        yield stay.case_id, Turn((*reads, (reverse("decide", args=[stay.pk]), typed)))


def claimed_first(task: Any) -> Turn:
    """Return a step as ``stock.as_people_do`` takes it: the queue, the task claimed there, then executed."""
    assign, execute = (stock.address(task, page) for page in ("assign/", "execute/"))
    return Turn(((stock.QUEUE, None), (assign, None), (assign, {"_continue": "1"}), (execute, None), (execute, {})))


def claimed_before(task: Any) -> Turn:
    page = stock.address(task, "execute/")
    return Turn(((stock.INBOX, None), (page, None), (page, {"_continue": ""})))


def dealt(files: Iterator[tuple[int, Turn]]) -> list[list[tuple[int, Turn]]]:
    """Deal files to the officers; the last ones of each are his neighbour's last ones too."""
    own = [list(islice(files, TURNS - SHARED)) for _officer in range(OFFICERS)]
    shared = [list(islice(files, SHARED)) for _pair in range(OFFICERS // 2)]
    return [[*pieces, *shared[place // 2]] for place, pieces in enumerate(own)]


def decided_once(work: list[list[tuple[int, Turn]]], before: dict[int, int]) -> None:
    """Raise unless every file of this round has exactly one paragraph more and waits at exactly one place."""
    for case in {case for pieces in work for case, _turn in pieces}:
        assert Noting.objects.filter(case=case).count() == before[case] + 1, Case.objects.get(pk=case)
        assert Movement.objects.filter(case=case, disposed=None).count() == 1, Case.objects.get(pk=case)


@contextmanager
def served(address: str) -> Iterator[int]:
    """Serve as ``make run`` and a State do, two processes for two cores, with the stock pages beside the product's."""
    port = free_port()
    given = {**environment(address), "DJANGO_SETTINGS_MODULE": "bench.settings", "PORT": str(port)}
    words = [sys.executable, "-m", "gunicorn", "--config", "python:project.gunicorn"]
    program = subprocess.Popen(words, cwd=ROOT, env=given, stdout=subprocess.DEVNULL)
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert program.poll() is None, "the web server stopped"
            time.sleep(0.2)
        yield port
    finally:
        program.terminate()
        program.wait(timeout=30)


def together(port: int, desks: list[Desk], work: list[list[Turn]]) -> Seen:
    """Let every officer do his work in a browser of his own, all at once, in a process beside this one."""
    cookies = ["; ".join(f"{name}={value}" for name, value in desk.cookies.items()) for desk in desks]
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    browsers = context.Process(target=_browse, args=(there, port, cookies, work))
    browsers.start()
    there.close()
    seen: Seen = here.recv()
    browsers.join()
    return seen


def _browse(pipe: Any, port: int, cookies: list[str], work: list[list[Turn]]) -> None:
    seen = Seen([], Counter(), 0)
    browsers = [threading.Thread(target=_one, args=(port, *own, seen)) for own in zip(cookies, work, strict=True)]
    began = time.perf_counter()
    for browser in browsers:
        browser.start()
    for browser in browsers:
        browser.join()
    pipe.send(seen._replace(elapsed=time.perf_counter() - began))


def _one(port: int, cookie: str, turns: list[Turn], seen: Seen) -> None:
    link = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(address: str, typed: dict[str, str] | None, before: str) -> tuple[int, str]:
        """Ask for a page, or send what is typed with what the page ``before`` had shown."""
        shown = re.search(r'name="shown" value="([^"]+)"', before)
        sent = {**(typed or {}), **({"shown": unescape(shown[1])} if shown else {}), "csrfmiddlewaretoken": TOKEN}
        method, body = ("GET", None) if typed is None else ("POST", urlencode(sent))
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        link.request(method, address, body, headers)
        answer = link.getresponse()
        text = answer.read().decode()
        seen.seconds.append(time.perf_counter() - began)
        return answer.status, text

    for turn in turns:
        page = ""
        for address, typed in turn.asks:
            status, page = ask(address, typed, page)
        seen.answers[status] += 1
