"""The graph: how a process is drawn on viewflow's engine. What happens at a step stands in ``steps``."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Flow, Node
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.nodes.end import EndActivation
from viewflow.workflow.nodes.func import FunctionActivation
from viewflow.workflow.nodes.start import StartViewActivation
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.status import PROCESS, STATUS

from programme.calendar import add_working_days
from programme.models import Level, Office, Officer
from programme.powers import Power
from workflows.authority import Refusal, office_for
from workflows.models import Case, Movement, Outcome

DISTRICT, DEPARTMENT, STATE = Level.DISTRICT, Level.DEPARTMENT, Level.STATE


@dataclass(frozen=True)
class Way:
    """A labelled way out of a step, and the nodes it may lead to."""

    outcome: Outcome
    targets: tuple[Any, ...]


class BeginActivation(StartViewActivation):
    """Opens the file; the caller has filled the case."""

    movement: Movement | None = None
    returns_to = ""

    @StartViewActivation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def sign(self, officer: Officer) -> None:
        self.process.save()
        self.task.process = self.process
        self.task.owner = officer
        self.task.finished = timezone.now()
        self.task.save()


class StepActivation(ViewActivation):
    """A human step: made together with its movement, signed once."""

    target: Any = None
    returns_to = ""

    @property
    def movement(self) -> Movement:
        return self.task.movement

    @classmethod
    def create(cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None) -> "StepActivation":
        case = prev_activation.process
        office = flow_task.office_for(case)
        now = timezone.now()
        task = flow_task.flow_class.task_class(
            process=case,
            flow_task=flow_task,
            token=token,
            created=now,
            owner_permission=f"programme.{flow_task.power}",
            owner_permission_obj=office,
        )
        task.save()
        task.previous.add(prev_activation.task)
        Movement.objects.create(
            case=case,
            task=task,
            step=flow_task.name,
            power=flow_task.power,
            office=office,
            came_from=prev_activation.movement,
            returns_to=prev_activation.returns_to,
            received=now,
            due=flow_task.due(case, now),
        )
        return cls(task)

    @ViewActivation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def sign(self, officer: Officer, target: Any, returns_to: str) -> None:
        """Finish the task in the officer's name; ``target`` is where ``activate_next`` will lead."""
        self.target, self.returns_to = target, returns_to
        self.task.owner = officer
        self.task.started = self.task.finished = timezone.now()
        self.task.save(update_fields=["owner", "started", "finished", "status"])

    @ViewActivation.status.super()
    def create_next(self) -> Iterator[Activation]:
        yield self.target._create(self, self.task.token)


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


class EndingActivation(EndActivation):
    """Closes the file. The engine's own End saves a whole process row it loaded earlier; this one lets the step save it."""

    @EndActivation.status.super()
    def activate(self) -> None:
        self.task.started = timezone.now()
        self.process.status = PROCESS.DONE
        self.process.finished = self.task.started


class Begin(flow.Start):
    """The first step: a form opens the file."""

    activation_class = BeginActivation
    power: Power
    preparing_power: Power | None = None
    level: Level

    def __init__(self, form_class: Any, title: Any) -> None:
        super().__init__(None)
        self.form_class, self.task_title = form_class, title

    def By(self, power: Power, *, at: Level) -> "Begin":
        self.power, self.level = power, at
        return self

    def PreparedBy(self, power: Power) -> "Begin":
        """Name the power with which another office of the same district may prepare the draft, not sign it."""
        self.preparing_power = power
        return self


