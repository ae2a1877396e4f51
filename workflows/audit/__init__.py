"""The auditor's bench: exceptions found by queries, samples that can be drawn again, and observations that are replied to.

Nothing here blocks anybody and nothing here moves a file.
"""
