"""What offices are told: a line in the office's list and, for what cannot wait, mail to whoever holds it today.

Both are written in the transaction of their cause. Mail leaves after the commit, from a table, whoever drains it: once, unless a
worker dies between the mail server's answer and its mark. The second copy then carries the same ``Message-ID``.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.asking import one_of
from programme.bilingual import in_both
from programme.calendar import today
from programme.models import Charge, Office, Officer, Posting
from programme.powers import Power
from workflows import incidents
from workflows.authority import capacities
from workflows.models import Case, Escalation, Incident, Message, Movement, Notice, NoticeKind, Observation, Outcome
from workflows.sight import visible_to

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = 8
# Sweeps and seals wait for the same worker, so a drain leaves it to them after this many seconds.
PASS = 20.0
LOST_FOR = timedelta(days=7)
Reader = tuple[str, str, tuple[str, ...]]
# Everything else is read in the list, and in the daily mail.
AT_ONCE = (NoticeKind.RETURNED, NoticeKind.DUE)
# What stands before the number of a stay in the keys of what is told of its time limit.
LATE, DUE = "late/", "due/"


# --- telling an office --------------------------------------------------------------------------------------------------


def tell(
    kind: NoticeKind,
    office: Office,
    say: Callable[[], str],
    *,
    key: str,
    case: Case | None = None,
    observation: Observation | None = None,
    on: date | None = None,
) -> bool:
    """Write in the list of an office what it is told, in the caller's transaction; return ``False`` when ``key`` was told before.

    ``say`` is asked for the sentence in each language; ``on`` is the day it belongs to, today where none is given.
    """
    told = {"kind": kind, "office": office, "case": case, "observation": observation, "on": on or today(), **in_both(say)}
    notice, made = Notice.objects.get_or_create(key=key, defaults=told)
    if made and kind in AT_ONCE:
        _put_all(_mails([notice], {}))
    return made


def tell_of(outcome: Outcome, case: Case, office: Office, *, paragraph: int) -> None:
    """Tell an office what became of a file: that it came back, which cannot wait, or that an order or letter was issued."""
    kind = NoticeKind.RETURNED if outcome == Outcome.RETURN else NoticeKind.ISSUED
    tell(kind, office, partial(_became, outcome, case, paragraph), key=f"{case.number}/{paragraph}/{office.pk}", case=case)


def _became(outcome: Outcome, case: Case, paragraph: int) -> str:
    said = {"number": case.number, "process": case.flow_class.process_title, "outcome": outcome.label, "paragraph": paragraph}
    return _("File %(number)s (%(process)s) now stands as: %(outcome)s. Read paragraph %(paragraph)s.") % said


@transaction.atomic
def tell_all(notices: list[Notice], *, stale: Mapping[str, datetime | None] | None = None) -> None:
    """Write many notices with few statements; what was told before stays as it is.

    ``stale`` gives, by the notice's key, when its mail would be worth nothing any more.
    """
    Notice.objects.bulk_create(notices, batch_size=500, ignore_conflicts=True)
    _put_all(_mails([notice for notice in notices if notice.kind in AT_ONCE], stale or {}))


def goes_on(ended: Movement, begun: Movement) -> None:
    """Let what was told of a stay's time limit hold for the stay that goes on with it, so that nobody is told twice."""
    Escalation.objects.filter(movement=ended).update(movement=begun)
    for told in Notice.objects.filter(Q(key=f"{DUE}{ended.pk}") | Q(key__startswith=f"{LATE}{ended.pk}/")):
        first, _number, *rest = told.key.split("/")
        Notice.objects.filter(pk=told.pk).update(key="/".join([first, str(begun.pk), *rest]))


def mine(officer: Officer) -> QuerySet[Notice]:
    """Return what the offices were told at which the officer may act today; a predecessor's is his, his own old office's is not.

    Of an observation he is told only where he may read it: as one who replies for the office, or as an auditor of the file.
    """
    held = [capacity for capacity in capacities(officer) if capacity.powers]
    offices = [capacity.office.pk for capacity in held]
    rows = _at(offices, [capacity.office.pk for capacity in held if capacity.charge != Charge.ASSISTANT])
    auditing = [capacity.office.pk for capacity in held if Power.AUDIT in capacity.powers]
    if auditing:
        files = Exists(visible_to(officer).filter(pk=OuterRef("case")))
        rows |= Notice.objects.filter(files, kind=NoticeKind.REPLIED, office__in=auditing)
    return rows


