"""What the machine says about a file before an officer does, and what an act of the programme refuses."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import gettext as _

from programme.bilingual import reads_hindi
from programme.powers import Power


class NotAllowed(Exception):
    """A rule of the programme forbids it; the message is a sentence for the person."""


@dataclass(frozen=True)
class Check:
    """One line of the machine's checks.

    ``ok`` and ``look`` inform. ``ask`` must be answered in words by the officer who lets the file go on. ``stop`` bars the
    sanction, or with ``at_once`` every step forward; an office that holds ``override`` may lift it with a reason.
    ``code`` names what is asked or stopped, so that an answer stands for it on later steps.
    """

    level: Literal["ok", "look", "ask", "stop"]
    text: str
    code: str = ""
    override: Power | None = None
    at_once: bool = False

    def answered(self, answer: dict[str, str]) -> "Check":
        """Return the check as it reads once an officer has answered it: something to look at, with his words."""
        office = answer["name_hi"] if reads_hindi() else answer["name_en"]
        said = {"check": self.text, "office": office, "text": answer["text"]}
        return replace(self, level="look", text=_("%(check)s Answered by %(office)s: %(text)s") % said)


def waived(record: Any) -> list[Check]:
    """Return a line for every required paper that is not attached, with who let it pass and why."""
    found = []
    for kind, waiver in record.waivers.items():
        office = waiver["name_hi"] if reads_hindi() else waiver["name_en"]
        said = {"paper": record.PAPERS.get(kind, kind), "office": office, "text": waiver["text"]}
        found.append(Check("look", _("%(paper)s is not attached; waived by %(office)s: %(text)s") % said))
    return found
