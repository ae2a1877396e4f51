"""Letters of intent: from the words of a buyer to an order, a supply and money received."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.calendar import today
from programme.models import LetterOfIntent, Officer
from programme.models.events import STAGES
from workflows.registers import funnel
from workflows.registers.declaring import Board, Cell, Column, Register, Standing, Table
from workflows.registers.forms import EntryForm


class LetterForm(EntryForm):
    sections = [
        (gettext_lazy("The letter"), ["event", "product", "seller", "buyer", "amount", "dated", "valid_until"]),
        (gettext_lazy("What became of it"), ["ordered", "ordered_on", "supplied", "supplied_on", "realised", "realised_on"]),
    ]

    class Meta(EntryForm.Meta):
        model = LetterOfIntent
        fields = [
            "event", "product", "seller", "buyer", "amount", "dated", "valid_until",
            "ordered", "ordered_on", "supplied", "supplied_on", "realised", "realised_on",
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.in_order("dated", "valid_until")
        self.day_not_ahead("dated", *(f"{stage}_on" for stage in STAGES))
        for stage in STAGES:
            self._clean_stage(data, stage, f"{stage}_on")
        return data

    def _clean_stage(self, data: dict[str, Any], stage: str, day: str) -> None:
        if {stage, day} & self.errors.keys():
            return
        if (data.get(stage) is None) != (data.get(day) is None):
            self.add_error(day if data.get(day) is None else stage, _("Write the amount together with its day."))
        elif data.get(day) and data.get("dated") and data[day] < data["dated"]:
            self.add_error(day, _("This day lies before that of the letter."))


def _expired() -> Q:
    return Q(valid_until__lt=today(), ordered=None)


def _warnings(letter: LetterOfIntent) -> list[str]:
    expired = letter.valid_until and letter.valid_until < today() and not letter.ordered
    return letter.doubts() + ([_("The letter has expired without an order.")] if expired else [])


def _tables(letter: LetterOfIntent, officer: Officer) -> list[Table]:
    event = Cell(str(letter.event), reverse("entry", args=["events", letter.event_id]))
    return [Table(_("Given at"), [_("Event")], [[event]])]


LETTERS = Register(
    model=LetterOfIntent,
    order=("-dated",),
    title=gettext_lazy("Letters of intent"),
    one=gettext_lazy("Letter of intent"),
    about=gettext_lazy("What buyers meant to buy at meets, and how much of it became orders, supplies and money."),
    form=LetterForm,
    columns=(
        Column("parties", gettext_lazy("Seller and buyer"), str, width=40),
        "event",
        "product",
        "amount",
        "dated",
        "valid_until",
        "ordered",
        "supplied",
        "realised",
    ),
    search=("seller", "buyer", "product__name_en", "product__name_hi", "event__name_en", "event__name_hi"),
    filters=("district", "dated", "valid_until"),
    standings=(
        Standing("waiting", gettext_lazy("Not ordered yet"), lambda: Q(ordered=None)),
        Standing("expired", gettext_lazy("Expired without an order"), _expired),
        Standing("business", gettext_lazy("Became business"), lambda: Q(realised__isnull=False)),
    ),
    related=("event__state", "product__district"),
    reasons=frozenset({"amount", "event", "product", "seller", "buyer"}),
    titled_by=("seller", "buyer"),
    boards=(
        Board(
            "funnel",
            gettext_lazy("What became business"),
            gettext_lazy("By meet, year and product: how much of what was announced became orders, supplies and money."),
            funnel.tables,
        ),
    ),
    tables=_tables,
    warnings=_warnings,
)