class Step(flow.View):
    """A human step: screen, power, office, time, ways out."""

    activation_class = StepActivation
    power: Power
    level: Level

    def __init__(self, form_class: Any, title: Any) -> None:
        super().__init__(None)
        self.form_class, self.task_title = form_class, title
        self.ways: list[Way] = []
        self.withdrawal: Any = None
        self.days: int | None = None
        self.after: str = ""
        self.goes_back = False
        self._not_by: tuple[Any, ...] = ()

    def By(self, power: Power, *, at: Level) -> "Step":
        self.power, self.level = power, at
        return self

    def Within(self, *, days: int, after: str = "") -> "Step":
        """Set the working days, counted from arrival, or from the record's date ``after`` when that is later."""
        self.days, self.after = days, after
        return self

    def NotBy(self, *steps: Any) -> "Step":
        """Refuse whoever signed or prepared one of these steps, through any charge he holds."""
        self._not_by = steps
        return self

    def On(self, outcome: Outcome, *targets: Any) -> "Step":
        self.ways.append(Way(outcome, targets))
        return self

    def OnWithdrawal(self, ending: Any) -> "Step":
        """Let the opening office withdraw the file while it waits here."""
        self.withdrawal = ending
        return self

    def BackToReturner(self) -> "Step":
        """Send a returned file back to whoever returned it, unless a material fact changed."""
        self.goes_back = True
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self.ways = [Way(way.outcome, tuple(this.resolve(instance, t) for t in way.targets)) for way in self.ways]
        self.withdrawal = this.resolve(instance, self.withdrawal)
        self._not_by = tuple(this.resolve(instance, step) for step in self._not_by)

    def _outgoing(self) -> Iterator[Edge]:
        labels: dict[Any, list[str]] = {}
        for way in self.ways:
            for target in way.targets:
                labels.setdefault(target, []).append(way.outcome.value)
        for node in self.flow_class.instance.nodes() if self.goes_back else ():
            if isinstance(node, Step) and any(self in way.targets for way in node.ways if way.outcome == Outcome.RETURN):
                labels.setdefault(node, []).append("corrected")
        if self.withdrawal:
            labels.setdefault(self.withdrawal, []).append(Outcome.WITHDRAW.value)
        for target, said in labels.items():
            yield Edge(src=self, dst=target, edge_class="next", label=" / ".join(said))

    @property
    def not_by_steps(self) -> list[str]:
        return [step.name for step in self._not_by]

    @property
    def sanctions(self) -> bool:
        return any(way.outcome == Outcome.SANCTION for way in self.ways)

    @property
    def is_correction(self) -> bool:
        """Say whether the step only exists for files that came back."""
        return self.form_class is self.flow_class.begin_node().form_class

    def destinations(self, case: Case) -> list[tuple[Outcome, str]]:
        """Say for each way out where the file goes next, office and step, in the reader's language."""
        return [(way.outcome, " · ".join(self._named(target, case) for target in way.targets)) for way in self.ways]

    @staticmethod
    def _named(target: Any, case: Case) -> str:
        while isinstance(target, Act):
            target = target._next
        if isinstance(target, Choose):
            return _("%(one)s, or %(other)s, by the amount") % {"one": target.yes.named_for(case), "other": target.no.named_for(case)}
        return target.named_for(case) if isinstance(target, Step) else str(target.task_title)

    def named_for(self, case: Case) -> str:
        """Return office and title of the step, as people say where a file goes; the title alone while no one office holds its power."""
        try:
            return f"{self.office_for(case).name} — {self.title}"
        except Refusal:
            return self.title

    @property
    def own_page(self) -> bool:
        return self.form_class.own_page

    @property
    def title(self) -> str:
        return str(self.task_title)

    def way(self, outcome: str) -> Way:
        """Return the way out named ``outcome``; raise ``Refusal`` when the step has none."""
        for way in self.ways:
            if way.outcome == outcome:
                return way
        raise Refusal(_("This step has no such way out."))

    def office_for(self, case: Case) -> Office:
        """Return where the step waits; raise ``Refusal`` when no one office holds its power. Looked up once a case object."""
        if (self.power, self.level) not in case.offices:
            case.offices[self.power, self.level] = office_for(self.power, self.level, case)
        return case.offices[self.power, self.level]

    def due(self, case: Case, received: datetime) -> datetime | None:
        """Return the end of the last working day allowed; the norm's own days come before the flow's. None: no clock."""
        days = case.norm.rules.get("days", {}).get(self.name, self.days)
        if days is None:
            return None
        start: Any = received
        if self.after:
            held = getattr(case.record, self.after)
            if held and held > timezone.localdate(received):
                start = held
        return add_working_days(start, days, case.state, case.district)


