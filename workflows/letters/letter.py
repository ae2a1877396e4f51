"""A paper as one structure: whatever prints it, in whichever language, says the same figures from the same sealed paragraph."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.models import Charge
from programme.models.naming import in_language
from programme.money import rupees
from programme.norms.labels import SCHEMES
from workflows.letters.amounts import in_words
from workflows.models import Noting, Order, OrderKind, Outcome
from workflows.record.chain import office_named


@dataclass(frozen=True)
class Signatory:
    """Who signed, at which office, in which charge; ``charge`` is empty for the regular one."""

    name: str
    office: str
    charge: str


@dataclass(frozen=True)
class SealBefore:
    """The newest seal when the paper was issued: over how many paragraphs, their root, and when."""

    size: int
    root: str
    made_at: datetime


@dataclass(frozen=True)
class Letter:
    """All that stands on a paper, in one language. Texts are empty, lists empty and ``signatory`` None where there is nothing to say."""

    language: str
    kind: OrderKind
    title: str
    government: str
    department: str
    number: str
    day: str
    to: str
    subject: str
    file_number: str
    amount: str
    amount_in_words: str
    budget_head: str
    derivation: str
    reason: str
    objections: list[tuple[str, str]]
    conditions: list[str]
    norm: str
    norm_order: str
    norm_verified: bool
    signatory: Signatory | None
    copies: list[str]
    paragraph: int
    hash: str
    seal: int | None
    before: "SealBefore | None"
    address: str
    code: str


def letter_of(order: Order, language: str) -> Letter:
    """Return the paper in ``hi`` or ``en``. What its paragraph says is taken from there, not from today's tables."""
    with translation.override(language):
        return _letter(order, language)


def address_of(order: Order) -> str:
    """Return the public address of a paper, as its QR code holds it."""
    return urljoin(settings.PUBLIC_URL, reverse("public_order", args=[order.key]))


def _letter(order: Order, language: str) -> Letter:
    case, noting = order.case, order.noting
    body = json.loads(noting.body)
    said, earlier = body["order"], _up_to(noting)
    amount = None if said["amount"] is None else Decimal(said["amount"])
    kind, to = OrderKind(said.get("kind", order.kind)), said.get("to") or office_named(case.office)
    address = address_of(order)
    return Letter(
        language=language,
        kind=kind,
        title=title_of(kind, amount),
        government=in_language(case.state, "government"),
        department=_department(noting),
        number=said["number"],
        day="-".join(reversed(said["issued_on"].split("-"))),
        to=named(to),
        subject=case.subject,
        file_number=body["file"],
        amount="" if amount is None else rupees(amount),
        amount_in_words="" if amount is None else in_words(amount, language),
        budget_head=_budget_head(case.record) if amount is not None else "",
        derivation=_derivation(case.record) if amount is not None else "",
        reason=body.get("text", ""),
        objections=[(field_label(case.flow_class.record, said["to"]), said["text"]) for said in body.get("objections", [])],
        conditions=_conditions(case.record) if amount is not None else [],
        norm=_("%(scheme)s, version %(version)s") % {"scheme": _scheme(case), "version": body["norm"]},
        norm_order=case.norm.order_number,
        norm_verified=case.norm.verified,
        signatory=_signatory(earlier),
        copies=_copies(earlier, to),
        paragraph=noting.paragraph,
        hash=noting.hash,
        seal=noting.leaf.index if hasattr(noting, "leaf") else None,
        before=_seal_before(said.get("seal")),
        address=address,
        code=segno.make(address, error="m").svg_data_uri(scale=1, border=2),
    )


def _scheme(case: Any) -> str:
    """Name the scheme by whose norms a file is judged; a process without rates goes by its own name."""
    return str(SCHEMES.get(case.norm.scheme, case.flow_class.process_title))


def title_of(kind: OrderKind, amount: Decimal | None) -> str:
    """Return the heading of a paper; an order without money approves and does not sanction."""
    if kind == OrderKind.SANCTION and amount is None:
        return _("Order of approval")
    return str(kind.label)


