from django.utils.translation import gettext_lazy as _
from viewflow import this

from programme.models import ActionPlan
from programme.plans import machine_checks
from programme.powers import Power
from workflows.effects.plan import adopt
from workflows.forms.plan import PlanApprovalForm, PlanForm, PlanScrutinyForm, SeasonForm, SectionForm, SignatureForm
from workflows.models.outcomes import APPROVE, RECOMMEND, RETURN, SILENT, SUBMIT
from workflows.nodes import DEPARTMENT, DISTRICT, STATE, Act, Begin, CaseFlow, Ending, Step


class ActionPlanFlow(CaseFlow):
    """The district drafts, its departments add, the District Magistrate signs by the last day, the Principal Secretary approves."""

    process_title = _("District action plan")
    process_description = _("Draft the action plan of a district for one season.")
    slug, prefix, scheme, version = "plan", "PLN", "ACTION_PLAN", 1
    record, machine_checks = ActionPlan, staticmethod(machine_checks)
    followed_up = "activities"

    # Department for all districts at once, or the district for itself
    open = Begin(SeasonForm, _("Opening")).By(Power.OPEN_PLAN, at=DISTRICT).Next(this.draft)

    # District
    draft = (
        Step(PlanForm, _("Draft"))
        .By(Power.DRAFT_PLAN, at=DISTRICT).Until("due_by")
        .On(SUBMIT, this.contribute)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    contribute = (
        Step(SectionForm, _("Sections of the departments"))
        .By(Power.ADD_TO_PLAN, at=DISTRICT).Together().ClosedAfter(rule="opinion_days", days=15)
        .On(SUBMIT, this.sign).On(SILENT, this.sign)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    sign = (
        Step(SignatureForm, _("Signature"))
        .By(Power.SIGN_PLAN, at=DISTRICT).Until("due_by")
        .On(SUBMIT, this.scrutinise).On(RETURN, this.draft, this.correct)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # Department
    scrutinise = (
        Step(PlanScrutinyForm, _("Scrutiny"))
        .By(Power.SCRUTINISE_PLAN, at=DEPARTMENT).Within(days=15).NotBy(this.draft, this.sign, this.correct)
        .On(RECOMMEND, this.approve).On(RETURN, this.sign, this.correct)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # State
    approve = (
        Step(PlanApprovalForm, _("Approval"))
        .By(Power.APPROVE_PLAN, at=STATE).Within(days=15).NotBy(this.scrutinise)
        .On(APPROVE, this.adopt).On(RETURN, this.scrutinise, this.correct)
        .OnWithdrawal(this.withdrawn)
    )  # fmt: skip
    adopt = Act(adopt, _("Adoption")).Next(this.adopted)

    # District, when the plan comes back
    correct = (
        Step(PlanForm, _("Correction"))
        .By(Power.DRAFT_PLAN, at=DISTRICT).Within(days=5)
        .On(SUBMIT, this.sign)
        .OnWithdrawal(this.withdrawn).BackToReturner()
    )  # fmt: skip

    # Ends
    adopted = Ending(_("Adopted"), good=True)
    withdrawn = Ending(_("Withdrawn"))
    cancelled = Ending(_("Cancelled"), by_repair=True)
