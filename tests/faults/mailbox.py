"""A mail server that writes one line for each mail it takes, and takes its time, so that a worker can die at it."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

BOX = "FAULTS_MAILBOX"
SECONDS = 0.02


class Mailbox(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            time.sleep(SECONDS)
            with Path(os.environ[BOX]).open("a") as box:
                box.write(f"{mail.subject}\n")
            # The mail has left; the row that says so is written after this.
            time.sleep(SECONDS)
        return len(email_messages)


def taken(box: Path) -> list[str]:
    """Return the subject of each mail that was taken, as often as it was."""
    return box.read_text().splitlines() if box.exists() else []
