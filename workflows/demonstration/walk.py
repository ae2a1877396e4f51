"""Walk each story to its step, signing as the holders of the posts on the days they would have signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone, translation

from programme.calendar import today
from programme.models import Charge, Norm, Office, Officer, Posting
from programme.powers import Power
from programme.zone import IST
from workflows import authority, marks
from workflows.demonstration import exhibition, freight, identification, loan, plan
from workflows.demonstration.committee import take_in_sitting
from workflows.demonstration.story import Story, Telling
from workflows.forms.decisions import WithdrawalForm
from workflows.models import Case, Draft, Enclosure, Movement
from workflows.postings import derive
from workflows.record.sealer import seal
from workflows.steps import decide, end_by_clock, open_case, withdraw

DAYS_BETWEEN_STEPS = 3
LONGEST = 60
TOLD = (exhibition.TELLING, identification.TELLING, plan.TELLING, loan.TELLING, freight.TELLING)
TELLINGS: dict[str, Telling] = {telling.flow.slug: telling for telling in TOLD}


def load_files(stories: list[Story]) -> int:
    """Walk each story to its step and return how many files were made; none when there are files already."""
    if Case.objects.exists():
        return 0
    for story in sorted(stories, key=lambda story: -story.opened_days_ago):
        walk(story)
    derive()
    seal()
    return len(stories)


@contextmanager
def as_if(moment: datetime) -> Iterator[None]:
    """Let the clock stand at an earlier moment."""
    with patch.object(timezone, "now", return_value=min(moment, timezone.now())), translation.override("hi"):
        yield


def morning(days_ago: int, minutes: int) -> datetime:
    """Return a moment of office time, so many days ago."""
    return datetime.combine(today() - timedelta(days=days_ago), time(10, 35), IST) + timedelta(minutes=minutes)


def walk(story: Story) -> Case:
    """Make the file of a story and lead it to its step; return it."""
    telling = TELLINGS[story.kind]
    with as_if(morning(story.opened_days_ago, 0)):
        case = _begin(story, telling)
        # The engine reads a clock of its own for when a file was opened.
        Case.objects.filter(pk=case.pk).update(created=timezone.now())
    for turn in range(1, LONGEST):
        stays = Movement.objects.select_related("case", "office__designation__state", "office__district")
        waiting = sorted(stays.filter(case=case, disposed=None).order_by("pk"), key=lambda stay: _left_to_the_clock(stay, story))
        if not waiting or (waiting[0].step == story.outcome and _answers(waiting[0]) >= story.told.get("answered", 0)):
            return case
        movement, days_ago = waiting[0], telling.days_ago or _days_ago
        time_came = movement.wakes if _left_to_the_clock(movement, story) else None
        with as_if(time_came or morning(days_ago(story, movement.step, turn), turn * 7)):
            take(movement, story, telling)
    raise ValueError(f"{story.kind} to {story.at}: the story does not end within {LONGEST} steps.")


def _left_to_the_clock(movement: Movement, story: Story) -> bool:
    """Say whether nobody ends this stay: a watch, or an office asked together with others that is told to be silent, or vacant."""
    if not movement.power or not movement.node.together:
        return not movement.power
    if movement.office.designation.code in story.told.get("silent", ()):
        return True
    return story.outcome != "withdrawn" and not Posting.objects.filter(office=movement.office).exists()


def _answers(movement: Movement) -> int:
    """Count the offices that have answered where the file waits; a story may stop after some of them."""
    return Movement.objects.filter(case=movement.case, step=movement.step).exclude(disposed=None).count()


def _days_ago(story: Story, step: str, turn: int) -> int:
    """Space the steps evenly, up to today."""
    return max(story.opened_days_ago - turn * DAYS_BETWEEN_STEPS, 0)


def _begin(story: Story, telling: Telling) -> Case:
    if telling.opens:
        return telling.opens(story)
    node = telling.flow.begin_node()
    offices = Office.objects.filter(designation__state=story.district.state_id).select_related("designation__state", "district")
    office = next(office for office in offices.filter(district=story.district) if node.power in office.designation.powers)
    signer, data = holder(office), telling.begins(story, office)
    draft = _draft(telling, story, node.name, signer, office)
    with marks.as_it_stands():
        norm = Norm.in_force(telling.flow.scheme, office.designation.state, today())
        form = node.form_class(data, office=office, officer=signer, norm=norm, papers=list(draft.enclosures.all()))
        _must_be_valid(form, story)
        return open_case(telling.flow, by=signer, office=office, form=form, key=draft.key, draft=draft)


def take(movement: Movement, story: Story, telling: Telling) -> None:
    """Take one step as the story says: by the clock, by withdrawing, in the decision box or on the step's own page."""
    if _left_to_the_clock(movement, story):
        end_by_clock(movement)
        return
    if story.outcome == "withdrawn":
        form: Any = WithdrawalForm({"text": story.told["why"], "seen": movement.case.head})
        _must_be_valid(form, story)
        withdraw(movement.case, by=holder(movement.case.office), form=form)
        return
    signer, data = holder(movement.office), {"seen": movement.case.head, **telling.turns(movement, story)}
    if movement.node.in_committee:
        take_in_sitting(movement, data, chair=signer, convener=_convener(movement.office))
        return
    draft = _draft(telling, story, movement.step, signer, movement.office, movement) if movement.node.own_page else None
    with marks.as_it_stands():
        form = _form(movement, data, signer, draft)
        _must_be_valid(form, story)
        decide(movement, by=signer, form=form, draft=draft)


def _form(movement: Movement, data: dict[str, Any], signer: Officer, draft: Draft | None) -> Any:
    if draft is None:
        return movement.node.form_class(data, movement=movement, officer=signer)
    papers = [*movement.case.enclosures.filter(replaced_by=None), *draft.enclosures.all()]
    norm, office = movement.case.norm, movement.office
    return movement.node.form_class(data, movement=movement, office=office, officer=signer, norm=norm, papers=papers)


def _convener(chair: Office) -> Officer:
    """Return who convenes the committee that ``chair`` presides over in its district."""
    offices = Office.objects.filter(district=chair.district_id).select_related("designation__state", "district")
    return holder(next(office for office in offices if Power.CONVENE_COMMITTEE in office.designation.powers))


def holder(office: Office) -> Officer:
    """Return who holds the office at the moment that the clock stands at, with its grants; raise ``ValueError`` when nobody does."""
    signing = Posting.objects.filter(office=office).exclude(charge=Charge.ASSISTANT)
    for posting in signing.select_related("officer").order_by("charge", "-starts_on"):
        derive(posting.officer)
        with marks.as_it_stands():
            held = authority.capacities(posting.officer, afresh=True)
        if any(capacity.office == office and capacity.powers for capacity in held):
            return posting.officer
    raise ValueError(f"{office} has no holder on {today()}; extend the cast in fixtures/demonstration.csv.")


def _must_be_valid(form: Any, story: Story) -> None:
    if not form.is_valid():
        raise ValueError(f"fixtures/demonstration_files.json, {story.kind} to {story.at}: {form.errors.as_json()}")


def _draft(telling: Telling, story: Story, step: str, signer: Officer, office: Office, movement: Movement | None = None) -> Draft:
    draft = Draft.objects.create(key=uuid4(), kind=telling.flow.slug, office=office, movement=movement, made_by=signer, saved_by=signer)
    for kind in telling.papers(story, step):
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
