"""What is under way while the faults come, and how it is known afterwards whether each of it was done once.

A new kind of background work joins by one line in ``LOADS``: how it is set up, how many are still to be done, what is wrong.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path

from django.db.models import Count, F
from django.utils import timezone

from programme.calendar import financial_year, today
from programme.models import ActionPlan, Office, Season, State
from programme.zone import IST
from tests.faults.mailbox import taken
from tests.files import holder_of, office, officer, waiting
from tests.processes.freight_files import a_claim, sea_line
from tests.processes.plan_files import at_moment, drafted, opened, write
from tests.workflows.bulk_files import exhibitions, signed, stays_of
from tests.workflows.long_work import letters
from workflows import bulk, notices, seasons
from workflows.flows import ActionPlanFlow, ExhibitionFlow, FreightFlow
from workflows.forms.plan import planned_years
from workflows.forms.sittings import ItemForm, as_sent
from workflows.models import (
    Case,
    Committee,
    Escalation,
    Job,
    JobRow,
    JobStatus,
    Message,
    Movement,
    Notice,
    NoticeKind,
    Noting,
    Outcome,
    RowStatus,
)
from workflows.sittings import agenda, minutes, signing

PLANS, MAILS, LETTERS, CLAIMS, PROPOSALS, LATE, SEASONS = 36, 150, 400, 10, 80, 60, 8
# So many files stand under one signature, and so many more become late at a time.
TOGETHER = 10
MARK = "faults"
LATE_TITLE = "Kept waiting"
# Longer than the fifteen working days after which the last rule tells; of a file at the ODOP Cell these two are told.
LONG_LATE, TOLD_OF_LATE = timedelta(days=45), ("director", "principal_secretary")
SINCE_THE_LAST_DAY = timedelta(days=10)


@dataclass(frozen=True)
class Size:
    """How much of each is set up, as a share of the full run."""

    share: float
    seconds: int

    def of(self, count: int) -> int:
        return max(int(count * self.share), 1)


@dataclass(frozen=True)
class Found:
    """What became of one kind: how many there were, and which were lost or done more than once."""

    total: int
    lost: int
    doubled: int


# --- the season of next year, as long work of 75 rows ---------------------------------------------------------------------


def open_next_season(size: Size) -> None:
    seasons.start(_up(), planned_years()[1], by=officer("odop.cell"), office=office("odop_cell"), key=MARK)


def season_left() -> int:
    return _rows_left(seasons.KIND)


def season_found(box: Path) -> Found:
    """A district has one plan, one file and one opening paragraph."""
    districts = _up().districts.count()
    plans = Counter(ActionPlan.objects.filter(season__year=planned_years()[1], dropped=False).values_list("district", flat=True))
    files = Case.objects.filter(kind=ActionPlanFlow.slug, subject__contains=planned_years()[1]).annotate(said=Count("notings"))
    return Found(districts, districts - len(plans), sum(n - 1 for n in plans.values()) + sum(case.said != 1 for case in files)
                 + files.count() - len(plans))  # fmt: skip


# --- windows of opinion that close, five to a plan ------------------------------------------------------------------------


def open_windows(size: Size) -> None:
    """Open this year's plans and draft them; the windows of their departments close one after the other during the run."""
    opened = islice(seasons.open_all(_up(), financial_year(today())), size.of(PLANS))
    cases = [case for _district, case in opened if case]
    for case in cases:
        write(case, **drafted())
    stays = list(Movement.objects.filter(case__in=cases, step="contribute", disposed=None).order_by("case", "pk"))
    for number, stay in enumerate(stays):
        stay.wakes = timezone.now() + timedelta(seconds=size.seconds * number / len(stays))
    Movement.objects.bulk_update(stays, ["wakes"])


def windows_left() -> int:
    return _windows().filter(disposed=None).count()


def windows_found(box: Path) -> Found:
    """A window was closed by the clock, with one paragraph, and the plan waits once for its signature."""
    windows = _windows()
    told = Noting.objects.filter(case__in=windows.values("case"), step="contribute", outcome=Outcome.SILENT).count()
    plans = windows.values("case").distinct().count()
    signing_now = Movement.objects.filter(case__in=windows.values("case"), step="sign").count()
    total, closed = windows.count(), windows.filter(outcome=Outcome.SILENT).count()
    return Found(total + plans, total - closed + max(plans - signing_now, 0), max(told - closed, 0) + max(signing_now - plans, 0))


def _windows():
    return Movement.objects.filter(step="contribute", case__kind=ActionPlanFlow.slug)


# --- the signed minutes of a sitting --------------------------------------------------------------------------------------


