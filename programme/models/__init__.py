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
from programme.models.boards import Boundary, Target, TargetCategory
from programme.models.budget import Allotment, BudgetHead, EntryKind, LedgerEntry
from programme.models.events import Event, EventChange, EventKind, LetterOfIntent, Matter, MatterKind, MatterOutcome, Topic
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
    "Boundary",
    "BudgetHead",
    "CeilingEntry",
    "CeilingFreed",
    "CeilingUse",
    "Charge",
    "Declared",
    "Department",
    "Designation",
    "District",
    "EntryKind",
    "Event",
    "EventChange",
    "EventKind",
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
    "Posting",
    "Product",
    "ProductProposal",
    "Proposed",
    "Rank",
    "RankDecision",
    "Role",
    "Season",
    "Sector",
    "ShippingBill",
    "State",
    "Target",
    "TargetCategory",
    "Topic",
    "WeeklyOff",
    "WeeklyOffs",
]
