"""What a beneficiary may have once, or up to a ceiling a year, also when two sanctions come at the same moment.

The beneficiary is known by the digest of a number (``programme.identity``). An order is not unsold: only a file that is cancelled
before anything was paid gives back what it had.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from programme.models import BenefitFreed, BenefitOnce, CeilingEntry, CeilingFreed, CeilingUse


class AlreadyBenefited(Exception):
    """The person or family has had this benefit; the message names the earlier file."""

    def __init__(self, file_number: str) -> None:
        self.file_number = file_number
        super().__init__(
            _("This person or family has already had the benefit, in file %(file)s; the scheme does not give it again.")
            % {"file": file_number}
        )


def used(scheme: str, digest: str, year: str) -> Decimal:
    """Return what the beneficiary has had of the scheme in the financial year, in rupees."""
    row = CeilingUse.objects.filter(scheme=scheme, digest=digest, year=year).first()
    return row.used if row else Decimal(0)


def used_by_all(schemes: Iterable[str], year: str) -> dict[tuple[str, str], Decimal]:
    """Return what each beneficiary has had of the schemes in the year, in rupees, by scheme and keyed hash. One query."""
    rows = CeilingUse.objects.filter(scheme__in=list(schemes), year=year).values_list("scheme", "digest", "used")
    return {(scheme, digest): had for scheme, digest, had in rows}


@transaction.atomic
def consume(scheme: str, digest: str, year: str, asked: Decimal, ceiling: Decimal, *, file_number: str) -> Decimal:
    """Take ``asked`` rupees, in whole paise, of the beneficiary's yearly ceiling and return the part that still fitted, zero when none did.

    A ceiling that was lowered takes nothing back from what was granted under a higher one. The same file twice raises
    ``IntegrityError``.
    """
    CeilingUse.objects.get_or_create(scheme=scheme, digest=digest, year=year, defaults={"ceiling": ceiling})
    row = CeilingUse.objects.select_for_update().get(scheme=scheme, digest=digest, year=year)
    granted = min(asked, max(ceiling - row.used, Decimal(0)))
    row.used += granted
    row.ceiling = max(ceiling, row.used)
    row.save(update_fields=["used", "ceiling"])
    CeilingEntry.objects.create(use=row, file_number=file_number, asked=asked, amount=granted)
    return granted


def grant_once(scheme: str, digests: Iterable[str], *, file_number: str, turns: int = 1, override: bool = False) -> None:
    """Write down that the benefit goes to everyone whom the digests name: a person, his family.

    Raise ``AlreadyBenefited`` when one of them has had it ``turns`` times, as many as the norms allow, unless ``override``;
    also when another file is granted to one of them at this very moment.
    """
    # In one order for all, so that two grants with two digests in common wait for each other and never both.
    named = sorted(set(digests))
    turn, had = dict.fromkeys(named, 0), dict.fromkeys(named, 0)
    for benefit in _had(scheme, named):
        turn[benefit.digest] = benefit.turn
        had[benefit.digest] += benefit.stands
        if benefit.file_number == file_number or (benefit.stands and had[benefit.digest] >= turns and not override):
            raise AlreadyBenefited(benefit.file_number)
    rows = [
        BenefitOnce(scheme=scheme, digest=digest, turn=turn[digest] + 1, file_number=file_number, overridden=had[digest] >= turns)
        for digest in named
    ]
    try:
        with transaction.atomic():
            for row in rows:
                row.save(force_insert=True)
    except IntegrityError:
        # On PostgreSQL the insert waited for the other transaction; its row can be read now.
        taken = [benefit for benefit in _had(scheme, named) if benefit.turn > turn[benefit.digest]]
        if not taken:
            raise
        raise AlreadyBenefited(taken[0].file_number) from None


@transaction.atomic
def free(*, file_number: str) -> None:
    """Give back what a cancelled file had of ceilings and benefits. What it had stays written, and that it was given back beside it."""
    for entry in CeilingEntry.objects.filter(file_number=file_number, freed=None):
        CeilingUse.objects.filter(pk=entry.use_id).update(used=F("used") - entry.amount)
        CeilingFreed.objects.create(entry=entry)
    BenefitFreed.objects.bulk_create(
        BenefitFreed(benefit=benefit) for benefit in BenefitOnce.objects.filter(file_number=file_number, freed=None)
    )


def _had(scheme: str, digests: list[str]) -> QuerySet[BenefitOnce]:
    return BenefitOnce.objects.filter(scheme=scheme, digest__in=digests).select_related("freed").order_by("turn", "pk")
