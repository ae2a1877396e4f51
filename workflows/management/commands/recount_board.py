from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programme.calendar import financial_year, today
from programme.places import UnknownState, find_state
from workflows import summing
from workflows.boards import recount_kept
from workflows.boards.board import Period
from workflows.boards.recount import differences, of_district, whole
from workflows.exports.boards import YEAR


class Command(BaseCommand):
    help = (
        "Count the figures of a State's board, of each of its districts where asked, and what the database keeps for them, again from "
        "the files one by one. Exits with 1 when a figure differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--state", default="UP", help="short name, code or name of the State")
        parser.add_argument("--year", default="", help="financial year, for example 2026-27; default: this one")
        parser.add_argument("--districts", action="store_true", help="the board of every district too")
        parser.add_argument("--anew", action="store_true", help="first count anew what the database keeps; nobody can sign meanwhile")
        parser.add_argument("--language", choices=["en", "hi"], default="en", help="the language of the sentences")

    def handle(self, *args: Any, state: str, year: str, districts: bool, anew: bool, language: str, **options: Any) -> None:
        if year and not YEAR.fullmatch(year):
            raise CommandError(f"“{year}” is no financial year; write for example 2026-27.")
        period, now = Period(year or financial_year(today())), timezone.now()
        with translation.override(language):
            try:
                found = find_state(state)
            except UnknownState as unknown:
                raise CommandError(str(unknown)) from None
            places = [whole(found)]
            if districts:
                places += [of_district(district) for district in found.districts.select_related("state").order_by("name_en")]
            if anew:
                summing.count_anew()
            wrong = [line for place in places for line in differences(place, period, now=now)] + recount_kept.differences(found)
            boards = ngettext("%(count)s board was counted again.", "%(count)s boards were counted again.", len(places))
            verdict = ngettext("%(count)s figure differs.", "%(count)s figures differ.", len(wrong)) % {"count": len(wrong)}
            self.stdout.write("\n".join([*wrong, f"{boards % {'count': len(places)}} {verdict if wrong else _('Every figure holds.')}"]))
        if wrong:
            raise SystemExit(1)