def _at(offices: Any, replying: Any) -> QuerySet[Notice]:
    readable = Q(observation=None) | Q(one_of("office", replying), kind=NoticeKind.OBSERVED)
    return Notice.objects.filter(readable, one_of("office", offices))


def unread(officer: Officer) -> QuerySet[Notice]:
    """Return what the officer's offices were told since he last said that he had read it."""
    return mine(officer).filter(pk__gt=officer.notices_read)


def unread_at(offices: Any, replying: Any, read: Any) -> QuerySet[Notice]:
    """Return what ``unread`` returns for whoever reads no replies, whose offices are given."""
    return _at(offices, replying).filter(pk__gt=read)


def reads_replies(officer: Officer) -> bool:
    """Say whether the officer is told, as an auditor, of replies on the files he examines."""
    return any(Power.AUDIT in capacity.powers for capacity in capacities(officer))


def read_up_to(pk: int, *, by: Officer) -> None:
    """Mark as read what the officer's offices were told up to the notice ``pk``; never less than was read before."""
    newest = mine(by).filter(pk__lte=pk).order_by("-pk").values_list("pk", flat=True).first()
    if newest:
        Officer.objects.filter(pk=by.pk, notices_read__lt=newest).update(notices_read=newest)


def holders(offices: Iterable[int]) -> dict[int, list[Posting]]:
    """Return who holds each office today, by the office's number; assistants hold nothing. One query."""
    live = Posting.objects.filter(Posting.in_force(today()), office__in=set(offices), officer__is_active=True)
    found: dict[int, list[Posting]] = {}
    for posting in live.exclude(charge=Charge.ASSISTANT).select_related("officer").order_by("starts_on", "pk"):
        found.setdefault(posting.office_id, []).append(posting)
    return found


# --- mail at once -------------------------------------------------------------------------------------------------------


def _mails(notices: list[Notice], stale: Mapping[str, datetime | None]) -> list[Message]:
    """Write each notice to its office's holders, each in his language; to the office itself, in both, where none has an address."""
    held = holders(notice.office_id for notice in notices)
    mails = []
    for notice in notices:
        reached = [posting for posting in held.get(notice.office_id, []) if posting.officer.email]
        told = dict.fromkeys(posting.officer for posting in reached if _concerns(notice, posting))
        readers: list[Reader] = [(f"{notice.key}/{o.pk}", o.email, (o.language,)) for o in told if notice.kind not in o.unmailed]
        if not reached and notice.office.email:
            readers = [(notice.key, notice.office.email, ("hi", "en"))]
        mails += [_mail(notice, *reader, stale.get(notice.key)) for reader in readers]
    return mails


def _concerns(notice: Notice, posting: Posting) -> bool:
    """Say whether the file lies within what a link officer was appointed for."""
    amount = notice.case.amount if notice.case else None
    return posting.upto is None or amount is None or amount <= posting.upto


def _mail(notice: Notice, key: str, address: str, languages: tuple[str, ...], stale_at: datetime | None) -> Message:
    """Nothing personal is in the subject, and no file is decided by mail: the only link leads to signing in."""
    subjects, texts = [], []
    for language in languages:
        with translation.override(language):
            number = notice.case.number if notice.case else ""
            subjects.append(f"{number}: {NoticeKind(notice.kind).label}")
            texts.append(f"{getattr(notice, f'text_{language}')}\n\n{sign_in_line()}")
    subject, text = " · ".join(subjects), "\n\n".join(texts)
    return Message(key=key, address=address, subject=subject[:200], text=text, case=notice.case, office=notice.office, stale_at=stale_at)


def sign_in_line() -> str:
    """Say where to sign in, in the reader's language."""
    return _("Sign in: %(address)s") % {"address": settings.PUBLIC_URL + reverse("sign_in")}


