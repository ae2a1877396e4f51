"""What the State's rules make of a freight claim: its version, its amount, the exporter's year, and what the machine can say of it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme import budget, ceilings
from programme.calendar import financial_year, today
from programme.checks import Check, NotAllowed, waived
from programme.duplicates import Match, matches
from programme.models import AppliesBy, FreightClaim, FreightMode, Norm, State
from programme.models.freight import SCHEMES
from programme.money import rupees
from programme.norms.entitlement import entitled
from programme.norms.freight import ceiling_of
from programme.norms.sheet import Entitlement

# Both modes are booked to one head of account.
HEAD_OF = SCHEMES[FreightMode.SEA]
# A port code ends in 4 where the port is an air cargo complex.
AIR_PORT = "4"
NOTHING = Decimal(0)


class CeilingExhausted(NotAllowed):
    """Nothing is left of the exporter's year; the claim can only be rejected."""


def version_for(mode: str, state: State, claimed: date, exported: date) -> Norm:
    """Return the version of the rules that a line falls under, by the date that the rules themselves name.

    Raise ``Norm.DoesNotExist`` when none applies on that date.
    """
    scheme = SCHEMES[FreightMode(mode)]
    try:
        norm = Norm.in_force(scheme, state, claimed)
    except Norm.DoesNotExist:
        norm = None
    return norm if norm and norm.applies_by != AppliesBy.EXPORT else Norm.in_force(scheme, state, exported)


def last_day(norm: Norm, exported: date) -> date | None:
    """Return the last day on which the export can be claimed, the day after it counted as day 1; ``None`` where no window is known."""
    days = norm.rules.get("claim_days")
    return None if days is None else exported + timedelta(days=int(days))


def used_this_year(claim: FreightClaim) -> Decimal:
    """Return what was sanctioned to the exporter under the claim's scheme this financial year, in rupees.

    That the year of the sanction counts, and not that of the export or the claim, is assumed: no order read so far says it.
    """
    return ceilings.used(claim.scheme, claim.iec_digest, financial_year(today()))


def computed(claim: FreightClaim, norm: Norm) -> Entitlement:
    """Compute the claim's admissible lines, of which there must be one, with what is used of the exporter's year now."""
    return entitled(norm, claim.asked_of(claim.admissible_lines(), used_this_year(claim)))


def consume_ceiling(claim: FreightClaim, norm: Norm, *, file_number: str) -> Decimal:
    """Take the recommended amount out of the exporter's year and return the rupees that still fitted.

    Raise ``CeilingExhausted`` when none did.
    """
    asked, ceiling = claim.amount_recommended or NOTHING, ceiling_of(norm.rules)
    if ceiling is None:
        return asked
    year = financial_year(today())
    granted = ceilings.consume(claim.scheme, claim.iec_digest, year, asked, ceiling, file_number=file_number)
    if not granted:
        raise CeilingExhausted(_exhausted(ceiling, year))
    return granted


def computed_at_order(claim: FreightClaim, norm: Norm, granted: Decimal) -> Entitlement:
    """Compute the claim as it stood in the exporter's year just before ``granted`` rupees were taken out of it."""
    return entitled(norm, claim.asked_of(claim.admissible_lines(), used_this_year(claim) - granted))


def _exhausted(ceiling: Decimal, year: str) -> str:
    said = {"ceiling": rupees(ceiling), "year": year}
    return _("Annual ceiling exhausted: %(ceiling)s was sanctioned to the exporter in %(year)s. The claim must be rejected.") % said


def machine_checks(claim: FreightClaim, norm: Norm) -> list[Check]:
    """Return the checks in the order they are read. Four queries, when district, product and lines are at hand."""
    others = list(_others_of_the_exporter(claim))
    return [
        *_ceiling(claim, norm),
        _balance(claim),
        *_window(claim, norm),
        *_duplicates(claim, {other.pk for other in others}),
        *_pending(others),
        _numbers(claim),
        _product(claim),
        *_lines(claim),
        *waived(claim),
    ]


def _ceiling(claim: FreightClaim, norm: Norm) -> Iterator[Check]:
    """Say what is left of the exporter's year; a claim for which nothing is left goes no step forward."""
    ceiling, year = ceiling_of(norm.rules), financial_year(today())
    if claim.amount_sanctioned is not None or claim.time_barred:
        return
    if ceiling is None:
        yield Check("ok", _("This version of the rules has no yearly ceiling."))
        return
    used = used_this_year(claim)
    left = max(ceiling - used, NOTHING)
    asked = claim.amount or NOTHING
    said = {"ceiling": rupees(ceiling), "used": rupees(used), "left": rupees(left), "year": year, "asked": rupees(asked)}
    if not left:
        yield Check("stop", _exhausted(ceiling, year), code="ceiling", at_once=True)
    elif asked > left:
        said["over"] = rupees(asked - left)
        yield Check(
            "look", _("Of the yearly ceiling of %(ceiling)s only %(left)s is left in %(year)s: %(over)s of %(asked)s do not fit.") % said
        )
    else:
        yield Check("ok", _("Of the yearly ceiling of %(ceiling)s, %(used)s is sanctioned in %(year)s; %(asked)s fits.") % said)


