"""A six-step approval as viewflow's own documentation writes it, with its own pages: what a project has that adds nothing.

A step waits in the queue of those who have its permission; one of them claims it, and then executes it.
"""

from collections.abc import Iterator
from itertools import cycle, islice
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import Permission
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow import views
from viewflow.workflow.models import Process, Task

from bench.asking import Answer, Desk
from programme.models import Officer

ROOT = "/stock/stock"
QUEUE, INBOX = f"{ROOT}/queue/", f"{ROOT}/inbox/"
CLAIMS = "viewflow.change_process"


def step() -> Any:
    return flow.View(views.UpdateProcessView.as_view(fields=[])).Permission(CLAIMS)


class StockFlow(flow.Flow):
    """Six steps of people, one after the other, on the package's own process and tasks."""

    process_class = Process
    process_title = "Stock approval"

    start = flow.Start(views.CreateProcessView.as_view(fields=[])).Next(this.second)
    second = step().Next(this.third)
    third = step().Next(this.fourth)
    fourth = step().Next(this.fifth)
    fifth = step().Next(this.sixth)
    sixth = step().Next(this.end)
    end = flow.End()

    def has_view_permission(self, user: object, obj: object = None) -> bool:
        return True

    def has_manage_permission(self, user: object, obj: object = None) -> bool:
        return True


def queued(officer: Officer) -> Iterator[Task]:
    """Yield new tasks that wait in the queue of all who may claim them, which the officer may."""
    app, codename = CLAIMS.split(".")
    officer.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    while True:
        activation = StockFlow.start.activation_class.create(StockFlow.start, None, None)
        activation.start(SimpleNamespace(user=officer))
        activation.execute()
        yield Task.objects.get(process=activation.process, status="NEW")


def claimed(officer: Officer) -> Iterator[Task]:
    """Yield new tasks that the officer has claimed, and that lie in his inbox."""
    for task in queued(officer):
        claim(task, officer)
        yield task


def wait(tasks: Iterator[Task], count: int) -> None:
    """Leave so many tasks where they are."""
    for _task in islice(tasks, count):
        pass


def at_hand(officer: Officer) -> int:
    """Return how many claimed tasks lie in the officer's inbox."""
    return int(Task.objects.filter(owner=officer, status="ASSIGNED", process__flow_class=StockFlow).count())


def claim(task: Task, officer: Officer) -> None:
    """Claim a task as the package's own view does, under its safe lock."""
    with StockFlow.lock(task.process_id):
        task = StockFlow.task_class.objects.get(pk=task.pk)
        assert task.flow_task.can_assign(officer, task)
        task.flow_task.activation_class(task).assign(officer)


def execute(task: Task) -> None:
    """Take a claimed step as the package's own view does, under its safe lock."""
    with StockFlow.lock(task.process_id):
        task = StockFlow.task_class.objects.get(pk=task.pk)
        activation = task.flow_task.activation_class(task)
        activation.start(SimpleNamespace(user=task.owner))
        activation.execute()


def lengthen(task: Task, rows: int) -> None:
    """Let the task's process have so many rows on its page, as one that was returned and sent up again has."""
    execute(task)
    done = list(Task.objects.filter(process=task.process_id, status="DONE"))
    missing = rows - Task.objects.filter(process=task.process_id).count()
    for again in islice(cycle(done), missing):
        again.pk = None
        again.save(force_insert=True)


def address(task: Task, page: str = "") -> str:
    return f"{ROOT}/{task.process_id}/{task.flow_task.name}/{task.pk}/{page}"


def post_execute(desk: Desk, task: Task) -> None:
    answer = desk.ask(address(task, "execute/"), {})
    assert answer.status == 302, answer.status


def post_both(desk: Desk, task: Task) -> None:
    """Send the two forms without reading them: claim, then execute."""
    answer = desk.ask(address(task, "assign/"), {})
    assert answer.status == 302, answer.status
    post_execute(desk, task)


def as_people_do(desk: Desk, task: Task) -> None:
    """Take a step as a browser does: the queue, the task, "Assign and continue", "Execute", which leads back to the queue."""
    desk.ask(QUEUE)
    where = _followed(desk, desk.ask(address(task)))
    assert where == address(task, "assign/"), where
    where = _followed(desk, desk.ask(where, {"_continue": "1"}))
    assert where == address(task, "execute/"), where
    answer = desk.ask(where, {})
    assert answer.headers["Location"] == QUEUE, answer


def _followed(desk: Desk, answer: Answer) -> str:
    """Go where answers lead, and return the address of the page that comes at last."""
    where = ""
    while answer.status == 302:
        where = answer.headers["Location"]
        answer = desk.ask(where)
    assert answer.status == 200, answer.status
    return where
