"""Why a file cannot be taken as a workbook, each as one sentence that says what to do."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "empty": _("The file is empty."),
    "large": _("The file has %(size)s MB; at most %(limit)s MB are taken. Send the rows in several workbooks."),
    "old": _("This is an old Excel workbook (.xls). Open it and save it as an Excel workbook (.xlsx)."),
    "password": _("The workbook is protected with a password for opening. Save it without the password and send it again."),
    "binary": _("This is a binary Excel workbook (.xlsb). Open it and save it as an Excel workbook (.xlsx)."),
    "macros": _("The workbook holds macros. Save it as an Excel workbook without macros (.xlsx)."),
    "opendocument": _("This is an OpenDocument file. Open it and save it as an Excel workbook (.xlsx)."),
    "web_page": _("This is a web page that only bears the name of a workbook. Open it and save it as an Excel workbook (.xlsx)."),
    "text": _("This is a text file (CSV) that only bears the name of a workbook. Open it and save it as an Excel workbook (.xlsx)."),
    "other": _("This is not an Excel workbook (.xlsx)."),
    "damaged": _("The workbook is damaged and cannot be read. Open it, save it anew and send it again."),
    "joined": _("The file holds something else besides the workbook. Open it, save it anew and send it again."),
    "unpacks": _("The file unpacks to far more than its size and is not read. Copy the rows into the template and send that."),
    "parts": _("The workbook consists of too many parts. Copy the rows into the template and send that."),
    "path": _("The workbook holds a part with a name that is not allowed. Copy the rows into the template and send that."),
    "entities": _("The workbook holds definitions (DTD) that do not belong there. Copy the rows into the template and send that."),
    "encoding": _("The workbook is written in an encoding that is not read. Open it, save it anew and send it again."),
    "links": _("The workbook is linked to other files. Break the links, or copy the rows into the template, and send it again."),
    "embedded": _("The workbook holds embedded objects or controls. Remove them, or copy the rows into the template, and send it again."),
    "connections": _("The workbook holds data connections. Remove them, or copy the rows into the template, and send it again."),
    "styles": _("The workbook holds far too many formats. Copy the rows into the template and send that."),
    "rows": _("The sheet has more than %(limit)s rows. Send the rows in several workbooks."),
    "columns": _("The sheet has something in column %(found)s; at most %(limit)s columns are read. Delete what stands beside the table."),
    "far": _("The sheet has something in row %(found)s, far below the table. Delete it and send the workbook again."),
    "cells": _("The workbook has far too many cells. Copy the rows into the template and send that."),
    "formulas": _("The workbook has far too many formulas. Copy the rows, paste them as values into the template and send that."),
    "no_table": _("No table was found in the workbook. Its headings must be those of the template: %(names)s."),
    "headings": _("These headings were not found: %(names)s. Copy them from the template."),
    "sheets": _("These sheets hold rows: %(names)s. Put them on one sheet."),
    "twice": _("These headings stand there more than once: %(names)s. Keep one column of each."),
}


class Unreadable(ValidationError):
    """The file cannot be taken; ``code`` names the reason, the message says it to the person who sent it."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(SENTENCES[code], code=code, params=params)
