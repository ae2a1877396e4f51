from workflows.flows.exhibition import ExhibitionFlow

FLOWS = {flow.slug: flow for flow in (ExhibitionFlow,)}

__all__ = ["FLOWS", "ExhibitionFlow"]
