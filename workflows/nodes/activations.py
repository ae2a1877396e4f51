"""What the engine runs at each kind of node. The caller holds the file's row locked."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from viewflow.workflow.activation import Activation
from viewflow.workflow.nodes.end import EndActivation
from viewflow.workflow.nodes.func import FunctionActivation
from viewflow.workflow.nodes.start import StartViewActivation
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.status import PROCESS, STATUS

from programme.models import Officer
from workflows.models import Movement


def arrive(target: Any, activation: Any) -> Iterator[Activation]:
    """Make what ``target`` asks for: one activation, or one for each office where the step is taken together."""
    case, token = activation.process, activation.task.token
    target = activation.flow_class.settle(target, case)
    for office in target.offices_for(case) if getattr(target, "together", False) else [None]:
        yield target._create(activation, token, seed=office)


class BeginActivation(StartViewActivation):
    """Opens the file; the caller has filled the case."""

    movement: Movement | None = None
    returns_to = ""

    @StartViewActivation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def sign(self, officer: Officer | None) -> None:
        self.process.save()
        self.task.process = self.process
        self.task.owner = officer
        self.task.finished = timezone.now()
        self.task.save()

    @StartViewActivation.status.super()
    def create_next(self) -> Iterator[Activation]:
        yield from arrive(self.flow_task._next, self)


class StayActivation(ViewActivation):
    """A stay of the file at an office: made together with its movement, ended once, by an officer or by the clock."""

    target: Any = None
    returns_to = ""

    @property
    def movement(self) -> Movement:
        return self.task.movement

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> "StayActivation":
        """Make task and movement; ``seed`` is the office where the step is taken together by several."""
        case = prev_activation.process
        office = seed or flow_task.office_for(case)
        now = timezone.now()
        task = flow_task.flow_class.task_class(
            process=case,
            flow_task=flow_task,
            token=token,
            created=now,
            owner_permission=f"programme.{flow_task.power}" if flow_task.power else "",
            owner_permission_obj=office,
        )
        task.save()
        task.previous.add(prev_activation.task)
        wakes = flow_task.wakes(case, now)
        Movement.objects.create(
            case=case,
            task=task,
            step=flow_task.name,
            power=flow_task.power,
            office=office,
            came_from=prev_activation.movement,
            returns_to=prev_activation.returns_to,
            received=now,
            due=wakes or flow_task.due(case, now),
            wakes=wakes,
            ladder=flow_task.ladder_for(case),
        )
        return cls(task)

    @ViewActivation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def sign(self, officer: Officer | None, target: Any, returns_to: str) -> None:
        """Finish the task, in the officer's name or by the clock.

        ``target`` is where ``activate_next`` will lead; ``None`` when the file waits for the others of a step taken together.
        """
        self.target, self.returns_to = target, returns_to
        self.task.owner = officer
        self.task.started = self.task.finished = timezone.now()
        self.task.save(update_fields=["owner", "started", "finished", "status"])

    @ViewActivation.status.super()
    def create_next(self) -> Iterator[Activation]:
        if self.target is not None:
            yield from arrive(self.target, self)


class ActActivation(FunctionActivation):
    """An automatic act inside the transaction of the step before it."""

    movement: Movement | None = None
    returns_to = ""

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> "ActActivation":
        activation = super().create(flow_task, prev_activation, token, data=data, seed=seed)
        activation.movement = prev_activation.movement
        return activation

    @FunctionActivation.status.super()
    def activate(self) -> None:
        self.task.started = timezone.now()
        self.flow_task.act(self.process, self.movement)

    @FunctionActivation.status.super()
    def create_next(self) -> Iterator[Activation]:
        yield from arrive(self.flow_task._next, self)


class EndingActivation(EndActivation):
    """Closes the file. The engine's own End saves a whole process row it loaded earlier; this one lets the step save it."""

    @EndActivation.status.super()
    def activate(self) -> None:
        self.task.started = timezone.now()
        self.process.status = PROCESS.DONE
        self.process.finished = self.task.started
