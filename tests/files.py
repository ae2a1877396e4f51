"""Files for tests, made by walking the real flow through the real forms and verbs."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile

from programme.calendar import financial_year, today
from programme.models import Allotment, BudgetHead, District, Norm, Office, Officer, Posting, Product
from workflows.demonstration.committee import take_in_sitting
from workflows.flows import ExhibitionFlow
from workflows.models import Case, Draft, Enclosure, Movement
from workflows.steps import decide, open_case

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def officer(username: str) -> Officer:
    return Officer.objects.get(username=username)


def office(designation: str, district: str | None = None, state: str = "UP") -> Office:
    found = Office.objects.filter(designation__code=designation, designation__state__short=state)
    return found.get(district__name_en=district) if district else found.get(district=None)


def an_allotment(amount: int = 50_000_000, state: str = "UP", scheme: str = "EXHIBITION") -> Allotment:
    """Make sure the State's budget head of the scheme has money this year, in rupees."""
    head = BudgetHead.objects.get(state__short=state, scheme=scheme)
    allotment, made = Allotment.objects.get_or_create(head=head, year=financial_year(today()), defaults={"allotted": amount})
    if not made:
        allotment.allotted = amount
        allotment.save(update_fields=["allotted"])
    return allotment


def proposal_data(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    """Return what a District Magistrate types into a complete proposal."""
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    data = {
        "title": f"ODOP exhibition, {district}",
        "product": Product.objects.filter(district=place, live=True).order_by("rank").first().pk,
        "purpose": "Products of six districts for the festival season.",
        "districts_shown": list(District.objects.filter(state=place.state).exclude(pk=place.pk).values_list("pk", flat=True)[:2]),
        "venue": "Expo Mart",
        "starts_on": (today() + timedelta(days=60)).isoformat(),
        "ends_on": (today() + timedelta(days=62)).isoformat(),
        "stalls": "60",
        "budget_head": BudgetHead.objects.get(state=place.state, scheme="EXHIBITION").pk,
        "amount_asked": "18,50,000",
        "nodal_officer": "Assistant Manager, DIC",
        "nodal_mobile": "9876543210",
        "text": "",
    }
    return {**data, **changes}


def a_draft(
    by: Officer, at: Office, kinds: tuple[str, ...] = (), movement: Movement | None = None, marker: str = "", process: str = "exhibition"
) -> Draft:
    """Keep a draft with a small PDF of each kind."""
    if movement:
        Draft.objects.filter(movement=movement).delete()
    draft = Draft.objects.create(key=uuid4(), kind=process, office=at, movement=movement, made_by=by, saved_by=by)
    for kind in kinds:
        a_paper(draft, kind, by=by, content=PDF + marker.encode())
    return draft


def a_paper(draft: Draft, kind: str, *, by: Officer, content: bytes = PDF) -> Enclosure:
    paper = Enclosure(draft=draft, kind=kind, name=f"{kind}.pdf", content_type="application/pdf", size=len(content), added_by=by)
    paper.sha256 = sha256(content).hexdigest()
    paper.stored.save(f"{uuid4().hex}", ContentFile(content), save=False)
    paper.save()
    return paper


def propose(district: str = "Agra", by: str = "", prepared_by: str = "", **changes: Any) -> Case:
    """Open an exhibition file as the District Magistrate of ``district``."""
    signer = officer(by or f"dm.{district.lower()}")
    at = office("dm", district)
    draft = a_draft(officer(prepared_by) if prepared_by else signer, at, ("proposal_letter", "cost_estimate"))
    norm = Norm.in_force("EXHIBITION", at.designation.state, today())
    changes.setdefault("papers_seen", " ".join(str(paper.pk) for paper in draft.enclosures.all()))
    form = ExhibitionFlow.propose.form_class(
        proposal_data(district, **changes), office=at, officer=signer, norm=norm, papers=list(draft.enclosures.all())
    )
    assert form.is_valid(), form.errors
    return open_case(ExhibitionFlow, by=signer, office=at, form=form, key=draft.key, draft=draft)


def begin(flow: Any, at: Office, data: dict[str, Any], *, by: str = "", kinds: tuple[str, ...] = (), on: date | None = None) -> Case:
    """Open a file of any process through its own form, at an office, as the officer who holds it."""
    signer = officer(by) if by else holder_of(at)
    draft = a_draft(signer, at, kinds, process=flow.slug)
    papers = list(draft.enclosures.all())
    norm = Norm.in_force(flow.scheme, at.designation.state, on or today())
    typed = {"papers_seen": " ".join(str(paper.pk) for paper in papers), **data}
    form = flow.begin_node().form_class(typed, office=at, officer=signer, norm=norm, papers=papers)
    assert form.is_valid(), form.errors
    return open_case(flow, by=signer, office=at, form=form, key=draft.key, draft=draft)


def waiting(case: Case, at: Office | None = None) -> Movement:
    """Return the one stay at which the file waits, or the one at an office where several wait together."""
    stays = Movement.objects.select_related("case", "office__designation", "office__district").filter(case=case, disposed=None)
    return stays.get(office=at) if at else stays.get()


def holder_of(at: Office) -> Officer:
    """Return the officer in regular charge of an office today."""
    return Posting.objects.select_related("officer").get(office=at, charge="regular", ends_on=None).officer


def take(case: Case, outcome: str, by: str = "", at: Office | None = None, **data: Any) -> Case:
    """Take the step the file waits at, through its own form, as its holder or as ``by``."""
    movement = waiting(case, at)
    signer = officer(by) if by else holder_of(movement.office)
    data.setdefault("seen", movement.case.head)
    node = movement.node
    if node.own_page:
        return _record_step(movement, signer, data)
    data["outcome"] = outcome
    for row in (1, 2, 3):
        if f"objection_{row}" in data:
            data.setdefault(f"kind_{row}", "other")
    for name, amount in (("amount_recommended", "recommended"), ("amount_sanctioned", "sanctioned")):
        if outcome == amount:
            data.setdefault(name, str(movement.case.record.amount))
    if node.in_committee:
        return take_in_sitting(movement, data, chair=signer)
    form = node.form_class(data, movement=movement, officer=signer)
    assert form.is_valid(), form.errors
    return decide(movement, by=signer, form=form)


def _record_step(movement: Movement, signer: Officer, data: dict[str, Any]) -> Case:
    case = movement.case
    kinds = data.pop("papers", ("utilisation_certificate",) if movement.step == "certify" else ())
    draft = a_draft(signer, movement.office, kinds, movement, marker=data.pop("marker", str(movement.pk)), process=case.kind)
    typed = {**_as_typed(movement), **DEFAULTS.get(movement.step, lambda record: {})(case.record), **data}
    papers = list(case.enclosures.filter(replaced_by=None)) + list(draft.enclosures.all())
    form = movement.node.form_class(typed, movement=movement, office=movement.office, officer=signer, norm=case.norm, papers=papers)
    assert form.is_valid(), form.errors
    return decide(movement, by=signer, form=form, draft=draft)


def _as_typed(movement: Movement) -> dict[str, Any]:
    if movement.step != "correct" or movement.case.kind != "exhibition":
        return {}
    record = movement.case.record
    typed = {name: getattr(record, name) for name in movement.node.form_class._meta.fields if name != "districts_shown"}
    typed |= {"product": record.product_id, "budget_head": record.budget_head_id, "nodal_mobile": record.nodal_mobile}
    return typed | {"districts_shown": [district.pk for district in record.districts_shown.all()]}


DEFAULTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "report": lambda record: {
        "held_from": today(), "held_to": today(), "stalls_held": 58, "visitors": 12000, "sales": "42,00,000",
        "outcome_report": "Well attended.",
    },
    "certify": lambda record: {
        "amount_utilised": record.amount_released - Decimal(5000), "certificate_number": "UC/1", "certificate_date": today(),
    },
}  # fmt: skip

ROUTE = [
    ("scrutinise", "recommended"),
    ("concur", "concurred"),
    ("approve", "sanctioned"),
    ("report", "submitted"),
    ("certify", "submitted"),
    ("accept", "accepted"),
]


def a_file(flow: Any = ExhibitionFlow, *, at: str = "scrutinise", district: str = "Agra", **changes: Any) -> Case:
    """Walk the real flow until the file waits at the step ``at`` (or has ended, for ``closed``)."""
    an_allotment()
    case = propose(district, **changes)
    if at == "correct":
        return take(case, "returned", text="The basis of the stall rate is not given.")
    for step, outcome in ROUTE:
        if at == step:
            return case
        if case.ending or waiting(case).step != step:
            continue
        case = take(case, outcome)
    assert at == "closed", f"the exhibition flow has no step {at}"
    return case
