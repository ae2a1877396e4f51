"""What the rules say of an application for a loan with margin money: what it comes to, what bars it, what must be asked."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from programme import budget, ceilings
from programme.calendar import financial_year, today
from programme.checks import Check, NotAllowed, waived
from programme.duplicates import Match, matches
from programme.identity import IdentityKind
from programme.models import FileStanding, LoanApplication, Norm, Product, Role
from programme.models.loans import Declaration, Residence
from programme.money import rupees
from programme.norms.entitlement import entitled
from programme.norms.windows import months_after
from programme.powers import Power

# The numbers by which a person and his family are known; accounts and units may have several owners.
OF_A_PERSON = (IdentityKind.AADHAAR, IdentityKind.PAN, IdentityKind.FAMILY_ID)
# A benefit that the rules do not limit is written down all the same: rules may limit it again.
WITHOUT_LIMIT = 30_000


def reckon(loan: LoanApplication, norm: Norm) -> Decimal:
    """Compute the margin money of the cost the file stands at, keep its derivation on the record, and return it in rupees."""
    loan.derivation = entitled(norm, loan.inputs_now()).stored()
    return loan.computed


def watch_ends(released_on: date, norm: Norm) -> date:
    """Return the day on which the margin money may become a grant: the same day of the month when the months of the rule are over."""
    return months_after(released_on, norm.rules["watch_months"])


def grant(loan: LoanApplication, norm: Norm, *, file_number: str) -> None:
    """Write down that applicant and family had the benefit; raise ``NotAllowed`` when the rules give no other and none was let pass."""
    digests = [identity.digest for identity in loan.identities().values() if identity.kind in OF_A_PERSON]
    turns = 1 if norm.rules.get("once_per_family") else WITHOUT_LIMIT
    try:
        ceilings.grant_once(norm.scheme, digests, file_number=file_number, turns=turns, override="family" in loan.answers)
    except ceilings.AlreadyBenefited as had:
        raise NotAllowed(str(had)) from None


def machine_checks(loan: LoanApplication, norm: Norm) -> list[Check]:
    """Return the checks in the order they are read. Four queries, when the file has not been sanctioned."""
    if loan.sanctioned_on:
        return waived(loan)
    found = matches(loan)
    return [
        _product(loan, norm),
        *_age(loan, norm),
        *_residence(loan, norm),
        *_declarations(loan),
        *_family(loan, norm, found),
        *_same_numbers(loan, norm, found),
        *_own_contribution(loan),
        _amount(loan, norm),
        *waived(loan),
        _balance(loan, norm),
    ]


def _product(loan: LoanApplication, norm: Norm) -> Check:
    if loan.product and loan.product.live and loan.product.district_id == loan.district_id:
        said = {"product": loan.product.name, "district": loan.district.name}
        return Check("ok", _("%(product)s is a product of %(district)s.") % said)
    own = Product.objects.filter(district=loan.district_id, live=True)
    said = {
        "asked": loan.product_name,
        "district": loan.district.name,
        "version": norm.version,
        "products": ", ".join(product.name for product in own) or "—",
    }
    if not norm.rules.get("district_product_only"):
        return Check(
            "look",
            _("“%(asked)s” is no product of %(district)s; version %(version)s of the rules does not bind to the district's own.") % said,
        )
    sentence = _(
        "“%(asked)s” is no product of %(district)s. Under version %(version)s of the rules only a unit of the district's own product "
        "is helped: %(products)s."
    )
    return Check("stop", sentence % said, code="product", at_once=True)


def _age(loan: LoanApplication, norm: Norm) -> Iterator[Check]:
    least = norm.rules.get("min_age")
    if least is None:
        return
    said = {
        "age": age_on(loan.date_of_birth, loan.applied_on),
        "least": least,
        "day": date_format(loan.applied_on),
        "version": norm.version,
    }
    if said["age"] < least:
        sentence = _("The applicant was %(age)s years old on %(day)s; under version %(version)s of the rules the least age is %(least)s.")
        yield Check("stop", sentence % said, code="age", at_once=True)
    else:
        yield Check("ok", _("The applicant was %(age)s years old on %(day)s, not below the least age of %(least)s.") % said)


def age_on(born: date, day: date) -> int:
    """Return the completed years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _residence(loan: LoanApplication, norm: Norm) -> Iterator[Check]:
    if loan.residence == Residence.STATE:
        yield Check("look", _("The applicant lives in another district of the State."))
    if loan.residence == Residence.ELSEWHERE and norm.rules.get("resident", True):
        sentence = _("The applicant does not live in the State; under version %(version)s of the rules only residents are helped.")
        yield Check("stop", sentence % {"version": norm.version}, code="residence", at_once=True)


