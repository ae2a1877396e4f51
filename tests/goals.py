"""``make goals``: runs the commands of docs/trust.md goal by goal and prints what each counted; exit 1 when one does not hold.

What a test counts it says by ``counted``; a goal whose runs counted nothing is told by the tests that passed.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PAGE = HERE / "docs" / "trust.md"
FIGURES = "GOALS_FIGURES"
# A command of the page, and the words it stands for on this machine.
MEANT = {"PYTEST": f"{sys.executable} -m pytest -q -p no:cacheprovider", "manage.py": f"{sys.executable} manage.py"}
SAID = re.compile(r"^(?:lost=.*|\d+ passed.*|.*\bfaults in\b.*)$", re.MULTILINE)


def counted(goal: str, what: str, count: int) -> None:
    """Let the run of a goal know how much of something was tried and held; outside such a run nothing is written."""
    if path := os.environ.get(FIGURES):
        with Path(path).open("a", encoding="utf-8") as figures:
            figures.write(f"{goal}\t{what}\t{count}\n")


def commands_of(page: str) -> dict[str, tuple[str, list[str]]]:
    """Return each goal's sentence and commands, as the table of the page gives them."""
    rows = re.findall(r"^\| (T\d+) \| (.+?) \| (.+?) \| .+ \|$", page, re.MULTILINE)
    ours = re.compile(r"`((?:\w+=\S+ )?(?:PYTEST|make|manage\.py) [^`]+)`")
    return {goal: (said, ours.findall(proved)) for goal, said, proved in rows}


def shell(command: str) -> str:
    for word, meant in MEANT.items():
        command = re.sub(rf"(^|\s){re.escape(word)} ", lambda found, meant=meant: f"{found[1]}{meant} ", command)
    return command


def proved(goal: str, commands: list[str]) -> tuple[bool, list[str]]:
    """Run the commands of a goal and return whether all of them held, and the figures they gave."""
    held, lines = True, []
    with tempfile.NamedTemporaryFile("r", suffix=".figures", encoding="utf-8") as figures:
        for command in commands:
            began = time.monotonic()
            environment = {**os.environ, FIGURES: figures.name}
            ran = subprocess.run(shell(command), shell=True, cwd=HERE, env=environment, capture_output=True, text=True)  # noqa: S602
            held &= ran.returncode == 0
            said = " · ".join(SAID.findall(ran.stdout)) or ("holds" if ran.returncode == 0 else f"exit {ran.returncode}")
            lines.append(f"{said} ({time.monotonic() - began:.0f} s): {command}")
            if ran.returncode:
                lines += ran.stdout.splitlines()[-15:] + ran.stderr.splitlines()[-5:]
        sums: Counter[str] = Counter()
        for line in figures.read().splitlines():
            whose, what, count = line.split("\t")
            sums[what] += int(count) if whose == goal else 0
    return held, [f"{count:,} {what}" for what, count in sums.items() if count] + lines


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.goals", description=__doc__)
    parser.add_argument("goals", nargs="*", help="T3 T7, for example; all without")
    asked, all_held = parser.parse_args(), True
    for goal, (said, commands) in commands_of(PAGE.read_text(encoding="utf-8")).items():
        if asked.goals and goal not in asked.goals:
            continue
        held, lines = proved(goal, commands)
        all_held &= held
        sys.stdout.write(f"{goal:4} {'holds' if held else 'DOES NOT HOLD'}: {said}\n" + "".join(f"       {line}\n" for line in lines))
        sys.stdout.flush()
    return 0 if all_held else 1


if __name__ == "__main__":
    sys.exit(main())
