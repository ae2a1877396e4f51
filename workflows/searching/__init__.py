"""Searching files: how words are folded, the row each file is found by, and what typed words find."""
