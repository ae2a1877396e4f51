"""P8 and P9: a season opened, workbooks read, and long lists written, against openpyxl in the same run."""

import time
from statistics import median

from bench.measuring import Task, compare
from bench.reading import use
from bench.sheets import STOCK, filled, read, write_stock, write_xlsx
from bench.table import Line
from programme.calendar import financial_year, today
from programme.models import State
from workflows import seasons

LONG, SHORT, READ = 100_000, 10_000, 10_000


def lines(_small: str, large: str, rounds: int) -> list[Line]:
    use(large)
    started = time.perf_counter()
    opened = sum(case is not None for _district, case in seasons.open_all(State.objects.get(short="UP"), financial_year(today())))
    season = time.perf_counter() - started
    assert opened >= 70, opened
    tasks = [
        Task(STOCK, LONG, write_stock),
        Task("long", LONG, write_xlsx),
        Task("short", SHORT, write_xlsx),
        Task("read", READ, read, filled),
        Task("read less", READ // 10, read, filled),
    ]
    taken = compare(tasks, min(rounds, 3))
    seconds = {name: median(run.seconds for run in runs) for name, runs in taken.items()}
    peak = {name: max(run.megabytes for run in runs) for name, runs in taken.items()}
    return [
        Line("P8", f"{opened} plans opened", season, 3, "seconds"),
        Line(
            "P8",
            "lines of a workbook read cell by cell, which is the least of an import",
            READ / seconds["read"],
            2_000,
            "rows/s",
            more=True,
        ),
        Line("P8", f"memory while reading; {peak['read less']:.0f} MB for a tenth of them", peak["read"], 150, "MB"),
        Line(
            "P9",
            f"{LONG:,} rows as .xlsx in {seconds['long']:.1f} s; openpyxl {seconds[STOCK]:.1f} s",
            seconds[STOCK] / seconds["long"],
            1,
            "× faster",
            more=True,
        ),
        Line("P9", f"memory for them; {peak['short']:.0f} MB for a tenth of them", peak["long"], peak["short"] + 20, "MB"),
    ]
