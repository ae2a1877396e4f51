"""Other files of the same person, family or unit, found by the keyed hashes of their numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from programme.identity import IdentityKind, ending
from programme.models import FileStanding, HasIdentities, IdentityMark, Role


@dataclass(frozen=True)
class Match:
    """One number that another record has too. ``file_number`` is empty while that file is not open yet.

    ``role`` is whose number it is there, ``own_role`` whose it is here.
    """

    kind: IdentityKind
    last_four: str
    role: Role
    own_role: Role
    scheme: str
    file_number: str
    standing: FileStanding
    record_kind: str
    record_id: int

    @property
    def live(self) -> bool:
        """Say whether the other file is under decision or granted; one that was rejected or withdrawn stands in nobody's way."""
        return self.standing != FileStanding.ENDED

    @property
    def shown(self) -> str:
        """Name what matched, as "Aadhaar …1234", in the reader's language."""
        return f"{self.kind.label} {ending(self.last_four)}"


def keep_marks(record: HasIdentities, scheme: str, *, file_number: str = "", standing: FileStanding = FileStanding.OPEN) -> None:
    """Replace the marks of a record by those of the numbers it has now. Belongs into the transaction that writes the record."""
    with transaction.atomic():
        record.marks().delete()
        IdentityMark.objects.bulk_create(
            IdentityMark(
                kind=identity.kind,
                digest=identity.digest,
                last_four=identity.last_four,
                role=record.role_of(name),
                scheme=scheme,
                file_number=file_number,
                record_kind=record._meta.label_lower,
                record_id=record.pk,
                standing=standing,
            )
            for name, identity in record.identities().items()
        )


def grant_marks(record: HasIdentities) -> None:
    """Say of a record's marks that its file was granted."""
    record.marks().update(standing=FileStanding.GRANTED)


def drop_marks(record: HasIdentities) -> None:
    """Say of a record's marks that its file was rejected or withdrawn: later files see it, and are not held up by it."""
    record.marks().update(standing=FileStanding.ENDED)


def matches(record: HasIdentities) -> list[Match]:
    """Return every number of the record that another record has too, the oldest first. One query; the record need not be saved."""
    roles = {(identity.kind, identity.digest): record.role_of(name) for name, identity in record.identities().items()}
    if not roles:
        return []
    same = reduce(or_, (Q(kind=kind, digest=digest) for kind, digest in roles))
    itself = Q(record_kind=record._meta.label_lower, record_id=record.pk or 0)
    marks = IdentityMark.objects.filter(same).exclude(itself).order_by("pk")
    return [_match(mark, roles[IdentityKind(mark.kind), mark.digest]) for mark in marks]


def same_family(found: Iterable[Match]) -> list[Match]:
    """Return those matches that tie the record to the family of somebody whose file was granted."""
    return [match for match in found if match.standing == FileStanding.GRANTED and Role.FAMILY in (match.role, match.own_role)]


def _match(mark: IdentityMark, own_role: Role) -> Match:
    return Match(
        kind=IdentityKind(mark.kind),
        last_four=mark.last_four,
        role=Role(mark.role),
        own_role=own_role,
        scheme=mark.scheme,
        file_number=mark.file_number,
        standing=FileStanding(mark.standing),
        record_kind=mark.record_kind,
        record_id=mark.record_id,
    )
