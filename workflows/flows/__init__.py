from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.freight import FreightFlow
from workflows.flows.identification import IdentificationFlow
from workflows.flows.loan import LoanFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow, IdentificationFlow, LoanFlow, FreightFlow)}

__all__ = ["FLOWS", "ExhibitionFlow", "FreightFlow", "IdentificationFlow", "LoanFlow"]
