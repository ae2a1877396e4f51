from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.base import Edge

from programme.calendar import calendar_of
from programme.models import Level, Norm, Office
from programme.powers import Power
from programme.zone import IST
from workflows.authority import Refusal
from workflows.models import Case, Outcome
from workflows.models.files import BY_THE_CLOCK
from workflows.nodes.activations import StayActivation
from workflows.nodes.automatic import Act, Choose
from workflows.offices import ladder_of, office_for, office_on_the_ladder, offices_for

DISTRICT, DEPARTMENT, STATE = Level.DISTRICT, Level.DEPARTMENT, Level.STATE
# The office is the one that the dated delegation of the scheme names for the file's amount.
LADDER = "ladder"


@dataclass(frozen=True)
class Way:
    """A labelled way out of a step, and the nodes it may lead to."""

    outcome: Outcome
    targets: tuple[Any, ...]


class Stay(flow.View):
    """A node at which the file waits: somewhere, until somebody or the clock sends it on."""

    activation_class = StayActivation
    power: Power | str = ""
    level: Level | str = ""
    form_class: Any = None
    together = False
    in_committee = False

    def __init__(self, title: Any) -> None:
        super().__init__(None)
        self.task_title = title
        self.ways: list[Way] = []
        self.withdrawal: Any = None
        self.days: int | None = None
        self.after: str = ""
        self.goes_back = False
        self._not_by: tuple[Any, ...] = ()

    def On(self, outcome: Outcome, *targets: Any) -> Any:
        self.ways.append(Way(outcome, targets))
        return self

    def OnWithdrawal(self, ending: Any) -> Any:
        """Let the opening office withdraw the file while it waits here."""
        self.withdrawal = ending
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
    def title(self) -> str:
        return str(self.task_title)

    @property
    def own_page(self) -> bool:
        return bool(self.form_class and self.form_class.own_page)

    @property
    def not_by_steps(self) -> list[str]:
        return [step.name for step in self._not_by]

    @property
    def sanctions(self) -> bool:
        """Say whether the step decides finally, so that nobody who acted on the file before may take it."""
        return any(way.outcome in (Outcome.SANCTION, Outcome.APPROVE) for way in self.ways)

    @property
    def ways_by_hand(self) -> list[Way]:
        """Return the ways that a person can choose; the others are the clock's."""
        return [way for way in self.ways if way.outcome not in BY_THE_CLOCK]

    def way(self, outcome: str) -> Way:
        """Return the way out named ``outcome``; raise ``Refusal`` when the step has none."""
        for way in self.ways:
            if way.outcome == outcome:
                return way
        raise Refusal(_("This step has no such way out."))

    def destinations(self, case: Case) -> list[tuple[Outcome, str]]:
        """Say for each way out where the file goes next, office and step, in the reader's language."""
        return [(way.outcome, " · ".join(self._named(target, case) for target in way.targets)) for way in self.ways_by_hand]

    @classmethod
    def _named(cls, target: Any, case: Case) -> str:
        while isinstance(target, Act):
            target = target._next
        if isinstance(target, Choose):
            named = {"one": cls._named(target.yes, case), "other": cls._named(target.no, case), "asked": target.task_title}
            return _("%(one)s, or %(other)s (%(asked)s)") % named
        return target.named_for(case) if isinstance(target, Stay) else str(target.task_title)

    def named_for(self, case: Case) -> str:
        """Return office and title of the step, as people say where a file goes; the title alone while no one office holds its power."""
        if self.together:
            return self.title
        try:
            return f"{self.office_for(case).name} — {self.title}"
        except Refusal:
            return self.title

    def office_for(self, case: Case) -> Office:
        """Return where the step waits; raise ``Refusal`` when no one office holds its power. Looked up once a case object."""
        if self.level == LADDER:
            return office_on_the_ladder(self.power, case)
        if (self.power, self.level) not in case.offices:
            case.offices[self.power, self.level] = office_for(self.power, self.level, case)
        return case.offices[self.power, self.level]

    def ladder_for(self, case: Case) -> Norm | None:
        """Return the delegation order that names the office, where one does."""
        return ladder_of(case) if self.level == LADDER else None

    def days_allowed(self, case: Case) -> int | None:
        """Return the working days allowed; the norm's own days come before the flow's. ``None``: no such clock."""
        days: int | None = case.norm.rules.get("days", {}).get(self.name, self.days)
        return days

    def clock(self, case: Case, office: Office, received: datetime, left: int | None = None) -> dict[str, Any]:
        """Return what a stay keeps of its clock: due by the working days of its office, of which only ``left`` may be left."""
        days = self.days_allowed(case) if left is None else left
        if days is None:
            return {}
        start = timezone.localdate(received, IST)
        held = getattr(case.record, self.after) if self.after else None
        start = max(start, held) if held else start
        return {"days_allowed": days, "counted_from": start, "due": calendar_of(office).add(start, days)}


