"""Find the district or State that a written name means. No place is ever kept as free text.

Names are compared after Unicode normalisation, without case, spaces, hyphens, dots and joiners, without nukta
(फ़िरोज़ाबाद is फिरोजाबाद) and with chandrabindu read as anusvara (बाँदा is बांदा). Other spellings are the
district's aliases; the list is remembered for half a minute, so a new alias works within a minute.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from programme.folding import fold
from programme.kept import kept
from programme.models import District, State


class UnknownDistrict(LookupError):
    """No one district is meant; the message is a sentence for the person who wrote the name."""


class UnknownState(LookupError):
    """No State is meant; the message is a sentence for the person who wrote the name."""


def find_district(text: str, state: State | None = None) -> District:
    """Return the district written as ``text``: a name in English or Hindi, an alias, or its LGD code.

    Raise ``UnknownDistrict`` when there is none, or when several States have one and ``state`` is not given.
    """
    codes = _districts_by_name().get(fold(text), frozenset())
    districts = District.objects.filter(pk__in=codes).select_related("state").order_by("state__name_en", "name_en")
    found = [district for district in districts if state is None or district.state_id == state.pk]
    if len(found) == 1:
        return found[0]
    if found:
        candidates = "; ".join(f"{district.name}, {district.state.name}" for district in found)
        raise UnknownDistrict(
            _("“%(text)s” is the name of more than one district: %(candidates)s. Say which one.") % {"text": text, "candidates": candidates}
        )
    if state is None:
        raise UnknownDistrict(_("There is no district called “%(text)s”.") % {"text": text})
    raise UnknownDistrict(_("%(state)s has no district called “%(text)s”.") % {"state": state.name, "text": text})


def find_state(text: str) -> State:
    """Return the State written as ``text``: a name in English or Hindi, its short name, or its LGD code.

    Raise ``UnknownState`` when there is none.
    """
    wanted = fold(text)
    for state in State.objects.all():
        if wanted in _keys([state.name_en, state.name_hi, state.short, str(state.lgd_code)]):
            return state
    raise UnknownState(_("There is no State or Union Territory called “%(text)s”.") % {"text": text})


def _keys(names: Iterable[str]) -> set[str]:
    return {key for key in map(fold, names) if key}


@kept(seconds=30)
def _districts_by_name() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for code, english, hindi, aliases in District.objects.values_list("lgd_code", "name_en", "name_hi", "aliases"):
        for key in _keys([english, hindi, *aliases, str(code)]):
            found[key].add(code)
    return {key: frozenset(codes) for key, codes in found.items()}
