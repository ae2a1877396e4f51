"""What stands in a list that a page gave, read again by other programs than the one that wrote it."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

HEADINGS_ROW = 2


def content(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def get(client: Client, name: str, form: str = "xlsx", **asked: Any) -> Any:
    return client.get(reverse("get_list", args=[name, form]), asked)


def sheet(body: bytes) -> Any:
    """Return the first sheet of a workbook as openpyxl reads it, formulas as formulas."""
    return load_workbook(io.BytesIO(body)).worksheets[0]


def lines(body: bytes) -> list[dict[str, Any]]:
    """Return the lines of a workbook by their headings."""
    headings, *rows = list(sheet(body).iter_rows(min_row=HEADINGS_ROW, values_only=True))
    return [dict(zip(headings, row, strict=True)) for row in rows if any(str(cell).strip() for cell in row if cell is not None)]


def csv_lines(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
