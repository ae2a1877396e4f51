"""Lists of files: all that one may read, what waits for one, what is late under one, and the agenda of a sitting."""

from collections.abc import Iterable, Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.bilingual import reads_hindi
from programme.models import Office
from programme.models.naming import in_language
from workflows import deadlines, filters, inbox, notices
from workflows.exports.declaring import Asked, Chunks, Heading, Line, Listed, day_of, number_in, one_by_one
from workflows.flows import FLOWS, step_title
from workflows.models import Item, Movement, Sitting
from workflows.sheets.columns import Type
from workflows.sight import visible_to
from workflows.sittings import agenda, seats

NUMBER = Heading("number", gettext_lazy("File number"), Type.IDENTIFIER, 22)
SUBJECT = Heading("subject", gettext_lazy("Subject"), Type.TEXT, 44)
PROCESS = Heading("process", gettext_lazy("Process"), Type.TEXT, 24)
STEP = Heading("step", gettext_lazy("Step"), Type.TEXT, 24)
DISTRICT = Heading("district", gettext_lazy("District"), Type.TEXT, 18)
AMOUNT = Heading("amount", gettext_lazy("Amount (₹)"), Type.RUPEES, 16)
OFFICE = Heading("office", gettext_lazy("Office"), Type.TEXT, 36)
RECEIVED = Heading("received", gettext_lazy("Received"), Type.DATE, 13)
DUE = Heading("due", gettext_lazy("Due"), Type.DATE, 13)
LIMIT = Heading("limit", gettext_lazy("Time limit"), Type.TEXT, 24)

# --- the files one may read -----------------------------------------------------------------------------------------------

OF_A_FILE = (
    "pk", "number", "subject", "kind", "flow_version", "district__name_en", "district__name_hi", "amount", "created", "ending",
)  # fmt: skip
OF_A_STAY = ("case_id", "office_id", "step", "power", "received", "due", "disposed")


def _files(asked: Asked) -> QuerySet:
    form, rows = filters.asked_for(asked.officer, asked.query, now=asked.now)
    if not form.is_valid():
        raise ValidationError(_("A filter of this list cannot be read. Go back to the list and put it right."))
    return rows.values(*OF_A_FILE)


def _lines_of_files(chunks: Chunks, asked: Asked) -> Iterator[Line]:
    offices: dict[int, Office] = {}
    hindi = reads_hindi()
    processes = {slug: str(flow.process_title) for slug, flow in FLOWS.items()}
    steps: dict[tuple[str, int, str], str] = {}
    for rows in chunks:
        waiting = _open_stays([row["pk"] for row in rows], offices)
        for row in rows:
            kind, version = row["kind"], row["flow_version"]
            stays = waiting.get(row["pk"], [])
            for name in {stay.step for stay in stays} | ({row["ending"]} if row["ending"] else set()):
                steps.setdefault((kind, version, name), step_title(kind, version, name))
            first = stays[0] if stays else None
            yield {
                "number": row["number"],
                "subject": row["subject"],
                "process": processes.get(kind, kind),
                "district": (hindi and row["district__name_hi"]) or row["district__name_en"] or "",
                "amount": row["amount"],
                "opened": day_of(row["created"]),
                "office": _joined(stay.office.name for stay in stays),
                "step": _joined(steps[kind, version, stay.step] for stay in stays),
                "received": day_of(first.received) if first else None,
                "due": day_of(first.due) if first else None,
                "limit": deadlines.standing(first, asked.now).text if first else "",
                "ended": steps[kind, version, row["ending"]] if row["ending"] else "",
            }


def _open_stays(files: Sequence[int], offices: dict[int, Office]) -> dict[int, list[Movement]]:
    """Return the open stays of files, the first due first, each with its office; two queries, one where all offices are known."""
    stays = list(Movement.objects.filter(case__in=files, disposed=None).only(*OF_A_STAY).order_by("due", "pk"))
    unknown = {stay.office_id for stay in stays} - offices.keys()
    if unknown:
        found = Office.objects.select_related("designation", "district").in_bulk(list(unknown))
        offices.update(found)
    waiting: dict[int, list[Movement]] = {}
    for stay in stays:
        stay.office = offices[stay.office_id]
        waiting.setdefault(stay.case_id, []).append(stay)
    return waiting


def _joined(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(words))


FILES = Listed(
    name="files",
    title=lambda asked: _("Files"),
    headings=(
        NUMBER, SUBJECT, PROCESS, DISTRICT, AMOUNT,
        Heading("opened", gettext_lazy("Opened on"), Type.DATE, 13),
        Heading("office", gettext_lazy("Where it is"), Type.TEXT, 36),
        STEP, Heading("received", gettext_lazy("There since"), Type.DATE, 13), DUE, LIMIT,
        Heading("ended", gettext_lazy("Ended as"), Type.TEXT, 18),
    ),
    rows=_files,
    lines=_lines_of_files,
)  # fmt: skip

