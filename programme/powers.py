"""What an office may do. Each power is also a guardian permission on ``Office``."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Power(models.TextChoices):
    PROPOSE_EXHIBITION = "propose_exhibition", _("Propose an exhibition and answer for it")
    PREPARE_EXHIBITION = "prepare_exhibition", _("Prepare an exhibition proposal for the District Magistrate's signature")
    SCRUTINISE_EXHIBITION = "scrutinise_exhibition", _("Scrutinise exhibition proposals and accept utilisation certificates")
    CONCUR_FINANCE = "concur_finance", _("Give financial concurrence")
    APPROVE_EXHIBITION = "approve_exhibition", _("Sanction, return or reject exhibition proposals")
    PROPOSE_PRODUCT = "propose_product", _("Propose what the district's product register shall hold")
    GIVE_OPINION = "give_opinion", _("Give a line department's opinion on a product")
    RECOMMEND_PRODUCT = "recommend_product", _("Recommend a change of the product register for the district")
    SCRUTINISE_PRODUCT = "scrutinise_product", _("Scrutinise changes of the product register")
    APPROVE_PRODUCT = "approve_product", _("Approve, return or reject changes of the product register")
    OPEN_SEASON = "open_season", _("Open the action plans of a season for all districts")
    OPEN_PLAN = "open_plan", _("Open the action plan of the district")
    DRAFT_PLAN = "draft_plan", _("Draft the district's action plan and report its progress")
    ADD_TO_PLAN = "add_to_plan", _("Add a line department's section to the action plan")
    SIGN_PLAN = "sign_plan", _("Sign and submit the district's action plan")
    SCRUTINISE_PLAN = "scrutinise_plan", _("Scrutinise action plans")
    APPROVE_PLAN = "approve_plan", _("Approve or return action plans")
    FILE_LOAN = "file_loan", _("File a loan application for an applicant and answer for it")
    SCRUTINISE_LOAN = "scrutinise_loan", _("Scrutinise loan applications")
    CHAIR_LOAN_COMMITTEE = "chair_loan_committee", _("Chair the district committee on loan applications")
    APPRAISE_LOAN = "appraise_loan", _("Appraise loan applications for the bank: sanction, return or decline")
    EXAMINE_LOAN = "examine_loan", _("Examine claims of margin money at the Directorate")
    SANCTION_LOAN = "sanction_loan", _("Sanction, return or reject margin money within the delegation")
    RELEASE_MARGIN_MONEY = "release_margin_money", _("Release sanctioned margin money and book its recovery")
    VERIFY_LOAN = "verify_loan", _("Verify the unit after the two years of the margin money")
    CONVERT_LOAN = "convert_loan", _("Convert margin money to grant, or order its recovery")
    FILE_FREIGHT = "file_freight", _("File a freight claim for an exporter and answer for it")
    SCRUTINISE_FREIGHT = "scrutinise_freight", _("Check the papers of freight claims")
    CHAIR_USERS_COMMITTEE = "chair_users_committee", _("Chair the District Users Committee on freight claims")
    COMPUTE_FREIGHT = "compute_freight", _("Compute and recommend freight subsidy")
    SANCTION_FREIGHT = "sanction_freight", _("Sanction, return or reject freight subsidy within the delegation")
    PAY_FREIGHT = "pay_freight", _("Pay sanctioned freight subsidy")
    CONVENE_COMMITTEE = "convene_committee", _("Convene the district's committees and keep their minutes")
    ANSWER_QUESTION = "answer_question", _("Answer a question that another office asks on a file")
    PREPARE_NOTING = "prepare_noting", _("Prepare notings and orders for the officer's signature, as his assistant")
    OVERRIDE_FAMILY = "override_family", _("Let a further benefit of the same family pass, with a reason")
    WAIVE_PAPER = "waive_paper", _("Waive a required paper, with a reason")
    KEEP_REGISTERS = "keep_registers", _("Keep the registers of the programme for the district or the State")
    SEE_DISTRICT = "see_district", _("Read every file of the district")
    SEE_STATE = "see_state", _("Read every file of the State")
    AUDIT = "audit", _("Read the record and verify it")
    ADMINISTER = "administer", _("Keep the set-up tables: postings, holidays, norms")


# Whoever may give away money, or decide who may, signs in with a second factor.
NEEDS_FACTOR = frozenset(
    {
        Power.APPROVE_EXHIBITION,
        Power.APPROVE_PRODUCT,
        Power.APPROVE_PLAN,
        Power.SANCTION_LOAN,
        Power.RELEASE_MARGIN_MONEY,
        Power.CONVERT_LOAN,
        Power.SANCTION_FREIGHT,
        Power.PAY_FREIGHT,
        Power.ADMINISTER,
    }
)
