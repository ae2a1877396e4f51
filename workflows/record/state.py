"""The business state a paragraph pins, so that a row changed behind the record's back is seen."""

from decimal import Decimal
from typing import Any

from workflows.models import Case, Enclosure
from workflows.record.canonical import canonical, sha256_of


def papers_of(case: Case) -> list[dict[str, str]]:
    """Return kind and SHA-256 of every current paper of the file; a replaced paper is not current."""
    rows = Enclosure.objects.filter(case=case, replaced_by=None).values_list("kind", "sha256")
    return [{"kind": kind, "sha256": sha256} for kind, sha256 in sorted(rows)]


def state_of(case: Case, papers: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Return what the file stands at: its record's facts without personal ones, amount in rupees, ending, current papers.

    ``papers`` spares the query when the caller has them already, sorted by kind and hash.
    """
    record = case.record
    return state_from(record.facts(), record.PERSONAL, case.amount, case.ending, papers_of(case) if papers is None else papers)


def state_from(
    facts: dict[str, Any], personal: frozenset[str], amount: Decimal | None, ending: str, papers: list[dict[str, str]]
) -> dict[str, Any]:
    """Return the same from what was read already; ``personal`` are the names of the facts that tell of a person."""
    return {
        "facts": {name: value for name, value in facts.items() if name not in personal},
        "amount": None if amount is None else f"{amount:.2f}",
        "ending": ending,
        "papers": papers,
    }


def digest_of_state(case: Case, papers: list[dict[str, str]] | None = None) -> str:
    """Return the SHA-256 of the file's state, as the last paragraph must have pinned it."""
    return sha256_of(canonical(state_of(case, papers)))