# --- what waits for one ---------------------------------------------------------------------------------------------------


def _inbox(asked: Asked) -> QuerySet:
    standing = asked.query.get("filter", "")
    choice = inbox.Choice(standing if standing in inbox.FILTERS else "", filters.words_in(asked.query))
    return inbox.chosen(asked.officer, choice).select_related("case__office__designation", "case__office__district")


def _waits(stay: Movement, asked: Asked) -> Line:
    came_from = stay.came_from.office if stay.came_from else stay.case.office
    return _of_stay(stay, asked) | {"subject": stay.case.subject, "amount": stay.case.amount, "came_from": came_from.name}


def _of_stay(stay: Movement, asked: Asked) -> Line:
    return {
        "number": stay.case.number,
        "process": str(stay.case.flow_class.process_title),
        "step": stay.node.title,
        "district": stay.case.district.name if stay.case.district else "",
        "office": stay.office.name,
        "received": day_of(stay.received),
        "due": day_of(stay.due),
        "limit": deadlines.standing(stay, asked.now).text,
    }


INBOX = Listed(
    name="inbox",
    title=lambda asked: _("Waiting for your decision"),
    headings=(
        NUMBER, SUBJECT, PROCESS, STEP, DISTRICT, AMOUNT, OFFICE,
        Heading("came_from", gettext_lazy("Came from"), Type.TEXT, 36), RECEIVED, DUE, LIMIT,
    ),
    rows=_inbox,
    lines=one_by_one(_waits),
)  # fmt: skip

# --- what is late under one -----------------------------------------------------------------------------------------------

AROUND_A_LATE_STAY = ("case__district", "case__state", "case__norm", "office__designation", "office__district")


def late(asked: Asked) -> QuerySet[Movement]:
    """Return the open stays that the officer's offices were told of as late, the longest late first."""
    return inbox.late_under(asked.officer).select_related(*AROUND_A_LATE_STAY)


def _lines_of_late(chunks: Chunks, asked: Asked) -> Iterator[Line]:
    for stays in chunks:
        told = told_of_late(asked, stays)
        for stay in stays:
            names, readable = told[stay.pk]
            yield _of_stay(stay, asked) | {"subject": stay.case.subject if readable else "", "held_by": names}


def told_of_late(asked: Asked, stays: Sequence[Movement]) -> dict[int, tuple[str, bool]]:
    """Return for late stays, by their number, who holds the office today, and whether the reader may read the file; two queries."""
    readable = set(visible_to(asked.officer).filter(pk__in=[stay.case_id for stay in stays]).values_list("pk", flat=True))
    held = notices.holders(stay.office_id for stay in stays)
    names = {office: ", ".join(posting.officer.name for posting in postings) for office, postings in held.items()}
    return {stay.pk: (names.get(stay.office_id, ""), stay.case_id in readable) for stay in stays}


LATE = Listed(
    name="late",
    title=lambda asked: _("Late under me"),
    headings=(
        NUMBER, SUBJECT, PROCESS, STEP, DISTRICT,
        Heading("office", gettext_lazy("Held by"), Type.TEXT, 36), Heading("held_by", gettext_lazy("Officer"), Type.TEXT, 30),
        RECEIVED, DUE, Heading("limit", gettext_lazy("Late by"), Type.TEXT, 24),
    ),
    rows=late,
    lines=_lines_of_late,
)  # fmt: skip

# --- the agenda of a sitting ----------------------------------------------------------------------------------------------


def _sitting(asked: Asked) -> Sitting:
    return seats.visible_to(asked.officer).get(pk=number_in(asked.query, "sitting"))


def _agenda(asked: Asked) -> QuerySet[Item]:
    return agenda.items_of(_sitting(asked))


def _of_agenda(item: Item, asked: Asked) -> Line:
    case = item.movement.case
    return {
        "position": item.position,
        "number": case.number,
        "subject": case.subject,
        "process": str(case.flow_class.process_title),
        "decision": item.says,
        "amount": item.amount,
        "reason": item.text,
        "state": item.get_state_display(),
        "sentence": in_language(item, "sentence"),
    }


AGENDA = Listed(
    name="agenda",
    title=lambda asked: _("Agenda of the sitting of %(day)s") % {"day": f"{_sitting(asked).held_on:%d-%m-%Y}"},
    headings=(
        Heading("position", gettext_lazy("Number"), Type.WHOLE, 9), NUMBER, SUBJECT, PROCESS,
        Heading("decision", gettext_lazy("Decision of the committee"), Type.TEXT, 24), AMOUNT,
        Heading("reason", gettext_lazy("reason"), Type.LONG_TEXT, 44),
        Heading("state", gettext_lazy("What became of it"), Type.TEXT, 18),
        Heading("sentence", gettext_lazy("Why it did not move"), Type.LONG_TEXT, 44),
    ),
    rows=_agenda,
    lines=one_by_one(_of_agenda),
)  # fmt: skip
