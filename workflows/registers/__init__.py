"""Registers of the programme: one declaration each; list, page, form, workbook, interface, history and access come from the frame."""
