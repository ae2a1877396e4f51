"""The graph: how a process is drawn on viewflow's engine. What happens at a step stands in ``steps``."""

from workflows.nodes.automatic import Act, Choose, Ending
from workflows.nodes.beginning import Begin
from workflows.nodes.flow import CaseFlow
from workflows.nodes.stays import DEPARTMENT, DISTRICT, LADDER, STATE, Stay, Step, Watch, Way

__all__ = [
    "DEPARTMENT",
    "DISTRICT",
    "LADDER",
    "STATE",
    "Act",
    "Begin",
    "CaseFlow",
    "Choose",
    "Ending",
    "Stay",
    "Step",
    "Watch",
    "Way",
]
