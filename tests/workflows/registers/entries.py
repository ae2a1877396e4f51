"""Entries of every register for tests, typed into its own form; a further register adds its line to ``TYPED``."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from programme.calendar import today
from programme.models import District, Officer, Product
from tests.files import officer
from workflows.registers import access, writing
from workflows.registers.every import REGISTERS


def an_event(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    first = today() + timedelta(days=20)
    return {
        "kind": "samagam", "level": "district", "name_en": f"Samagam, {district}", "name_hi": f"समागम, {district}", "district": place.pk,
        "planned_from": first.isoformat(), "planned_to": (first + timedelta(days=1)).isoformat(), "venue": "Town hall", **rows("sessions"),
        **rows("participants"), **rows("attendance"), **changes,
    }  # fmt: skip


def rows(name: str, *lines: dict[str, Any]) -> dict[str, Any]:
    """Return lines as a page sends them."""
    sent = {f"{name}-{n}-{column}": value for n, line in enumerate(lines, 1) for column, value in line.items()}
    return {f"{name}-rows": str(len(lines)), **sent}


def a_matter(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    said = {"kind": "problem", "district": place.pk, "topic": "transport", "text_en": "Freight is dear.", "outcome": "open"}
    return {**said, **changes}


def a_letter(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    by = "dc.bilaspur" if district == "Bilaspur" else f"dm.{district.lower()}"
    event = entered("events", district=district, by=by)
    product = Product.objects.filter(district=event.district, live=True).first()
    said = {"event": event.pk, "product": product.pk, "seller": "Co-operative", "buyer": "A buyer of Lyon", "amount": "12,50,000"}
    return {**said, "dated": today().isoformat(), **changes}


TYPED: dict[str, Callable[..., dict[str, Any]]] = {"events": an_event, "matters": a_matter, "letters": a_letter}
# One change of each register: field and value; what needs a reason gets one.
CHANGES: dict[str, tuple[str, str]] = {
    "events": ("venue", "Expo mart"),
    "matters": ("text_en", "Freight is too dear."),
    "letters": ("amount", "13,00,000"),
}
# One thing that cannot be entered: field and value.
WRONG: dict[str, tuple[str, str]] = {
    "events": ("planned_to", "2019-01-01"),
    "matters": ("outcome", "noted"),
    "letters": ("amount", "nothing"),
}


def entered(register: str, *, district: str = "Agra", by: str | Officer = "", **changes: Any) -> Any:
    """Return an entry, typed by the District Magistrate unless another one is named."""
    writer = by if isinstance(by, Officer) else officer(by or f"dm.{district.lower()}")
    asked = REGISTERS[register]
    form = asked.form(TYPED[register](district, **changes), reach=access.reach(asked, writer))
    assert form.is_valid(), form.errors
    return writing.add(asked, form, by=writer)
