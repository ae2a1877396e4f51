"""Loan applications: a row is one applicant."""

from django.utils.translation import gettext_lazy

from programme.powers import Power
from workflows.flows import LoanFlow
from workflows.workbooks.kinds.drafted import DraftedKind


class Loans(DraftedKind):
    key = "loans"
    title = gettext_lazy("Loan applications")
    about = gettext_lazy("One row for each applicant. Write numbers such as Aadhaar and accounts as on the paper, digit by digit.")
    power = Power.FILE_LOAN
    titled_by = ("unit_name",)
    flow = LoanFlow
