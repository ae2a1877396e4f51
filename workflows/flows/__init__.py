from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.identification import IdentificationFlow
from workflows.flows.loan import LoanFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow, IdentificationFlow, LoanFlow)}

__all__ = ["FLOWS", "ExhibitionFlow", "IdentificationFlow", "LoanFlow"]
