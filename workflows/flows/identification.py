from django.utils.translation import gettext_lazy as _
from viewflow import this

from programme.identification import machine_checks
from programme.models import ProductProposal
from programme.powers import Power
from workflows.effects.identification import enter_in_register
from workflows.forms.identification import OpinionForm, ProductDecisionForm, ProductForm
from workflows.models.outcomes import APPROVE, OPPOSE, RECOMMEND, REJECT, RETURN, SILENT, SUBMIT, SUPPORT
from workflows.nodes import DEPARTMENT, DISTRICT, STATE, Act, Begin, CaseFlow, Ending, Step


class IdentificationFlow(CaseFlow):
    """The district proposes what its product register shall hold; the Principal Secretary decides."""

    process_title = _("Product identification")
    process_description = _("Identify a product of the district, change its rank, or retire it.")
    slug, prefix, scheme, version = "identification", "PRD", "PRODUCT_IDENTIFICATION", 1
    record, machine_checks = ProductProposal, staticmethod(machine_checks)

    # District
    propose = (
        Begin(ProductForm, _("Proposal"))
        .By(Power.PROPOSE_PRODUCT, at=DISTRICT)
        .Next(this.consult)
    )  # fmt: skip
    consult = (
        Step(OpinionForm, _("Opinions of the departments"))
        .By(Power.GIVE_OPINION, at=DISTRICT).Together().ClosedAfter(rule="opinion_days", days=15).NotBy(this.propose, this.correct)
        .On(SUPPORT, this.recommend).On(OPPOSE, this.recommend).On(SILENT, this.recommend)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    recommend = (
        Step(ProductDecisionForm, _("Recommendation"))
        .By(Power.RECOMMEND_PRODUCT, at=DISTRICT).Within(days=10).NotBy(this.propose, this.correct, this.consult)
        .On(RECOMMEND, this.scrutinise).On(RETURN, this.correct).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip

    # Department
    scrutinise = (
        Step(ProductDecisionForm, _("Scrutiny"))
        .By(Power.SCRUTINISE_PRODUCT, at=DEPARTMENT).Within(days=15).NotBy(this.propose, this.correct)
        .On(RECOMMEND, this.approve).On(RETURN, this.correct).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # State
    approve = (
        Step(ProductDecisionForm, _("Approval"))
        .By(Power.APPROVE_PRODUCT, at=STATE).Within(days=15).NotBy(this.propose, this.correct, this.recommend, this.scrutinise)
        .On(APPROVE, this.enter_in_register).On(RETURN, this.correct, this.scrutinise).On(REJECT, this.rejected)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    enter_in_register = Act(enter_in_register, _("Entry in the product register")).Next(this.notified)

    # District, when the file comes back
    correct = (
        Step(ProductForm, _("Correction"))
        .By(Power.PROPOSE_PRODUCT, at=DISTRICT).Within(days=7)
        .On(SUBMIT, this.consult)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # Ends
    notified = Ending(_("Notified"), good=True)
    rejected = Ending(_("Rejected"))
    withdrawn = Ending(_("Withdrawn"))
    cancelled = Ending(_("Cancelled"), by_repair=True)
