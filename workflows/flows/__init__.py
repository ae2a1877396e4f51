from workflows.flows.exhibition import ExhibitionFlow
from workflows.flows.freight import FreightFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow, FreightFlow)}

__all__ = ["FLOWS", "ExhibitionFlow", "FreightFlow"]