# --- the outbox ---------------------------------------------------------------------------------------------------------


def put(
    key: str,
    *,
    address: str,
    subject: str,
    text: str,
    case: Case | None = None,
    office: Office | None = None,
    stale_at: datetime | None = None,
) -> None:
    """Put a mail in the outbox in the caller's transaction; a second one with the same key is not put.

    From ``stale_at`` on it does not leave any more.
    """
    mail = {"address": address, "subject": subject[:200], "text": text, "case": case, "office": office, "stale_at": stale_at}
    Message.objects.get_or_create(key=key, defaults=mail)
    transaction.on_commit(wake)


def _put_all(mails: list[Message]) -> None:
    if mails:
        Message.objects.bulk_create(mails, batch_size=500, ignore_conflicts=True)
        transaction.on_commit(wake)


def wake(task: str = "drain", *args: Any) -> None:
    """Ask a worker for a task now. A broker that is down costs nothing: the beat asks for it every few seconds anyway."""
    try:
        current_app.send_task(f"workflows.tasks.{task}", args=args, retry=False, ignore_result=True)
    except Exception:
        logger.warning("broker unreachable; the beat will ask for %s", task)


def waiting() -> QuerySet[Message]:
    """Return the mails that are still to leave: not given up, and not stale."""
    fresh = Q(stale_at=None) | Q(stale_at__gt=timezone.now())
    return Message.objects.filter(fresh, sent_at=None, attempts__lt=GIVE_UP_AFTER).order_by("made_at")


def given_up() -> QuerySet[Message]:
    """Return the mails that never left and are not tried any more."""
    return Message.objects.filter(sent_at=None, attempts__gte=GIVE_UP_AFTER)


def drain(limit: int = 100, *, seconds: float = PASS) -> int:
    """Send waiting mails for about ``seconds`` and return how many left.

    A mail is leased before it is tried. One that fails is tried eight times in some hours, each time after twice the pause.
    """
    until, sent = monotonic() + seconds, 0
    free = Q(leased_until=None) | Q(leased_until__lt=timezone.now())
    for message in waiting().filter(free)[:limit]:
        if monotonic() > until:
            break
        now = timezone.now()
        lease = {"leased_until": now + LEASE * 2**message.attempts, "attempted_at": now, "attempts": F("attempts") + 1}
        if Message.objects.filter(free, pk=message.pk, sent_at=None).update(**lease) == 1 and _send(message):
            sent += 1
    _close_incidents()
    return sent


def _send(message: Message) -> bool:
    # The same for every try, so that a mail that left twice can be seen to be one.
    headers = {"Message-ID": f"<message-{message.pk}@{settings.RECORD_ORIGIN}>"}
    try:
        EmailMessage(message.subject, message.text, None, [message.address], headers=headers).send()
    except Exception as error:
        cause = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
        Message.objects.filter(pk=message.pk).update(failure=f"{cause}: {error}"[:300])
        logger.warning("message %s did not leave: %s", message.pk, cause)
        if message.attempts + 1 >= GIVE_UP_AFTER:
            incidents.report(f"mail/{cause}", partial(_given_up, cause, message.pk))
        return False
    Message.objects.filter(pk=message.pk).update(sent_at=timezone.now(), leased_until=None, failure="")
    return True


def _lost(cause: str) -> QuerySet[Message]:
    since = timezone.now() - LOST_FOR
    return given_up().filter(failure__startswith=f"{cause}:", attempted_at__gte=since)


def _given_up(cause: str, newest: int) -> str:
    said = {"count": _lost(cause).count(), "tries": GIVE_UP_AFTER, "cause": cause, "newest": newest}
    return _("Mails given up in these days: %(count)s, each after %(tries)s tries (%(cause)s). The newest is mail %(newest)s.") % said


def _close_incidents() -> None:
    """What has not happened again for a week is over; the list of the office holds what the mail would have said."""
    for incident in Incident.objects.filter(key__startswith="mail/", closed_at=None):
        if not _lost(incident.key.removeprefix("mail/")).exists():
            incidents.cured(incident.key)
