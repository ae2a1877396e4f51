"""A second version of the exhibition process: Finance is asked under another name, the department looks twice, nobody reports."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.utils.translation import gettext_lazy as _
from viewflow import this

from programme.exhibitions import machine_checks
from programme.models import ExhibitionProposal
from programme.powers import Power
from workflows.effects.exhibition import book_utilisation, issue_order
from workflows.flows import FLOWS, VERSIONS
from workflows.forms.exhibition import AcceptanceForm, CertificateForm, ConcurrenceForm, ProposalForm, SanctionForm, ScrutinyForm
from workflows.models.outcomes import ACCEPT, CONCUR, RECOMMEND, REJECT, RETURN, SANCTION, SUBMIT
from workflows.nodes import DEPARTMENT, DISTRICT, LADDER, STATE, Act, Begin, CaseFlow, Ending, Step


class ExhibitionAgain(CaseFlow):
    """The District Magistrate proposes, the department scrutinises twice, the Principal Secretary sanctions."""

    process_title = _("Exhibition proposal")
    slug, prefix, scheme, version = "exhibition", "EXH", "EXHIBITION", 2
    ladder = "DELEGATION_EXHIBITION"
    arrives = {"concur": "advise"}
    record, machine_checks = ExhibitionProposal, staticmethod(machine_checks)

    propose = Begin(ProposalForm, "Proposal").By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Next(this.scrutinise)
    scrutinise = (
        Step(ScrutinyForm, "Scrutiny")
        .By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=7).NotBy(this.propose, this.correct)
        .On(RECOMMEND, this.look_again).On(RETURN, this.correct).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip
    look_again = (
        Step(ConcurrenceForm, "Second look")
        .By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=7)
        .On(RECOMMEND, this.advise).On(RETURN, this.correct)
    )  # fmt: skip
    advise = (
        Step(ConcurrenceForm, "Advice of Finance")
        .By(Power.CONCUR_FINANCE, at=STATE).Within(days=2).NotBy(this.propose, this.correct, this.scrutinise)
        .On(CONCUR, this.approve).On(RETURN, this.correct, this.scrutinise)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    approve = (
        Step(SanctionForm, "Sanction")
        .By(Power.APPROVE_EXHIBITION, at=LADDER).Within(days=10).NotBy(this.scrutinise)
        .On(SANCTION, this.issue_order).On(RETURN, this.correct, this.scrutinise).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    issue_order = Act(issue_order, "Sanction order").Next(this.certify)
    correct = (
        Step(ProposalForm, "Correction")
        .By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Within(days=5)
        .On(SUBMIT, this.scrutinise)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip
    certify = (
        Step(CertificateForm, "Utilisation certificate")
        .By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Within(days=30)
        .On(SUBMIT, this.accept)
    )  # fmt: skip
    accept = (
        Step(AcceptanceForm, "Acceptance")
        .By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=7).NotBy(this.certify)
        .On(ACCEPT, this.book_utilisation).On(RETURN, this.certify)
    )  # fmt: skip
    book_utilisation = Act(book_utilisation, "Utilisation booked").Next(this.closed)
    closed = Ending("Closed", good=True)
    rejected = Ending("Rejected")
    withdrawn = Ending("Withdrawn")
    cancelled = Ending("Cancelled", by_repair=True)


# The engine finds a flow by its place in an installed application.
ExhibitionAgain.__module__ = "workflows.flows.exhibition_again"
sys.modules["workflows.flows.exhibition_again"] = sys.modules[__name__]


@contextmanager
def in_place() -> Iterator[None]:
    """Let the second version be the newest one; files of the first go on in theirs."""
    with patch.dict(VERSIONS, {("exhibition", 2): ExhibitionAgain}), patch.dict(FLOWS, {"exhibition": ExhibitionAgain}):
        yield
