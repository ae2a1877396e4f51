"""Workbooks and lists as files: how a template is described, written, judged, read and answered. No record is known here."""
