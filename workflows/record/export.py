"""A file's record as it leaves the building."""

from workflows.models import Case


def lines(case: Case) -> str:
    """Return the file's paragraphs exactly as they were hashed, one a line; canonical text holds no line break."""
    return "".join(f"{body}\n" for body in case.notings.order_by("paragraph").values_list("body", flat=True))
