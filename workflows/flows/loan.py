from django.utils.translation import gettext_lazy as _
from viewflow import this

from programme.loans import machine_checks
from programme.models import LoanApplication
from programme.powers import Power
from workflows.effects.loan import book_conversion, book_recovery, book_release, issue_order
from workflows.forms.loan import (
    AppraisalForm,
    CommitteeForm,
    ConversionForm,
    ExaminationForm,
    LoanForm,
    LoanScrutinyForm,
    MarginMoneyForm,
    RecoveryForm,
    ReleaseForm,
    VerificationForm,
)
from workflows.models.outcomes import CONVERT, DECLINE, LEND, RECOMMEND, RECOVER, REJECT, RETURN, SANCTION, SUBMIT, TIME_CAME
from workflows.nodes import DEPARTMENT, DISTRICT, LADDER, Act, Begin, CaseFlow, Ending, Step, Watch


class LoanFlow(CaseFlow):
    """The district files and recommends, the bank lends, the State gives margin money, and two years later it is decided upon."""

    process_title = _("Loan with margin money")
    process_description = _("File a loan application with margin money for an applicant.")
    slug, prefix, scheme, version = "loan", "LON", "ODOP_MARGIN_MONEY", 1
    ladder = "DELEGATION_LOAN"
    for_applicant = True
    record, machine_checks = LoanApplication, staticmethod(machine_checks)

    # District
    file = Begin(LoanForm, _("Application")).By(Power.FILE_LOAN, at=DISTRICT).Next(this.scrutinise)
    scrutinise = (
        Step(LoanScrutinyForm, _("Scrutiny"))
        .By(Power.SCRUTINISE_LOAN, at=DISTRICT).Within(days=3)
        .On(RECOMMEND, this.committee).On(RETURN, this.correct).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip
    committee = (
        Step(CommitteeForm, _("District committee"))
        .By(Power.CHAIR_LOAN_COMMITTEE, at=DISTRICT).InCommittee().Within(days=30)
        .On(RECOMMEND, this.appraise).On(RETURN, this.correct, this.scrutinise).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip

    # Bank
    appraise = (
        Step(AppraisalForm, _("Appraisal by the bank"))
        .By(Power.APPRAISE_LOAN, at=DISTRICT).Within(days=30).NotBy(this.scrutinise, this.committee)
        .On(LEND, this.examine).On(RETURN, this.correct, this.scrutinise).On(DECLINE, this.declined)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # Department and State
    examine = (
        Step(ExaminationForm, _("Examination"))
        .By(Power.EXAMINE_LOAN, at=DEPARTMENT).Within(days=7).NotBy(this.scrutinise, this.committee, this.appraise)
        .On(RECOMMEND, this.sanction).On(RETURN, this.correct, this.scrutinise, this.appraise).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip
    sanction = (
        Step(MarginMoneyForm, _("Sanction of the margin money"))
        .By(Power.SANCTION_LOAN, at=LADDER).Within(days=15).NotBy(this.scrutinise, this.committee, this.examine)
        .On(SANCTION, this.issue_order).On(RETURN, this.correct, this.scrutinise, this.examine).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    issue_order = Act(issue_order, _("Sanction order")).Next(this.release)
    release = (
        Step(ReleaseForm, _("Release of the margin money"))
        .By(Power.RELEASE_MARGIN_MONEY, at=DEPARTMENT).Within(days=7).NotBy(this.sanction)
        .On(SUBMIT, this.book_release)
    )  # fmt: skip
    book_release = Act(book_release, _("Release booked")).Next(this.watch)

    # Two years later
    watch = Watch(_("Watch of the margin money"), at=DISTRICT).Until("watch_ends_on").On(TIME_CAME, this.verify)
    verify = (
        Step(VerificationForm, _("Verification of the unit"))
        .By(Power.VERIFY_LOAN, at=DISTRICT).Within(days=30)
        .On(SUBMIT, this.decide_conversion)
    )  # fmt: skip
    decide_conversion = (
        Step(ConversionForm, _("Grant or recovery"))
        .By(Power.CONVERT_LOAN, at=DEPARTMENT).Within(days=15).NotBy(this.verify)
        .On(CONVERT, this.book_conversion).On(RECOVER, this.recover).On(RETURN, this.verify)
    )  # fmt: skip
    book_conversion = Act(book_conversion, _("Conversion booked")).Next(this.converted)
    recover = (
        Step(RecoveryForm, _("Recovery of the margin money"))
        .By(Power.RELEASE_MARGIN_MONEY, at=DEPARTMENT).Within(days=60).NotBy(this.decide_conversion)
        .On(SUBMIT, this.book_recovery)
    )  # fmt: skip
    book_recovery = Act(book_recovery, _("Recovery booked")).Next(this.recovered)

    # District, when the file comes back
    correct = (
        Step(LoanForm, _("Correction"))
        .By(Power.FILE_LOAN, at=DISTRICT).Within(days=15)
        .On(SUBMIT, this.scrutinise)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # Ends
    converted = Ending(_("Converted to grant"), good=True)
    recovered = Ending(_("Recovered"))
    declined = Ending(_("Declined by the bank"))
    rejected = Ending(_("Rejected"))
    withdrawn = Ending(_("Withdrawn"))
    cancelled = Ending(_("Cancelled"), by_repair=True)
