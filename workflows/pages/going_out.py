"""Lists that go out as .xlsx and .csv: a short one at once, a long one written by the worker and given to whoever asked for it alone."""

from io import BytesIO
from uuid import UUID, uuid4

from django.core.exceptions import BadRequest, ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from workflows.boards.listed import DEPARTMENT
from workflows.exports import keeping, linking, writing
from workflows.exports.catalogue import LISTS
from workflows.exports.declaring import Asked, Listed, count
from workflows.models import WrittenList
from workflows.pages import jobs, problems
from workflows.pages.frame import OfficerRequest, at_the_bench, for_officers, show
from workflows.pages.papers import attachment, to_keep
from workflows.pages.problems import SAFE, only

# Work itself and a board are listed beside them, so the worker knows no such list; it is written at once, whatever its length.
ALL = LISTS | {listed.name: listed for listed in (jobs.JOBS, jobs.JOB, DEPARTMENT)}


@only(*SAFE, "POST")
@at_the_bench
def get_list(request: OfficerRequest, name: str, form: str) -> HttpResponseBase:
    """Give a list as its page shows it to this officer; a long one is offered first, and written by the worker once it is asked for."""
    if name not in ALL or form not in linking.FORMS:
        raise Http404
    listed, asked = ALL[name], Asked(request.user, request.GET)
    try:
        if request.method == "POST":
            return _ask(request, listed, asked, form)
        rows = listed.rows(asked)
        number = count(rows)
        if number > linking.AT_ONCE and name in LISTS:
            return _offer(request, listed, asked, form, number)
        file = BytesIO()
        writing.write(listed, asked, form, file, rows=rows)
    except ObjectDoesNotExist:
        raise Http404 from None
    except ValidationError as refusal:
        return problems.page(request, 400, _("This list cannot be made"), " ".join(refusal.messages))
    file.seek(0)
    return to_keep(file, writing.file_name(name, form), linking.FORMS[form])


def _offer(request: OfficerRequest, listed: Listed, asked: Asked, form: str, number: int) -> HttpResponse:
    way = next(way for way in linking.link(listed, number).ways if way.form == form)
    context = {"title": listed.title(asked), "number": number, "way": way, "key": uuid4(), "most": linking.AT_ONCE}
    return show(request, "list_offer.html", context)


def _ask(request: OfficerRequest, listed: Listed, asked: Asked, form: str) -> HttpResponse:
    if listed.name not in LISTS:
        raise Http404
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        raise BadRequest from None
    return redirect("written_list", pk=keeping.ask(listed, asked, form, key=str(key)).pk)


@only(*SAFE)
@for_officers
def written_list(request: OfficerRequest, pk: int) -> HttpResponse:
    """Show how far a long list is, and where it can be had; the page asks again by itself while it is being written."""
    written = _mine(request, pk)
    job = written.job
    context = {
        "written": written,
        "job": job,
        "title": jobs.title(job),
        "row": job.rows.first(),
        "again": f"{written.name}.{written.form}" if written.name in LISTS else "",
        **jobs.liveness(),
    }
    return show(request, "list_written.html", context)


@only(*SAFE)
@for_officers
def take_list(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """Give the file of a long list; whoever holds less by now than when it was written is refused."""
    written = _mine(request, pk)
    keeping.check_download(request.user, written)
    return attachment(written.stored, writing.file_name(written.name, written.form), linking.FORMS[written.form])


def _mine(request: OfficerRequest, pk: int) -> WrittenList:
    written = WrittenList.objects.select_related("job").filter(pk=pk, by=request.user).first()
    if written is None:
        raise Http404
    return written