class Choose(Node):
    """A gateway that leaves no row: it picks the next node from a named method of the record."""

    task_type = "CHOOSE"
    shape = flow.Switch.shape
    bpmn_element = "exclusiveGateway"
    activation_class = Activation

    def __init__(self, title: Any) -> None:
        super().__init__()
        self.task_title = title
        self.condition: Callable[..., bool] | None = None
        self.yes: Any = None
        self.no: Any = None

    def When(self, condition: Callable[..., bool], target: Any) -> "Choose":
        self.condition, self.yes = condition, target
        return self

    def Otherwise(self, target: Any) -> "Choose":
        self.no = target
        return self

    def _resolve(self, instance: Any) -> None:
        self.yes, self.no = this.resolve(instance, self.yes), this.resolve(instance, self.no)

    def _outgoing(self) -> Iterator[Edge]:
        yield Edge(src=self, dst=self.yes, edge_class="cond_true", label="yes")
        yield Edge(src=self, dst=self.no, edge_class="default", label="no")

    @property
    def asked(self) -> str:
        """The name of the method that decides, for the written pages."""
        return self.condition.__name__ if self.condition else ""

    def pick(self, case: Case) -> Any:
        return self.yes if self.condition and self.condition(case.record, case.norm) else self.no


class Act(flow.Function):
    """An automatic node: a function of the case and of the movement that led here."""

    activation_class = ActActivation
    bpmn_element = "serviceTask"

    def __init__(self, act: Callable[[Case, Movement], None], title: Any) -> None:
        super().__init__(None)
        self.act, self.task_title = act, title


class Ending(flow.End):
    """An end of the file; ``good`` when the programme got what was asked."""

    activation_class = EndingActivation

    def __init__(self, title: Any, *, good: bool = False) -> None:
        super().__init__()
        self.task_title, self.good = title, good


class CaseFlow(Flow):
    """What every process shares. A new version of a process is a new class written out, never a child of the old."""

    process_title = gettext_lazy("File")
    process_description = gettext_lazy("A file of the programme")
    process_class = Case
    lock_impl = SelectForUpdateLock(nowait=False, attempts=1)

    slug: str = ""
    prefix: str = ""
    scheme: str = ""
    version: int = 1
    record: Any = None
    machine_checks: Any = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if any(isinstance(value, Node) for base in cls.__bases__ for value in vars(base).values()):
            raise TypeError(f"{cls.__name__} inherits from a flow that has nodes; write the new version out as a class of its own.")
        if "process_title" not in vars(cls):
            raise TypeError(f"{cls.__name__} has no process_title.")
        super().__init_subclass__(**kwargs)

    @classmethod
    def in_order(cls) -> list[Any]:
        """Return the nodes in the order they are written."""
        return [value for value in vars(cls).values() if isinstance(value, Node)]

    @classmethod
    def begin_node(cls) -> Begin:
        return next(node for node in cls.in_order() if isinstance(node, Begin))

    @classmethod
    def summary(cls, case: Case) -> list[tuple[str, str]]:
        """Return what the reader must know of the record, as labels and values in his language."""
        return case.record.summary()

    @classmethod
    def checks(cls, case: Case) -> list[Any]:
        """Return the machine checks of the file as it stands now."""
        return cls.machine_checks(case.record, case.norm)

    @classmethod
    def settle(cls, node: Any, case: Case) -> Any:
        """Follow gateways from ``node`` until one that does something."""
        while isinstance(node, Choose):
            node = node.pick(case)
        return node
