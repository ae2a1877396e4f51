"""What an office may do. Each power is also a guardian permission on ``Office``."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Power(models.TextChoices):
    PROPOSE_EXHIBITION = "propose_exhibition", _("Propose an exhibition and answer for it")
    PREPARE_EXHIBITION = "prepare_exhibition", _("Prepare an exhibition proposal for the District Magistrate's signature")
    SCRUTINISE_EXHIBITION = "scrutinise_exhibition", _("Scrutinise exhibition proposals and accept utilisation certificates")
    CONCUR_FINANCE = "concur_finance", _("Give financial concurrence")
    APPROVE_EXHIBITION = "approve_exhibition", _("Sanction, return or reject exhibition proposals")
    SEE_DISTRICT = "see_district", _("Read every file of the district")
    SEE_STATE = "see_state", _("Read every file of the State")
    AUDIT = "audit", _("Read the record and verify it")
    ADMINISTER = "administer", _("Keep the set-up tables: postings, holidays, norms")
