"""Mail leaves after the act that caused it is committed: from a table, once, whoever drains it."""

import logging
from datetime import timedelta

from celery import current_app
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.models import Office
from workflows.models import Case, Message, Outcome

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = 8


def tell_of(outcome: Outcome, case: Case, office: Office, *, paragraph: int) -> None:
    """Tell an office what happened to a file, in Hindi and then in English. Nothing personal is in the subject."""
    if not office.email:
        return
    subjects, texts = [], []
    for language in ("hi", "en"):
        with translation.override(language):
            subjects.append(f"{case.number}: {outcome.label}")
            texts.append(
                _("File %(number)s now stands as: %(outcome)s. Sign in and open the file to read paragraph %(paragraph)s.")
                % {"number": case.number, "outcome": outcome.label, "paragraph": paragraph}
            )
    put(
        f"{case.number}/{paragraph}/{office.pk}",
        address=office.email,
        subject=" · ".join(subjects),
        text="\n\n".join(texts),
        case=case,
        office=office,
    )


def put(key: str, *, address: str, subject: str, text: str, case: Case | None = None, office: Office | None = None) -> None:
    """Put a mail in the outbox in the caller's transaction; a second one with the same key is not put."""
    Message.objects.get_or_create(
        key=key, defaults={"address": address, "subject": subject[:200], "text": text, "case": case, "office": office}
    )
    transaction.on_commit(wake)


def wake(task: str = "drain") -> None:
    """Ask a worker for a task now. A broker that is down costs nothing: the beat asks for it every few seconds anyway."""
    try:
        current_app.send_task(f"workflows.tasks.{task}", retry=False, ignore_result=True)
    except Exception:
        logger.warning("broker unreachable; the beat will ask for %s", task)


def drain(limit: int = 100) -> int:
    """Send waiting mails and return how many left. A mail is leased before it is tried and tried eight times."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    waiting = Message.objects.filter(free, sent_at=None, attempts__lt=GIVE_UP_AFTER).order_by("made_at")
    sent = 0
    for message in waiting[:limit]:
        claim = Message.objects.filter(free, pk=message.pk, sent_at=None)
        if claim.update(leased_until=now + LEASE, attempts=F("attempts") + 1) == 1 and _send(message):
            sent += 1
    return sent


def _send(message: Message) -> bool:
    try:
        send_mail(message.subject, message.text, None, [message.address])
    except Exception as error:
        Message.objects.filter(pk=message.pk).update(failure=str(error)[:300])
        logger.warning("message %s did not leave: %s", message.pk, type(error).__name__)
        return False
    Message.objects.filter(pk=message.pk).update(sent_at=timezone.now(), leased_until=None, failure="")
    return True
