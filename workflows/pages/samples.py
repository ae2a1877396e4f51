"""Samples: drawn from a selection, tested file by file, and taken along as working papers."""

import io
import secrets
from itertools import zip_longest
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.models import Officer, State
from workflows.audit import paper, sampling
from workflows.audit.reading import check_auditor, files_of
from workflows.filters import STATES, FilterForm, canonical, narrowed, state_in, words_in
from workflows.forms.audit import ResultForm, SampleForm, StepForm
from workflows.models import Case, Method, Sample, SampleItem, Strata
from workflows.pages import filling
from workflows.pages.audited import AuditorRequest, chips, kept, look_at, of_one_state
from workflows.pages.frame import at_the_bench, for_officers, page_of, search_words, show
from workflows.pages.problems import SAFE, only

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@only(*SAFE)
@for_officers
@of_one_state
def samples(request: AuditorRequest) -> HttpResponse:
    """List the samples of the State, the newest first."""
    rows = (
        sampling.samples_of(request.user, request.audited)
        .select_related("drawn_by")
        .annotate(files=Count("items"))
        .order_by("-drawn_at", "-pk")
    )
    return show(request, "samples.html", {"page": page_of(request, rows)}, tab="samples")


@only(*SAFE, "POST")
@at_the_bench
@of_one_state
def new(request: AuditorRequest) -> HttpResponse:
    """Choose a population as on the list of files, and draw from it."""
    filters, chosen = _selection(request.user, request.GET, request.audited)
    sent = request.POST if request.method == "POST" else None
    form = SampleForm(sent, most=sampling.MOST, most_steps=sampling.MOST_STEPS, initial={"seed": secrets.token_hex(8)})
    if sent is not None and chosen is not None and form.is_valid():
        return redirect("sample", pk=_draw(request, form, chosen).pk)
    told = chosen.order_by().aggregate(files=Count("pk"), amount=Sum("amount")) if chosen is not None else None
    context = {
        "filters": filters,
        "form": form,
        "told": told,
        "chips": chips(request, filters) if chosen is not None else [],
        "address": kept(request, canonical(request.GET)),
        "state": request.GET.get("state", ""),
        "states": STATES.items(),
        "sought": search_words(request),
        "faults": filling.faults(filters) + filling.faults(form),
    }
    status = 400 if chosen is None else 422 if sent is not None else 200
    return show(request, "sample_new.html", context, tab="samples", status=status)


def _selection(officer: Officer, query: QueryDict, state: State) -> tuple[FilterForm, QuerySet[Case] | None]:
    """Return the filters of an address and the files of the State it asks for, ``None`` where it cannot be read."""
    filters = FilterForm(query, states=[state])
    if not filters.is_valid():
        return filters, None
    files, now = files_of(officer, state), timezone.now()
    rows = narrowed(files, filters.cleaned_data, words=words_in(query), state=state_in(query), home=state, now=now)
    return filters, Case.objects.filter(pk__in=rows.order_by().values("pk"))


def _draw(request: AuditorRequest, form: SampleForm, chosen: QuerySet[Case]) -> Sample:
    typed = form.cleaned_data
    plan = sampling.Plan(
        title=typed["title"],
        method=Method(typed["method"]),
        size=typed["size"],
        seed=typed["seed"],
        strata=Strata(typed["strata"]) if typed["strata"] else None,
        query=canonical(request.GET),
        steps=typed["steps"],
    )
    sample = sampling.draw(chosen, plan, state=request.audited, by=request.user)
    drawn = sample.items.count()
    messages.success(request, ngettext("%(count)s file is drawn.", "%(count)s files are drawn.", drawn) % {"count": drawn})
    return sample


@only(*SAFE)
@for_officers
def sample(request: AuditorRequest, pk: int) -> HttpResponse:
    """Show a sample: how it was drawn, its files, and how far the tests are."""
    return _sample_page(request, _readable(request, pk))


def _sample_page(request: AuditorRequest, found: Sample, *, form: StepForm | None = None) -> HttpResponse:
    context = {**_told(found), "form": form or StepForm(), "faults": filling.faults(form)}
    return show(request, "sample.html", context, tab="samples", status=422 if form else 200)


