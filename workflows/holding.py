"""What every act on a file does under its lock: hold the row, see that nothing changed, end a stay, let the file go on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Exists, Model, QuerySet, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import STATUS

from programme import kept, known
from programme.asking import Asked, Given
from programme.models import Office, Officer, Posting
from workflows import authority, marks, notices, papers, sight, waking
from workflows.authority import Overtaken
from workflows.deadlines import days_held, days_late
from workflows.models import Case, Movement, Noting, Outcome, Question
from workflows.writing import Change, next_number, together, write_now

# The rows that an act writes next, and under which name their primary keys are read with the stay.
NEXT: dict[str, type[Model]] = {"next_noting": Noting, "next_task": Task, "next_movement": Movement}


# The file that this thread holds already: who reads it under the lock and then acts asks nothing twice.
_at_hand: ContextVar[Case | None] = ContextVar("at_hand", default=None)


@contextmanager
def locked(case_id: int) -> Iterator[Case]:
    """Hold the file's row to the end of the transaction; raise ``Overtaken`` when another act holds it too long."""
    outer = _at_hand.get()
    if outer and outer.pk == case_id:
        yield outer
        return
    with _locked(FILE, file=case_id) as case:
        yield case


def _held(files: QuerySet[Case]) -> QuerySet[Case]:
    """Return the files with the mark of the set-up, to be held to the end of the transaction."""
    return files.annotate(mark=marks.column()).select_for_update(of=("self",))


FILE = Asked(lambda: _held(Case.objects.filter(pk=Given("file"))))


@contextmanager
def _locked(asked: Asked, **given: Any) -> Iterator[Case]:
    """Hold the one file that is asked for; raise as ``locked`` does, and ``Case.DoesNotExist``."""
    # Whatever a page knew of the set-up is asked anew inside.
    with transaction.atomic(), kept.under(None):
        try:
            case: Any = asked.get(**given)
        except OperationalError:
            raise Overtaken(_("Another officer is acting on this file at this moment. Look again.")) from None
        with kept.under(case.mark):
            known.let_know(case)
        token = _at_hand.set(case)
        try:
            yield case
        finally:
            _at_hand.reset(token)


@contextmanager
def held_stay(movement_pk: int, by: Officer, *, sight: dict[str, list[int]] | None = None) -> Iterator[Movement]:
    """Hold the file of a stay and yield the stay as it stands, for an act of ``by`` inside.

    Raise as ``locked`` does, and ``Case.DoesNotExist`` where there is no such stay, or, with a ``sight`` (see
    ``sight.sight_given``), none on a file in it.
    """
    asked, given = (FILE_OF_STAY, {}) if sight is None else (FILE_IN_SIGHT, sight)
    with _locked(asked, stay=movement_pk, **given) as case:
        yield _stay(Movement(pk=movement_pk, case=case, step=case.stay_step, office_id=case.stay_office), case, by)


def _file_of_stay(files: QuerySet[Case]) -> QuerySet[Case]:
    of_the_stay = Movement.objects.filter(pk=Given("stay"))
    place = {f"stay_{name}": Subquery(of_the_stay.values(name)) for name in ("step", "office")}
    return _held(files.filter(pk=Subquery(of_the_stay.values("case"))).annotate(**place))


FILE_OF_STAY = Asked(lambda: _file_of_stay(Case.objects.all()))
FILE_IN_SIGHT = Asked(lambda: _file_of_stay(sight.visible_as_given()))


def stays() -> QuerySet[Movement]:
    """Return stays with what an act reads of them."""
    return Movement.objects.select_related("task", "came_from", "officer", "office__designation", "office__district", "draft")


def open_stays(case: Case) -> list[Movement]:
    """Return the stays at which the file waits now, in a fixed order."""
    return [held(stay, case) for stay in stays().filter(case=case, disposed=None).order_by("pk")]


