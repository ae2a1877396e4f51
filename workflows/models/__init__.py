from workflows.models.audit import AuditScope, Reading, Snapshot
from workflows.models.desk import Escalation, Incident, Message, Notice, NoticeKind, Pulse
from workflows.models.doors import DoorAct, DoorKind, RecoveryCode, SignIn, Telephone, factor_box, new_factor_key
from workflows.models.figures import FileFigure, MonthFigure
from workflows.models.files import Case, Movement
from workflows.models.jobs import Job, JobRow, JobStatus, RowStatus
from workflows.models.lists import WrittenList
from workflows.models.objection_kinds import ObjectionKind
from workflows.models.obstacles import Obstacle, ObstacleKind
from workflows.models.order_kinds import OrderKind
from workflows.models.outcomes import Outcome
from workflows.models.papers import Draft, Enclosure, Objection, Order, OrderPaper
from workflows.models.questions import Question
from workflows.models.recomputing import AmountDifference
from workflows.models.record import Checkpoint, EntryPaper, Leaf, Noting, PrivateNote, RegisterLine
from workflows.models.repairs import Repair, RepairKind
from workflows.models.samples import (
    Finding,
    Method,
    Observation,
    Reply,
    Sample,
    SampleItem,
    Settlement,
    Strata,
    TestResult,
    TestStep,
)
from workflows.models.searching import IndexRow, Part, SavedSearch
from workflows.models.set_up import SetUpMark
from workflows.models.sittings import Committee, Item, ItemState, Member, Sitting, SittingState
from workflows.models.tokens import AccessToken
from workflows.models.workbooks import RowStanding, Workbook, WorkbookRow

__all__ = [
    "AccessToken",
    "AmountDifference",
    "AuditScope",
    "Case",
    "Checkpoint",
    "Committee",
    "DoorAct",
    "DoorKind",
    "Draft",
    "Enclosure",
    "EntryPaper",
    "Escalation",
    "FileFigure",
    "Finding",
    "Incident",
    "IndexRow",
    "Item",
    "ItemState",
    "Job",
    "JobRow",
    "JobStatus",
    "Leaf",
    "Member",
    "Message",
    "Method",
    "MonthFigure",
    "Movement",
    "Notice",
    "NoticeKind",
    "Noting",
    "Objection",
    "ObjectionKind",
    "Observation",
    "Obstacle",
    "ObstacleKind",
    "Order",
    "OrderKind",
    "OrderPaper",
    "Outcome",
    "Part",
    "PrivateNote",
    "Pulse",
    "Question",
    "Reading",
    "RecoveryCode",
    "RegisterLine",
    "Repair",
    "RepairKind",
    "Reply",
    "RowStanding",
    "RowStatus",
    "Sample",
    "SampleItem",
    "SavedSearch",
    "SetUpMark",
    "Settlement",
    "SignIn",
    "Sitting",
    "SittingState",
    "Snapshot",
    "Strata",
    "Telephone",
    "TestResult",
    "TestStep",
    "Workbook",
    "WorkbookRow",
    "WrittenList",
    "factor_box",
    "new_factor_key",
]
