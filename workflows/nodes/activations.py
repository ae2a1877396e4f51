"""What the engine runs at each kind of node. The caller holds the file's row locked."""

from collections.abc import Iterator
from typing import Any

from viewflow.workflow.activation import Activation
from viewflow.workflow.models import Task
from viewflow.workflow.nodes.end import EndActivation
from viewflow.workflow.nodes.func import FunctionActivation
from viewflow.workflow.nodes.start import StartViewActivation
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.status import PROCESS, STATUS

from programme.models import Office, Officer
from workflows.models import Movement
from workflows.writing import numbers, together, write_now


def arrive(target: Any, activation: Any, at: Office | None = None) -> Iterator[Activation]:
    """Make what ``target`` asks for: one activation, or one for each office where the step is taken together; at ``at`` alone, if given."""
    case, token = activation.process, activation.task.token
    target = activation.flow_class.settle(target, case)
    for office in target.offices_for(case) if at is None and getattr(target, "together", False) else [at]:
        yield target._create(activation, token, seed=office)


def days_left(returned: Movement) -> int | None:
    """Return the working days that were left of a stay when it returned the file, one at least; ``None`` where none are counted."""
    if returned.days_allowed is None or returned.days_held is None:
        return None
    return max(1, returned.days_allowed - returned.days_held)


class BeginActivation(StartViewActivation):
    """Opens the file; the caller has filled the case."""

    movement: Movement | None = None
    returns_to = ""
    resumes: Movement | None = None

    @StartViewActivation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def sign(self, officer: Officer | None) -> None:
        self.process.save()
        self.task.process = self.process
        self.task.owner = officer
        self.task.finished = self.process.moment
        self.task.save()

    @StartViewActivation.status.super()
    def create_next(self) -> Iterator[Activation]:
        yield from arrive(self.flow_task._next, self)


class StayActivation(ViewActivation):
    """A stay of the file at an office: made together with its movement, ended once, by an officer or by the clock."""

    target: Any = None
    returns_to = ""
    # The stay whose clock stood still while the file was away, where this act brings it back unchanged.
    resumes: Movement | None = None
    at: Office | None = None

    @property
    def movement(self) -> Movement:
        return self.task.movement

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> "StayActivation":
        """Make task and movement; ``seed`` is the office where the step alone does not name it, as when it is taken together by several."""
        case = prev_activation.process
        office = seed or flow_task.office_for(case)
        now, resumes = case.moment, prev_activation.resumes
        task_number, stay_number = numbers(case.next_numbers, Task, Movement)
        task = Task(
            pk=task_number,
            process=case,
            flow_task=flow_task,
            flow_task_type=flow_task.task_type,
            token=token,
            created=now,
            owner_permission=f"programme.{flow_task.power}" if flow_task.power else "",
            owner_permission_obj=office,
        )
        stay = Movement(
            pk=stay_number,
            case=case,
            task=task,
            step=flow_task.name,
            power=flow_task.power,
            office=office,
            came_from=prev_activation.movement,
            returns_to=prev_activation.returns_to,
            received=now,
            ladder=flow_task.ladder_for(case),
            **flow_task.clock(case, office, now, days_left(resumes) if resumes else None),
        )
        together(task, Task.previous.through(from_task=task, to_task=prev_activation.task), stay)
        case.begun.append(stay)
        return cls(task)

    @ViewActivation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def sign(self, officer: Officer | None, target: Any, returns_to: str, at: Office | None = None) -> None:
        """Say how the task ends, in the officer's name or by the clock; its row was written with the end of the stay.

        ``target`` is where ``activate_next`` will lead; ``None`` when the file waits for the others of a step taken together.
        ``at`` is the office that gets it where the step itself shall not choose: a file that was pulled back.
        """
        self.target, self.returns_to, self.at = target, returns_to, at
        self.task.owner = officer
        self.task.started = self.task.finished = self.process.moment

    @ViewActivation.status.super()
    def create_next(self) -> Iterator[Activation]:
        if self.target is not None:
            yield from arrive(self.target, self, self.at)


class ActActivation(FunctionActivation):
    """An automatic act inside the transaction of the step before it."""

    movement: Movement | None = None
    returns_to = ""
    resumes: Movement | None = None

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> "ActActivation":
        activation = super().create(flow_task, prev_activation, token, data=data, seed=seed)
        activation.movement = prev_activation.movement
        return activation

    @FunctionActivation.status.super()
    def activate(self) -> None:
        self.task.started = self.process.moment
        write_now()
        self.flow_task.act(self.process, self.movement)

    @FunctionActivation.status.super()
    def create_next(self) -> Iterator[Activation]:
        yield from arrive(self.flow_task._next, self)


class EndingActivation(EndActivation):
    """Closes the file. The engine's own End saves a whole process row it loaded earlier; this one lets the step save it."""

    @EndActivation.status.super()
    def activate(self) -> None:
        self.task.started = self.process.moment
        self.process.status = PROCESS.DONE
        self.process.finished = self.task.started
