"""Lines of containers for tests: the form that has them, what a browser sends, what a page shows."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from django import forms
from django.test import Client
from django.urls import reverse

from tests.files import a_draft, an_allotment, officer, proposal_data
from tests.files import office as office_of
from workflows.forms.exhibition import ProposalForm
from workflows.forms.fields import DayField, NumberField, RupeeField, TextField
from workflows.forms.rows import CellError, Column, RowsField
from workflows.models import Case

LABELS = {"bill": "Shipping bill no.", "exported_on": "Export date", "size": "Size", "packages": "Packages", "freight": "Freight (₹)"}
Desk = Callable[[str], Client]


def container_columns() -> list[Column]:
    return [
        Column("bill", TextField(label="Shipping bill no.", max_length=30), "wide"),
        Column("exported_on", DayField(label="Export date")),
        Column("size", forms.ChoiceField(label="Size", choices=[("20", "20 feet"), ("40", "40 feet")])),
        Column("packages", NumberField(label="Packages", required=False), "narrow"),
        Column("freight", RupeeField(label="Freight (₹)", error_messages={"required": "Write the amount."})),
    ]


class ContainersForm(ProposalForm):
    """The proposal of an exhibition with lines of containers, which no exhibition has."""

    lines = RowsField(container_columns(), label="Containers", max_rows=8)
    sections = [*ProposalForm.sections, ("Containers", ["lines"])]

    class Meta(ProposalForm.Meta):
        pass

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for line in data.get("lines", []):
            if line["freight"] > 900000:
                self.add_error("lines", CellError("No container costs that much.", line=line.n, column="freight"))
        return data


def sent(*lines: dict[str, Any], rows: int | None = None) -> dict[str, Any]:
    """Return lines as a browser sends them."""
    cells = {f"lines-{n}-{part}": value for n, line in enumerate(lines, 1) for part, value in line.items()}
    return {"lines-rows": str(len(lines) if rows is None else rows), **cells}


def a_container(**changes: Any) -> dict[str, Any]:
    return {"bill": "SB 1001", "exported_on": "2026-04-01", "size": "40", "packages": "", "freight": "1,20,000", **changes}


class Inputs(HTMLParser):
    """The inputs of a page by name, with the value each would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.labelled: set[str] = set()
        self.ids: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "label" and said.get("for"):
            self.labelled.add(said["for"] or "")
        if tag == "select":
            self.select = name
            self.values.setdefault(name, "")
        if tag == "option" and "selected" in said:
            self.values[self.select] = said.get("value") or ""
        if tag == "input" and (said.get("type") != "checkbox" or "checked" in said):
            self.values[name] = said.get("value") or ""
        if tag in ("input", "select"):
            self.ids[name] = said.get("id") or ""

    def lines(self) -> dict[str, str]:
        return {name: value for name, value in self.values.items() if name.startswith("lines-")}


def new_address() -> str:
    return reverse("draft", args=["exhibition", uuid4()])


def saved(client: Client, address: str, lines: dict[str, Any], action: str = "save") -> Inputs:
    """Save lines in a draft and return what the page shows afterwards."""
    client.post(address, {**lines, "action": action})
    return Inputs(client.get(address).content.decode())


def opened(client_for: Desk, *lines: dict[str, Any]) -> Case:
    """Sign a proposal with these lines through the page."""
    an_allotment()
    draft = a_draft(officer("dm.agra"), office_of("dm", "Agra"), ("proposal_letter", "cost_estimate"))
    address = reverse("draft", args=["exhibition", draft.key])
    response = client_for("dm.agra").post(address, {**proposal_data(), **sent(*lines), "action": "submit"})
    assert response.status_code == 302, re.findall(r'class="faults".*?</div>', response.content.decode(), re.DOTALL)
    return Case.objects.get()


def a_small_form(data: dict[str, Any] | None, *, initial: Any = None, **bounds: int) -> Any:
    class SmallForm(forms.Form):
        lines = RowsField(container_columns(), label="Containers", **bounds)

    return SmallForm(data, initial={"lines": initial})
