"""One signature for many files: what it would write on each, which files it leaves out and why, and the work that decides them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme import budget
from programme.bilingual import in_both
from programme.calendar import financial_year, today
from programme.checks import Check
from programme.models import BudgetHead, Office, Officer
from programme.money import in_figures
from workflows import authority, bars, deadlines, holding, jobs, offices, questions, steps
from workflows.authority import Refusal
from workflows.deadlines import Standing
from workflows.forms.decisions import DecisionForm
from workflows.jobs import Done, Work
from workflows.models import Job, JobRow, Movement, Outcome
from workflows.nodes import Stay

KIND = "bulk"
# So many files a signature can still answer for; the preview of so many stands on one page.
MOST = 500
RELATED = (
    "case__norm",
    "case__state",
    "case__district__state",
    "case__office__designation",
    "case__office__district",
    "office__designation__state",
    "office__district",
    "ladder",
    "draft__saved_by",
)


def ways(node: Stay) -> list[Outcome]:
    """Return the outcomes of a step that many files can be given at once: forward, and without a reason of their own."""
    if not isinstance(node.form_class, type) or not issubclass(node.form_class, DecisionForm) or node.in_committee:
        return []
    return [way.outcome for way in node.ways_by_hand if way.outcome.is_forward and not way.outcome.needs_reason]


def offered(stays: Iterable[Movement]) -> dict[Outcome, int]:
    """Return the outcomes common to the steps of all files that can be decided together, with how many files each fits.

    Where they have none in common, every outcome that fits some of them is returned.
    """
    found = [outcomes for stay in stays if (outcomes := ways(stay.node))]
    counted = {outcome: sum(outcome in outcomes for outcomes in found) for outcomes in found for outcome in outcomes}
    common = {outcome: count for outcome, count in counted.items() if count == len(found)}
    return common or counted


# --- what would be written ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One file as it would be decided; ``amount`` in rupees is what would be written, ``None`` for a file without money."""

    stay: Movement
    amount: Decimal | None
    standing: Standing
    warnings: list[Check]
    head: BudgetHead | None = None


@dataclass(frozen=True)
class LeftOut:
    stay: Movement
    why: str


@dataclass(frozen=True)
class Total:
    """How many files of one kind, and what they come to in rupees; ``left`` is the balance where they are booked to a head."""

    title: str
    files: int
    amount: Decimal
    left: Decimal | None = None

    @property
    def exceeds(self) -> bool:
        return self.left is not None and self.amount > self.left


@dataclass
class Preview:
    """What one signature would do to the chosen files."""

    lines: list[Line] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def by_process(self) -> list[Total]:
        return _totals((str(line.stay.case.flow_class.process_title), line) for line in self.lines)

    @property
    def amount(self) -> Decimal:
        return sum((line.amount or Decimal(0) for line in self.lines), Decimal(0))

    @cached_property
    def by_head(self) -> list[Total]:
        """Return what the sanctions come to by budget head, against what the head has left this year."""
        heads = {line.head.pk: line.head for line in self.lines if line.head}
        left = {f"{head.code} · {head.name}": budget.balance(head, financial_year(today())) for head in heads.values()}
        totals = _totals((f"{line.head.code} · {line.head.name}", line) for line in self.lines if line.head)
        return [Total(total.title, total.files, total.amount, left[total.title]) for total in totals]


def preview(stays: Iterable[Movement], outcome: Outcome, *, by: Officer) -> Preview:
    """Return what the signature would write on each file, and the files it leaves out with the reason; nothing is written."""
    found, now = Preview(), timezone.now()
    heads: dict[tuple[str, int], BudgetHead] = {}
    places: dict[tuple[int, ...], dict[tuple[str, str], Office]] = {}
    stays = list(stays)
    questions.read_open(stay.case for stay in stays)
    for stay in stays:
        # Where files of one opening office go next is looked up once for all of them.
        stay.case.offices = places.setdefault((stay.case.state_id, stay.case.district_id, stay.case.office_id), {})
        try:
            found.lines.append(_line(stay, outcome, by, now, heads))
        except Refusal as refusal:
            found.left_out.append(LeftOut(stay, str(refusal)))
    return found


def _line(stay: Movement, outcome: Outcome, by: Officer, now: datetime, heads: dict[tuple[str, int], BudgetHead]) -> Line:
    if not stay.is_open:
        raise Refusal(_("It does not wait at this step any more."))
    _check_way(stay, outcome)
    authority.check_step(by, stay, afresh=False)
    _refuse_typed(stay)
    form = _form(stay, outcome, "", seen=stay.case.head, by=by)
    amount = form.amount_written
    if outcome == Outcome.SANCTION:
        offices.check_delegation(stay, amount or Decimal(0))
    warnings = [check for check in form.checks if check.level != "ok"]
    head = _head(stay, heads) if outcome == Outcome.SANCTION and amount is not None else None
    return Line(stay, amount, deadlines.standing(stay, now), warnings, head)


def _check_way(stay: Movement, outcome: Outcome) -> None:
    """Raise ``Refusal`` when a step cannot be taken by one signature for many files, saying why."""
    node = stay.node
    if node.in_committee:
        raise Refusal(_("It is decided in a sitting of the committee."))
    if node.own_page:
        raise Refusal(_("This step is written on a page of its own."))
    if outcome not in ways(node):
        said = {"step": node.title, "ways": ", ".join(way.outcome.verb for way in node.ways_by_hand)}
        raise Refusal(_("At the step “%(step)s” the ways are: %(ways)s.") % said)


