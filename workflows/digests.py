"""The daily mail of an officer: what waits for him, the late ones first, and what his offices were told since the last one.

It names files by number, process, step, district and day alone: the subject of a file can hold the name of an applicant.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme.calendar import ONE_DAY, day_begins
from programme.models import Officer, Posting
from programme.models.naming import in_language
from programme.zone import IST
from workflows import deadlines, escalation, inbox, incidents, notices, reminders
from workflows.models import Movement, Notice, NoticeKind

logger = logging.getLogger(__name__)
# Somebody new to an office is not told its whole past by mail.
LONGEST_LOOK_BACK = timedelta(days=7)
FILES, TOLD = 100, 50
# These sentences are written by the clock and name no person; of the others the mail gives kind and number.
FIRST = (NoticeKind.ESCALATED, NoticeKind.MISSED, NoticeKind.REMINDER)
# Of these the newest line of a series says all that the earlier ones said.
SERIES = (NoticeKind.ESCALATED, NoticeKind.REMINDER)


def sweep(now: datetime | None = None) -> int:
    """Put the mails whose hour has come today and that were not made today; return how many were put.

    An officer whose mail cannot be made does not hold up the others; he becomes an incident and is tried again.
    """
    now = now or timezone.now()
    put = 0
    for officer in _waiting_for_it(now):
        key = f"digest/{officer.pk}"
        try:
            put += _make(officer, now)
            incidents.cured(key)
        except Exception as error:
            logger.warning("daily mail of officer %s could not be made: %s", officer.pk, type(error).__name__)
            incidents.report(key, partial(_words_of_failure, officer.pk))
    return put


def _waiting_for_it(now: datetime) -> QuerySet[Officer]:
    day = timezone.localdate(now, IST)
    live = Posting.objects.filter(Posting.in_force(day), officer=OuterRef("pk"))
    hour = timezone.localtime(now, IST).hour
    return Officer.objects.filter(Exists(live), _not_made(day_begins(day)), is_active=True, digest_hour__lte=hour).exclude(email="")


def _not_made(midnight: datetime) -> Q:
    return Q(digested_at=None) | Q(digested_at__lt=midnight)


@transaction.atomic
def _make(officer: Officer, now: datetime) -> bool:
    """Make the officer's mail of today in one transaction with the mark that it was made; ``False`` when there is nothing to say."""
    day = timezone.localdate(now, IST)
    if Officer.objects.filter(_not_made(day_begins(day)), pk=officer.pk).update(digested_at=now) != 1:
        return False
    with translation.override(officer.language):
        mail = compose(officer, now)
    if mail is None:
        return False
    subject, text = mail
    stale_at = day_begins(day + ONE_DAY)
    notices.put(f"digest/{day}/{officer.pk}", address=officer.email, subject=subject, text=text, stale_at=stale_at)
    return True


def compose(officer: Officer, now: datetime) -> tuple[str, str] | None:
    """Return subject and text of the mail in the language that is on; ``None`` when nothing waits and nothing was told."""
    counts, told = inbox.counts(officer), _told(officer, now)
    if not counts.all and not told:
        return None
    parts = [_counted(counts), *_files(officer, now), *_sections(told)]
    foot = _("You have this mail once a day, after %(hour)s:00. Its hour, language and kinds stand under “My settings”.")
    foot %= {"hour": officer.digest_hour}
    subject = _("Karyapravah, %(day)s: waiting %(all)s, beyond time %(late)s")
    subject %= {"day": date_format(timezone.localdate(now, IST)), "all": counts.all, "late": counts.late}
    return subject, "\n\n".join([*parts, f"{notices.sign_in_line()}\n{foot}"]) + "\n"


def _counted(counts: inbox.Counts) -> str:
    said = {"all": counts.all, "late": counts.late, "soon": counts.soon, "in_time": counts.in_time}
    return _("Files that wait for you: %(all)s. Beyond time %(late)s, due in 3 working days %(soon)s, in time %(in_time)s.") % said


def _files(officer: Officer, now: datetime) -> Iterator[str]:
    """Yield the files in paragraphs, by how they stand against their clock; the inbox has them first due first."""
    groups: dict[str, list[str]] = {}
    rows = list(inbox.waiting(officer)[: FILES + 1])
    several = len({stay.office_id for stay in rows}) > 1
    for stay in rows[:FILES]:
        standing = deadlines.standing(stay, now)
        groups.setdefault(standing.kind, []).append(_file(stay, standing, several))
    titles = {"late": _("Beyond time"), "soon": _("Due in 3 working days"), "in_time": _("In time"), "none": _("Without a time limit")}
    yield from (_paragraph(titles[kind], groups[kind]) for kind in titles if kind in groups)
    if len(rows) > FILES:
        yield _("More files wait; the inbox has all of them.")


def _file(stay: Movement, standing: deadlines.Standing, several: bool) -> str:
    case = stay.case
    parts = [case.number, str(case.flow_class.process_title), stay.node.title]
    parts += [case.district.name] if case.district else []
    parts += [stay.office.name] if several else []
    if stay.due:
        parts.append(_("due on %(day)s") % {"day": date_format(timezone.localtime(stay.due, IST))})
    return " · ".join([*parts, standing.text] if standing.text else parts)


def _told(officer: Officer, now: datetime) -> list[Notice]:
    """Return what the officer's offices were told since his last mail and still stands, less the kinds he left out.

    Of a series there is the newest alone.
    """
    since = max(filter(None, (officer.digested_at, now - LONGEST_LOOK_BACK)))
    rows = notices.mine(officer).filter(made_at__gt=since).exclude(kind__in=[*officer.unmailed, *notices.AT_ONCE])
    newest: dict[str, Notice] = {}
    for notice in rows.select_related("case").order_by("on", "pk"):
        series = notice.key.rpartition("/")[0] if notice.kind in SERIES else notice.key
        newest[series] = notice
    over = reminders.answered(newest.values()) | escalation.moved_on(newest.values())
    return [notice for notice in newest.values() if notice.pk not in over]


def _sections(told: list[Notice]) -> Iterator[str]:
    """Yield a paragraph for each kind: what is late under him before the reminders, then everything else."""
    for kind in (*FIRST, *(kind for kind in NoticeKind if kind not in FIRST)):
        lines = [_line(notice) for notice in told if notice.kind == kind]
        more = [_("and %(count)s more") % {"count": len(lines) - TOLD}] if len(lines) > TOLD else []
        if lines:
            yield _paragraph(str(kind.label), [*lines[:TOLD], *more])


def _line(notice: Notice) -> str:
    if notice.kind in FIRST:
        return in_language(notice, "text")
    return notice.case.number if notice.case else date_format(notice.on)


def _paragraph(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{title}:", *(f"- {line}" for line in lines)])


def _words_of_failure(officer: int) -> str:
    return _("The daily mail of officer number %(officer)s could not be made.") % {"officer": officer}
