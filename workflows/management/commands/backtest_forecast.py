import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.forecast.backtest import CUTS, Score, Scores, backtest
from workflows.forecast.outlook import PLAYS

KINDS = {
    "submitted": "day of submission (days)",
    "adopted": "day of adoption (days)",
    "counted": "plans in time in the State (plans)",
}


class Command(BaseCommand):
    help = "Forecast made-up seasons of known ways and print how often the 80 % band held what happened."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--years", type=int, default=30, help="seasons to make, the shapes in turn (default 30)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--plays", type=int, default=PLAYS, help=f"times each season is played through (default {PLAYS})")
        parser.add_argument("--json", action="store_true", help="print the result for a program to read")

    def handle(self, *, years: int, seed: int, plays: int, json: bool, **_options: Any) -> None:
        if years < 1 or plays < 1:
            raise CommandError("--years and --plays must be at least 1.")
        scores = backtest(years=years, seed=seed, plays=plays)
        self.stdout.write(as_json(scores) if json else as_table(scores, years=years, seed=seed))


def rows(scores: Scores) -> list[tuple[str, str, Score]]:
    """Return kind, shape and score, the sum of all shapes after each kind."""
    found = []
    for kind in KINDS:
        shapes = [*getattr(scores, kind).items(), ("all", scores.total(kind))]
        found += [(kind, shape, score) for shape, score in shapes if score.bands]
    return found


def as_json(scores: Scores) -> str:
    found: dict[str, dict[str, Any]] = {}
    for kind, shape, score in rows(scores):
        said = {"n": score.bands, "coverage": round(score.coverage, 4), "mean_width": round(score.mean_width, 2)}
        if score.chances:
            said |= {"brier": round(score.brier, 4), "brier_of_base_rate": round(score.base_brier, 4)}
        found.setdefault(kind, {})[shape] = said
    return json.dumps(found)


def as_table(scores: Scores, *, years: int, seed: int) -> str:
    said = f"{years} made-up seasons, seed {seed}, forecast {', '.join(map(str, CUTS))} days after they were opened."
    lines = [said, "The band goes from the 10th to the 90th percentile; it should hold about 80 %."]
    before = ""
    for kind, shape, score in rows(scores):
        if kind != before:
            lines += ["", f"{KINDS[kind]:36} {'n':>6} {'held':>7} {'width':>6} {'Brier':>7} {'base':>7}"]
            before = kind
        chances = f" {score.brier:7.3f} {score.base_brier:7.3f}" if score.chances else ""
        lines.append(f"  {shape:34} {score.bands:6} {score.coverage:7.1%} {score.mean_width:6.1f}{chances}")
    return "\n".join(lines)