def sign_minutes(size: Size) -> None:
    cases = [a_claim(at="committee", exporter=number, lines=[sea_line(number)]) for number in range(1, size.of(CLAIMS) + 1)]
    stays = [waiting(case) for case in cases]
    chair = holder_of(stays[0].office)
    convener = holder_of(office("dic", "Moradabad"))
    sitting = agenda.call(Committee.USERS, stays[0].office, by=convener, held_on=today(), place="Moradabad", movements=stays)
    agenda.record_presence(sitting, sitting.members.all(), by=convener)
    for item in agenda.items_of(sitting):
        typed = {"outcome": Outcome.RECOMMEND, "amount_recommended": str(item.movement.case.amount)}
        form = ItemForm(item, officer=convener, members=[], data=as_sent(item, typed))
        assert form.is_valid(), form.form.errors
        agenda.decide_item(item, by=convener, form=form)
    sitting.refresh_from_db()
    signing.sign(sitting, by=chair, seen=minutes.digest_of_draft(sitting, list(agenda.items_of(sitting)), agenda.members_of(sitting)))


def minutes_left() -> int:
    return _rows_left(signing.KIND)


def minutes_found(box: Path) -> Found:
    """A file of the sitting was decided once in the committee and waits once at the next step."""
    files = Case.objects.filter(kind=FreightFlow.slug)
    decided = [case.notings.filter(step="committee").count() for case in files]
    further = [case.movements.filter(step="compute").count() for case in files]
    return _once(decided + further)


# --- many files under one signature ---------------------------------------------------------------------------------------


def sign_proposals(size: Size) -> None:
    """Let proposals wait at the ODOP Cell, and sign for the first of them."""
    exhibitions(size.of(PROPOSALS))
    sign_some()


def sign_some() -> None:
    signed_for = JobRow.objects.filter(job__kind=bulk.KIND).values("case")
    cases = list(Case.objects.filter(kind=ExhibitionFlow.slug).exclude(pk__in=signed_for).exclude(subject__contains=LATE_TITLE)[:TOGETHER])
    if cases:
        signed(stays_of(cases), Outcome.RECOMMEND, by=officer("odop.cell"), key=f"{MARK}-{cases[0].pk}")


def proposals_left() -> int:
    return _rows_left(bulk.KIND)


def proposals_found(box: Path) -> Found:
    """A proposal that was signed for has one paragraph of it, and waits once at the next step."""
    cases = [row.case for row in JobRow.objects.filter(job__kind=bulk.KIND).select_related("case")]
    written = [case.notings.filter(step="scrutinise", outcome=Outcome.RECOMMEND).count() for case in cases]
    return _once(written + [case.movements.exclude(step__in=["propose", "scrutinise"]).count() for case in cases])


# --- late files told to superiors -----------------------------------------------------------------------------------------


def let_files_wait(size: Size) -> None:
    """Let proposals wait; a few are beyond their time from the beginning."""
    exhibitions(size.of(LATE), title=LATE_TITLE)
    make_some_late()


def make_some_late() -> None:
    stays = Movement.objects.filter(case__subject__contains=LATE_TITLE, disposed=None, due__gt=timezone.now()).order_by("pk")
    Movement.objects.filter(pk__in=list(stays.values_list("pk", flat=True)[:TOGETHER])).update(due=timezone.now() - LONG_LATE)


def late_left() -> int:
    return len(TOLD_OF_LATE) * _late().count() - Escalation.objects.filter(movement__in=_late()).count()


def late_found(box: Path) -> Found:
    """Each superior was told once of each late file: one line of the rule, one in his list."""
    expected = Counter((stay, post) for stay in _late().values_list("pk", flat=True) for post in TOLD_OF_LATE)
    by_rule = Counter(Escalation.objects.values_list("movement", "office__designation__code"))
    told = Notice.objects.filter(key__startswith="late/").values_list("key", "office__designation__code")
    listed = Counter((int(key.split("/")[1]), post) for key, post in told)
    return Found(
        expected.total(),
        max((expected - rows).total() for rows in (by_rule, listed)),
        max((rows - expected).total() for rows in (by_rule, listed)),
    )


def _late():
    return Movement.objects.filter(case__subject__contains=LATE_TITLE, due__lt=timezone.now())


# --- reminders and late marks of seasons whose last day is over ------------------------------------------------------------


def begin_seasons(size: Size) -> None:
    """Begin seasons of earlier years with one plan each; the last day of the first was days ago."""
    this = int(financial_year(today())[:4])
    for year in range(this - size.of(SEASONS), this):
        with at_moment(datetime.combine(today().replace(year=year, month=9, day=1), time(12), IST)):
            opened("Agra")
    end_a_season()


def end_a_season() -> None:
    season = _seasons().exclude(deadline=today() - SINCE_THE_LAST_DAY).first()
    if season:
        Season.objects.filter(pk=season.pk).update(deadline=today() - SINCE_THE_LAST_DAY)