def _balance(claim: FreightClaim) -> Check:
    try:
        head = budget.head_of(HEAD_OF, claim.district.state)
    except budget.NoHead as none:
        return Check("stop", str(none))
    year, amount = financial_year(today()), claim.amount or NOTHING
    said = {"head": head.code, "year": year, "amount": rupees(amount)}
    if claim.amount_sanctioned is not None:
        return Check("ok", _("%(amount)s is committed under head %(head)s.") % said)
    left = budget.balance(head, year)
    said["balance"] = rupees(left)
    if amount > left:
        return Check("stop", _("Head %(head)s has %(balance)s left in %(year)s, less than %(amount)s.") % said)
    return Check("ok", _("Head %(head)s has %(balance)s left in %(year)s, enough for %(amount)s.") % said)


def _window(claim: FreightClaim, norm: Norm) -> Iterator[Check]:
    last = min((day for line in claim.lines.all() if (day := last_day(norm, line.exported_on))), default=None)
    if last is None:
        yield Check("look", _("No order read so far says by when such a claim must be made, so no last day is applied."))
        return
    said = {"last": date_format(last), "claimed": date_format(claim.claimed_on)}
    if claim.claimed_on > last:
        yield Check("stop", _("The last day for the claim was %(last)s; it was made on %(claimed)s.") % said, code="late", at_once=True)
    else:
        yield Check("ok", _("Claimed on %(claimed)s, in time: the last day was %(last)s.") % said)


def _duplicates(claim: FreightClaim, own: set[int]) -> Iterator[Check]:
    """Ask about numbers that a live file of somebody else has too; another claim of the same exporter is no duplicate."""
    label = claim._meta.label_lower
    found = [match for match in matches(claim) if match.live and not (match.record_kind == label and match.record_id in own)]
    for kind in dict.fromkeys(match.kind for match in found):
        same = [match for match in found if match.kind == kind]
        files = ", ".join(dict.fromkeys(match.file_number for match in same if match.file_number)) or "—"
        text = _("The same number (%(number)s) stands in a file of another unit or person: %(files)s.") % {
            "number": same[0].shown,
            "files": files,
        }
        yield Check("ask", text, code=f"same_{kind.value}_{_newest(same)}")


def _newest(same: list[Match]) -> int:
    """Return the latest of the other records, so that one that comes after an answer is asked about anew."""
    return max(match.record_id for match in same)


def _others_of_the_exporter(claim: FreightClaim) -> Iterator[FreightClaim]:
    yield from FreightClaim.objects.filter(iec_digest=claim.iec_digest).exclude(pk=claim.pk).order_by("pk")


def _pending(others: list[FreightClaim]) -> Iterator[Check]:
    pending = [other for other in others if not other.dropped and other.amount_sanctioned is None]
    if pending:
        total = sum((other.amount or NOTHING for other in pending), NOTHING)
        said = {"count": len(pending), "amount": rupees(total)}
        yield Check("look", _("The exporter has %(count)s more claims under decision, of %(amount)s together.") % said)


def _numbers(claim: FreightClaim) -> Check:
    named = ", ".join(f"{kept.kind.label} {kept.shown}" for kept in claim.identities().values())
    return Check(
        "ok",
        _("Well formed by their own rules: %(numbers)s. Whether they are in force is seen from the certificates.") % {"numbers": named},
    )


def _product(claim: FreightClaim) -> Check:
    product = claim.product
    said = {"product": product.name, "district": claim.district.name, "of": product.district.name}
    if not product.live:
        return Check("look", _("%(product)s no longer stands in the register of %(of)s.") % said)
    if product.district_id == claim.district_id:
        return Check("ok", _("%(product)s stands in the register of %(district)s.") % said)
    return Check("look", _("%(product)s is the product of %(of)s, not of %(district)s.") % said)


def _lines(claim: FreightClaim) -> Iterator[Check]:
    lines = list(claim.lines.all())
    bills = [str(line) for line in lines]
    several = [bill for bill in dict.fromkeys(bills) if bills.count(bill) > 1]
    if several:
        yield Check("ok", _("Several lines are of one shipping bill: %(bills)s.") % {"bills": ", ".join(several)})
    strange = [line.port_code for line in lines if (line.port_code[-1] == AIR_PORT) != (claim.mode == FreightMode.AIR)]
    if strange:
        yield Check(
            "look", _("By their code these ports do not fit how the goods left: %(ports)s.") % {"ports": ", ".join(dict.fromkeys(strange))}
        )
