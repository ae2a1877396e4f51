"""How a file of product identification is told in the demonstration."""

from typing import Any

from programme.models import Office, Product, Proposed
from workflows.demonstration.story import Story, Telling
from workflows.flows import IdentificationFlow
from workflows.models import Movement, Outcome

# Days after the opening at which each later step is taken: soon where every department answers, after the window otherwise.
AFTER_THE_ANSWERS, AFTER_THE_WINDOW = 8, 27
LATER = {"recommend": 0, "scrutinise": 6, "approve": 13, "correct": 16}
FORWARD = {
    "recommend": (Outcome.RECOMMEND, "जनपद के लिए उपयुक्त। संस्तुति सहित प्रेषित।"),
    "scrutinise": (Outcome.RECOMMEND, "क्लस्टर के आँकड़े एवं श्रेणी का परीक्षण किया गया। संस्तुति की जाती है।"),
    "approve": (Outcome.APPROVE, ""),
}
RETURNED = {
    "outcome": Outcome.RETURN,
    "text": "इकाइयों का विवरण स्थानवार दें।",
    "about_1": "production",
    "kind_1": "other",
    "objection_1": "उत्पादन किन-किन स्थानों पर होता है, यह स्पष्ट नहीं है।",
}


def _begins(story: Story, _office: Office) -> dict[str, Any]:
    told = story.told
    typed: dict[str, Any] = {name: told[name] for name in ("title", "proposed", "reasons", "rank") if name in told}
    if told["proposed"] != Proposed.NEW:
        product = Product.objects.get(district=story.district, name_en=told["product"], live=True)
        return {**typed, "product": product.pk, "gi": "none", "text": "जिला समिति के निर्णयानुसार प्रस्तुत है।"}
    return {
        **typed,
        **{name: told[name] for name in ("name_en", "name_hi", "sector", "production", "units", "households")},
        "processing": "परम्परागत विधि; मशीनों का उपयोग सीमित है।",
        "packaging": "खुला अथवा साधारण डिब्बे में।",
        "marketing": "स्थानीय बाजार एवं मेलों में विक्रय।",
        "value_chain_gaps": "सामान्य सुविधा केन्द्र, गुणवत्ता परीक्षण एवं ब्रांडिंग का अभाव।",
        "gi": "none",
        "source": "जिला उद्योग केन्द्र का सर्वेक्षण, 2026",
        "text": "प्रस्ताव विचारार्थ प्रस्तुत है।",
    }


def _turns(movement: Movement, story: Story) -> dict[str, Any]:
    step = movement.step
    if step == "consult":
        if movement.office.designation.code in story.told.get("against", ()):
            return {"outcome": Outcome.OPPOSE, "text": "इकाइयों की संख्या कम है; पहले क्लस्टर का विस्तार आवश्यक है।"}
        return {"outcome": Outcome.SUPPORT, "text": "विभाग को कोई आपत्ति नहीं है।"}
    if story.outcome == "correct":
        return RETURNED
    if story.outcome == "rejected" and step == "scrutinise":
        return {"outcome": Outcome.REJECT, "text": "क्लस्टर में इकाइयाँ बहुत कम हैं।"}
    outcome, text = FORWARD[step]
    return {"outcome": outcome, "text": text}


def _papers(story: Story, step: str) -> tuple[str, ...]:
    return ("cluster_report", "photographs") if step == "propose" else ()


def _days_ago(story: Story, step: str, turn: int) -> int:
    if step == "consult":
        return max(story.opened_days_ago - turn, 0)
    answered = AFTER_THE_WINDOW if story.told.get("silent") else AFTER_THE_ANSWERS
    return max(story.opened_days_ago - answered - LATER[step], 0)


TELLING = Telling(flow=IdentificationFlow, begins=_begins, turns=_turns, papers=_papers, days_ago=_days_ago)
