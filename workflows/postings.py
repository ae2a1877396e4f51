"""Join, relieve, transfer. Guardian's grants on offices follow postings and nothing else."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission, UserObjectPermission

from programme.calendar import today
from programme.models import Charge, Office, Officer, Posting
from programme.powers import Power
from workflows.authority import office_type_id

Grant = tuple[int, str, str]


@dataclass
class Drift:
    """How guardian's grants differed from what the postings give: (officer, office, power)."""

    missing: list[Grant] = field(default_factory=list)
    extra: list[Grant] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.extra or self.outside)


@transaction.atomic
def join(
    officer: Officer,
    office: Office,
    *,
    by: Officer | None,
    starts_on: date,
    charge: str = Charge.REGULAR,
    ends_on: date | None = None,
    order_number: str = "",
) -> Posting:
    """Post an officer to an office; raise ``ValidationError`` when the dates clash with another regular posting."""
    posting = Posting(
        officer=officer, office=office, charge=charge, starts_on=starts_on, ends_on=ends_on, order_number=order_number, made_by=by
    )
    posting.full_clean()
    try:
        with transaction.atomic():
            posting.save()
    except IntegrityError:
        raise ValidationError(_("The office or the officer already has a regular posting in these dates.")) from None
    derive(officer)
    return posting


@transaction.atomic
def relieve(posting: Posting, *, on: date, by: Officer | None) -> Posting:
    """End a posting: ``on`` is its last day. Raise ``ValidationError`` when that lies before its first."""
    posting.ends_on, posting.ended_by = on, by
    posting.full_clean()
    posting.save(update_fields=["ends_on", "ended_by"])
    derive(posting.officer)
    return posting


@transaction.atomic
def transfer(officer: Officer, office: Office, *, on: date, by: Officer | None, order_number: str = "") -> Posting:
    """Move an officer's regular charge to ``office`` from ``on``; he is relieved of the old one the day before."""
    for held in Posting.objects.filter(officer=officer, charge=Charge.REGULAR).filter(Q(ends_on=None) | Q(ends_on__gte=on)):
        relieve(held, on=on - timedelta(days=1), by=by)
    return join(officer, office, starts_on=on, order_number=order_number, by=by)


@transaction.atomic
def derive(officer: Officer | None = None, *, on: date | None = None, repair: bool = True) -> Drift:
    """Bring guardian's grants to what postings in force give (of one officer, or all), and return the differences.

    Grants to groups, to whole models, or on offices outside any posting are drift too. With ``repair=False`` nothing changes.
    """
    wanted, present = _wanted(officer, on or today()), _present(officer)
    drift = Drift(missing=sorted(wanted - present), extra=sorted(present - wanted), outside=_outside() if officer is None else [])
    if repair:
        _grant(drift.missing)
        for user_id, office_pk, power in drift.extra:
            UserObjectPermission.objects.filter(
                user_id=user_id, object_pk=office_pk, permission__codename=power, content_type_id=office_type_id()
            ).delete()
    return drift


def _wanted(officer: Officer | None, day: date) -> set[Grant]:
    live = Posting.objects.filter(officer__is_active=True, starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gte=day))
    if officer:
        live = live.filter(officer=officer)
    rows = live.values_list("officer_id", "office_id", "office__designation__powers")
    return {(user, str(office), power) for user, office, powers in rows for power in powers}


def _present(officer: Officer | None) -> set[Grant]:
    grants = UserObjectPermission.objects.filter(content_type_id=office_type_id())
    if officer:
        grants = grants.filter(user=officer)
    return set(grants.values_list("user_id", "object_pk", "permission__codename"))


def _grant(grants: list[Grant]) -> None:
    if not grants:
        return
    permissions = dict(Permission.objects.filter(content_type_id=office_type_id()).values_list("codename", "pk"))
    UserObjectPermission.objects.bulk_create(
        UserObjectPermission(user_id=user, object_pk=office, permission_id=permissions[power], content_type_id=office_type_id())
        for user, office, power in grants
    )


def _outside() -> list[str]:
    powers = {"codename__in": Power.values, "content_type_id": office_type_id()}
    found = [f"user {user} holds {power} everywhere" for power, user in _holders(powers, "user")]
    found += [f"group {group} holds {power} everywhere" for power, group in _holders(powers, "group")]
    groups = GroupObjectPermission.objects.filter(content_type_id=office_type_id())
    return found + [
        f"group {group} holds {power} at office {pk}"
        for group, power, pk in groups.values_list("group", "permission__codename", "object_pk")
    ]


def _holders(powers: dict, kind: str) -> list[tuple[str, int]]:
    return list(Permission.objects.filter(**powers, **{f"{kind}__isnull": False}).values_list("codename", kind))


def expire(day: date | None = None) -> Drift:
    """Withdraw the grants of postings that ended and give those of postings that began; run after midnight IST."""
    return derive(on=day or today())
