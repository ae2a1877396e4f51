from typing import Any

from django.utils.translation import gettext_lazy
from viewflow.workflow.base import Flow, Node
from viewflow.workflow.lock import SelectForUpdateLock

from programme.checks import waived
from workflows.models import Case
from workflows.nodes.automatic import Choose, Ending
from workflows.nodes.beginning import Begin


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
    # Of a later version: where a file goes on that waits at a step of the version before, which this one names otherwise.
    arrives: dict[str, str] = {}
    record: Any = None
    # The delegation by which steps at LADDER find their office.
    ladder: str = ""
    machine_checks: Any = None
    # Whether an applicant stands behind the file, whose time its corrections take.
    for_applicant: bool = False
    # The address, by its name, at which what a good end granted is followed up.
    followed_up: str = ""

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
    def cancelled_node(cls) -> Ending:
        """Return the ending to which only a repair of the administrator leads."""
        return next(node for node in cls.in_order() if isinstance(node, Ending) and node.by_repair)

    @classmethod
    def called(cls, step: str) -> Any:
        """Return the node of a name, or the one that stands for a name of an earlier version; ``None`` where neither is here."""
        found = cls.instance.node(step, no_obsolete=True)
        return found or cls.instance.node(cls.arrives.get(step, step), no_obsolete=True)

    @classmethod
    def summary(cls, case: Case) -> list[tuple[str, str]]:
        """Return what the reader must know of the record, as labels and values in his language."""
        return case.record.summary()

    @classmethod
    def checks(cls, case: Case) -> list[Any]:
        """Return the machine checks of the file as it stands now; what an officer has answered reads with his answer."""
        answers = case.record.answers
        found = [*cls.machine_checks(case.record, case.norm), *waived(case.record)]
        return [check.answered(answers[check.code]) if check.code in answers else check for check in found]

    @classmethod
    def settle(cls, node: Any, case: Case) -> Any:
        """Follow gateways from ``node`` until one that does something."""
        while isinstance(node, Choose):
            node = node.pick(case)
        return node
