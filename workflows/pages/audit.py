"""The auditor's own pages: where everything is that he may examine, and what has been read."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from programme.models import District, Officer
from programme.powers import Power
from workflows import readings as reading
from workflows.audit.reading import charges_of, check_auditor
from workflows.authority import Capacity, Refusal, audits, may_anywhere
from workflows.flows import FLOWS
from workflows.pages.frame import OfficerRequest, for_officers, page_of, show
from workflows.pages.problems import SAFE, only


@dataclass(frozen=True)
class Entry:
    """One thing to examine: its name, where it is, and what one finds there."""

    title: str
    address: str
    about: str


@only(*SAFE)
@for_officers
def bench(request: OfficerRequest) -> HttpResponse:
    """Say within which limits the auditor reads, and lead to all there is to examine."""
    check_auditor(request.user)
    charges = [(held, *_limits(held)) for held in charges_of(request.user)]
    return show(request, "audit.html", {"entries": list(_entries(request.user)), "charges": charges}, tab="audit")


def _entries(officer: Officer) -> Iterator[Entry]:
    """Yield the links of the page in the order of use; whoever adds something to examine adds its line here."""
    yield Entry(_("Files"), reverse("files"), _("Search and filter; each file has its full history, as workbook and PDF too."))
    yield Entry(_("Exceptions"), reverse("exceptions"), _("What stands out, kind by kind, each with its evidence; none blocks anybody."))
    yield Entry(_("Search in paragraphs"), reverse("audit_notings"), _("Words of notings, in all files you may read."))
    yield Entry(
        _("Samples"), reverse("samples"), _("Drawn by chance and drawn again with the same seed; tests, results and working papers.")
    )
    yield Entry(_("Observations"), reverse("observations"), _("Each tied to one paragraph, with the reply of the office concerned."))
    yield Entry(_("Committees"), reverse("sittings"), _("Sittings and their signed minutes."))
    if may_anywhere(officer, Power.SEE_STATE):
        yield Entry(_("Action plans"), reverse("season"), _("Every district of the year: in time, late or not submitted."))
    yield Entry(_("Seals"), reverse("seals"), _("Signed checkpoints of the whole record, to keep outside this building."))
    yield Entry(
        _("Verification of everything"),
        reverse("verifications"),
        _("Every paragraph, seal, paper and order compared with what was signed."),
    )
    yield Entry(_("Conformance"), reverse("conformance"), _("Whether finished files went as the version of their process says."))
    yield Entry(_("Picture of a process"), reverse("process_picture"), _("What followed what, how often, and the median time between."))
    yield Entry(_("Event logs"), reverse("event_logs"), _("The paragraphs as events in XES and OCEL 2.0, without persons."))
    yield Entry(
        _("Review"), reverse("review"), _("Received, sanctioned, rejected, pending within time and beyond, by process and district.")
    )
    yield Entry(_("Reports"), reverse("reports"), _("Pendency, budget and amounts computed again, on your files alone."))
    yield Entry(_("Feasibility"), reverse("feasibility"), _("Posts that are empty, and powers that nobody holds."))
    yield Entry(_("Health"), reverse("health"), _("Whether the software does its own work in time."))
    yield Entry(_("Readings"), reverse("readings"), _("What you have read. The programme administrator sees the same list."))


def _limits(held: Capacity) -> tuple[list[str], list[str]]:
    """Return the districts and processes to which the charge is limited, by name; empty where it is not."""
    scope = held.scope
    places = District.objects.filter(pk__in=scope.places).order_by("name_en") if scope else ()
    kinds = [str(FLOWS[kind].process_title) for kind in (scope.processes if scope else ()) if kind in FLOWS]
    return [place.name for place in places], kinds


@only(*SAFE)
@for_officers
def readings(request: OfficerRequest) -> HttpResponse:
    """List what auditors have read: to an auditor his own, to an administrator those of his State's auditors."""
    auditor = audits(request.user)
    if not auditor and not may_anywhere(request.user, Power.ADMINISTER):
        raise Refusal(_("This page is open to the programme administrator and to auditors."))
    page = page_of(request, reading.visible_to(request.user))
    return show(request, "readings.html", {"page": page, "pages": reading.PAGES}, tab="audit" if auditor else "readings")
