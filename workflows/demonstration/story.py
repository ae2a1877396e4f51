"""What a story of the demonstration tells, and what a process must know to tell it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from programme.models import District, Office
from workflows.models import Movement


@dataclass(frozen=True)
class Story:
    """One entry of ``fixtures/demonstration_files.json``: a process, a district, when it began and how far it has come.

    ``told`` is what the process itself needs to know, such as a title, an amount or a date. Of a step taken together it may say
    after how many answers the story stops (``answered``) and which designations are ``silent`` until the clock closes the window.
    """

    kind: str
    district: District
    opened_days_ago: int
    at: str
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        """The step or the ending that the story leads to, without what tells two stories apart."""
        return self.at.partition(":")[0]


@dataclass(frozen=True)
class Telling:
    """How one process is told: what is typed to begin a file, and at each step, as a person would type it.

    ``turns`` returns what is typed at a step; ``papers`` names what is attached there; ``days_ago`` says when a step was taken,
    by default three days after the one before it. ``opens`` returns the file where no officer of the district begins it.
    """

    flow: Any
    turns: Callable[[Movement, Story], dict[str, Any]]
    begins: Callable[[Story, Office], dict[str, Any]] = lambda story, office: {}
    papers: Callable[[Story, str], tuple[str, ...]] = lambda story, step: ()
    days_ago: Callable[[Story, str, int], int] | None = None
    opens: Callable[[Story], Any] | None = None
