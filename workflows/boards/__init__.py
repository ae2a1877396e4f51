"""Boards: how the programme stands in a State, a district or a department, on one sheet, each figure with the list behind it.

Nothing is counted here a second time: the line is that of ``reviewing``, pendency and budget are those of the reports, the season is
that of ``programme.plans``. ``recount`` proves them against files read one by one.
"""
