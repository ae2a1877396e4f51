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


def a_seller(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    said = {"kind": "group", "district": place.pk, "name_en": f"Women group of {district}", "members": "12", "women": "12"}
    return {**said, "contact_name": "Made-up Person", "contact_mobile": "98765 43210", "active": "on", **changes}


def once(register: str, district: str) -> Any:
    """Return the entry of the register that others hang on, typed when it is not there yet."""
    model: Any = REGISTERS[register].model
    found = model.objects.filter(**{f"{model.DISTRICT}__name_en": district}).first()
    return found or entered(register, district=district, by="dc.bilaspur" if district == "Bilaspur" else "")


def a_request(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    said = {"seller": once("sellers", district).pk, "kind": "packaging", "text_en": "A stronger box is needed."}
    return {**said, "asked_on": today().isoformat(), **changes}


def a_story(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    return {"district": place.pk, "title_en": f"How {district} sells", "languages": "English, Hindi", **changes}


def a_brand(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    said = {
        "name_en": f"Brand of {district}",
        "name_hi": f"{place.name_hi} का ब्रांड",
        "district": place.pk,
        "covers": "Products of groups",
        "trademark": "none",
        "gi": "none",
    }
    return {**said, "launch_words": "before Deepawali 2030", **changes}


def a_line(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    return {
        "brand": once("brands", district).pk,
        "name_en": f"Gift pack of {district}",
        "name_hi": "उपहार पैक",
        "kind": "gift_pack",
        **changes,
    }


def a_campaign(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    said = {"name_en": f"Deepawali of {district}", "district": place.pk, "festival_words": "before Deepawali 2030", "lead_days": "60"}
    return {**said, "target": "15,00,000", **changes}


def a_demand(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    said = {"campaign": once("campaigns", district).pk, "wanted_by": f"Hotel of {district}", "what": "Gift packs", "quantity": "1000"}
    return {**said, "unit": "packs", "by": (today() + timedelta(days=40)).isoformat(), **changes}


def a_supply(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    said = {"demand": once("demands", district).pk, "seller": once("sellers", district).pk, "quantity": "300", "delivered": "0"}
    return {**said, "remark": "By hand", **changes}


def a_way(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    said = {"seller": once("sellers", district).pk, "channel": "ondc", "applied_on": today().isoformat()}
    return {**said, "refused_why": "", "remark": "By hand", **changes}


def an_agreement(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    said = {"partner": "bank_of_baroda", "district": place.pk, "purpose_en": "Loans to artisans", "status": "in_process"}
    return {**said, "renew_days": "60", **changes}


def a_policy(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    place = District.objects.get(name_en=district, state__short__in=["UP", "HP"])
    return {"name_en": f"Policy of {district}", "district": place.pk, "number": "12 of 2026", **changes}


def a_dossier_entry(district: str = "Agra", **changes: Any) -> dict[str, Any]:
    product = Product.objects.filter(district__name_en=district, live=True).first()
    said = {"product": product.pk, "section": "market_gap", "dated": today().isoformat(), "text_en": "No test reports."}
    return {**said, "source": "Meeting of the district", **changes}


TYPED: dict[str, Callable[..., dict[str, Any]]] = {"events": an_event, "matters": a_matter, "letters": a_letter}
TYPED |= {
    "sellers": a_seller, "support": a_request, "stories": a_story, "brands": a_brand, "brand_lines": a_line, "campaigns": a_campaign,
    "demands": a_demand, "supplies": a_supply, "onboarding": a_way, "agreements": an_agreement, "policies": a_policy,
    "dossier": a_dossier_entry,
}  # fmt: skip
# One change of each register: field and value; what needs a reason gets one.
CHANGES: dict[str, tuple[str, str]] = {
    "events": ("venue", "Expo mart"),
    "matters": ("text_en", "Freight is too dear."),
    "letters": ("amount", "13,00,000"),
    "sellers": ("members", "14"),
    "support": ("expert", "A designer"),
    "stories": ("outlets", "A newspaper"),
    "brands": ("approved_in", "12/2026"),
    "brand_lines": ("launched_on", "2026-10-02"),
    "campaigns": ("lead_days", "75"),
    "demands": ("quantity", "1100"),
    "supplies": ("delivered", "100"),
    "onboarding": ("papers_on", today().isoformat()),
    "agreements": ("purpose_en", "Loans to artisans and groups"),
    "policies": ("number", "13 of 2026"),
    "dossier": ("text_en", "No test reports, no uniform packs."),
}
# What makes a further entry beside the first one, where a rule of the register lets the same stand there once only.
FURTHER: dict[str, dict[str, str]] = {
    "events": {"series": "other"},
    "brands": {"name_en": "Further brand"},
    "brand_lines": {"name_en": "Further line"},
    "campaigns": {"name_en": "Further campaign"},
    "policies": {"name_en": "Further policy"},
    "onboarding": {"channel": "GeM portal"},
}
# One thing that cannot be entered: field and value.
WRONG: dict[str, tuple[str, str]] = {
    "events": ("planned_to", "2019-01-01"),
    "matters": ("outcome", "noted"),
    "letters": ("amount", "nothing"),
    "sellers": ("udyam", "UDYAM-1"),
    "support": ("asked_on", "2199-01-01"),
    "stories": ("published_on", "soon"),
    "brands": ("launch_words", "when all is ready"),
    "brand_lines": ("launched_on", "2199-01-01"),
    "campaigns": ("target", "much"),
    "demands": ("quantity", "many"),
    "supplies": ("quantity", "1001"),
    "onboarding": ("papers_on", "2020-01-01"),
    "agreements": ("status", "signed"),
    "policies": ("link", "no address"),
    "dossier": ("dated", "2199-01-01"),
}


def entered(register: str, *, district: str = "Agra", by: str | Officer = "", **changes: Any) -> Any:
    """Return an entry, typed by the District Magistrate unless another one is named."""
    writer = by if isinstance(by, Officer) else officer(by or f"dm.{district.lower()}")
    asked = REGISTERS[register]
    form = asked.form(TYPED[register](district, **changes), reach=access.reach(asked, writer))
    assert form.is_valid(), form.errors
    return writing.add(asked, form, by=writer)
