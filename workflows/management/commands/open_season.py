import re
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils import translation

from programme.models import State
from workflows.authority import Refusal
from workflows.seasons import open_all


class Command(BaseCommand):
    help = "Open the action plans of a financial year for every district of a State, here and now. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", help="for example 2026-27")
        parser.add_argument("--state", required=True, help="the State's short name, for example UP")

    @no_translations
    def handle(self, *args: Any, year: str, state: str, **options: Any) -> None:
        first = re.fullmatch(r"(20\d\d)-(\d\d)", year)
        if not first or (int(first[1]) + 1) % 100 != int(first[2]):
            raise CommandError(f"“{year}” is no financial year; write for example 2026-27.")
        found = State.of_short(state)
        if found is None:
            raise CommandError(f"There is no State with the short name “{state}”.")
        opened = there = 0
        try:
            # The subject of a file stands in the State's own language.
            with translation.override(settings.LANGUAGE_CODE):
                for district, case in open_all(found, year):
                    opened, there = opened + (case is not None), there + (case is None)
                    self.stdout.write(f"{district.name_en}: {f'opened, {case.number}' if case else 'already there'}")
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{opened} opened, {there} already there.")
