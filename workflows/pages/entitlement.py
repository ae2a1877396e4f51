"""The calculator: what a claim comes to under the norm in force, with the sentence of how, the order and what is in doubt."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse

from programme.calendar import today
from programme.loading import ALL_INDIA
from programme.models import Norm, NormStatus
from programme.norms import labels
from programme.norms.choosing import VERSION, answer, version_for, versions
from programme.norms.inputs import BadInput
from programme.norms.schemes import scheme_of
from programme.norms.sheet import Entitlement
from workflows.authority import capacities
from workflows.forms.entitlement import QuestionForm, RuleForm
from workflows.forms.fields import DayField
from workflows.pages import filling
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only

COMPUTE = "compute"


@only(*SAFE)
@for_officers
def entitlement(request: OfficerRequest) -> HttpResponse:
    """Ask the scheme first, then its inputs; show the result, or the sentence at each wrong input (422)."""
    asked = request.GET.copy()
    asked.setdefault("state", _own_state(request))
    asked.setdefault("scheme", _first_scheme(str(asked["state"])))
    asked.setdefault("on", today().isoformat())
    rule = RuleForm(asked)
    context: dict[str, Any] = {"rule": rule, "faults": filling.faults(rule)}
    if rule.is_valid():
        context |= _answer(rule, asked, computing=COMPUTE in request.GET)
    return show(request, "entitlement.html", context, tab="entitlement", status=422 if context["faults"] else 200)


def _own_state(request: OfficerRequest) -> str:
    held = capacities(request.user)
    return held[0].office.designation.state.short if held else ALL_INDIA


def _first_scheme(short: str) -> str:
    """Return the first scheme of the list that has a rule for the State, its own or of all India."""
    norms = Norm.objects.filter(Q(state__short=short) | Q(state=None)).exclude(status=NormStatus.DRAFT)
    with_rule = set(norms.values_list("scheme", flat=True))
    return next((code for code in labels.SCHEMES if code in with_rule), "ODOP_MARGIN_MONEY")


def _answer(rule: RuleForm, asked: Any, *, computing: bool) -> dict[str, Any]:
    """Return the questions of the scheme, and the result or the faults when it was asked for."""
    scheme, on, place = rule.cleaned_data["scheme"], rule.cleaned_data["on"], rule.place()
    try:
        norm = version_for(scheme, place, on, _deciding(asked) if computing else {})
    except BadInput as bad:
        rule.add_error(None, " ".join(bad.errors.values()))
        return {"faults": filling.faults(rule)}
    known = scheme_of(norm.scheme)
    questions = known.fields(norm.rules) if known and known.fields else {}
    form = QuestionForm(questions, versions(scheme, place), asked if computing else None)
    context = {"norm": norm, "form": form}
    if computing and form.is_valid():
        try:
            norm, result = answer(scheme, place, on, form.given())
        except BadInput as bad:
            form.show(bad.errors)
        else:
            context |= {"norm": norm, "result": result, "amounts": _amounts(result), "derivation": result.derivation()}
    return {**context, "faults": filling.faults(form)}


def _deciding(asked: Any) -> dict[str, Any]:
    """Return the inputs that pick the version; a day that cannot be read is said at its field later."""
    try:
        exported = DayField(required=False).clean(asked.get("export_date"))
    except ValidationError:
        exported = None
    return {VERSION: asked.get(VERSION) or None, "export_date": exported}


def _amounts(result: Entitlement) -> list[tuple[str, str]]:
    return [(str(labels.AMOUNTS[name]), labels.written(value)) for name, value in result.amounts.items() if value != ""]
