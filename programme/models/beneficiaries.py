"""Who benefits: numbers kept as keyed hashes, the marks by which files of one person are found, and what each has had."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.identity import Identity, IdentityKind, ending

DIGEST_LENGTH = 64


class Role(models.TextChoices):
    """Whose number it is, seen from the file."""

    APPLICANT = "applicant", _("applicant")
    FAMILY = "family", _("family of the applicant")
    UNIT = "unit", _("unit")


class FileStanding(models.TextChoices):
    """How the file of a mark stands."""

    OPEN = "open", _("under decision")
    GRANTED = "granted", _("granted")
    ENDED = "ended", _("rejected or withdrawn")


ROLE_OF_KIND = {
    IdentityKind.FAMILY_ID: Role.FAMILY,
    IdentityKind.GSTIN: Role.UNIT,
    IdentityKind.IEC: Role.UNIT,
    IdentityKind.UDYAM: Role.UNIT,
}


def digest_column(label: Any) -> models.CharField:
    """Return the column ``<name>_digest`` of a number: its keyed hash, empty when there is none."""
    return models.CharField(label, max_length=DIGEST_LENGTH, blank=True, editable=False)


def last_four_column(label: Any) -> models.CharField:
    """Return the column ``<name>_last4`` of a number: what people recognise it by."""
    return models.CharField(label, max_length=4, blank=True, editable=False)


def columns_of(names: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns of the named numbers, for a record's ``MATERIAL`` and ``PERSONAL``."""
    return frozenset(f"{name}_{part}" for name in names for part in ("digest", "last4"))


class HasIdentities(models.Model):
    """A record that knows numbers of persons or units. It has the columns ``<name>_digest`` and ``<name>_last4`` for each name."""

    IDENTITIES: dict[str, IdentityKind] = {}
    # Names whose number is not of the role that its kind usually has, such as a brother's Aadhaar.
    ROLES: dict[str, Role] = {}

    class Meta:
        abstract = True

    def identity(self, name: str) -> Identity | None:
        """Return what is kept of a number, or ``None``."""
        digest = getattr(self, f"{name}_digest")
        return Identity(self.IDENTITIES[name], digest, getattr(self, f"{name}_last4")) if digest else None

    def set_identity(self, name: str, identity: Identity) -> None:
        """Take over a number on this record; raise ``ValueError`` when it is of another kind than the record keeps under the name."""
        if identity.kind != self.IDENTITIES[name]:
            raise ValueError(f"{name} is a number of the kind {self.IDENTITIES[name]}, not {identity.kind}.")
        for column, value in (("digest", identity.digest), ("last4", identity.last_four)):
            setattr(self, self._meta.get_field(f"{name}_{column}").name, value)

    def identities(self) -> dict[str, Identity]:
        """Return what is kept, by name, without the names that have no number."""
        found = {name: self.identity(name) for name in self.IDENTITIES}
        return {name: identity for name, identity in found.items() if identity}

    def marks(self) -> "models.QuerySet[IdentityMark]":
        """Return the marks by which other files find this record."""
        return IdentityMark.objects.filter(record_kind=self._meta.label_lower, record_id=self.pk)

    def role_of(self, name: str) -> Role:
        return self.ROLES.get(name, ROLE_OF_KIND.get(self.IDENTITIES[name], Role.APPLICANT))


