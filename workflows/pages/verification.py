"""Verification for people: of one file at once, of everything as long work, and the export that is checked elsewhere."""

from tempfile import TemporaryFile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.powers import Power
from workflows import verifying
from workflows.authority import Refusal, offices_with
from workflows.models import Case, Checkpoint
from workflows.pages import problems
from workflows.pages.frame import OfficerRequest, at_the_bench, for_officers, page_of, readable_case, show
from workflows.pages.problems import SAFE, only
from workflows.record import export
from workflows.record.proofs import BrokenLog


@only(*SAFE)
@for_officers
def verify_file(request: OfficerRequest, pk: int) -> HttpResponse:
    """Check one file now, and show what was found of each paragraph."""
    case = readable_case(request, pk)
    sheet = verifying.verify_file(case)
    newest = Checkpoint.objects.order_by("-size").first()
    return show(request, "verify_file.html", {"case": case, "sheet": sheet, "newest": newest}, tab="files")


@only(*SAFE)
@for_officers
def export_file(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Give the file with its papers, its proofs, the seals and the program that checks them without this software."""
    case = readable_case(request, pk)
    packed = TemporaryFile()  # noqa: SIM115 -- closed by the response, once it is sent
    try:
        export.write_files(packed, Case.objects.filter(pk=case.pk))
    except BrokenLog:
        packed.close()
        text = _("The log of seals is damaged, so that nothing can be proved out of it. Tell the auditor and the programme administrator.")
        return problems.page(request, 409, _("This file cannot be exported now"), text)
    packed.seek(0)
    return FileResponse(packed, as_attachment=True, filename=f"{case.number.replace('/', '-')}.zip", content_type="application/zip")


@only(*SAFE, "POST")
@at_the_bench
def verifications(request: OfficerRequest) -> HttpResponse:
    """List the checks of the whole record; start one when the page is sent."""
    states = _audited(request)
    if request.method == "POST":
        job = verifying.start(by=request.user)
        messages.success(request, _("The verification has begun. You may leave the page; it goes on."))
        return redirect("job", pk=job.pk)
    return show(request, "verifications.html", {"page": page_of(request, verifying.runs(states))}, tab="seals")


@only(*SAFE)
@for_officers
def verification(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show what one check of the whole record has found so far."""
    job = verifying.runs(_audited(request)).filter(pk=pk).first()
    if job is None:
        raise Http404
    found, more = verifying.findings_of(job)
    return show(request, "verification.html", {"job": job, "page": page_of(request, found), "count": len(found), "more": more}, tab="seals")


def _audited(request: OfficerRequest) -> set[int]:
    """Return the States that the reader audits; raise ``Refusal`` for anybody who audits none."""
    states = {office.state_id for office in offices_with(request.user, Power.AUDIT)}
    if not states:
        raise Refusal(_("The verification of the whole record is for auditors. Each file can be verified by everybody who may read it."))
    return states