def _declarations(loan: LoanApplication) -> Iterator[Check]:
    for declaration in Declaration:
        if declaration not in loan.declarations:
            sentence = _("This was not declared: “%(declaration)s”")
            yield Check("stop", sentence % {"declaration": declaration.label}, code=f"declared_{declaration}", at_once=True)


def _family(loan: LoanApplication, norm: Norm, found: list[Match]) -> Iterator[Check]:
    """Stop a second benefit of applicant or family, where the version of the rules gives it once."""
    had = [match for match in found if match.scheme == norm.scheme and _is_of_the_family(match)]
    said = {"files": ", ".join(dict.fromkeys(f"{match.file_number} ({match.shown})" for match in had)), "version": norm.version}
    if had and norm.rules.get("once_per_family"):
        sentence = _("Applicant or family already had the benefit: %(files)s. Under version %(version)s of the rules a family has it once.")
        yield Check("stop", sentence % said, code="family", override=Power.OVERRIDE_FAMILY)
    elif had:
        yield Check(
            "look", _("Applicant or family already had the benefit: %(files)s. Version %(version)s of the rules gives it again.") % said
        )
    elif loan.identity("family_id") is None:
        yield Check("look", _("No family ID is given, so nobody can see whether the family had the benefit."))
    else:
        yield Check("ok", _("No other file of applicant or family was granted under this scheme."))


def _is_of_the_family(match: Match) -> bool:
    return match.standing == FileStanding.GRANTED and (match.kind in OF_A_PERSON or Role.FAMILY in (match.role, match.own_role))


def _same_numbers(loan: LoanApplication, norm: Norm, found: list[Match]) -> Iterator[Check]:
    """Ask about every other file with the same numbers, one question a file; what ended badly is only shown."""
    by_file: dict[str, list[Match]] = {}
    for match in found:
        if match.scheme != norm.scheme or not _is_of_the_family(match):
            by_file.setdefault(match.file_number, []).append(match)
    for number, same in by_file.items():
        said = {
            "numbers": ", ".join(dict.fromkeys(match.shown for match in same)),
            "file": number or _("that is not open yet"),
            "standing": same[0].standing.label,
        }
        text = _("Same %(numbers)s as file %(file)s, %(standing)s.") % said
        kinds = "_".join(sorted({match.kind.value for match in same}))
        code = re.sub(r"[^a-z0-9]+", "_", f"same_{number}_{kinds}".lower())
        yield Check("ask", text, code=code) if same[0].live else Check("look", text)


def _own_contribution(loan: LoanApplication) -> Iterator[Check]:
    least = Decimal(loan.derivation["amounts"]["own_contribution_rupees"])
    said = {"own": rupees(loan.own_contribution), "least": rupees(least)}
    if loan.own_contribution < least:
        yield Check("stop", _("The own contribution of %(own)s is less than the %(least)s that the rule asks.") % said, code="own")
    else:
        yield Check("ok", _("The own contribution of %(own)s is not less than the %(least)s that the rule asks.") % said)


def _amount(loan: LoanApplication, norm: Norm) -> Check:
    """Compute again: a stored amount that the rule does not give is never sanctioned."""
    said = {"amount": rupees(loan.computed), "version": norm.version}
    if loan.derivation != entitled(norm, loan.inputs_now()).stored():
        return Check("stop", _("The stored computation of the margin money is not what the rule gives."), code="amount", at_once=True)
    return Check("ok", _("The margin money under version %(version)s of the rules is %(amount)s.") % said)


def _balance(loan: LoanApplication, norm: Norm) -> Check:
    amount, year = loan.amount or Decimal(0), financial_year(today())
    try:
        head = budget.head_of(norm.scheme, loan.district.state)
    except budget.NoHead as missing:
        return Check("stop", str(missing), code="head")
    left = budget.balance(head, year)
    said = {"head": head.code, "year": year, "amount": rupees(amount), "balance": rupees(left)}
    if amount > left:
        return Check("stop", _("Head %(head)s has %(balance)s left in %(year)s, less than %(amount)s.") % said, code="budget")
    return Check("ok", _("Head %(head)s has %(balance)s left in %(year)s, enough for %(amount)s.") % said)
