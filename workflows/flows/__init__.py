from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.plan import ActionPlanFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow, ActionPlanFlow)}

__all__ = ["FLOWS", "ActionPlanFlow", "ExhibitionFlow"]
