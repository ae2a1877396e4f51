"""Long lists: written by the worker for the officer who asked, kept for a day, and given to nobody else."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from tempfile import TemporaryFile
from time import monotonic
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.bilingual import in_both
from programme.models import Officer
from workflows import jobs
from workflows.authority import Refusal, capacities
from workflows.exports.catalogue import LISTS
from workflows.exports.declaring import CHUNK, Asked, Line, Listed, chunks, count
from workflows.exports.writing import reader, write_lines
from workflows.jobs import Done, Work
from workflows.models import Job, JobRow, WrittenList

KIND = "list"
KEPT = timedelta(hours=24)
# A file that no list names was left by a worker that was lost between writing and saying so.
LEFT_BEHIND = timedelta(hours=1)
AT_A_TIME = 3
TELL_EVERY = 1.0


class Stopped(Exception):
    """The work was stopped while the list was being written."""


@dataclass(frozen=True)
class Prepared:
    """A file that was written, and is nobody's until its list says so."""

    name: str
    size: int
    lines: int


# --- asking ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(listed: Listed, asked: Asked, form: str, *, key: str) -> WrittenList:
    """Have a list written by the worker, in the language of the reader; the same ``key`` twice is one list.

    Raises what the list raises where it is not open to the officer, and ``Refusal`` while several are being written for him.
    """
    query, same = asked.query.urlencode(), {"by": asked.officer, "name": listed.name, "form": form}
    lines = count(listed.rows(asked))
    under_way = WrittenList.objects.filter(by=asked.officer, job__status__in=jobs.OPEN)
    found = under_way.filter(query=query, **same).first() or WrittenList.objects.filter(job__key=_key(asked.officer, key)).first()
    if found:
        return found
    if under_way.count() >= AT_A_TIME:
        raise Refusal(_("%(count)s lists are being written for you already. Wait until one is ready.") % {"count": AT_A_TIME})
    row = JobRow(key="list", **in_both(lambda: listed.title(asked), "name"))
    args = {"form": form, **in_both(lambda: listed.title(asked), "title")}
    job = jobs.start(KIND, by=asked.officer, key=_key(asked.officer, key), args=args, rows=[row])
    told = {"query": query, "language": reader(), "lines": lines}
    return WrittenList.objects.create(job=job, scope=scope_of(asked.officer), **same, **told)


def _key(officer: Officer, key: str) -> str:
    return f"{KIND}/{officer.pk}/{key}"


def scope_of(officer: Officer) -> list[list[Any]]:
    """Return what the officer holds today: office, amount up to which, the part to which an audit is limited, powers."""
    held = ([c.office.pk, str(c.upto), c.scope and c.scope.pk, sorted(c.powers)] for c in capacities(officer))
    return sorted(held, key=str)


def check_download(officer: Officer, written: WrittenList) -> None:
    """Raise ``Refusal`` when the officer holds less than when the list was written, or it is no longer kept."""
    held: dict[tuple[Any, ...], set[str]] = {}
    for *charge, powers in scope_of(officer):
        held.setdefault(tuple(charge), set()).update(powers)
    if any(not set(powers) <= held.get(tuple(charge), set()) for *charge, powers in written.scope):
        raise Refusal(_("Your charges have changed since this list was written. Ask for it again."))
    if not written.is_ready or written.kept_until is None or written.kept_until <= timezone.now():
        raise Refusal(_("This list is no longer kept. Ask for it again."))


# --- writing --------------------------------------------------------------------------------------------------------------


def _prepare(row: JobRow, keep: Callable[[], bool]) -> Prepared | None:
    """Write the file from its beginning, whatever an earlier worker has written of it; ``None`` when the work was stopped."""
    written = row.job.written_list
    listed, storage = LISTS[written.name], storages["lists"]
    with translation.override(written.language), TemporaryFile() as file:
        asked = _asked(written)
        rows = _rows(listed, asked)
        tell = partial(_tell, written, keep)
        lines = _telling(listed.lines(chunks(rows), asked), tell)
        try:
            number = write_lines(written.form, file, listed.columns, lines, title=listed.title(asked))
        except Stopped:
            return None
        size = file.tell()
        file.seek(0)
        return Prepared(storage.save(f"{uuid.uuid4().hex}.{written.form}", File(file)), size, number)


def _asked(written: WrittenList) -> Asked:
    return Asked(written.by, QueryDict(written.query))


def _rows(listed: Listed, asked: Asked) -> Any:
    """Return the rows of a list; one that would not open any more is refused with a sentence."""
    try:
        return listed.rows(asked)
    except ObjectDoesNotExist:
        raise Refusal(_("This list is not open to you any more.")) from None


def _telling(lines: Iterator[Line], tell: Callable[[int], None]) -> Iterator[Line]:
    """Yield the lines, and now and then tell how many there were."""
    told = monotonic()
    for number, line in enumerate(lines):
        if number % CHUNK == 0 and monotonic() - told >= TELL_EVERY:
            tell(number)
            told = monotonic()
        yield line


def _tell(written: WrittenList, keep: Callable[[], bool], number: int) -> None:
    if not keep():
        raise Stopped
    WrittenList.objects.filter(pk=written.pk).update(written=number)


def _act(row: JobRow) -> Done:
    """Let the file that was prepared be the officer's; raise ``Refusal`` when the list is not open to him any more."""
    written = row.job.written_list
    _rows(LISTS[written.name], _asked(written))
    made: Prepared | None = row.prepared  # type: ignore[attr-defined]
    if made is None:
        raise Refusal(_("The list was not written. Ask for it again."))
    now = timezone.now()
    written.stored, written.size, written.lines, written.written = made.name, made.size, made.lines, made.lines
    written.scope, written.ready_at, written.kept_until = scope_of(written.by), now, now + KEPT
    written.save()
    said = in_both(lambda: _("%(count)s lines. Kept until the same time tomorrow.") % {"count": made.lines}, "sentence")
    return Done(sentence_en=said["sentence_en"], sentence_hi=said["sentence_hi"])


def _title(job: Job) -> str:
    title = job.args[f"title_{reader()}"]
    return _("List: %(title)s (%(form)s)") % {"title": title, "form": job.args["form"].upper()}


WRITING = Work(title=_title, act=_act, prepare=_prepare, may_be_cancelled=True)


# --- sweeping -------------------------------------------------------------------------------------------------------------


def sweep() -> int:
    """Delete the files whose day is over and those that no list names, and return how many."""
    storage, now = storages["lists"], timezone.now()
    over = list(WrittenList.objects.filter(kept_until__lte=now).exclude(stored=""))
    for written in over:
        storage.delete(str(written.stored))
        WrittenList.objects.filter(pk=written.pk).update(stored="")
    return len(over) + sum(_left_behind(storage, now))


def _left_behind(storage: Any, now: Any) -> Iterator[int]:
    names = storage.listdir("")[1] if storage.exists("") else []
    known = set(WrittenList.objects.exclude(stored="").values_list("stored", flat=True))
    for name in names:
        if name not in known and storage.get_modified_time(name) <= now - LEFT_BEHIND:
            storage.delete(name)
            yield 1
