"""Committees: who sits, what is on the agenda, what was decided, and the minutes whose signature moves the files."""