def reminders_left() -> int:
    return len(_reminders_expected()) - Notice.objects.filter(key__in=_reminders_expected()).count()


def reminders_found(box: Path) -> Found:
    """Magistrate and industries centre of each district were reminded on five days, and the district was marked once."""
    expected = Counter(_reminders_expected())
    written = Counter(Notice.objects.filter(kind__in=[NoticeKind.REMINDER, NoticeKind.MISSED]).values_list("key", flat=True))
    return Found(expected.total(), (expected - written).total(), (written - expected).total())


def _reminders_expected() -> list[str]:
    offices = list(Office.objects.filter(designation__code__in=["dm", "dic"], district__state=_up()).values_list("district", "pk"))
    keys: list[str] = []
    for season in _seasons().filter(deadline=today() - SINCE_THE_LAST_DAY):
        keys += [f"season/{season.pk}/{place}/remind/{pk}/{days}" for place, pk in offices for days in (15, 7, 3, 1, 0)]
        keys += [f"season/{season.pk}/{place}/missed" for place in {place for place, _pk in offices}]
    return keys


def _seasons():
    return Season.objects.filter(state=_up(), year__lt=financial_year(today())).order_by("year")


# --- mails and letters ----------------------------------------------------------------------------------------------------


def write_mails(size: Size) -> None:
    for number in range(size.of(MAILS)):
        notices.put(f"{MARK}/{number}", address="office@example.org", subject=f"{MARK}/{number}", text="-")


def mails_left() -> int:
    return Message.objects.filter(key__startswith=f"{MARK}/", sent_at=None).count()


def mails_found(box: Path) -> Found:
    """A mail stands once in the outbox and left at least once. One that left twice had a worker die between leaving and saying so."""
    left = Counter(taken(box))
    keys = list(Message.objects.filter(key__startswith=f"{MARK}/").values_list("key", "sent_at"))
    return Found(len(keys), sum(sent is None or not left[key] for key, sent in keys), len(keys) - len({key for key, _sent in keys}))


def write_letters(size: Size) -> None:
    letters(size.of(LETTERS), key=MARK, by="odop.cell", each={"seconds": 0.02})


def letters_left() -> int:
    return _rows_left("letters")


def letters_found(box: Path) -> Found:
    """A row of long work left one letter, and no other."""
    written = Counter(Message.objects.filter(text__startswith="odop.cell ").values_list("subject", flat=True))
    asked = Counter(JobRow.objects.filter(job__kind="letters").values_list("key", flat=True))
    return Found(asked.total(), (asked - written).total(), (written - asked).total())


def more_mails() -> None:
    written = Message.objects.filter(key__startswith=f"{MARK}/").count()
    for number in range(written, written + 10):
        notices.put(f"{MARK}/{number}", address="office@example.org", subject=f"{MARK}/{number}", text="-")


def more_letters() -> None:
    letters(60, key=f"{MARK}-{Job.objects.filter(kind='letters').count()}", by="odop.cell", each={"seconds": 0.02})


@dataclass(frozen=True)
class Load:
    """One kind of background work: set it up, count what is left, say what became of it.

    ``more`` asks for a little more of it when nothing is left, as long as faults come.
    """

    set_up: Callable[[Size], None]
    left: Callable[[], int]
    found: Callable[[Path], Found]
    more: Callable[[], None] | None = None


LOADS = {
    "reminders and late marks": Load(begin_seasons, reminders_left, reminders_found, end_a_season),
    "windows closed by the clock": Load(open_windows, windows_left, windows_found),
    "files moved by minutes": Load(sign_minutes, minutes_left, minutes_found),
    "plans of a season opened": Load(open_next_season, season_left, season_found),
    "files under one signature": Load(sign_proposals, proposals_left, proposals_found, sign_some),
    "late files told of": Load(let_files_wait, late_left, late_found, make_some_late),
    "mails": Load(write_mails, mails_left, mails_found, more_mails),
    "rows of long work": Load(write_letters, letters_left, letters_found, more_letters),
}


def _up() -> State:
    return State.objects.get(short="UP")


def _rows_left(kind: str) -> int:
    """Count the rows that wait; a job whose rows are done and that has not ended is one more to be done."""
    rows = JobRow.objects.filter(job__kind=kind, status=RowStatus.WAITING).count()
    return rows + Job.objects.filter(kind=kind, status__in=[JobStatus.WAITING, JobStatus.RUNNING], total__lte=F("done")).count()


def _once(counts: list[int]) -> Found:
    return Found(len(counts), sum(n == 0 for n in counts), sum(n - 1 for n in counts if n > 1))
