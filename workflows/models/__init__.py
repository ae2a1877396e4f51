from workflows.models.desk import Incident, Message, Pulse
from workflows.models.files import Case, Movement
from workflows.models.jobs import Job, JobRow, JobStatus, RowStatus
from workflows.models.order_kinds import OrderKind
from workflows.models.outcomes import Outcome
from workflows.models.papers import Draft, Enclosure, Objection, Order, OrderPaper
from workflows.models.record import Checkpoint, Leaf, Noting, PrivateNote
from workflows.models.sittings import Committee, Item, ItemState, Member, Sitting, SittingState

__all__ = [
    "Case",
    "Checkpoint",
    "Committee",
    "Draft",
    "Enclosure",
    "Incident",
    "Item",
    "ItemState",
    "Job",
    "JobRow",
    "JobStatus",
    "Leaf",
    "Member",
    "Message",
    "Movement",
    "Noting",
    "Objection",
    "Order",
    "OrderKind",
    "OrderPaper",
    "Outcome",
    "PrivateNote",
    "Pulse",
    "RowStatus",
    "Sitting",
    "SittingState",
]