def still_open(stay: Movement, case: Case, by: Officer) -> Movement:
    """Return the stay as it stands under the lock; raise ``Overtaken``, saying who ended it, when it has ended.

    A stay that was read under this very lock is not read again.
    """
    return refuse_ended(stay if stay.case is case and "mark" in vars(stay) else _stay(stay, case, by), case)


def _stay(stay: Movement, case: Case, by: Officer) -> Movement:
    """Read a stay, and with it the mark of the set-up, what bars ``by`` from the step, and whether the file asks anything of anybody."""
    movement: Any = _stay_at(stay.node).get(stay=stay.pk, file=case.pk, office=stay.office_id, officer=by.pk)
    kept.found(movement.mark)
    movement.office = known.offices([movement.office_id])[movement.office_id]
    authority.read_conflicts(movement, movement, by)
    case.next_numbers = {model: getattr(movement, name) for name, model in NEXT.items() if hasattr(movement, name)}
    if not movement.asks:
        case.open_questions = []
    return held(movement, case)


@lru_cache(maxsize=256)
def _stay_at(node: Any) -> Asked:
    """Return the question for a stay at this step, with what an act reads beside it."""

    def question() -> QuerySet[Movement]:
        file, office, officer = (Given(name) for name in ("file", "office", "officer"))
        asks = Exists(Question.objects.filter(case=file, closed_in=None))
        conflicts = authority.conflict_columns(node, case=file, office=office, officer=officer)
        columns = {"mark": marks.column(), "asks": asks, **conflicts, **_next_numbers()}
        return Movement.objects.select_related("task", "came_from", "draft").annotate(**columns).filter(pk=Given("stay"))

    return Asked(question)


def refuse_ended(movement: Movement, case: Case) -> Movement:
    """Raise ``Overtaken`` for a stay that has ended, saying who ended it; return it otherwise."""
    if not movement.is_open:
        raise Overtaken(
            _("This step is already taken: %(outcome)s by %(officer)s on %(moment)s.")
            % {
                "outcome": movement.get_outcome_display(),
                "officer": movement.officer.name if movement.officer else "",
                "moment": date_format(timezone.localtime(movement.disposed), "DATETIME_FORMAT"),
            }
        )
    return held(movement, case)


def _next_numbers() -> dict[str, Any]:
    return {name: number for name, model in NEXT.items() if (number := next_number(model))}


def held(movement: Movement, case: Case) -> Movement:
    """Let a stay and its task speak of the one row of the file that is locked."""
    movement.case = movement.task.process = case
    return movement


def as_seen(case: Case, seen: str, movement: Movement | None = None) -> None:
    """Raise ``Overtaken`` when the file has a paragraph that is not yet in what was ``seen``: the head its page showed."""
    if seen == case.head or (movement and movement.node.together and _only_others_spoke(case, seen, movement)):
        return
    last = case.notings.select_related("officer").order_by("-paragraph").first()
    raise Overtaken(
        _("The file changed after you opened this page: paragraph %(paragraph)s, %(outcome)s, on %(moment)s. Read it and decide again.")
        % {
            "paragraph": last.paragraph,
            "outcome": last.get_outcome_display(),
            "moment": date_format(timezone.localtime(last.written_at), "DATETIME_FORMAT"),
        }
    )


def _only_others_spoke(case: Case, seen: str, movement: Movement) -> bool:
    """Say whether nothing but the same step's other offices wrote since, and none of it answers this office's own question."""
    read = case.notings.filter(hash=seen).first()
    if read is None or case.notings.filter(paragraph__gt=read.paragraph).exclude(step=movement.step).exists():
        return False
    return not Question.objects.filter(movement=movement, closed_in__paragraph__gt=read.paragraph).exists()


