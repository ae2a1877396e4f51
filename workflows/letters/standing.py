"""What anybody may know of a paper: that it was issued, for how much, and whether it still holds. Nothing of any person."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from workflows.letters.letter import title_of
from workflows.models import Checkpoint, Order, OrderKind, OrderPaper, Outcome


@dataclass(frozen=True)
class Standing:
    """Whether a paper is in force, as a sentence and as a mark; ``good`` is False where it no longer holds."""

    good: bool
    text: str


def standing_of(order: Order) -> Standing:
    """Return how the paper stands today, by what became of its file."""
    case = order.case
    if order.kind == OrderKind.RETURN_MEMO:
        following = case.notings.filter(paragraph=order.noting.paragraph + 1)
        if following.filter(outcome=Outcome.PULL_BACK).exists():
            return Standing(False, _("No longer in force. The return was pulled back before the file was opened."))
        if order.noting.paragraph < case.paragraphs:
            return Standing(True, _("Issued. The file has moved on since."))
        return Standing(True, _("Issued. The file waits for correction."))
    if order.kind == OrderKind.SANCTION and case.ending and case.flow_class.instance.node(case.ending).by_repair:
        return Standing(False, _("Withdrawn. The file was cancelled."))
    if order.kind == OrderKind.REJECTION and not case.record.dropped:
        return Standing(False, _("No longer in force. The file was opened again."))
    if order.kind == OrderKind.SANCTION and case.record.dropped:
        return Standing(False, _("No longer in force. The file was closed as: %(ending)s.") % {"ending": case.ending_title})
    return Standing(True, _("In force."))


def proof_of(order: Order) -> dict[str, Any]:
    """Return where the paper's paragraph stands in the sealed record, and the digests of its printings."""
    leaf = getattr(order.noting, "leaf", None)
    return {
        "paragraph": order.noting.paragraph,
        "hash": order.noting.hash,
        "seal": leaf.index if leaf else None,
        "checkpoint": Checkpoint.objects.filter(size__gt=leaf.index).order_by("size").first() if leaf else None,
        "papers": OrderPaper.objects.filter(order=order).order_by("pk"),
    }


def heading_of(order: Order) -> str:
    """Return the title of the paper in the reader's language."""
    return title_of(OrderKind(order.kind), order.amount)
