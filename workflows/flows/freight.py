from django.utils.translation import gettext_lazy as _
from viewflow import this

from programme.freight import machine_checks
from programme.models import FreightClaim
from programme.powers import Power
from workflows.effects.freight import book_payment, issue_letter, issue_order
from workflows.forms.freight import ClaimForm, CommitteeForm, ComputationForm, PaymentForm, SanctionForm, ScrutinyForm
from workflows.models.outcomes import RECOMMEND, REJECT, RETURN, SANCTION, SUBMIT
from workflows.nodes import DEPARTMENT, DISTRICT, LADDER, Act, Begin, CaseFlow, Choose, Ending, Step


class FreightFlow(CaseFlow):
    """Filed in the district for the exporter, recommended by the Users Committee, computed by the Bureau, sanctioned as delegated."""

    process_title = _("Freight subsidy")
    process_description = _("File a claim of freight subsidy for an exporter.")
    slug, prefix, scheme, version = "freight", "FRT", "GATEWAY_PORT_FREIGHT", 1
    ladder = "DELEGATION_FREIGHT"
    for_applicant = True
    record, machine_checks = FreightClaim, staticmethod(machine_checks)

    # District
    file = Begin(ClaimForm, _("Claim")).By(Power.FILE_FREIGHT, at=DISTRICT).Next(this.in_time)
    in_time = (
        Choose(_("Out of time?"))
        .When(FreightClaim.is_time_barred, this.issue_letter).Otherwise(this.scrutinise)
    )  # fmt: skip
    issue_letter = Act(issue_letter, _("Letter of rejection")).Next(this.time_barred)
    scrutinise = (
        Step(ScrutinyForm, _("Check of the papers"))
        .By(Power.SCRUTINISE_FREIGHT, at=DISTRICT).Within(days=7)
        .On(RECOMMEND, this.committee).On(RETURN, this.correct).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip
    committee = (
        Step(CommitteeForm, _("District Users Committee"))
        .By(Power.CHAIR_USERS_COMMITTEE, at=DISTRICT).InCommittee().Within(days=30).NotBy(this.file, this.scrutinise, this.correct)
        .On(RECOMMEND, this.compute).On(RETURN, this.correct, this.scrutinise).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # Export Promotion Bureau
    compute = (
        Step(ComputationForm, _("Computation"))
        .By(Power.COMPUTE_FREIGHT, at=DEPARTMENT).Within(days=15).NotBy(this.file, this.scrutinise, this.correct, this.committee)
        .On(RECOMMEND, this.sanction).On(RETURN, this.correct, this.scrutinise).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # The post that the delegation names for the amount
    sanction = (
        Step(SanctionForm, _("Sanction"))
        .By(Power.SANCTION_FREIGHT, at=LADDER).Within(days=15).NotBy(this.compute)
        .On(SANCTION, this.issue_order).On(RETURN, this.correct, this.compute).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    issue_order = Act(issue_order, _("Sanction order")).Next(this.pay)

    # District, when the file comes back
    correct = (
        Step(ClaimForm, _("Correction"))
        .By(Power.FILE_FREIGHT, at=DISTRICT).Within(days=7)
        .On(SUBMIT, this.scrutinise)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # Export Promotion Bureau, to close
    pay = (
        Step(PaymentForm, _("Payment"))
        .By(Power.PAY_FREIGHT, at=DEPARTMENT).Within(days=15).NotBy(this.sanction)
        .On(SUBMIT, this.book_payment)
    )  # fmt: skip
    book_payment = Act(book_payment, _("Payment booked")).Next(this.paid)

    # Ends
    paid = Ending(_("Paid"), good=True)
    rejected = Ending(_("Rejected"))
    withdrawn = Ending(_("Withdrawn"))
    time_barred = Ending(_("Time-barred"))
    cancelled = Ending(_("Cancelled"), by_repair=True)
