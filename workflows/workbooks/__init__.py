"""Workbooks that officers fill in Excel: templates with their own lists, every row judged as its form would, accepted once."""