class Step(Stay):
    """A human step: screen, power, office, time, ways out."""

    def __init__(self, form_class: Any, title: Any) -> None:
        super().__init__(title)
        self.form_class = form_class
        self.moment: str = ""
        self.window: tuple[str, int] | None = None

    def By(self, power: Power, *, at: Level | str) -> "Step":
        self.power, self.level = power, at
        return self

    def Together(self) -> "Step":
        """Ask every office that holds the power at once; the file goes on when the last has answered."""
        self.together = True
        return self

    def InCommittee(self) -> "Step":
        """Let the step be taken only in a sitting, by the chair who signs its minutes."""
        self.in_committee = True
        return self

    def Within(self, *, days: int, after: str = "") -> "Step":
        """Set the working days, counted from arrival, or from the record's date ``after`` when that is later."""
        self.days, self.after = days, after
        return self

    def Until(self, moment: str) -> "Step":
        """Make the step due at a moment that the record itself knows, such as the deadline of a season."""
        self.moment = moment
        return self

    def ClosedAfter(self, *, rule: str, days: int) -> "Step":
        """Let the clock end the step by its way ``SILENT``: after the norm's ``rule`` of working days, or else ``days``."""
        self.window = (rule, days)
        return self

    def NotBy(self, *steps: Any) -> "Step":
        """Refuse whoever signed or prepared one of these steps, through any charge he holds."""
        self._not_by = steps
        return self

    def BackToReturner(self) -> "Step":
        """Send a returned file back to whoever returned it, unless a material fact changed."""
        self.goes_back = True
        return self

    @property
    def is_correction(self) -> bool:
        """Say whether the step only exists for files that came back."""
        return self.own_page and self.goes_back

    def offices_for(self, case: Case) -> list[Office]:
        """Return every office of the file's place that holds the power; raise ``Refusal`` when none does."""
        return offices_for(self.power, self.level, case)

    def days_allowed(self, case: Case) -> int | None:
        if self.window is None:
            return super().days_allowed(case)
        rule, days = self.window
        return int(case.norm.rules.get(rule, days))

    def clock(self, case: Case, office: Office, received: datetime, left: int | None = None) -> dict[str, Any]:
        """Return what a stay keeps of its clock: the record's own moment where the step has one; a window is ended by the clock."""
        if self.moment:
            return {"due": getattr(case.record, self.moment)}
        kept = super().clock(case, office, received, left)
        return {**kept, "wakes": kept["due"]} if self.window else kept


class Watch(Stay):
    """A time in which nothing is asked of anybody: the clock sends the file on by itself, on a day the record knows."""

    def __init__(self, title: Any, *, at: Level) -> None:
        super().__init__(title)
        self.level = at
        self.date = ""

    def Until(self, date: str) -> "Watch":
        """Name the record's date on which the file goes on; it wakes as the day begins in India."""
        self.date = date
        return self

    def office_for(self, case: Case) -> Office:
        """Return the office that opened the file: it answers for what is watched."""
        return case.office

    def clock(self, case: Case, office: Office, received: datetime, left: int | None = None) -> dict[str, Any]:
        """Return the moment at which the clock sends the file on."""
        wakes = datetime.combine(getattr(case.record, self.date), time(0, 0), IST)
        return {"due": wakes, "wakes": wakes}
