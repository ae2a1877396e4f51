"""Brands and their lines. A last day said as a festival keeps its words beside the day they come to."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from programme.festivals import day_meant
from programme.models import Brand, BrandLine, Officer
from programme.models.brands import Launched
from workflows.registers.declaring import Register, Standing, Table
from workflows.registers.forms import EntryForm
from workflows.registers.linking import entries_table

LAUNCH = ["launch_words", "launch_planned", "launched_on"]


class LaunchForm(EntryForm):
    """What has a day of launch: the day is reckoned from the words where nobody wrote it."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        words, planned = data.get("launch_words"), data.get("launch_planned")
        if words and not planned and "launch_planned" not in self.errors:
            meant = day_meant(words, after=today())
            if meant is None:
                self.add_error("launch_planned", _("These words name no festival known here; write the day they come to."))
            else:
                data["launch_planned"] = meant
        self.day_not_ahead("launched_on")
        return data


class BrandForm(LaunchForm):
    sections = [
        (_("The brand"), ["name_en", "name_hi", "district", "owner", "covers", "products", "sellers"]),
        (_("Approval and rights"), ["approved_in", "approved_on", "trademark", "trademark_number", "gi", "gi_number"]),
        (_("Launch"), LAUNCH),
    ]

    class Meta(EntryForm.Meta):
        model = Brand
        fields = (
            "name_en", "name_hi", "district", "owner", "covers", "products", "sellers", "approved_in", "approved_on",
            "trademark", "trademark_number", "gi", "gi_number", "launch_words", "launch_planned", "launched_on", "source",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.day_not_ahead("approved_on")
        for right in ("trademark", "gi"):
            if data.get(right) == "registered" and not data.get(f"{right}_number"):
                self.add_error(f"{right}_number", _("Write the number of the registration."))
        return data


class BrandLineForm(LaunchForm):
    class Meta(EntryForm.Meta):
        model = BrandLine
        fields = ("brand", "name_en", "name_hi", "kind", "prepared_by", "launch_words", "launch_planned", "launched_on")


def _late_words(row: Launched) -> list[str]:
    """Say how late a launch is or was; nothing when it is not."""
    late = row.days_late
    if not late:
        return []
    if row.launched_on:
        return [ngettext("Launched %(n)s day late.", "Launched %(n)s days late.", late) % {"n": late}]
    return [ngettext("The launch is %(n)s day late.", "The launch is %(n)s days late.", late) % {"n": late}]


def _lines(brand: Brand, officer: Officer) -> list[Table]:
    lines = brand.lines.filter(removed_why="")
    headings = [_("Line of a brand"), _("launch, in the words of the order"), _("to be launched by"), _("launched on"), _("How it stands")]
    return [entries_table(_("Lines of the brand"), headings, lines, _words)]


def _words(line: BrandLine) -> list[str]:
    planned, done = (day.strftime("%d-%m-%Y") if day else "—" for day in (line.launch_planned, line.launched_on))
    return [line.name, line.launch_words or "—", planned, done, " ".join(_late_words(line))]


def _unlaunched() -> Q:
    return Q(launched_on=None, launch_planned__lt=today()) | Q(launched_on__gt=F("launch_planned"))


LATE = (
    Standing("late", _("Launched late or overdue"), _unlaunched),
    Standing("coming", _("Launch to come"), lambda: Q(launched_on=None, launch_planned__gte=today())),
)

BRANDS = Register(
    model=Brand,
    title=_("Brands"),
    one=_("Brand"),
    about=_("Brands of districts and of the State: what they cover, by which order, and when they are launched."),
    form=BrandForm,
    columns=("name_en", "district", "covers", "approved_in", "launch_words", "launch_planned", "launched_on"),
    search=("name_en", "name_hi", "covers"),
    filters=("district", "trademark", "gi"),
    standings=LATE,
    related=("state", "district", "owner__designation", "owner__district"),
    reasons=frozenset({"launch_planned"}),
    titled_by=("name_en",),
    tables=_lines,
    warnings=lambda brand: [*_late_words(brand), *([] if brand.approved_in else [gettext("No file or order of approval is named.")])],
)

BRAND_LINES = Register(
    model=BrandLine,
    title=_("Lines of brands"),
    one=_("Line of a brand"),
    about=_("Gift packs and other lines of a brand, each with its own day of launch."),
    form=BrandLineForm,
    columns=("name_en", "brand", "kind", "launch_words", "launch_planned", "launched_on"),
    search=("name_en", "name_hi", "brand__name_en"),
    filters=("district", "kind"),
    standings=LATE,
    related=("brand__state", "brand__district", "prepared_by__designation", "prepared_by__district"),
    reasons=frozenset({"launch_planned"}),
    titled_by=("name_en",),
    warnings=_late_words,
)
