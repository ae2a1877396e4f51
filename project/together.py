"""Runs several programs as one, and stops all when one stops. Started by ``manage.py serve`` in its own place.

Honcho forks this process once for each program: it is kept small by importing neither Django nor this package.
"""

import json
import sys

from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

# What honcho says when it was told to stop (Ctrl-C or SIGTERM), as against a program that stopped by itself.
TOLD_TO_STOP = (130, 143)


class Lines(Printer):
    """Prints what the programs say, and remembers which of them stopped first."""

    first_stopped = ""

    def write(self, message: Message) -> None:
        text = message.data if isinstance(message.data, str) else ""
        if message.name == SYSTEM_PRINTER_NAME and " stopped " in text:
            self.first_stopped = self.first_stopped or text.strip()
        super().write(message)


def run(programs: dict[str, str]) -> None:
    """Run the shell commands, by name, until told to stop; exit with 1 and a sentence when one stopped by itself."""
    lines = Lines(sys.stdout, time_format="%H:%M:%S", prefix=True)
    manager = Manager(lines)
    for name, command in programs.items():
        manager.add_process(name, command)
    manager.loop()
    if manager.returncode not in TOLD_TO_STOP:
        sys.exit(f"{lines.first_stopped} by itself, so the others were stopped too.")


if __name__ == "__main__":
    run(json.loads(sys.argv[1]))
