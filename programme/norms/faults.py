"""What is wrong with a version of a norm. Only one without faults may be published."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from programme.models import Designation, Norm, NormStatus
from programme.money import rupees
from programme.norms.borders import border_table, falls
from programme.norms.escalation import posts_told
from programme.norms.rulebook import PROCESS
from programme.norms.schemes import Scheme, scheme_of

ONE_DAY = timedelta(days=1)


def faults(norm: Norm) -> list[str]:
    """Return one sentence for each fault, an empty list for a version that may be published."""
    scheme = scheme_of(norm.scheme)
    if scheme is None:
        return [_("“%(scheme)s” is no scheme of this software.") % {"scheme": norm.scheme}, *_wrong_dates(norm)]
    if not isinstance(norm.rules, dict):
        return [_("The rules must be an object."), *_wrong_dates(norm)]
    found = [*_wrong_rules(norm, scheme)]
    if not found:
        found = list(_unknown_posts(norm))
    if not found and scheme.whole:
        found = list(scheme.whole(norm.rules))
    if not found:
        found = list(_falling(norm, scheme))
    return [*found, *_wrong_dates(norm)]


def _wrong_rules(norm: Norm, scheme: Scheme) -> Iterator[str]:
    known = {**PROCESS, **scheme.optional, **scheme.rules}
    for name in scheme.rules:
        if name not in norm.rules:
            yield _("The rule “%(rule)s” is missing.") % {"rule": name}
    for name, value in norm.rules.items():
        if name not in known:
            yield _("The rule “%(rule)s” is not known to this scheme.") % {"rule": name}
            continue
        yield from (f"“{name}”: {fault}" for fault in known[name](value))


def _unknown_posts(norm: Norm) -> Iterator[str]:
    """Posts that decide or sit under the version must be posts of its State; a rule of all India has none to ask."""
    named = [line["designation"] for line in norm.rules.get("ladder", [])] + norm.rules.get("committee", {}).get("members", [])
    named += posts_told(norm.rules)
    if not named or norm.state is None:
        return
    posts = set(Designation.objects.filter(state=norm.state, code__in=named).values_list("code", flat=True))
    for code in dict.fromkeys(named):
        if code not in posts:
            yield _("“%(post)s” is no post of %(state)s.") % {"post": code, "state": norm.state.name}


def _falling(norm: Norm, scheme: Scheme) -> Iterator[str]:
    if scheme.rises is None:
        return
    asked, given = scheme.rises
    for before, after in falls(border_table(norm), asked, given):
        yield _("The amount falls from %(more)s at %(lower)s to %(less)s at %(higher)s; it must never fall when the cost grows.") % {
            "more": rupees(before.entitlement.amounts[given]),
            "lower": rupees(before.inputs[asked]),
            "less": rupees(after.entitlement.amounts[given]),
            "higher": rupees(after.inputs[asked]),
        }


def _wrong_dates(norm: Norm) -> Iterator[str]:
    """Versions follow each other: the one before ends by itself where it has no end, or exactly on the day before."""
    begins, ends = norm.applies_from, norm.applies_until
    if ends and ends < begins:
        yield _("The version ends on %(ends)s, before it begins on %(begins)s.") % {
            "ends": f"{ends:%d-%m-%Y}",
            "begins": f"{begins:%d-%m-%Y}",
        }
    others = Norm.objects.filter(state=norm.state, scheme=norm.scheme).exclude(status=NormStatus.DRAFT).exclude(pk=norm.pk)
    before = others.filter(applies_from__lt=begins).order_by("-applies_from", "-published_at").first()
    after = others.filter(applies_from__gt=begins).order_by("applies_from").first()
    if before:
        yield from _joint(before, norm)
    if after:
        yield from _joint(norm, after)


def _joint(earlier: Norm, later: Norm) -> Iterator[str]:
    if earlier.applies_until is None:
        return
    figures = {"earlier": earlier.version, "ends": f"{earlier.applies_until:%d-%m-%Y}"}
    figures |= {"later": later.version, "begins": f"{later.applies_from:%d-%m-%Y}"}
    if earlier.applies_until >= later.applies_from:
        yield _("Version “%(earlier)s” ends on %(ends)s and overlaps version “%(later)s”, which begins on %(begins)s.") % figures
    elif earlier.applies_until + ONE_DAY < later.applies_from:
        yield (
            _("Between version “%(earlier)s”, which ends on %(ends)s, and “%(later)s”, which begins on %(begins)s, days have no rule.")
            % figures
        )
