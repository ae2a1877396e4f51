"""What the approval of an action plan does by itself, in the transaction of the signature."""

from programme.calendar import today
from workflows import orders
from workflows.models import Case, Movement


def adopt(case: Case, movement: Movement) -> None:
    """Mark the plan as adopted, so that its activities are followed up, and issue the order."""
    record = case.record
    record.adopted_on = today()
    record.save(update_fields=["adopted_on"])
    orders.issue_sanction(case, movement, None, changes={"adopted_on": [None, record.adopted_on.isoformat()]}, step="adopt")
