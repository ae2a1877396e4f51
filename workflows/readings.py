"""What auditors read: who, in which charge, what and when. Only added to, and no paragraph of any file."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from programme.asking import Asked, Given
from programme.models import Officer
from programme.powers import Power
from workflows.authority import capacities
from workflows.models import Case, Reading

LONGEST = 500
# What a page is called, by the name of its address; others are told by the address itself.
PAGES = {
    "file": _("File"),
    "history": _("Full history"),
    "history_xlsx": _("Full history as XLSX"),
    "history_pdf": _("Full history as PDF"),
    "compare": _("Two submissions side by side"),
    "seen": _("What the officer had before him"),
    "record_lines": _("Record for the verifier (JSON lines)"),
    "paper": _("Enclosure"),
    "evidence": _("Paper of a progress report"),
    "order": _("Order"),
    "letter": _("Letter"),
    "letter_pdf": _("Letter as PDF"),
    "acknowledgement": _("Acknowledgement"),
    "activities": _("Activities of a plan"),
    "files": _("List of files"),
    "inbox": _("Home"),
    "sittings": _("Committees"),
    "sitting": _("Sitting"),
    "minutes": _("Minutes"),
    "season": _("Action plans"),
    "state_board": _("Board"),
    "state_board_pdf": _("Board as PDF"),
    "district_board": _("Board of a district"),
    "district_board_pdf": _("Board of a district as PDF"),
    "department_board": _("Board of a department"),
    "department_board_pdf": _("Board of a department as PDF"),
    "forecast": _("Will we make it?"),
    "feasibility": _("Feasibility"),
    "health": _("Health"),
    "seals": _("Seals"),
    "anchors": _("All seals (text)"),
    "registers": _("Registers"),
    "register": _("Register"),
    "register_board": _("Board of a register"),
    "entry": _("Entry of a register"),
    "entry_paper": _("Paper of an entry"),
    "event_calendar": _("Event as a calendar"),
    "series_calendar": _("Series of events as a calendar"),
    "audit": _("Audit"),
    "readings": _("Readings"),
}


def record(officer: Officer, *, page: str, address: str, case: int | None, state: int | None = None) -> None:
    """Write down that an auditor read a page, in the charge he read it in; of other officers nothing is written.

    A file or a page of one ``state`` is read in the charge there. What shows all his States is written down in each of them.
    """
    held = {charge.office.state_id: charge for charge in reversed(capacities(officer)) if Power.AUDIT in charge.powers}
    if len(held) > 1 and case is not None:
        state = Case.objects.values_list("state", flat=True).get(pk=case)
    for charge in [held[state]] if state in held else held.values():
        Reading.objects.create(officer=officer, posting=charge.posting, page=page, address=address[:LONGEST], case_id=case)


def visible_to(officer: Officer) -> QuerySet[Reading]:
    """Return the readings the officer may see: his own, and as administrator those of his State's auditors; the latest first."""
    states = {held.office.state_id for held in capacities(officer) if Power.ADMINISTER in held.powers}
    theirs = Q(officer=officer) | Q(posting__office__designation__state__in=states)
    return _named(Reading.objects.filter(theirs)).select_related("case")


def of_file(case: Case) -> QuerySet[Reading]:
    """Return what auditors have read of a file, the latest first."""
    return _named(case.readings.all())


def last_of_file(case: Case, most: int) -> tuple[list[Reading], int]:
    """Return so many of the latest readings of a file, and how many there are."""
    rows = _LAST(most, case=case.pk)
    return rows[:most], len(rows) if len(rows) <= most else case.readings.count()


def _named(rows: QuerySet[Reading]) -> QuerySet[Reading]:
    return rows.select_related("officer", "posting__office__designation", "posting__office__district").order_by("-at", "-pk")


_LAST = Asked(lambda most: _named(Reading.objects.filter(case=Given("case")))[: most + 1])
