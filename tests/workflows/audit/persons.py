"""Auditors of all kinds: of a part of the State, of two States, and whose days are over."""

from datetime import timedelta

from programme.calendar import today
from programme.models import District, Officer, Posting
from tests.files import office, officer
from workflows.models import AuditScope
from workflows.postings import join


def limit(*, districts: tuple[str, ...] = (), processes: tuple[str, ...] = (), posting: Posting | None = None) -> AuditScope:
    """Limit the auditor of Uttar Pradesh, or the posting that is given, to some districts and processes."""
    posting = posting or officer("auditor").postings.get()
    scope = AuditScope.objects.create(posting=posting, processes=list(processes))
    scope.districts.set(District.objects.filter(name_en__in=districts, state=posting.office.designation.state))
    return scope


def also_in_himachal() -> Officer:
    """Let the auditor of Uttar Pradesh audit Himachal Pradesh as well."""
    auditor = officer("auditor")
    join(auditor, office("auditor", state="HP"), charge="additional", starts_on=today(), by=None)
    return officer("auditor")


def expired() -> Officer:
    """End the days of the auditor of Uttar Pradesh yesterday."""
    Posting.objects.filter(officer__username="auditor").update(ends_on=today() - timedelta(days=1))
    return officer("auditor")