def _refuse_typed(stay: Movement) -> None:
    """Raise ``Refusal`` where a draft waits: who prepared it must not be passed by, and nobody's words are thrown away unread."""
    if hasattr(stay, "draft"):
        who = {"who": stay.draft.saved_by.name}
        raise Refusal(_("What %(who)s typed there is not signed yet. Open the file to sign it or to throw it away.") % who)


def _form(stay: Movement, outcome: Outcome, text: str, *, seen: str, by: Officer) -> DecisionForm:
    """Return the file's own form, valid, as if its page had been sent with nothing changed but outcome and note.

    Raises ``Refusal`` when the step asks for something that only the file's own page can give.
    """
    form: DecisionForm = stay.node.form_class.unchanged(stay, by, outcome=outcome, text=text, seen=seen)
    barring = bars.barring(form.checks, outcome)
    asked = [check.text for check in barring if f"answer_{check.code}" in form.asked]
    if asked:
        raise Refusal(_("It needs an answer of its own: %(checks)s") % {"checks": " ".join(asked)})
    if barring:
        # On its own page another amount might settle it; here the amount stays what it is.
        raise Refusal(_("The file cannot go on: %(why)s") % {"why": " ".join(check.text for check in barring)})
    if form.is_valid():
        return form
    own = [str(form.fields[name].label) for name in form.errors if name in form.fields and name not in ("outcome", "text", "seen")]
    if own:
        raise Refusal(_("It needs entries of its own: %(fields)s.") % {"fields": ", ".join(own)})
    raise Refusal(" ".join(str(why) for whys in form.errors.values() for why in whys))


def _head(stay: Movement, heads: dict[tuple[str, int], BudgetHead]) -> BudgetHead:
    """Return the budget head a sanction is booked to; raise ``Refusal`` when the State names none."""
    case = stay.case
    if case.record.budget_head:
        return case.record.budget_head
    asked = (case.flow_class.scheme, case.state_id)
    if asked not in heads:
        try:
            heads[asked] = budget.head_of(case.flow_class.scheme, case.state)
        except budget.NoHead as none:
            raise Refusal(str(none)) from None
    return heads[asked]


def _totals(lines: Iterable[tuple[str, Line]]) -> list[Total]:
    counted: dict[str, list[Decimal]] = {}
    for title, line in lines:
        counted.setdefault(title, []).append(line.amount or Decimal(0))
    return [Total(title, len(amounts), sum(amounts, Decimal(0))) for title, amounts in counted.items()]


# --- the signature ------------------------------------------------------------------------------------------------------


def sign(stays: list[Movement], seen: dict[int, str], outcome: Outcome, text: str, *, by: Officer, key: str) -> Job:
    """Begin to decide the files, in the order given, and return the work; the same key twice is one work.

    ``seen`` is the head of each file, by its stay, as the preview showed it. Raises ``Refusal`` for no file or too many.
    """
    if not stays:
        raise Refusal(_("No file is chosen."))
    refuse_too_many(len(stays))
    args = {"outcome": outcome.value, "text": text}
    return jobs.start(KIND, by=by, key=f"{KIND}/{by.pk}/{key}", args=args, rows=_rows(stays, seen))


def refuse_too_many(count: int) -> None:
    if count > MOST:
        raise Refusal(_("At most %(most)s files are decided together; you chose %(count)s.") % {"most": MOST, "count": count})


def _rows(stays: list[Movement], seen: dict[int, str]) -> Iterator[JobRow]:
    for stay in stays:
        case = stay.case
        yield JobRow(key=str(stay.pk), name_en=case.number, name_hi=case.number, args={"stay": stay.pk, "seen": seen[stay.pk]}, case=case)


def decide(row: JobRow) -> Done:
    """Decide one file through its own form, in the name of the officer who signed; whether he may is asked anew.

    Raises ``Refusal`` or ``Overtaken`` with the sentence he would have read on the file's page.
    """
    job = row.job
    by: Officer = job.by  # type: ignore[assignment]  # somebody signed
    outcome = Outcome(job.args["outcome"])
    with holding.held_stay(row.args["stay"], by) as stay:
        holding.as_seen(stay.case, row.args["seen"], holding.refuse_ended(stay, stay.case))
        authority.check_step(by, stay)
        _check_way(stay, outcome)
        _refuse_typed(stay)
        form = _form(stay, outcome, job.args["text"], seen=row.args["seen"], by=by)
        form.together = {"files": job.total, "job": job.pk}
        case = steps.decide(stay, by=by, form=form)
    return Done(case, **in_both(partial(_said, outcome, case.amount), "sentence"))


def _said(outcome: Outcome, amount: Decimal | None) -> str:
    return f"{outcome.label}: {in_figures(amount)}" if amount is not None else str(outcome.label)


def _title(job: Job) -> str:
    said = {"outcome": Outcome(job.args["outcome"]).verb, "count": job.total}
    return ngettext("%(outcome)s: one file", "%(outcome)s: %(count)s files together", job.total) % said


DECIDING = Work(title=_title, act=decide, may_be_cancelled=True)
