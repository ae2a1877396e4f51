"""A small State with a few files, made by hand, so that the record is tested without the steps that write it."""

import hashlib
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone
from viewflow.workflow.models import Task
from viewflow.workflow.token import Token

from programme.models import (
    BudgetHead,
    Department,
    Designation,
    District,
    ExhibitionProposal,
    Norm,
    Office,
    Officer,
    Posting,
    Product,
    Sector,
)
from programme.models import State as StateOfIndia
from workflows.flows.exhibition import ExhibitionFlow
from workflows.models import Case, Enclosure, Movement, Noting, Order, OrderKind, Outcome
from workflows.record.canonical import canonical
from workflows.record.chain import append, private_digest
from workflows.snapshots import Sealed

SALT = "5a" * 16
PERSONAL = sorted(ExhibitionProposal.PERSONAL)


class Place:
    """One State, one district, its District Magistrate."""

    def __init__(self) -> None:
        self.state = StateOfIndia.objects.create(lgd_code=990, name_en="Test State", name_hi="परीक्षण राज्य", short="ZZ")
        self.district = District.objects.create(lgd_code=99001, state=self.state, name_en="Testpur", name_hi="टेस्टपुर")
        department = Department.objects.create(state=self.state, code="msme", name_en="MSME")
        dm = Designation.objects.create(
            state=self.state, department=department, code="dm", level="district", name_en="District Magistrate", name_hi="ज़िलाधिकारी"
        )
        self.office = Office.objects.create(designation=dm, district=self.district)
        self.officer = Officer.objects.create(username="record.dm", name_en="A. Sharma", name_hi="अ. शर्मा")
        self.posting = Posting.objects.create(officer=self.officer, office=self.office, starts_on=date(2026, 1, 1))
        self.norm = Norm.objects.create(state=self.state, scheme="TEST", version="2026", applies_from=date(2026, 4, 1))
        sector = Sector.objects.create(code="record-test", name_en="Leather")
        self.product = Product.objects.create(district=self.district, rank="primary", sector=sector, name_en="Footwear")
        self.head = BudgetHead.objects.create(state=self.state, code="2851-00-103", name_en="Exhibitions")

    def open_file(self, number: int) -> Case:
        """Open a file with one paper and its first paragraph; it waits at scrutiny."""
        record = ExhibitionProposal.objects.create(
            district=self.district, title=f"प्रदर्शनी {number}", product=self.product, purpose="बाज़ार", venue="Testpur",
            starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 5), stalls=20, budget_head=self.head,
            nodal_officer="R. Kumar", nodal_mobile="9000000001", amount_asked=Decimal(500_000),
        )  # fmt: skip
        case = Case.objects.create(
            flow_class=ExhibitionFlow, number=f"ZZ/EXH/2026-27/{number:04d}", key=uuid.uuid4(), kind=ExhibitionFlow.slug,
            record_id=record.pk, subject=record.title, state=self.state, district=self.district, office=self.office,
            amount=record.amount, norm=self.norm,
        )  # fmt: skip
        self.enclose(case, "estimate", f"estimate of {number}".encode())
        self.wait_at(case, "scrutinise")
        self.sign(case, step="propose", outcome=Outcome.SUBMIT, private={name: getattr(record, name) for name in PERSONAL})
        return case

    def enclose(self, case: Case, kind: str, content: bytes) -> Enclosure:
        paper = Enclosure(
            case=case, kind=kind, name=f"{kind}.pdf", content_type="application/pdf", size=len(content), added_by=self.officer
        )
        paper.sha256 = hashlib.sha256(content).hexdigest()
        paper.stored.save(f"{uuid.uuid4().hex}.pdf", ContentFile(content))
        return paper

    def wait_at(self, case: Case, step: str) -> Movement:
        node = getattr(ExhibitionFlow.instance, step)
        task = Task.objects.create(process=case, flow_task=node, token=Token("start"))
        return Movement.objects.create(case=case, task=task, step=step, power=node.power, office=self.office, received=timezone.now())

    def sign(
        self,
        case: Case,
        *,
        step: str = "scrutinise",
        outcome: str = Outcome.RECOMMEND,
        private: dict[str, Any] | None = None,
        **facts: Any,
    ) -> Noting:
        shown = Sealed(canonical({"page": "file", "n": case.paragraphs, "personal": private_digest(SALT, "{}")}), SALT, "{}")
        papers = [{"kind": kind, "sha256": sha256} for kind, sha256 in case.enclosures.values_list("kind", "sha256")]
        noting = append(
            case, step=step, outcome=outcome, officer=self.officer, prepared_by=None, office=self.office, posting=self.posting,
            facts={"text": f"परीक्षण {case.paragraphs + 1}", "papers": papers, "shown": shown.digest, **facts}, private=private,
        )  # fmt: skip
        shown.row(noting).save()
        case.save()
        return noting

    def issue(self, case: Case) -> Order:
        """Sanction the amount asked, issue the order, and note both."""
        record = case.record
        record.amount_sanctioned = record.amount_asked
        record.save()
        return self.write_order(case, OrderKind.SANCTION, "issue_order", Outcome.ISSUE, record.amount_sanctioned)

    def write_order(self, case: Case, kind: OrderKind, step: str, outcome: Outcome, amount: Decimal | None = None, **more: Any) -> Order:
        """Issue a paper of ``kind`` in the paragraph of the act."""
        number, key = case.number.replace("EXH", f"{kind.series}/{case.paragraphs}"), uuid.uuid4()
        said = {"kind": kind.value, "number": number, "issued_on": "2026-11-22", "amount": None, "key": str(key)}
        if amount is not None:
            said["amount"] = f"{amount:.2f}"
        noting = self.sign(case, step=step, outcome=outcome, order=said, **more)
        return Order.objects.create(case=case, kind=kind, number=number, issued_on="2026-11-22", amount=amount, key=key, noting=noting)

    def close(self, case: Case) -> None:
        """Accept the certificate and end the file."""
        Movement.objects.filter(case=case, disposed=None).update(
            disposed=timezone.now() + timedelta(seconds=1), officer=self.officer, posting=self.posting, outcome=Outcome.ACCEPT
        )
        case.ending = "closed"
        self.sign(case, step="accept", outcome=Outcome.ACCEPT)
