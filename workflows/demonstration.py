"""Files of the demonstration: opened and moved through the real forms and verbs, as if on earlier days."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone, translation

from programme.calendar import IST, financial_year, today
from programme.models import Allotment, BudgetHead, District, Norm, Office, Officer, Posting, Product
from programme.powers import Power
from workflows import authority
from workflows.flows import ExhibitionFlow
from workflows.forms.decisions import WithdrawalForm
from workflows.models import Case, Draft, Enclosure, Movement, Outcome
from workflows.postings import derive
from workflows.record.sealer import seal
from workflows.steps import decide, open_case, withdraw

DAYS_BETWEEN_STEPS = 3
FORWARD = {
    "scrutinise": (Outcome.RECOMMEND, "नियमानुसार परीक्षण किया गया। संस्तुति की जाती है।"),
    "concur": (Outcome.CONCUR, "बजट मद में धनराशि उपलब्ध है। सहमति।"),
    "approve": (Outcome.SANCTION, ""),
    "report": (Outcome.SUBMIT, ""),
    "certify": (Outcome.SUBMIT, ""),
    "accept": (Outcome.ACCEPT, ""),
}
AFTERWARDS = ("report", "certify", "accept")
OBJECTION = ("amount_asked", "स्टॉल की दर का आधार नहीं दिया गया है; कृपया तीन दर-पत्र संलग्न करें।")


@dataclass(frozen=True)
class Story:
    """One line of ``fixtures/demonstration_files.csv``: what is proposed, when, and how far it has come."""

    district: District
    title: str
    venue: str
    purpose: str
    opened_days_ago: int
    starts_in_days: int
    days: int
    stalls: int
    amount: str
    at: str


def load_files(stories: list[Story]) -> int:
    """Walk each story to its step and return how many files were made; none when there are files already."""
    if Case.objects.exists():
        return 0
    for story in sorted(stories, key=lambda story: -story.opened_days_ago):
        _walk(story)
    derive()
    seal()
    return len(stories)


@contextmanager
def _as_if(days_ago: int, minutes: int) -> Iterator[None]:
    """Let the clock stand on an earlier day, with the grants that the postings gave on it."""
    moment = datetime.combine(today() - timedelta(days=days_ago), time(10, 35), IST) + timedelta(minutes=minutes)
    with patch.object(timezone, "now", return_value=min(moment, timezone.now())), translation.override("hi"):
        derive()
        yield


def _walk(story: Story) -> None:
    with _as_if(story.opened_days_ago, 0):
        case = _propose(story)
    for turn in range(1, 9):
        movement = (
            Movement.objects.select_related("case", "office__designation", "office__district").filter(case=case, disposed=None).first()
        )
        if movement is None or movement.step == story.at:
            return
        with _as_if(_days_ago(story, movement.step, turn), turn * 7):
            _take(movement, story)


def _days_ago(story: Story, step: str, turn: int) -> int:
    """Space the steps evenly; what follows the exhibition comes after its last day."""
    if step in AFTERWARDS:
        return max(-(story.starts_in_days + story.days - 1) - (AFTERWARDS.index(step) + 1) * DAYS_BETWEEN_STEPS, 0)
    return max(story.opened_days_ago - turn * DAYS_BETWEEN_STEPS, 0)


def _take(movement: Movement, story: Story) -> None:
    signer = _holder(movement.office)
    if story.at == "withdrawn":
        form = WithdrawalForm({"text": "स्थल उपलब्ध नहीं है; नया प्रस्ताव बाद में भेजा जाएगा।", "seen": movement.case.head})
        _must_be_valid(form)
        withdraw(movement.case, by=_holder(movement.case.office), form=form)
        return
    outcome, text = FORWARD[movement.step]
    data: dict[str, Any] = {"outcome": outcome, "text": text, "seen": movement.case.head}
    if story.at == "correct":
        data |= {
            "outcome": Outcome.RETURN,
            "text": "कृपया आपत्ति का निराकरण कर पुनः प्रस्तुत करें।",
            "about_1": OBJECTION[0],
            "objection_1": OBJECTION[1],
        }
    elif story.at == "rejected" and movement.step == "approve":
        data |= {"outcome": Outcome.REJECT, "text": "इस वर्ष जनपद को प्रदर्शनी पहले ही स्वीकृत है।"}
    if movement.node.own_page:
        _write(movement, signer, data)
        return
    for name in ("amount_recommended", "amount_sanctioned"):
        data[name] = str(movement.case.record.amount)
    form = movement.node.form_class(data, movement=movement, officer=signer)
    _must_be_valid(form)
    decide(movement, by=signer, form=form)


def _propose(story: Story) -> Case:
    offices = Office.objects.filter(district=story.district).select_related("designation__state", "district")
    office = next(office for office in offices if Power.PROPOSE_EXHIBITION in office.designation.powers)
    state, signer = office.designation.state, _holder(office)
    head = BudgetHead.objects.filter(state=state).order_by("code")[0]
    Allotment.objects.get_or_create(head=head, year=financial_year(today()), defaults={"allotted": Decimal(50_000_000)})
    starts_on = timezone.localdate(timezone.now()) + timedelta(days=story.starts_in_days + story.opened_days_ago)
    neighbours = District.objects.filter(state=state, products__live=True).exclude(pk=story.district.pk).distinct().order_by("name_en")[:6]
    draft = _draft(signer, office, ("proposal_letter", "cost_estimate"))
    form = ExhibitionFlow.propose.form_class(
        {
            "title": story.title,
            "product": Product.objects.filter(district=story.district, live=True).order_by("rank").values_list("pk", flat=True).first(),
            "purpose": story.purpose,
            "districts_shown": [district.pk for district in neighbours],
            "venue": story.venue,
            "starts_on": starts_on,
            "ends_on": starts_on + timedelta(days=story.days - 1),
            "stalls": story.stalls,
            "budget_head": head.pk,
            "amount_asked": story.amount,
            "nodal_officer": "सहायक प्रबंधक, जिला उद्योग केन्द्र",
            "nodal_mobile": "9999900000",
            "text": "प्रस्ताव स्वीकृति हेतु प्रस्तुत है।",
        },
        office=office,
        officer=signer,
        norm=Norm.in_force(ExhibitionFlow.scheme, state, today()),
        papers=list(draft.enclosures.all()),
    )
    _must_be_valid(form)
    return open_case(ExhibitionFlow, by=signer, office=office, form=form, key=draft.key, draft=draft)


def _write(movement: Movement, signer: Officer, data: dict[str, Any]) -> None:
    record = movement.case.record
    if movement.step == "report":
        data |= {
            "held_from": record.starts_on,
            "held_to": record.ends_on,
            "stalls_held": record.stalls - 2,
            "visitors": 9500,
            "sales": record.amount * 3,
            "outcome_report": "प्रदर्शनी सफल रही; नये क्रेताओं से सम्पर्क हुआ।",
        }
    else:
        data |= {
            "amount_utilised": record.amount_released - 12_000,
            "certificate_number": f"UC/{movement.case.number[-4:]}",
            "certificate_date": today(),
        }
    draft = _draft(signer, movement.office, ("utilisation_certificate",) if movement.step == "certify" else (), movement)
    papers = [*movement.case.enclosures.filter(replaced_by=None), *draft.enclosures.all()]
    form = movement.node.form_class(data, movement=movement, office=movement.office, officer=signer, norm=movement.case.norm, papers=papers)
    _must_be_valid(form)
    decide(movement, by=signer, form=form, draft=draft)


def _holder(office: Office) -> Officer:
    for posting in Posting.objects.filter(office=office).select_related("officer").order_by("charge", "-starts_on"):
        if any(capacity.office == office and capacity.powers for capacity in authority.capacities(posting.officer, afresh=True)):
            return posting.officer
    raise ValueError(f"{office} has no holder on {today()}; extend the cast in fixtures/demonstration.csv.")


def _must_be_valid(form: Any) -> None:
    if not form.is_valid():
        raise ValueError(f"fixtures/demonstration_files.csv: {form.errors.as_json()}")


def _draft(signer: Officer, office: Office, kinds: tuple[str, ...], movement: Movement | None = None) -> Draft:
    draft = Draft.objects.create(key=uuid4(), kind=ExhibitionFlow.slug, office=office, movement=movement, made_by=signer, saved_by=signer)
    for kind in kinds:
        content = _pdf(f"Demonstration paper: {kind.replace('_', ' ')}, {office.designation.name_en}")
        paper = Enclosure(draft=draft, kind=kind, name=f"{kind}.pdf", content_type="application/pdf", size=len(content), added_by=signer)
        paper.sha256 = sha256(content).hexdigest()
        paper.stored.save(uuid4().hex, ContentFile(content), save=False)
        paper.save()
    return draft


def _pdf(line: str) -> bytes:
    """Return a one-page PDF that says ``line``."""
    drawn = f"BT /F1 16 Tf 72 760 Td ({line}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    text, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return text + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(text)