def _told(found: Sample) -> dict[str, Any]:
    steps, results = list(found.steps.all()), sampling.results_in(found)
    items = list(found.items.select_related("case__district").annotate(observed=Count("observations")))
    rows = [
        (
            item,
            sampling.stratum_title(found.strata, item.stratum) if found.strata else "",
            [results.get((item.pk, step.pk)) for step in steps],
        )
        for item in items
    ]
    return {"sample": found, "steps": steps, "rows": rows, "tested": len(results), "tests": len(steps) * len(items)}


@only(*SAFE)
@for_officers
def again(request: AuditorRequest, pk: int) -> HttpResponse:
    """Draw by the same seed from the same selection as it stands now, and say whether the population is still the one that was kept."""
    found = _readable(request, pk)
    chosen = _selection(request.user, QueryDict(found.query), found.state)[1]
    drawn = sampling.again(found, Case.objects.none() if chosen is None else chosen)
    rows = zip_longest(found.items.values_list("case__number", flat=True), drawn.numbers)
    return show(request, "sample_again.html", {"sample": found, "again": drawn, "rows": list(rows)}, tab="samples")


@only(*SAFE)
@for_officers
def working_paper(request: AuditorRequest, pk: int) -> HttpResponse:
    """Show the whole working paper for print: files, results with remarks, observations with replies."""
    found = _readable(request, pk)
    context = {**_told(found), "observations": paper.observations_of(found)}
    return show(request, "sample_paper.html", context, tab="samples")


@only(*SAFE)
@for_officers
def working_sheet(request: AuditorRequest, pk: int) -> FileResponse:
    """Give the working paper as a workbook."""
    found = _readable(request, pk)
    file = io.BytesIO()
    paper.write(found, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"sample-{found.pk}.xlsx", content_type=XLSX)


@only(*SAFE, "POST")
@at_the_bench
def add_step(request: AuditorRequest, pk: int) -> HttpResponse:
    """Add an attribute that every file of the sample is tested for."""
    found = _readable(request, pk)
    if request.method != "POST":
        return redirect("sample", pk=pk)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _sample_page(request, found, form=form)
    sampling.add_step(found, form.cleaned_data["text"], by=request.user)
    messages.success(request, _("Every file of the sample is now tested for this, too."))
    return redirect("sample", pk=pk)


@only(*SAFE, "POST")
@at_the_bench
def item(request: AuditorRequest, pk: int, number: int) -> HttpResponse:
    """Show one file of a sample with its tests, and write down their results."""
    found = _readable(request, pk)
    one = found.items.select_related("case__district", "sample__state").filter(position=number).first()
    if one is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    forms = _result_forms(one, sent)
    # Every form is judged before the first fault stops it, so that all are said at once.
    judged = [form.is_valid() for form in forms]
    if sent is not None and all(judged):
        results = {
            form.step.pk: (form.cleaned_data["finding"], form.cleaned_data["text"]) for form in forms if form.cleaned_data["finding"]
        }
        written = sampling.record(one, results, by=request.user)
        messages.success(request, ngettext("%(n)s result is written down.", "%(n)s results are written down.", written) % {"n": written})
        following = found.items.filter(position=number + 1).exists()
        return redirect("sample_item", pk=pk, number=number + 1) if following else redirect("sample", pk=pk)
    context = {
        "sample": found,
        "item": one,
        "forms": forms,
        "observations": paper.observations_of(found, one),
        "count": found.items.count(),
        "faults": [fault for form in forms for fault in filling.faults(form)],
    }
    return show(request, "sample_item.html", context, tab="samples", status=422 if sent is not None else 200)


def _result_forms(one: SampleItem, sent: Any) -> list[ResultForm]:
    last = sampling.results_of(one)
    forms = []
    for step in one.sample.steps.all():
        stood = last.get(step.pk)
        forms.append(ResultForm(sent, step=step, initial={"finding": stood.finding, "text": stood.text} if stood else None))
    return forms


def _readable(request: AuditorRequest, pk: int) -> Sample:
    check_auditor(request.user)
    rows = sampling.samples_of(request.user).select_related("state", "drawn_by", "scope")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    look_at(request, found.state)
    return found
