"""Writing an entry: added, changed, struck off, done to, each with its line in the history in the same transaction."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programme.models import Entry, Officer, entry_models
from workflows import papers
from workflows.authority import Overtaken, Refusal
from workflows.models import EntryPaper, RegisterLine
from workflows.record.entries import append_line, differences, last_line, papers_of
from workflows.registers import access
from workflows.registers.declaring import Act, Register

ADDED, CHANGED, STRUCK_OFF, PAPER, LOADED = "added", "changed", "struck_off", "paper", "loaded"
AN_ENTRY_HOLDS = 20


@transaction.atomic
def add(register: Register, form: Any, *, by: Officer, origin: dict[str, Any] | None = None) -> Any:
    """Write the new entry of a valid form. Raise ``Refusal`` when it is not the officer's to write, ``ValidationError`` from the model."""
    entry = form.instance
    access.check(register, by, entry.state_of, entry.district_of)
    entry.full_clean()
    form.save()
    return added(register, entry, by=by, origin=origin)


@transaction.atomic
def added(register: Register, entry: Any, *, by: Officer, origin: dict[str, Any] | None = None) -> Any:
    """Write the first line of an entry that was saved in this transaction."""
    posting = access.check(register, by, entry.state_of, entry.district_of)
    append_line(entry, act=ADDED, officer=by, office=posting.office, posting=posting, origin=origin)
    return entry


@transaction.atomic
def change(register: Register, form: Any, *, by: Officer) -> bool:
    """Write what a valid form changes and why; return ``False``, with nothing written, when it changes nothing.

    Raise ``Overtaken`` when the entry was changed since the form was opened, ``Refusal`` when it is not the officer's to change.
    """
    held = _held(register, form.instance.pk, form.cleaned_data.get("seen"))
    _refuse_standing(held)
    posting, before = access.check(register, by, held.state_of, held.district_of), held.facts()
    access.check(register, by, form.instance.state_of, form.instance.district_of)
    form.save()
    entry: Any = register.model._default_manager.get(pk=held.pk)
    if not differences(before, entry.facts()):
        return False
    append_line(entry, act=CHANGED, officer=by, office=posting.office, posting=posting, before=before, why=form.cleaned_data.get("why", ""))
    return True


def strike_off(register: Register, entry: Any, *, why: str, by: Officer, seen: str | None = None) -> None:
    """Strike an entry off, with the reason; it is read from then on by whoever asks for what was struck off."""

    def remove(held: Any) -> None:
        held.removed_why = why
        held.save(update_fields=["removed_why"])

    written(register, entry, STRUCK_OFF, remove, by=by, why=why, seen=seen)


def do(register: Register, act: Act, entry: Any, cleaned: dict[str, Any], *, by: Officer, seen: str | None = None) -> None:
    """Do an act of the register to an entry; raise what the act raises, ``Overtaken`` when the entry is no longer in a state for it."""

    def doing(held: Any) -> None:
        if not act.stands(held):
            raise Overtaken(_("The entry is no longer in a state for this. Look at it again."))
        act.do(held, cleaned, by)

    written(register, entry, act.key, doing, by=by, why=cleaned.get("why", ""), seen=seen)


@transaction.atomic
def written(
    register: Register,
    entry: Any,
    act: str,
    doing: Callable[[Any], object],
    *,
    by: Officer,
    why: str = "",
    seen: str | None = None,
    origin: dict[str, Any] | None = None,
) -> RegisterLine:
    """Lock an entry, do something to it, and write the line that says so."""
    held = _held(register, entry.pk, seen)
    _refuse_standing(held)
    posting, before = access.check(register, by, held.state_of, held.district_of), held.facts()
    doing(held)
    fresh: Any = register.model._default_manager.get(pk=held.pk)
    return append_line(fresh, act=act, officer=by, office=posting.office, posting=posting, before=before, why=why, origin=origin)


@transaction.atomic
def attach(register: Register, entry: Any, upload: UploadedFile, *, by: Officer) -> EntryPaper:
    """Keep a paper with an entry; the same paper twice is kept once. Raise ``papers.BadPaper`` for what may not be kept."""
    paper, held = papers.examine(upload), _held(register, entry.pk)
    _refuse_standing(held)
    posting, kept = access.check(register, by, held.state_of, held.district_of), papers_of(held)
    if same := kept.filter(sha256=paper.sha256).first():
        return same
    if kept.count() >= AN_ENTRY_HOLDS:
        raise papers.BadPaper(_("An entry holds %(count)s papers at most. Join some of them into one PDF.") % {"count": AN_ENTRY_HOLDS})
    told = {"name": paper.name, "content_type": paper.content_type, "size": len(paper.content), "sha256": paper.sha256}
    row = EntryPaper(register=register.key, entry=held.pk, added_by=by, added_at=timezone.now(), **told)
    stored = paper.to_store()
    row.stored.save(str(stored.name), stored, save=False)
    row.save()
    append_line(held, act=PAPER, officer=by, office=posting.office, posting=posting, before=held.facts(), paper=row)
    return row


@transaction.atomic
def take_over(entries: Iterable[Entry], source: str) -> int:
    """Write the first line of entries that were loaded from ``source`` and not entered by an officer; return how many."""
    made = 0
    for entry in entries:
        if last_line(entry) is None:
            append_line(entry, act=LOADED, officer=None, origin={"name": source})
            made += 1
    return made


def begin_histories(source: str) -> int:
    """Take over what stood in registers before they had histories; a register whose history has begun takes nothing over any more.

    What is put into a table behind the product afterwards stays without a history, and is found by the verifier.
    """
    begun = set(RegisterLine.objects.values_list("register", flat=True).distinct())
    models: dict[str, Any] = {key: model for key, model in entry_models().items() if key not in begun}
    return sum(take_over(model.objects.order_by("pk").iterator(), source) for model in models.values())


def _held(register: Register, pk: int, seen: str | None = None) -> Any:
    """Return the entry, locked; raise ``Overtaken`` when its history has gone on since the line ``seen``."""
    held: Any = register.model._default_manager.select_for_update().get(pk=pk)
    last = last_line(held)
    if seen is not None and last is not None and last.hash != seen:
        raise Overtaken(_("The entry was changed meanwhile. Open it again; what you typed was not kept."))
    return held


def _refuse_standing(held: Any) -> None:
    if held.is_removed:
        raise Refusal(_("The entry is struck off and is not changed any more."))
    if bar := held.bar_to_change():
        raise Refusal(bar)
