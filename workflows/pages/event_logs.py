"""The record as a log of events: exports for process mining, conformance, and the picture of a process. For auditors."""

from collections.abc import Callable
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.models import State
from programme.powers import Power
from workflows.authority import Refusal, capacities, offices_with, visible_to
from workflows.filters import STATES, FilterForm, canonical, narrowed
from workflows.flows import FLOWS, step_title
from workflows.logs import conformance, ocel, picture, xes
from workflows.logs.events import traces
from workflows.models import Case
from workflows.pages.frame import OfficerRequest, for_officers, page_of, search_words, show
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
def logs(request: OfficerRequest) -> HttpResponse:
    """Show how many files an export would hold, and offer it."""
    form, cases = _selected(request)
    context = {"count": cases.count() if cases is not None else 0, **_chosen(request, form)}
    return show(request, "event_logs.html", context, tab="seals", status=400 if cases is None else 200)


@only(*SAFE)
@for_officers
def xes_file(request: OfficerRequest) -> HttpResponseBase:
    """Give the chosen files as XES."""
    cases = _cases(request)
    return _sent(lambda target: xes.write(target, traces(cases)), "events.xes", "application/xml")


@only(*SAFE)
@for_officers
def ocel_file(request: OfficerRequest) -> HttpResponseBase:
    """Give the chosen files as OCEL 2.0."""
    cases = _cases(request)
    return _sent(lambda target: ocel.write(target, cases), "events.ocel.json", "application/json")


@only(*SAFE)
@for_officers
def conformance_page(request: OfficerRequest) -> HttpResponse:
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
def conformance_list(request: OfficerRequest, kind: str) -> HttpResponseBase:
    """Give the same list as .xlsx or .csv."""
    found = conformance.judged(conformance.deviations(_cases(request).exclude(ending="")))
    rows = (_row(deviation) for part in found for deviation in part)
    language = "hi" if (get_language() or "").startswith("hi") else "en"
    if kind == "xlsx":
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        title = _("Conformance of finished files")
        return _sent(lambda target: write_list(target, COLUMNS, rows, title=title, language=language), "conformance.xlsx", sheet)
    if kind == "csv":
        return _sent(lambda target: write_csv(target, COLUMNS, rows, language=language), "conformance.csv", "text/csv; charset=utf-8")
    raise Http404


@only(*SAFE)
@for_officers
def picture_page(request: OfficerRequest) -> HttpResponse:
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


def _selected(request: OfficerRequest) -> tuple[FilterForm, QuerySet[Case] | None]:
    """Return the filters of the address and the files they leave, ``None`` when they cannot be read; auditors alone are let through."""
    if not offices_with(request.user, Power.AUDIT):
        raise Refusal(_("Event logs, conformance and pictures of processes are for auditors."))
    homes: list[State] = list(dict.fromkeys(held.office.designation.state for held in capacities(request.user)))
    form, state = FilterForm(request.GET, states=homes), request.GET.get("state", "")
    if not form.is_valid():
        return form, None
    asked = form.cleaned_data | {"sort": ""}
    state = state if state in STATES else ""
    words, now = search_words(request), timezone.now()
    return form, narrowed(visible_to(request.user), asked, words=words, state=state, home=homes[0] if homes else None, now=now)


def _cases(request: OfficerRequest) -> QuerySet[Case]:
    cases = _selected(request)[1]
    if cases is None:
        raise BadRequest
    return cases


def _chosen(request: OfficerRequest, form: FilterForm) -> dict[str, Any]:
    valid = form.is_valid()
    return {
        "form": form,
        "offered": [form[name] for name in OFFERED],
        "chips": form.chips(request.GET) if valid else [],
        "query": canonical(request.GET) if valid else "",
        "faults": [(form[name].label, error) for name, errors in form.errors.items() for error in errors if name in form.fields],
    }
