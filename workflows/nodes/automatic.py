from collections.abc import Callable, Iterator
from typing import Any

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node

from workflows.models import Case, Movement
from workflows.nodes.activations import ActActivation, EndingActivation


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
    """An end of the file; ``good`` when the programme got what was asked, ``by_repair`` when only the administrator leads there."""

    activation_class = EndingActivation

    def __init__(self, title: Any, *, good: bool = False, by_repair: bool = False) -> None:
        super().__init__()
        self.task_title, self.good, self.by_repair = title, good, by_repair
