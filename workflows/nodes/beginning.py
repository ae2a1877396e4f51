from typing import Any

from viewflow.workflow import flow

from programme.models import Level
from programme.powers import Power
from workflows.nodes.activations import BeginActivation


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
