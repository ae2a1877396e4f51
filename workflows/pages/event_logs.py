"""The record as a log of events: exports for process mining, conformance, and the picture of a process. For auditors."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.bilingual import reads_hindi
from workflows.audit.reading import files_of
from workflows.filters import FilterForm, canonical, narrowed, state_in
from workflows.flows import FLOWS, step_title
from workflows.logs import conformance, ocel, picture, xes
from workflows.logs.events import traces
from workflows.models import Case
from workflows.pages.audited import AuditorRequest, chips, kept, of_one_state
from workflows.pages.frame import for_officers, page_of, search_words, show
from workflows.pages.problems import SAFE, only
from workflows.sheets.columns import Column, Type
from workflows.sheets.lists import write_csv, write_list

# What these pages offer to choose; every other filter of the list of files is taken from the address.
OFFERED = ("process", "district", "opened_from", "opened_to")

COLUMNS = [
    Column("file", "File", "पत्रावली", width=26),
    Column("process", "Process", "प्रक्रिया", width=26),
    Column("version", "Version", "संस्करण", Type.WHOLE, width=10),
    Column("paragraph", "Paragraph", "प्रस्तर", Type.WHOLE, width=10),
    Column("sentence", "Deviation", "विचलन", width=80),
    Column("explained", "Explained by a repair", "सुधार से स्पष्ट", Type.YES_NO, width=20),
]


@only(*SAFE)
@for_officers
@of_one_state
def logs(request: AuditorRequest) -> HttpResponse:
    """Show how many files an export would hold, and offer it."""
    form, cases = _selected(request)
    context = {"count": cases.count() if cases is not None else 0, **_chosen(request, form)}
    return show(request, "event_logs.html", context, tab="seals", status=400 if cases is None else 200)


@only(*SAFE)
@for_officers
@of_one_state
def xes_file(request: AuditorRequest) -> HttpResponseBase:
    """Give the chosen files as XES."""
    cases = _cases(request)
    return _sent(lambda target: xes.write(target, traces(cases)), "events.xes", "application/xml")


@only(*SAFE)
@for_officers
@of_one_state
def ocel_file(request: AuditorRequest) -> HttpResponseBase:
    """Give the chosen files as OCEL 2.0."""
    cases = _cases(request)
    return _sent(lambda target: ocel.write(target, cases), "events.ocel.json", "application/json")


@only(*SAFE)
@for_officers
@of_one_state
def conformance_page(request: AuditorRequest) -> HttpResponse:
    """List where finished files did not go as their process says; what a repair accounts for stands last."""
    form, cases = _selected(request)
    finished = Case.objects.none() if cases is None else cases.exclude(ending="")
    open_to_doubt, explained = conformance.judged(conformance.deviations(finished))
    context = {
        "files": finished.count(),
        "doubtful": len(open_to_doubt),
        "explained": len(explained),
        "page": page_of(request, [*open_to_doubt, *explained]),
        **_chosen(request, form),
    }
    return show(request, "conformance.html", context, tab="seals", status=400 if cases is None else 200)


@only(*SAFE)
@for_officers
@of_one_state
def conformance_list(request: AuditorRequest, kind: str) -> HttpResponseBase:
    """Give the same list as .xlsx or .csv."""
    found = conformance.judged(conformance.deviations(_cases(request).exclude(ending="")))
    rows = (_row(deviation) for part in found for deviation in part)
    language = "hi" if reads_hindi() else "en"
    if kind == "xlsx":
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        title = _("Conformance of finished files")
        return _sent(lambda target: write_list(target, COLUMNS, rows, title=title, language=language), "conformance.xlsx", sheet)
    if kind == "csv":
        return _sent(lambda target: write_csv(target, COLUMNS, rows, language=language), "conformance.csv", "text/csv; charset=utf-8")
    raise Http404


@only(*SAFE)
@for_officers
@of_one_state
def picture_page(request: AuditorRequest) -> HttpResponse:
    """Draw one process as the chosen files went through it, with a table beside it that says the same."""
    form, cases = _selected(request)
    slug = form.cleaned_data["process"] if cases is not None else ""
    chosen = cases.filter(kind=slug) if cases is not None and slug else Case.objects.none()
    found = picture.edges(chosen) if slug else []
    context = {
        "slug": slug,
        "process": FLOWS[slug].process_title if slug else "",
        "files": chosen.count() if slug else 0,
        "drawing": picture.drawing(slug, found) if found else None,
        "rows": [(_title(slug, edge.step), _title(slug, edge.following), edge.times, lasted(edge.seconds)) for edge in found],
        **_chosen(request, form),
    }
    if context["drawing"]:
        context["labels"] = [(arrow, lasted(arrow.edge.seconds)) for arrow in context["drawing"].arrows]
    return show(request, "process_picture.html", context, tab="seals", status=400 if cases is None else 200)


def lasted(seconds: float | None) -> str:
    """Write a time between two paragraphs as people say it; empty for none."""
    if seconds is None:
        return ""
    if seconds < 3600:
        return _("%(minutes)s min") % {"minutes": round(seconds / 60)}
    if seconds < 86400:
        return _("%(hours)s h") % {"hours": round(seconds / 3600)}
    return _("%(days)s d") % {"days": f"{seconds / 86400:.1f}"}


def _title(slug: str, step: str) -> str:
    return step_title(slug, FLOWS[slug].version, step)


def _row(deviation: conformance.Deviation) -> dict[str, Any]:
    return {
        "file": deviation.number,
        "process": str(FLOWS[deviation.process].process_title) if deviation.process in FLOWS else deviation.process,
        "version": deviation.version,
        "paragraph": deviation.paragraph,
        "sentence": deviation.sentence,
        "explained": deviation.explained,
    }


def _sent(write: Callable[[BinaryIO], Any], name: str, content_type: str) -> FileResponse:
    """Write into a file that vanishes with the response, so that nothing is held in memory and a fault is no half answer."""
    target = TemporaryFile()  # noqa: SIM115 -- closed by the response, once it is sent
    write(cast("BinaryIO", target))
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=content_type)


def _selected(request: AuditorRequest) -> tuple[FilterForm, QuerySet[Case] | None]:
    """Return the filters of the address and the files of the State they leave, ``None`` when they cannot be read."""
    form = FilterForm(request.GET, states=[request.audited])
    if not form.is_valid():
        return form, None
    asked, rows = form.cleaned_data | {"sort": ""}, files_of(request.user, request.audited)
    return form, narrowed(rows, asked, words=search_words(request), state=state_in(request.GET), home=request.audited, now=timezone.now())


def _cases(request: AuditorRequest) -> QuerySet[Case]:
    cases = _selected(request)[1]
    if cases is None:
        raise BadRequest
    return cases


def _chosen(request: AuditorRequest, form: FilterForm) -> dict[str, Any]:
    valid = form.is_valid()
    return {
        "form": form,
        "offered": [form[name] for name in OFFERED],
        "chips": chips(request, form) if valid else [],
        "query": kept(request, canonical(request.GET)) if valid else "",
        "faults": [(form[name].label, error) for name, errors in form.errors.items() for error in errors if name in form.fields],
    }
