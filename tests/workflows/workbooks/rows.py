"""Rows for workbooks of each kind, as people type them."""

from datetime import date, timedelta
from typing import Any

from programme.calendar import today
from programme.models import Product
from tests.processes.freight_files import numbers_of
from tests.processes.loan_files import aadhaar


def a_loan(n: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the row of the n-th applicant."""
    row = {
        "name": "Ram Prakash", "guardian_name": "Shyam Lal", "gender": "male", "category": "general",
        "date_of_birth": date(1990, 5, 14), "address": "Lohamandi, Agra", "mobile": "9876543210", "residence": "in this district",
        "tags_artisan": "yes", "aadhaar": aadhaar(n), "bank_account": f"BARB0AGRAXX {30012340000 + n}",
        "unit_name": f"Leather works {n}", "activity": "industry", "product_words": "Leather purses",
        "project_cost": 2400000, "own_contribution": "2,40,000", "term_loan": "₹16,60,000", "working_capital": "5 लाख",
        "bank": "Bank of Baroda", "branch": "Sanjay Place", "ifsc": "BARB0SANJAY",
        "declarations_no_default": "हाँ", "declarations_no_other_scheme": "हाँ", "declarations_affidavit": "हाँ",
    }  # fmt: skip
    return {**row, **changes}


def a_claim(n: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the row of the n-th exporter's claim."""
    product = Product.objects.filter(district__name_en="Moradabad", live=True).order_by("rank").first()
    row = {
        "unit": f"Exporter {n}", "proprietor": "The proprietor", "address": "Plot 7", "mobile": 9876543210, **numbers_of(n),
        "mode": "By air", "product": f"{product.name_en} (Moradabad)", "gateway": "Delhi air cargo", "lines_bill_number": 4500000 + n,
        "lines_port_code": "INDEL4", "lines_exported_on": today() - timedelta(days=10), "lines_kilograms": "500", "lines_freight": "3 लाख",
        "lines_invoice_number": f"F/{n}",
    }  # fmt: skip
    return {**row, **changes}
