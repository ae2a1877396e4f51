from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.identification import IdentificationFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow, IdentificationFlow)}

__all__ = ["FLOWS", "ExhibitionFlow", "IdentificationFlow"]
