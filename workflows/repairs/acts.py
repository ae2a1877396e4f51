"""What every repair of one file says before it is done, and the paragraph in which it stands afterwards."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.calendar import today
from programme.models import Office, Posting
from workflows.models import Case, Movement, Noting, Outcome, Repair
from workflows.record import chain
from workflows.signing import close


@dataclass(frozen=True)
class Prepared:
    """A repair of a file as it stands now: its effects in the reader's language, the offices concerned, and the deed itself.

    ``do`` is called under the file's lock with the plan and the posting that signs; it returns the paragraph it wrote.
    """

    effects: list[str]
    do: Callable[[Repair, Posting], Noting]
    comes_to: list[Office] = field(default_factory=list)
    leaves: list[Office] = field(default_factory=list)
    money: bool = False


def write(
    case: Case,
    repair: Repair,
    posting: Posting,
    outcome: Outcome,
    *,
    step: str,
    to: str,
    office: Office | None = None,
    lapsed: Iterable[int] = (),
    **more: Any,
) -> Noting:
    """Write the paragraph of a repair: the reason in the planner's words, then what it did, in both languages.

    Whoever signs is not the planner where a second administrator had to approve; the planner then stands as who prepared it.
    """
    told = {} if office is None else {"id": office.pk, **office.names()}
    facts = {
        "text": "\n".join([repair.reason, *repair.effects_en]),
        "text_hi": "\n".join([repair.reason, *repair.effects_hi]),
        "changes": {},
        "lapsed": list(lapsed),
        "to": {"step": to, "office": told or None},
        "repair": {"plan": repair.pk, "kind": repair.kind},
    }
    return chain.append(
        case,
        step=step,
        outcome=outcome,
        officer=posting.officer,
        prepared_by=repair.planned_by if repair.planned_by_id != posting.officer_id else None,
        office=posting.office,
        posting=posting,
        facts=facts | more,
    )


def close_questions(case: Case, noting: Noting) -> None:
    """Close the questions that were asked where the file no longer is; nobody waits for their answers."""
    for question in case.questions.filter(closed_in=None):
        close(question, noting)


# --- sentences that several repairs have ----------------------------------------------------------------------------------


def of_questions(case: Case) -> list[str]:
    count = case.questions.filter(closed_in=None).count()
    words = ngettext("%(count)s open question is closed unanswered.", "%(count)s open questions are closed unanswered.", count)
    return [words % {"count": count}] if count else []


def of_agenda(stays: list[Movement]) -> list[str]:
    """Say on which agendas the file stands and will not be decided."""
    items = [item for stay in stays for item in stay.items.filter(state="waiting").select_related("sitting")]
    days = ", ".join(f"{item.sitting.held_on:%d-%m-%Y}" for item in items)
    return [_("It stands on the agenda of the sitting of %(day)s, where it will not be decided.") % {"day": days}] if items else []


def of_drafts(stays: list[Movement]) -> list[str]:
    typed = [stay.office.name for stay in stays if hasattr(stay, "draft")]
    return [_("What was typed at %(office)s and not signed is put away.") % {"office": ", ".join(typed)}] if typed else []


def of_vacancies(offices: list[Office]) -> list[str]:
    """Say which of the offices nobody holds today."""
    day = today()
    held = {posting.office_id for posting in Posting.objects.filter(office__in=offices, officer__is_active=True) if posting.covers(day)}
    empty = [office.name for office in offices if office.pk not in held]
    return [_("Nobody holds %(office)s today: the file will wait there for a posting.") % {"office": name} for name in empty]


def named(offices: Iterable[Office]) -> str:
    return ", ".join(office.name for office in offices)


def both(say: Callable[[], list[str]]) -> dict[str, list[str]]:
    """Return a list of sentences in each language, as the columns of a repair."""
    found = {}
    for language in ("en", "hi"):
        with translation.override(language):
            found[f"effects_{language}"] = [str(text) for text in say()]
    return found
