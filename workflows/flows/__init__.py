from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.loan import LoanFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow, LoanFlow)}

__all__ = ["FLOWS", "ExhibitionFlow", "LoanFlow"]
