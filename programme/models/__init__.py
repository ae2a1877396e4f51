from programme.models.agreements import Agreement, AgreementStatus, Partner, PartnerRole
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
from programme.models.brands import Brand, BrandLine, LineKind
from programme.models.budget import Allotment, BudgetHead, EntryKind, LedgerEntry, Released
from programme.models.campaigns import Campaign, Demand, Supply
from programme.models.channels import Channel, Onboarding
from programme.models.dossiers import DossierEntry, Section, SuccessStory
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
from programme.models.sellers import Seller, SellerKind
from programme.models.support import Policy, SupportKind, SupportRequest

__all__ = [
    "GI",
    "ActionPlan",
    "Activity",
    "ActivityStatus",
    "ActivityUpdate",
    "Agreement",
    "AgreementStatus",
    "Allotment",
    "AppliesBy",
    "Bank",
    "BenefitFreed",
    "BenefitOnce",
    "Boundary",
    "Brand",
    "BrandLine",
    "BudgetHead",
    "Campaign",
    "CeilingEntry",
    "CeilingFreed",
    "CeilingUse",
    "Channel",
    "Charge",
    "Declared",
    "Demand",
    "Department",
    "Designation",
    "District",
    "DossierEntry",
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
    "LineKind",
    "LoanApplication",
    "Matter",
    "MatterKind",
    "MatterOutcome",
    "Norm",
    "NormStatus",
    "Office",
    "Officer",
    "Onboarding",
    "ParticipantKind",
    "Partner",
    "PartnerRole",
    "Policy",
    "Posting",
    "Product",
    "ProductProposal",
    "Proposed",
    "Rank",
    "RankDecision",
    "Released",
    "Role",
    "Season",
    "Section",
    "Sector",
    "Seller",
    "SellerKind",
    "SessionKind",
    "ShippingBill",
    "State",
    "SuccessStory",
    "Supply",
    "SupportKind",
    "SupportRequest",
    "Target",
    "TargetCategory",
    "Topic",
    "WeeklyOff",
    "WeeklyOffs",
    "entry_models",
]
