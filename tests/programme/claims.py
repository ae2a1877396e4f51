"""A record with numbers, for tests of what every such record does. It has no table: marks know a record by kind and number only."""

from django.db import models

from programme.identity import IdentityKind, identify
from programme.models import HasIdentities, Role
from programme.models.beneficiaries import digest_column, last_four_column

AADHAAR, BROTHER = "2341 2341 2346", "4995 2834 1230"
FAMILY, ACCOUNT = "1234 5678 9012", "SBIN0001234 30012345678"


class Claim(HasIdentities):
    IDENTITIES = {
        "aadhaar": IdentityKind.AADHAAR,
        "brother": IdentityKind.AADHAAR,
        "family": IdentityKind.FAMILY_ID,
        "account": IdentityKind.BANK_ACCOUNT,
    }
    ROLES = {"brother": Role.FAMILY}

    title = models.CharField("Subject", max_length=80, blank=True)
    aadhaar_digest, aadhaar_last4 = digest_column("Aadhaar"), last_four_column("Aadhaar")
    brother_digest, brother_last4 = digest_column("Aadhaar of a brother"), last_four_column("Aadhaar of a brother")
    family_digest, family_last4 = digest_column("Family ID"), last_four_column("Family ID")
    account_digest, account_last4 = digest_column("Bank account"), last_four_column("Bank account")

    class Meta:
        app_label = "tests"
        managed = False

    @classmethod
    def of(cls, pk=None, **numbers):
        """Return a record with these numbers, as typed, by name."""
        made = cls(pk=pk)
        for name, typed in numbers.items():
            made.set_identity(name, identify(cls.IDENTITIES[name], typed))
        return made
