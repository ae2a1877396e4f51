from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.freight import FreightFlow
from workflows.flows.identification import IdentificationFlow
from workflows.flows.loan import LoanFlow
from workflows.flows.plan import ActionPlanFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow, IdentificationFlow, ActionPlanFlow, LoanFlow, FreightFlow)}

__all__ = ["FLOWS", "ActionPlanFlow", "ExhibitionFlow", "FreightFlow", "IdentificationFlow", "LoanFlow"]
