"""What busy officers do beside a file's way: ask other offices, prepare a decision, let somebody stand in. Told of files that are there."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from programme.calendar import today
from programme.models import Office, Officer
from programme.powers import Power
from workflows.demonstration.walk import as_if, holder, morning
from workflows.forms.questions import AnswerForm, QuestionForm
from workflows.models import Draft, Movement, Outcome, Question
from workflows.postings import appoint_link
from workflows.questions import answer, ask, offices_to_ask
from workflows.record.sealer import seal

# A link officer is named from today for so many days, up to so many rupees.
AWAY, UPTO = 14, Decimal(1_000_000)


def tell_desk() -> None:
    """Ask one office that has answered and one that has not, prepare a decision for a signature, and name a link officer with limits."""
    asked = _ask("मथुरा बसंत पंचमी प्रदर्शनी", "finance", "क्या इस वर्ष के बजट में इस धनराशि का प्रावधान है?", days_ago=4)
    with as_if(morning(2, 0)):
        answer(asked, by=holder(asked.office), form=_valid(AnswerForm({"text": "मद में धनराशि उपलब्ध है; आपत्ति नहीं है।"})))
    _ask("ODOP exhibition at Avadh Shilpgram", "epb", "क्या इन तिथियों पर कोई अन्य निर्यात मेला प्रस्तावित है?", days_ago=1)
    _prepare("लखनऊ की रेवड़ी का चिन्हांकन", Officer.objects.get(username="assistant.secretary"))
    magistrate = Office.objects.get(designation__code="dm", district__name_en="Agra")
    ends_on, only = today() + timedelta(days=AWAY), [Power.PROPOSE_EXHIBITION.value, Power.ANSWER_QUESTION.value]
    standing_in = Officer.objects.get(username="cdo.agra")
    appoint_link(standing_in, magistrate, by=holder(magistrate), starts_on=today(), ends_on=ends_on, only=only, upto=UPTO)
    seal()


def _waiting(subject: str) -> Movement:
    return Movement.objects.select_related("case", "office__designation__state").get(case__subject=subject, disposed=None)


def _ask(subject: str, designation: str, text: str, *, days_ago: int) -> Question:
    """Ask one office from where the file of that subject waits, and let the file wait for the answer."""
    stay = _waiting(subject)
    with as_if(morning(days_ago, 0)):
        offices = offices_to_ask(stay)
        asked = next(office for office in offices if office.designation.code == designation)
        typed = {"text": text, "offices": [str(asked.pk)], "days": "7", "waiting": "waits", "seen": stay.case.head}
        form = _valid(QuestionForm({f"ask-{name}": value for name, value in typed.items()}, movement=stay, offices=offices))
        noting = ask(stay, by=holder(stay.office), form=form)
    return Question.objects.get(asked_in=noting)


def _prepare(subject: str, by: Officer) -> None:
    """Leave the decision on a file as an assistant of its office prepared it, unsigned."""
    stay = _waiting(subject)
    words = {"outcome": [Outcome.APPROVE.value], "text": ["परीक्षण में प्रस्ताव मानक के अनुरूप पाया गया। अनुमोदन हेतु प्रस्तुत।"]}
    who = {"made_by": by, "saved_by": by, "prepared_by": by}
    Draft.objects.create(key=uuid4(), kind=stay.case.kind, office=stay.office, movement=stay, subject=subject, typed=words, **who)


def _valid(form: Any) -> Any:
    if not form.is_valid():
        raise ValueError(form.errors.as_json())
    return form
