"""A kind of long work for tests: each row leaves one letter for each time it was really done."""

import time
from collections.abc import Iterable
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tests.files import officer
from workflows.authority import Overtaken, Refusal
from workflows.jobs import Done, Work, start
from workflows.models import Job, JobRow, Message


def write_letter(row: JobRow) -> Done:
    """Write a letter, then end as the row's ``args`` say."""
    Message.objects.create(key=str(uuid4()), subject=row.key, text=f"{row.job.by.username} {get_language()}")
    time.sleep(row.args.get("seconds", 0))
    match row.args.get("end"):
        case "refusal":
            raise Refusal(_("You hold no charge at %(office)s today.") % {"office": row.name})
        case "overtaken":
            raise Overtaken(_("Another officer is acting on this file at this moment. Look again."))
        case "invalid":
            raise ValidationError(["First.", "Second."])
        case "fault":
            raise RuntimeError("Ram Kumar, 9876543210")
        case "double key":
            Message.objects.create(key=Message.objects.latest("pk").key, subject=row.key, text="")
        case "said":
            return Done(sentence_en="Written.", sentence_hi="लिखा गया।")
    return Done()


TABLE = {"letters": Work(title=lambda job: f"Letters of {job.args['year']}", act=write_letter, may_be_cancelled=True)}


def letters(count: int = 3, key: str = "letters", by: str = "dm.agra", **ends: dict) -> Job:
    """Start a job of ``count`` rows, r1, r2 and on; ``ends`` gives args of single rows by their key."""
    return start("letters", by=officer(by), key=key, args={"year": "2026-27"}, rows=rows(count, ends))


def rows(count: int, ends: dict[str, dict]) -> Iterable[JobRow]:
    for number in range(1, count + 1):
        yield JobRow(key=f"r{number}", name_en=f"Row {number}", name_hi=f"पंक्ति {number}", args=ends.get(f"r{number}", ends.get("each", {})))


def written() -> list[str]:
    """Return the rows that letters were written for, once for each letter."""
    return sorted(Message.objects.values_list("subject", flat=True), key=lambda key: int(key[1:]))
