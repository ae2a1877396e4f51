"""A committee's step, told as it is taken: in a sitting of one file, called, held and signed on one day."""

from collections.abc import Mapping
from typing import Any

from programme.calendar import today
from programme.models import Officer
from workflows import jobs
from workflows.forms.sittings import ItemForm, as_sent
from workflows.models import Case, Item, Movement
from workflows.sittings import agenda, minutes, signing


def take_in_sitting(movement: Movement, typed: Mapping[str, Any], *, chair: Officer, convener: Officer | None = None) -> Case:
    """Take a committee's step with what is typed for it; raise ``ValueError`` when the form or the signature does not take it."""
    by = convener or chair
    sitting = agenda.call(movement.power, movement.office, by=by, held_on=today(), place=movement.office.name, movements=[movement])
    agenda.record_presence(sitting, sitting.members.all(), by=by)
    item = agenda.items_of(sitting).get()
    form = ItemForm(item, officer=by, members=[], data=as_sent(item, typed))
    if not form.is_valid():
        raise ValueError(form.form.errors.as_json())
    agenda.decide_item(item, by=by, form=form)
    return _sign(item, chair)


def _sign(item: Item, chair: Officer) -> Case:
    sitting = type(item.sitting).objects.get(pk=item.sitting_id)
    seen = minutes.digest_of_draft(sitting, list(agenda.items_of(sitting)), agenda.members_of(sitting))
    signing.sign(sitting, by=chair, seen=seen)
    jobs.run({signing.KIND: signing.MOVING})
    item.refresh_from_db()
    if item.noting is None:
        raise ValueError(item.sentence_en or "The file of the sitting did not move.")
    return Case.objects.get(pk=item.noting.case_id)