def dispose(movement: Movement, outcome: Outcome, posting: Posting | None, *, unopened: bool = False) -> None:
    """End a stay; raise ``Overtaken`` when it ended at this moment, or, if it must be ``unopened``, when it was opened."""
    # A machine whose clock was set back lets no stay end before it began.
    at = movement.case.moment = max(movement.case.moment, movement.received)
    still = {"id": movement.pk, "disposed": None} | ({"opened_at": None} if unopened else {})
    officer = posting.officer_id if posting else None
    ended: dict[str, Any] = {"disposed": at, "officer_id": officer, "posting_id": posting and posting.pk, "outcome": outcome}
    ended |= {"days_held": days_held(movement, at), "days_late": days_late(movement, at)}
    done = {"owner_id": officer, "started": at, "finished": at, "status": STATUS.DONE}
    why = (
        _("The file was opened there at this moment; it can no longer be pulled back.")
        if unopened
        else _("This step was taken by another officer at this moment.")
    )
    together(Change(Movement, still, ended, Overtaken(why)), Change(Task, {"id": movement.task_id}, done))
    # What was typed there and not signed goes with the stay; only a new version of the process takes it along.
    if hasattr(movement, "draft") and outcome != Outcome.MIGRATE:
        papers.throw_away(movement.draft)


def leave(
    case: Case,
    movement: Movement,
    by: Officer | None,
    target: Any,
    returns_to: str,
    noting: Noting,
    *,
    at: Office | None = None,
    resumes: Movement | None = None,
) -> None:
    """Finish the stay's task and let the file go to ``target``.

    ``at`` names the office where the step itself shall not choose it; ``resumes`` is the stay whose clock goes on there.
    """
    activation = activation_of(movement)
    activation.resumes = resumes
    activation.sign(by, target, returns_to, at)
    go_on(case, activation, noting)


def send_on(case: Case, waiting: list[Movement], target: Any, *, outcome: Outcome, posting: Posting, noting: Noting) -> None:
    """End every stay of a held file at once and lead it from the first of them to ``target``; ``noting`` says so."""
    for stay in waiting:
        dispose(stay, outcome, posting)
    leave_together(waiting[1:], posting.officer)
    leave(case, waiting[0], posting.officer, target, "", noting)


def stay_again(stay: Movement, node: Any, office: Office, *, outcome: Outcome, posting: Posting) -> Movement:
    """Let a stay begin again at ``node`` and ``office`` as it first came, from where it came; an open one is ended with ``outcome``.

    The file is held, and the caller saves it.
    """
    activation = activation_of(stay)
    if stay.is_open:
        dispose(stay, outcome, posting)
        activation.sign(posting.officer, None, "")
    begun = node._create(activation, stay.task.token, seed=office).movement
    begun.came_from, begun.returns_to = stay.came_from, stay.returns_to
    begun.save(update_fields=["came_from", "returns_to"])
    waking.after_commit("look_at", stay.case_id)
    return begun


def last_stays(case: Case) -> list[Movement]:
    """Return the stays with which a file ended: one, or those of a step taken together that were ended by one act."""
    closed = [held(stay, case) for stay in stays().filter(case=case).exclude(disposed=None).order_by("-disposed", "-pk")]
    last = closed[0] if closed else None
    return [s for s in closed if last and (s.step, s.outcome, s.came_from_id) == (last.step, last.outcome, last.came_from_id)]


def leave_together(movements: list[Movement], by: Officer) -> None:
    """Finish the tasks of stays that end with another one of their step and lead nowhere themselves."""
    for movement in movements:
        activation_of(movement).sign(by, None, "")


def activation_of(movement: Movement) -> Any:
    activation = movement.task.flow_task.activation_class(movement.task)
    activation.process = movement.case
    return activation


def go_on(case: Case, activation: Any, noting: Noting) -> None:
    """Let the engine make what comes next, save the file once, and tell those who wait for word."""
    activation.activate_next()
    waking.after_commit("look_at", case.pk)
    if case.ending:
        together(Change(Process, {"id": case.pk}, {"status": case.status, "finished": case.finished}))
    if noting.outcome == Outcome.RETURN:
        write_now()
        waiting = Movement.objects.select_related("office").filter(case=case, disposed=None).first()
        if waiting:
            notices.tell_of(Outcome.RETURN, case, waiting.office, paragraph=noting.paragraph)
