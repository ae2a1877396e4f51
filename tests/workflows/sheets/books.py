"""Workbooks for the tests of this folder, made on the spot: a plain one, and parts of one by hand."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from openpyxl import Workbook

from workflows.sheets.columns import Choice, Column, Sheet, Type

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

DISTRICTS = (
    Choice("118", "Agra", "आगरा", ("Akbarabad",)),
    Choice("143", "Firozabad", "फिरोजाबाद", ("फीरोजाबाद",)),
    Choice("144", "Gautam Buddha Nagar", "गौतम बुद्ध नगर", ("Noida",)),
    Choice("179", "Bhadohi", "भदोही", ("Sant Ravidas Nagar", "संत रविदास नगर")),
)
PLAN = Sheet(
    "plan",
    "District action plan",
    "जनपद कार्ययोजना",
    (
        Column("district", "District", "जनपद", Type.CHOICE, required=True, choices=DISTRICTS, width=24),
        Column("activity", "Activity", "गतिविधि", Type.TEXT, required=True, width=40),
        Column(
            "amount",
            "Amount asked",
            "माँगी गई राशि",
            Type.RUPEES,
            required=True,
            most=Decimal(10**9),
            help_en="Without GST",
            help_hi="बिना GST",
        ),
        Column("finish", "Finish by", "पूर्ण करने की तिथि", Type.DATE, least=date(2020, 1, 1), most=date(2030, 12, 31)),
        Column("people", "People", "व्यक्ति", Type.WHOLE, least=0, most=100_000),
        Column("weight", "Weight", "भार", Type.DECIMAL, unit_en="kg", unit_hi="किग्रा"),
        Column("account", "Account number", "खाता संख्या", Type.IDENTIFIER),
        Column("first", "First time", "प्रथम बार", Type.YES_NO),
        Column("remarks", "Remarks", "अभ्युक्ति", Type.LONG_TEXT, width=50),
    ),
    ("Ask for what the plan needs.",),
    ("कार्ययोजना के लिए जो आवश्यक हो वह माँगें।",),
)
HEADINGS = [column.label_en for column in PLAN.columns]
GOOD = ["Agra", "Marble training", 1850000, date(2027, 1, 15), 40, 12.5, "000123456789", "Yes", "one"]


def book(lines: Iterable[list[object]], *, sheets: Mapping[str, list[list[object]]] | None = None) -> io.BytesIO:
    """Return a workbook as openpyxl writes it, with these lines on its first sheet and others on more."""
    made = Workbook()
    pages = {"Sheet1": list(lines), **(sheets or {})}
    for at, (name, content) in enumerate(pages.items()):
        page = made.active if at == 0 else made.create_sheet()
        page.title = name
        for line in content:
            page.append(line)
    return saved(made)


def saved(made: Workbook) -> io.BytesIO:
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file


def parts(sheet: str = "", **changed: str | bytes) -> dict[str, str | bytes]:
    """Return the parts of a small workbook by name; ``sheet`` is the XML of its rows."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relations(f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/>'),
        "xl/workbook.xml": workbook(),
        "xl/_rels/workbook.xml.rels": relations(f'<Relationship Id="rId1" Type="{RELATION}/worksheet" Target="worksheets/sheet1.xml"/>'),
        "xl/worksheets/sheet1.xml": worksheet(sheet or rows(HEADINGS, GOOD[:3])),
        **changed,
    }


def workbook(properties: str = "") -> str:
    sheet = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}">{properties}{sheet}</workbook>'


def relations(inner: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def worksheet(inner: str, after: str = "", before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATION}">{before}<sheetData>{inner}</sheetData>{after}</worksheet>'


def rows(*lines: list[object], start: int = 1) -> str:
    """Return lines as XML with texts inside the cells, as Google Sheets and other programs write them."""
    made = ""
    for number, line in enumerate(lines, start=start):
        cells = "".join(cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(line))
        made += f'<row r="{number}">{cells}</row>'
    return made


def cell(place: str, value: object) -> str:
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def packed(content: Mapping[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return file.getvalue()
