"""Whose files a reader reviews, and questions about them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from programme.asking import Asked, Given, one_of
from programme.models import District, Officer
from programme.powers import Power
from workflows.authority import Refusal, capacities
from workflows.flows import FLOWS


@dataclass(frozen=True)
class Part:
    """What an auditor examines of a State: some districts, some processes; empty is all of them."""

    state: int
    districts: frozenset[int] = frozenset()
    processes: frozenset[str] = frozenset()

    def files(self, way: str) -> Q:
        wanted = {f"{way}district__in": self.districts, f"{way}kind__in": self.processes}
        return Q(**{f"{way}state": self.state}, **{name: values for name, values in wanted.items() if values})

    @property
    def places(self) -> Q:
        return Q(state=self.state, **({"pk__in": self.districts} if self.districts else {}))


@dataclass(frozen=True)
class Scope:
    """Whose files a reader reviews: those of whole States, those of single districts, and the parts that he audits."""

    states: frozenset[int]
    districts: frozenset[int]
    parts: tuple[Part, ...] = ()

    @property
    def condition(self) -> Q:
        return self.files()

    def files(self, way: str = "") -> Q:
        """Return the condition for rows whose file, reached by ``way``, lies in the scope."""
        whole = Q(**{f"{way}state__in": self.states}) | Q(**{f"{way}district__in": self.districts})
        return reduce(or_, (part.files(way) for part in self.parts), whole)

    @property
    def places(self) -> QuerySet[District]:
        """The districts whose lines the reader sees, by name."""
        whole = Q(state__in=self.states) | Q(pk__in=self.districts)
        return District.objects.filter(reduce(or_, (part.places for part in self.parts), whole)).order_by("name_en", "pk")

    @property
    def processes(self) -> list[str]:
        """The processes of which the reader sees lines."""
        limited = frozenset().union(*(part.processes or FLOWS for part in self.parts))
        return [kind for kind in FLOWS if self.states or self.districts or kind in limited]

    def within(self, place: District) -> "Scope":
        """Return the scope of one district alone; raise ``District.DoesNotExist`` when the reader reads nothing of it."""
        if place.state_id in self.states or place.pk in self.districts:
            return Scope(frozenset(), frozenset({place.pk}))
        here = frozenset({place.pk})
        parts = tuple(
            Part(part.state, here, part.processes)
            for part in self.parts
            if part.state == place.state_id and place.pk in (part.districts or here)
        )
        if not parts:
            raise District.DoesNotExist
        return Scope(frozenset(), frozenset(), parts)

    def covers(self, kind: str, place: District) -> bool:
        """Say whether the reader sees the line of a process in a district."""
        whole = place.state_id in self.states or place.pk in self.districts
        return whole or any(
            part.state == place.state_id and place.pk in (part.districts or {place.pk}) and kind in (part.processes or FLOWS)
            for part in self.parts
        )


def scope_of(officer: Officer) -> Scope:
    """Return what the officer reviews; raise ``Refusal`` when he answers for no district and no State."""
    held = capacities(officer)
    states = frozenset(c.office.state_id for c in held if Power.SEE_STATE in c.powers)
    districts = frozenset(c.office.district_id for c in held if Power.SEE_DISTRICT in c.powers and c.office.district_id)
    parts = tuple(
        Part(c.office.state_id, frozenset(c.scope.places), frozenset(c.scope.processes))
        for c in held
        if c.scope and Power.AUDIT in c.powers
    )
    if not states and not districts and not parts:
        raise Refusal(_("This page is for offices that answer for a district or for the State."))
    return Scope(states, districts, parts)


class AskedOf:
    """A question about the files of a scope, reached by ``way``; ``make`` is given the condition and, by these names, the values.

    Its text is made once, and each time anew for the parts that an auditor examines.
    """

    def __init__(self, make: Callable[..., QuerySet], *names: str, way: str = "") -> None:
        self._make, self._way = make, way
        of_places = one_of(f"{way}state", Given("states")) | one_of(f"{way}district", Given("districts"))
        self._asked = Asked(lambda: make(of_places, **{name: Given(name) for name in names}), planned_anew=True)

    def __call__(self, scope: Scope, **given: Any) -> list[Any]:
        """Return the rows, of the files in the scope."""
        if scope.parts:
            return list(self._make(scope.files(self._way), **given))
        return self._asked(states=list(scope.states), districts=list(scope.districts), **given)
