"""Every report there is, in the order in which they are offered. One that is declared and named here has its page and its address."""

from workflows.reports.declaring import Report
from workflows.reports.money import BUDGET, BUDGET_OF_DISTRICTS
from workflows.reports.pendency import PENDENCY
from workflows.reports.recomputed import RECOMPUTED
from workflows.reports.review import REVIEWED

REPORTS: dict[str, Report] = {report.key: report for report in (REVIEWED, PENDENCY, BUDGET, BUDGET_OF_DISTRICTS, RECOMPUTED)}
