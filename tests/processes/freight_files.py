"""Freight claims for tests, filed and moved through the real forms and verbs."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from stdnum.in_ import gstin

from programme import ceilings
from programme.calendar import financial_year, today
from programme.models import FreightClaim, Norm, Product
from tests.files import an_allotment, begin, holder_of, office, take, waiting
from workflows.flows import FreightFlow
from workflows.forms.freight import ClaimForm
from workflows.models import Case

SEA_PAPERS = (
    "shipping_bill", "bill_of_lading", "freight_invoice", "payment_proof", "gate_pass", "commercial_invoice", "ebrc", "iec", "rcmc",
    "udyam_certificate", "epb_registration", "gst_certificate", "cancelled_cheque", "no_double_claim_undertaking",
)  # fmt: skip
AIR_PAPERS = tuple("airway_bill" if kind == "bill_of_lading" else kind for kind in SEA_PAPERS if kind != "gate_pass")
NEW_RATES, OLD_RATES = date(2025, 11, 6), date(2025, 11, 5)
ROUTE = [("scrutinise", "recommended"), ("committee", "recommended"), ("compute", "recommended"), ("sanction", "sanctioned")]
LAKH = 100_000
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def numbers_of(exporter: int) -> dict[str, str]:
    """Return the numbers of an exporter that exists in no register, as typed."""
    pan = f"ZZZFZ{exporter:04d}K"
    body = f"09{pan}1Z"
    checked = next(body + last for last in ALPHABET if gstin.is_valid(body + last))
    return {
        "iec": pan,
        "gstin": checked,
        "pan": pan,
        "udyam": f"UDYAM-UP-58-{exporter:07d}",
        "account": f"SBIN0009{exporter:03d} 3012345{exporter:04d}",
    }


def sea_line(bill: int, *, feet: int = 20, freight: str = "80,000", on: date = NEW_RATES, port: str = "INMUN1") -> dict[str, Any]:
    return {"bill_number": str(bill), "port_code": port, "exported_on": on, "feet": feet, "freight": freight, "invoice_number": f"F/{bill}"}


def air_line(bill: int, *, kg: str = "500", freight: str = "3,00,000", on: date | None = None, port: str = "INDEL4") -> dict[str, Any]:
    day = on or today() - timedelta(days=10)
    return {
        "bill_number": str(bill),
        "port_code": port,
        "exported_on": day,
        "kilograms": kg,
        "freight": freight,
        "invoice_number": f"F/{bill}",
    }


def typed_lines(lines: list[dict[str, Any]], ids: list[int] | None = None) -> dict[str, Any]:
    """Return lines as a page sends them."""
    typed: dict[str, Any] = {"lines-rows": str(len(lines))}
    for n, line in enumerate(lines, 1):
        typed |= {f"lines-{n}-{name}": value for name, value in line.items()}
        if ids:
            typed[f"lines-{n}-id"] = ids[n - 1]
    return typed


def claim_data(
    lines: list[dict[str, Any]], *, mode: str = "sea", exporter: int = 1, district: str = "Moradabad", **changes: Any
) -> dict[str, Any]:
    """Return what is typed into a complete claim."""
    data = {
        "mode": mode,
        "unit": f"Exporter {exporter}",
        "proprietor": "The proprietor",
        "address": "Plot 7, industrial area",
        "mobile": "9876543210",
        "product": Product.objects.filter(district__name_en=district, live=True).order_by("rank").first().pk,
        "gateway": "Mundra",
        "text": "",
        **numbers_of(exporter),
        **typed_lines(lines),
    }
    return {**data, **changes}


def file_claim(
    lines: list[dict[str, Any]] | None = None, *, mode: str = "sea", district: str = "Moradabad", by: str = "", **changes: Any
) -> Case:
    """Open a claim at the District Industries Centre."""
    an_allotment(scheme="GATEWAY_PORT_FREIGHT")
    data = claim_data(lines or [sea_line(1001)], mode=mode, district=district, **changes)
    kinds = () if changes.get("time_barred") else SEA_PAPERS if mode == "sea" else AIR_PAPERS
    return begin(FreightFlow, office("dic", district), data, by=by, kinds=kinds)


def go_on(case: Case, *, to: str, **data: Any) -> Case:
    """Let a file go forward until it waits at ``to``."""
    for step, outcome in ROUTE:
        if waiting(case).step == to:
            return case
        assert waiting(case).step == step
        case = take(case, outcome)
    assert waiting(case).step == to, waiting(case).step
    return case


def a_claim(*, at: str = "scrutinise", **told: Any) -> Case:
    return go_on(file_claim(**told), to=at)


def pay(case: Case, **changes: Any) -> Case:
    record = Case.objects.get(pk=case.pk).record
    data = {"amount_released": str(record.amount_sanctioned), "payment_reference": "RTGS/1", "paid_on": today(), "papers": (), **changes}
    return take(case, "submitted", **data)


def correct(case: Case, **changes: Any) -> Case:
    """Send the corrected claim as the page would: every field as it stands, numbers left empty, then the changes."""
    record = Case.objects.get(pk=case.pk).record
    lines = list(record.lines.all())
    columns = list(FreightClaim.LINES["lines"])
    stands = typed_lines(
        [{name: getattr(line, name) for name in columns if getattr(line, name) is not None} for line in lines], [line.pk for line in lines]
    )
    names = ["mode", "unit", "proprietor", "address", "mobile", "gateway"]
    typed = {name: getattr(record, name) for name in names} | {"product": record.product_id} | stands
    return take(case, "submitted", **{"papers": (), **typed, **changes})


def record_of(case: Case) -> FreightClaim:
    return Case.objects.get(pk=case.pk).record


def used_up(case: Case, amount: str, ceiling: str) -> None:
    """Let the exporter of a claim have had this much of the year's ceiling already."""
    claim = record_of(case)
    ceilings.consume(
        claim.scheme, claim.iec_digest, financial_year(today()), Decimal(amount), Decimal(ceiling), file_number="UP/FRT/EARLIER"
    )


def again(case):
    return Case.objects.get(pk=case.pk)


def last_body(case):
    return json.loads(case.notings.order_by("-paragraph")[0].body)


def boxes(count, *, first=1, feet=40, freight="2,00,000", on=NEW_RATES, more=()):
    """Return lines of containers at their limit, 40,000 each under the rates of November 2025."""
    return [sea_line(first, feet=feet, freight=freight, on=on) for _box in range(count)] + list(more)


def refused(lines, **told):
    """Return the form as it was refused."""
    at = office("dic", "Moradabad")
    data = claim_data(lines, **told)
    norm = Norm.in_force(FreightFlow.scheme, at.designation.state, today())
    form = ClaimForm(data, office=at, officer=holder_of(at), norm=norm, papers=[])
    assert not form.is_valid()
    return form


def cells(form):
    return {(error.line, error.column): error.messages[0] for error in form.errors.as_data()["lines"]}


def exported_days_ago(days):
    return today() - timedelta(days=days)