class IdentityMark(models.Model):
    """One number of one record, so that another file of the same person, family or unit is found, of whatever scheme."""

    kind = models.CharField(_("kind"), max_length=20, choices=IdentityKind.choices)
    digest = models.CharField(_("keyed hash"), max_length=DIGEST_LENGTH)
    last_four = models.CharField(_("last four"), max_length=4)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    scheme = models.SlugField(_("scheme"), max_length=60)
    # Empty until the file is open.
    file_number = models.CharField(_("file number"), max_length=40, blank=True)
    record_kind = models.CharField(_("kind of record"), max_length=100)
    record_id = models.PositiveBigIntegerField(_("record"))
    standing = models.CharField(_("standing"), max_length=8, choices=FileStanding.choices, default=FileStanding.OPEN)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Identity mark")
        verbose_name_plural = _("Identity marks")
        default_permissions = ()
        indexes = [
            models.Index(fields=["kind", "digest"], name="marks_of_a_number"),
            models.Index(fields=["record_kind", "record_id"], name="marks_of_a_record"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {ending(self.last_four)}"


class CeilingUse(models.Model):
    """What a beneficiary has had of a scheme in a financial year, in rupees. The database refuses more than the ceiling."""

    scheme = models.SlugField(_("scheme"), max_length=60)
    digest = models.CharField(_("keyed hash"), max_length=DIGEST_LENGTH)
    year = models.CharField(_("financial year"), max_length=7)
    used = models.DecimalField(_("used (₹)"), max_digits=14, decimal_places=2, default=0)
    ceiling = models.DecimalField(_("ceiling last met (₹)"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("Use of a ceiling")
        verbose_name_plural = _("Use of ceilings")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["scheme", "digest", "year"], name="one_ceiling_a_beneficiary_a_year"),
            models.CheckConstraint(condition=models.Q(used__gte=0), name="ceiling_used_never_below_zero"),
            models.CheckConstraint(condition=models.Q(used__lte=models.F("ceiling")), name="never_used_above_the_ceiling"),
        ]


class CeilingEntry(models.Model):
    """What one file asked of a ceiling and what still fitted, in rupees. Only added to."""

    use = models.ForeignKey(CeilingUse, models.PROTECT, related_name="entries", verbose_name=_("Use of a ceiling"))
    file_number = models.CharField(_("file number"), max_length=40)
    asked = models.DecimalField(_("asked (₹)"), max_digits=14, decimal_places=2)
    amount = models.DecimalField(_("granted (₹)"), max_digits=14, decimal_places=2)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Ceiling entry")
        verbose_name_plural = _("Ceiling entries")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["use", "file_number"], name="one_ceiling_entry_a_file"),
            models.CheckConstraint(condition=models.Q(amount__gte=0, amount__lte=models.F("asked")), name="ceiling_grants_a_part"),
            models.CheckConstraint(condition=models.Q(asked__gt=0), name="ceiling_is_asked_for_something"),
        ]


class CeilingFreed(models.Model):
    """What a file had of a ceiling and gave back, because it was cancelled before anything was paid. Only added to."""

    entry = models.OneToOneField(CeilingEntry, models.PROTECT, related_name="freed", verbose_name=_("Ceiling entry"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Ceiling entry given back")
        verbose_name_plural = _("Ceiling entries given back")
        default_permissions = ()


class BenefitOnce(models.Model):
    """A benefit that a person or a family has once, or as many times as the scheme's norms say. Only added to."""

    scheme = models.SlugField(_("scheme"), max_length=60)
    digest = models.CharField(_("keyed hash"), max_length=DIGEST_LENGTH)
    turn = models.PositiveSmallIntegerField(_("turn"))
    file_number = models.CharField(_("file number"), max_length=40)
    overridden = models.BooleanField(_("granted by override"), default=False)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Benefit had")
        verbose_name_plural = _("Benefits had")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["scheme", "digest", "turn"], name="one_benefit_a_turn"),
            models.UniqueConstraint(fields=["scheme", "digest", "file_number"], name="one_benefit_a_file"),
            models.CheckConstraint(condition=models.Q(turn__gte=1), name="benefit_turns_begin_at_one"),
            models.CheckConstraint(condition=~models.Q(file_number=""), name="benefit_names_its_file"),
        ]

    @property
    def stands(self) -> bool:
        """Say whether the benefit was not given back."""
        return not hasattr(self, "freed")


class BenefitFreed(models.Model):
    """A benefit that was sanctioned and never had, because its file was cancelled before anything was paid. Only added to."""

    benefit = models.OneToOneField(BenefitOnce, models.PROTECT, related_name="freed", verbose_name=_("Benefit had"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("Benefit given back")
        verbose_name_plural = _("Benefits given back")
        default_permissions = ()
