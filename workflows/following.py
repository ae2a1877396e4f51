"""Which file comes next in the list that an officer works through, and which stand beside the one that he reads."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet, Subquery

from programme.asking import Asked, Given
from programme.models import Officer
from workflows import desks, inbox
from workflows.authority import capacities
from workflows.models import Movement


def file_behind(officer: Officer, case: int, stay: Movement | None, choice: inbox.Choice) -> int | None:
    """Return the file behind ``stay`` in the list, else the first one that is not ``case``; ``None`` when there is none."""
    if choice.words:
        others = inbox.chosen(officer, choice).exclude(case=case).select_related(None).values_list("case", flat=True)
        behind = others.filter(after(stay.due, stay.pk)).first() if stay else None
        return behind or others.first()
    held = capacities(officer)
    shape, given = desks.desks_of(held)
    now, border = desks.borders(held)
    given |= {"now": now, "border": border, "case": case}
    for part, place in _parts(stay):
        if found := _NEXT.first(shape, choice.standing, part, **given, **place):
            return int(found.case)
    return None


def _parts(stay: Movement | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where the next file is looked for: behind the stay among those due on a day, then among the others, then anywhere."""
    if stay and stay.due:
        yield "dated", {"due": stay.due, "pk": stay.pk}
    if stay:
        yield "undated", {"pk": 0 if stay.due else stay.pk}
    yield "all", {}


def _next(shape: desks.Shape, standing: str, part: str) -> QuerySet:
    rows = desks.open_as_given(shape).exclude(case=Given("case"))
    if standing:
        rows = rows.filter(desks.by_standing(standing, Given("now"), Given("border")))
    if part == "dated":
        # Where the list is read from is said by itself, so that the index begins there.
        rows = rows.filter(Q(due__gt=Given("due")) | Q(pk__gt=Given("pk")), due__gte=Given("due"))
    elif part == "undated":
        rows = rows.filter(due=None, pk__gt=Given("pk"))
    return desks.by_due(rows, shape).values_list("case", named=True)[:1]


_NEXT = Asked(_next)


def after(due: Any, pk: Any) -> Q:
    """Return what stands behind a stay, due then and with this key, in the order of the list."""
    if due is None:
        return Q(due=None, pk__gt=pk)
    return Q(due__gt=due) | Q(due=due, pk__gt=pk) | Q(due=None)


def before(due: Any, pk: Any) -> Q:
    """Return what stands before a stay, due then and with this key, in the order of the list."""
    if due is None:
        return Q(due__isnull=False) | Q(due=None, pk__lt=pk)
    return Q(due__lt=due) | Q(due=due, pk__lt=pk)


def neighbours(officer: Officer, stay: Movement, choice: inbox.Choice) -> tuple[int | None, int | None]:
    """Return the files before and behind a stay in the list, ``None`` where there is none; one query."""
    if choice.words:
        others = inbox.chosen(officer, choice).exclude(case=stay.case_id)
        return _on_both_sides(others, stay.due, stay.pk, None).get()
    held = capacities(officer)
    shape, given = desks.desks_of(held)
    now, border = desks.borders(held)
    given |= {"now": now, "border": border, "case": stay.case_id, "due": stay.due, "pk": stay.pk}
    found = _NEIGHBOURS.get(shape, choice.standing, bool(stay.due), **given)
    return found.ahead, found.behind


def _on_both_sides(others: QuerySet[Movement], due: Any, pk: Any, shape: desks.Shape | None) -> QuerySet:
    ahead, behind = others.filter(before(due, pk)), others.filter(after(due, pk))
    found = Movement.objects.filter(pk=pk).annotate(
        ahead=Subquery(desks.by_due(ahead, shape, last_first=True).values("case")[:1]),
        behind=Subquery(desks.by_due(behind, shape).values("case")[:1]),
    )
    return found.values_list("ahead", "behind", named=True)


def _beside(shape: desks.Shape, standing: str, dated: bool) -> QuerySet:
    others = desks.open_as_given(shape).exclude(case=Given("case"))
    if standing:
        others = others.filter(desks.by_standing(standing, Given("now"), Given("border")))
    return _on_both_sides(others, Given("due") if dated else None, Given("pk"), shape)


_NEIGHBOURS = Asked(_beside)
