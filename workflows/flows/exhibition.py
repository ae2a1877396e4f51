from django.utils.translation import gettext_lazy as _
from viewflow import this

from programme.exhibitions import machine_checks
from programme.models import ExhibitionProposal
from programme.powers import Power
from workflows.effects.exhibition import book_utilisation, issue_order
from workflows.forms.exhibition import (
    AcceptanceForm,
    CertificateForm,
    ConcurrenceForm,
    ProposalForm,
    ReportForm,
    SanctionForm,
    ScrutinyForm,
)
from workflows.models.outcomes import ACCEPT, CONCUR, RECOMMEND, REJECT, RETURN, SANCTION, SUBMIT
from workflows.nodes import DEPARTMENT, DISTRICT, LADDER, STATE, Act, Begin, CaseFlow, Choose, Ending, Step


class ExhibitionFlow(CaseFlow):
    """The District Magistrate proposes, the department scrutinises, the Principal Secretary sanctions."""

    process_title = _("Exhibition proposal")
    process_description = _("Ask for the sanction of an exhibition of the district's products.")
    slug, prefix, scheme, version = "exhibition", "EXH", "EXHIBITION", 1
    ladder = "DELEGATION_EXHIBITION"
    record, machine_checks = ExhibitionProposal, staticmethod(machine_checks)

    # District
    propose = (
        Begin(ProposalForm, _("Proposal"))
        .By(Power.PROPOSE_EXHIBITION, at=DISTRICT).PreparedBy(Power.PREPARE_EXHIBITION)
        .Next(this.scrutinise)
    )  # fmt: skip

    # Department
    scrutinise = (
        Step(ScrutinyForm, _("Scrutiny"))
        .By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=7).NotBy(this.propose, this.correct)
        .On(RECOMMEND, this.by_amount).On(RETURN, this.correct).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip
    by_amount = (
        Choose(_("Above the limit?"))
        .When(ExhibitionProposal.needs_finance, this.concur).Otherwise(this.approve)
    )  # fmt: skip

    # State
    concur = (
        Step(ConcurrenceForm, _("Financial concurrence"))
        .By(Power.CONCUR_FINANCE, at=STATE).Within(days=7).NotBy(this.propose, this.correct, this.scrutinise)
        .On(CONCUR, this.approve).On(RETURN, this.correct, this.scrutinise)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    approve = (
        Step(SanctionForm, _("Sanction"))
        .By(Power.APPROVE_EXHIBITION, at=LADDER).Within(days=10).NotBy(this.scrutinise)
        .On(SANCTION, this.issue_order).On(RETURN, this.correct, this.scrutinise).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    issue_order = Act(issue_order, _("Sanction order")).Next(this.report)

    # District, when the file comes back
    correct = (
        Step(ProposalForm, _("Correction"))
        .By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Within(days=5)
        .On(SUBMIT, this.scrutinise)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # District, after the exhibition
    report = (
        Step(ReportForm, _("Exhibition report"))
        .By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Within(days=15, after="ends_on")
        .On(SUBMIT, this.certify)
    )  # fmt: skip
    certify = (
        Step(CertificateForm, _("Utilisation certificate"))
        .By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Within(days=30)
        .On(SUBMIT, this.accept)
    )  # fmt: skip

    # Department, to close
    accept = (
        Step(AcceptanceForm, _("Acceptance of the certificate"))
        .By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=7).NotBy(this.certify)
        .On(ACCEPT, this.book_utilisation).On(RETURN, this.certify, this.report)
    )  # fmt: skip
    book_utilisation = Act(book_utilisation, _("Utilisation booked")).Next(this.closed)

    # Ends
    closed = Ending(_("Closed"), good=True)
    rejected = Ending(_("Rejected"))
    withdrawn = Ending(_("Withdrawn"))
    cancelled = Ending(_("Cancelled"), by_repair=True)
