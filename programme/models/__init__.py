from programme.models.banks import Bank
from programme.models.beneficiaries import (
    BenefitFreed,
    BenefitOnce,
    CeilingEntry,
    CeilingFreed,
    CeilingUse,
    FileStanding,
    HasIdentities,
    IdentityMark,
    Role,
)
from programme.models.budget import Allotment, BudgetHead, EntryKind, LedgerEntry
from programme.models.entries import Entry, entry_models
from programme.models.events import (
    Event,
    EventChange,
    EventKind,
    EventLevel,
    LetterOfIntent,
    Matter,
    MatterKind,
    MatterOutcome,
    ParticipantKind,
    SessionKind,
    Topic,
)
from programme.models.exhibitions import ExhibitionProposal
from programme.models.freight import FreightClaim, FreightLine, FreightMode, ShippingBill
from programme.models.identification import GI, ProductProposal, Proposed, RankDecision
from programme.models.loans import LoanApplication
from programme.models.norms import AppliesBy, Norm, NormStatus
from programme.models.offices import Charge, Department, Designation, Level, Office, Officer, Posting
from programme.models.places import Declared, District, Holiday, State, WeeklyOff, WeeklyOffs
from programme.models.plans import ActionPlan, Activity, ActivityStatus, ActivityUpdate, Season
from programme.models.products import Product, Rank, Sector
from programme.models.records import FileRecord

__all__ = [
    "GI",
    "ActionPlan",
    "Activity",
    "ActivityStatus",
    "ActivityUpdate",
    "Allotment",
    "AppliesBy",
    "Bank",
    "BenefitFreed",
    "BenefitOnce",
    "BudgetHead",
    "CeilingEntry",
    "CeilingFreed",
    "CeilingUse",
    "Charge",
    "Declared",
    "Department",
    "Designation",
    "District",
    "Entry",
    "EntryKind",
    "Event",
    "EventChange",
    "EventKind",
    "EventLevel",
    "ExhibitionProposal",
    "FileRecord",
    "FileStanding",
    "FreightClaim",
    "FreightLine",
    "FreightMode",
    "HasIdentities",
    "Holiday",
    "IdentityMark",
    "LedgerEntry",
    "LetterOfIntent",
    "Level",
    "LoanApplication",
    "Matter",
    "MatterKind",
    "MatterOutcome",
    "Norm",
    "NormStatus",
    "Office",
    "Officer",
    "ParticipantKind",
    "Posting",
    "Product",
    "ProductProposal",
    "Proposed",
    "Rank",
    "RankDecision",
    "Role",
    "Season",
    "Sector",
    "SessionKind",
    "ShippingBill",
    "State",
    "Topic",
    "WeeklyOff",
    "WeeklyOffs",
    "entry_models",
]