def named(said: dict[str, Any] | None) -> str:
    """Return the name that a paragraph gives a person or an office, in the reader's language."""
    return named_in(get_language(), said)


def named_in(language: str | None, said: dict[str, Any] | None) -> str:
    """Return a name as ``named`` does, for a reader whose language is known."""
    if not said:
        return ""
    hindi = (language or "").startswith("hi") and said.get("name_hi")
    return str(hindi or said.get("name_en", ""))


@lru_cache(maxsize=4096)
def field_of(record: Any, name: str) -> Any:
    """Return the record's field of that name, or the relation to its child rows of that name; ``None`` when there is neither."""
    for found in record._meta.get_fields():
        if (found.concrete and name in (found.name, found.attname)) or (found.one_to_many and found.get_accessor_name() == name):
            return found
    return None


def field_label(record: Any, name: str) -> str:
    """Name a field or (``paper:kind``) a paper of a record as its form does; an unknown name is returned as it is."""
    return label_in(get_language(), record, name)


@lru_cache(maxsize=4096)
def label_in(_language: str | None, record: Any, name: str) -> str:
    """Name a field as ``field_label`` does, for a reader whose language is known: that of now."""
    if name.startswith("paper:"):
        return str(record.PAPERS.get(name.removeprefix("paper:"), name))
    # A number of a person is a field of the form alone; the column of its last four bears the label.
    found = field_of(record, name) or field_of(record, f"{name}_last4")
    if found is not None and found.one_to_many:
        return str(found.related_model._meta.verbose_name_plural)
    return str(found.verbose_name) if found else name


def _up_to(noting: Noting) -> list[dict[str, Any]]:
    """Return what the file's paragraphs say up to this one, the newest first."""
    rows = Noting.objects.filter(case_id=noting.case_id, paragraph__lte=noting.paragraph).order_by("-paragraph")
    return [json.loads(body) for body in rows.values_list("body", flat=True)]


def _signatory(earlier: Iterable[dict[str, Any]]) -> Signatory | None:
    """Return who decided: the person of the paragraph itself, or of the decision that an order and its own act follow."""
    for body in earlier:
        if body.get("person"):
            charge = body.get("charge")
            shown = str(Charge(charge).label) if charge and charge != Charge.REGULAR else ""
            return Signatory(named(body["person"]), named(body["office"]), shown)
        if body["outcome"] not in (Outcome.ISSUE, Outcome.ENTER):
            return None
    return None


def _copies(earlier: list[dict[str, Any]], to: dict[str, Any] | None) -> list[str]:
    """Return the offices through which the file came, in that order, without the addressee, the one that signs and those only asked."""
    signing = earlier[0].get("office")
    left_out = {office["id"] for office in (signing, to) if office}
    sent = [body for body in reversed(earlier) if not Outcome(body["outcome"]).is_aside]
    through = {office["id"]: office for body in sent if (office := body.get("office")) and office["id"] not in left_out}
    return [named(office) for office in through.values()] + [_("Guard file")]


def _seal_before(said: dict[str, Any] | None) -> SealBefore | None:
    """Return the seal that the paragraph names; ``None`` before the first one, and for papers issued before they named one."""
    return SealBefore(said["size"], said["root"], datetime.fromisoformat(said["time"])) if said else None


def _department(noting: Noting) -> str:
    department = noting.office.designation.department if noting.office else None
    return department.name if department else ""


def _budget_head(record: Any) -> str:
    head = getattr(record, "budget_head", None)
    return f"{head.code} · {head.name}" if head else ""


def _derivation(record: Any) -> str:
    """Return how the amount came about, where the process computes it: records that do have ``derivation_sentence``."""
    return str(record.derivation_sentence()) if hasattr(record, "derivation_sentence") else ""


def _conditions(record: Any) -> list[str]:
    """Return the conditions of a sanction: the record's own ``CONDITIONS``, else those of all public money."""
    own = getattr(record, "CONDITIONS", None)
    if own is not None:
        return [str(condition) for condition in own]
    return [
        _("The amount is spent only on the purpose for which it is sanctioned."),
        _("The utilisation certificate is sent on this file within the time it shows."),
        _("What is not spent is surrendered."),
    ]
