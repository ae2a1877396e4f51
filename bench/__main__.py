"""Every budget in one run: ``python -m bench [--cases N] [--open M] [--rounds N] [--json FILE]``.

The floor and the product are measured side by side, round after round, and compared by their medians.
"""

import argparse
import gc
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.base import RUN, NoServer, Server, environment
from bench.table import Line, print_table

SMALL = 1_000
PARTS = "deciding,reading,verifying,lists,importing,together,running"


def asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cases", type=int, default=20_000, help="ended files of the large State")
    words.add_argument("--open", type=int, default=3_000, help="open files")
    words.add_argument("--rounds", type=int, default=7)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--json", type=Path, help="write the figures here too")
    words.add_argument("--only", default=PARTS, help="parts, with commas between them")
    return words.parse_args()


@contextmanager
def timed(part: str) -> Iterator[None]:
    """Say which part begins, and how long it took."""
    began = time.perf_counter()
    print(f"{part} …", file=sys.stderr)
    yield
    print(f"{part}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


def main() -> int:
    given = asked()
    try:
        server = Server()
    except NoServer as missing:
        print(missing, file=sys.stderr)
        return 2
    os.environ.update(environment(server.address), DJANGO_SETTINGS_MODULE="bench.settings")
    import_module("django").setup()
    # A fresh clone has no Hindi yet, which pages, documents and the files of the demonstration are also written in.
    import_module("workflows.management.commands.setup").compile_messages()
    with timed("filling"):
        first = server.filled(SMALL, given.open, given.seed)
        bases = [first, server.filled(given.cases, given.open, given.seed, begun=first)]
        # Who only reads takes back what he changes, so a State of a million files needs no second place on the disk.
        small, large = (server.address_of(name) if given.only == "reading" else server.copy(name) for name in bases)
    import_module("bench.reading").use(small)
    # As the web's workers begin.
    gc.collect()
    gc.freeze()
    found: list[Line] = []
    for part in given.only.split(","):
        with timed(part):
            found += import_module(f"bench.{part}").lines(small, large, given.rounds)
    measured = {line.number for line in found}
    found += [Line(f"P{n}", "not part of this run", None, None) for n in range(1, 15) if f"P{n}" not in measured]
    print_table(found)
    where = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {server.facts()[0]}"
    print(f"\n{given.cases:,} ended and {given.open:,} open files; {given.rounds} rounds; {where}; {datetime.now(UTC):%d-%m-%Y}")
    if given.json:
        told = {"machine": where, "cases": given.cases, "open": given.open, "rounds": given.rounds}
        given.json.write_text(json.dumps({**told, "lines": [line.as_json() for line in found]}, indent=1, ensure_ascii=False))
    for name in bases:
        server.drop(f"{name}{RUN}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
