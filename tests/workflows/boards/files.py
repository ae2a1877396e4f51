"""Files of every standing in two districts, for boards to count."""

from datetime import timedelta

from django.utils import timezone

from programme.models import LoanApplication
from tests.files import a_file, propose, take, waiting
from tests.processes.loan_files import a_loan, apply
from tests.processes.plan_files import a_plan
from workflows.models import Case, Movement


def of_every_standing() -> dict[str, Case]:
    """Exhibitions pending, late, sent back, sanctioned, rejected; loans pending and sanctioned; a plan; and one exhibition of Mathura."""
    late = propose("Agra", title="Late")
    Movement.objects.filter(pk=waiting(late).pk).update(due=timezone.now() - timedelta(days=3), days_allowed=None, counted_from=None)
    older = propose("Mathura", title="Older")
    Case.objects.filter(pk=older.pk).update(created=timezone.now() - timedelta(days=45))
    granted = a_loan("release", gender="female", tags=["shg", "artisan"])
    LoanApplication.objects.filter(pk=granted.record_id).update(category="sc")
    return {
        "pending": propose("Agra", title="Pending"),
        "late": late,
        "sent_back": a_file(at="correct", title="Sent back"),
        "sanctioned": a_file(at="report", title="Sanctioned"),
        "rejected": take(propose("Agra", title="Rejected"), "rejected", text="Not this year."),
        "loan": apply(),
        "granted": granted,
        "plan": a_plan(at="scrutinise"),
        "older": older,
    }
