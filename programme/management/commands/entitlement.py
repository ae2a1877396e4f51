import json
import sys
from argparse import ArgumentParser
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management import BaseCommand
from django.utils.translation import gettext, override

from programme.calendar import today
from programme.loading import ALL_INDIA
from programme.models import State
from programme.norms.choosing import answer
from programme.norms.inputs import BadInput, Wrong, day

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Compute a claim under the norm in force and print it as JSON, with its derivation in both languages. "
        "Bad input: one sentence for each field on stderr, {“errors”: …} on stdout, exit status 2."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scheme", help="for example ODOP_MARGIN_MONEY")
        parser.add_argument("--state", default="UP", help="short name such as UP, or IN for a rule of all India")
        parser.add_argument(
            "--on", default="", metavar="DATE", help="the day that decides about the version, as 2026-11-25; default: today"
        )
        parser.add_argument("--input", default="{}", help="the inputs of the scheme as a JSON object")

    def handle(self, *args: Any, scheme: str, state: str, on: str, input: str, **options: Any) -> None:  # noqa: A002 -- the option's name
        with override("en"):
            try:
                self.stdout.write(_json(self.computed(scheme, state, on, input)))
            except BadInput as bad:
                self.stdout.write(_json({"errors": bad.errors}))
                for name, sentence in bad.errors.items():
                    self.stderr.write(_whole(f"{name}: {sentence}"))
                sys.exit(BAD_INPUT)

    def computed(self, scheme: str, state: str, on: str, asked: str) -> dict[str, Any]:
        place, decisive = _state(state), _day(on)
        norm, result = answer(scheme, place, decisive, _object(asked))
        amounts = result.printed()
        return {
            **amounts,
            "amounts": amounts,
            "scheme": norm.scheme,
            "state": place.short if place else ALL_INDIA,
            "rule_of": norm.state.short if norm.state else ALL_INDIA,
            "version": norm.version,
            "order_number": norm.order_number,
            "source": norm.source,
            "on": decisive.isoformat(),
            "verified": norm.verified,
            "doubt": norm.doubt,
            "derivation": {language: result.derivation(language) for language in ("en", "hi")},
        }


def _json(answer: dict[str, Any]) -> str:
    return _whole(json.dumps(answer, ensure_ascii=False, indent=2))


def _whole(text: str) -> str:
    """Return text that can be printed: half a surrogate pair, which JSON can bring in, cannot."""
    return text.encode("utf-8", "replace").decode()


def _state(short: str) -> State | None:
    if short.upper() == ALL_INDIA:
        return None
    state = State.of_short(short)
    if state is None:
        sentence = gettext("“%(short)s” is no State. Write its short name, for example UP, or IN for all India.")
        raise BadInput({"state": sentence % {"short": short[:40]}})
    return state


def _day(text: str) -> date:
    if not text:
        return today()
    try:
        return day(text)
    except Wrong as wrong:
        raise BadInput({"on": str(wrong)}) from None


def _object(text: str) -> Any:
    try:
        return json.loads(text, parse_float=_exactly, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadInput(
            {"input": gettext("This is no JSON. Write for example {“project_cost_rupees”: 2400000} with straight quotes.")}
        ) from None


def _exactly(number: str) -> Decimal | str:
    """An exponent beyond what decimals hold stays text, which the input it stands in refuses."""
    try:
        return Decimal(number)
    except ArithmeticError:
        return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An input that stands twice would be decided by its place."""
    names = [name for name, _value in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise BadInput({name: gettext("This stands in the inputs twice.") for name in twice})
    return dict(pairs)
