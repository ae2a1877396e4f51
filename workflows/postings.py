"""Join, relieve, transfer, stand in, assist. Guardian's grants on offices follow postings and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.models import GroupObjectPermission, UserObjectPermission

from programme.calendar import today
from programme.models import Charge, Office, Officer, Posting
from programme.money import rupees
from programme.powers import Power
from workflows import charges, notices, sign_ins, waking
from workflows.authority import FOR_ANOTHER, office_type_id
from workflows.models import NoticeKind

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
    only: list[str] | None = None,
    upto: Decimal | None = None,
) -> Posting:
    """Post an officer to an office; raise ``ValidationError`` when the dates clash with another regular posting.

    ``by`` is ``None`` for what is posted from the machine itself. Raises ``Refusal`` when ``by`` does not administer there, or
    may not do it alone.
    """
    if by and charge not in FOR_ANOTHER:
        charges.check_posting(officer, office, by=by, starts_on=starts_on, ends_on=ends_on)
    posting = Posting(officer=officer, office=office, charge=charge, starts_on=starts_on, ends_on=ends_on, order_number=order_number)
    posting.only, posting.upto, posting.made_by = only, upto, by
    posting.full_clean()
    try:
        with transaction.atomic():
            posting.save()
    except IntegrityError:
        raise ValidationError(_("The office or the officer already has a regular posting in these dates.")) from None
    derive(officer)
    waking.after_commit("check_obstacles")
    return posting


@transaction.atomic
def relieve(posting: Posting, *, on: date, by: Officer | None) -> Posting:
    """End a posting: ``on`` is its last day. Raise ``ValidationError`` when that lies before its first, ``Refusal`` as ``join`` does."""
    if by:
        charges.check_relieving(_standing(posting), on=on, by=by)
    posting.ends_on, posting.ended_by = on, by
    posting.full_clean()
    posting.save(update_fields=["ends_on", "ended_by"])
    derive(posting.officer)
    if on < today():
        sign_ins.end_all(posting.officer)
    waking.after_commit("check_obstacles")
    return posting


def _standing(posting: Posting) -> Posting:
    """Return the posting as it stands in the database: the page has given the row at hand its new last day already."""
    return Posting.objects.select_related("officer", "office__designation").get(pk=posting.pk)


@transaction.atomic
def transfer(officer: Officer, office: Office, *, on: date, by: Officer | None, order_number: str = "") -> Posting:
    """Move an officer's regular charge to ``office`` from ``on``; he is relieved of the old one the day before."""
    for held in Posting.objects.filter(Posting.not_over(on), officer=officer, charge=Charge.REGULAR):
        relieve(held, on=on - timedelta(days=1), by=by)
    return join(officer, office, starts_on=on, order_number=order_number, by=by)


@transaction.atomic
def appoint_link(
    officer: Officer,
    office: Office,
    *,
    by: Officer,
    starts_on: date,
    ends_on: date,
    only: list[str] | None = None,
    upto: Decimal | None = None,
    order_number: str = "",
) -> Posting:
    """Let an officer act for an office between two days, with all its powers or ``only`` some, up to an amount in rupees.

    It begins and ends by its dates alone. Raises ``Refusal`` when ``by`` may not appoint, ``ValidationError`` at the field that is wrong.
    """
    charges.check_appointing(by, office)
    held = _held(office)
    charges.refuse_dates(starts_on, ends_on)
    charges.refuse_too_long(starts_on, ends_on)
    charges.refuse_powers(held, only)
    if upto is not None and upto <= 0:
        raise ValidationError({"upto": _("The amount must be more than zero.")})
    charges.refuse_unfit(officer, held, by=by, starts_on=starts_on, ends_on=ends_on)
    charges.refuse_second_link(held, only=only, starts_on=starts_on, ends_on=ends_on)
    everything = only is not None and set(only) == set(held.designation.powers)
    posting = join(
        officer, held, charge=Charge.LINK, starts_on=starts_on, ends_on=ends_on,
        only=None if everything else only, upto=upto, order_number=order_number, by=by,
    )  # fmt: skip
    _tell(posting, "made", partial(_made_words, posting))
    return posting


@transaction.atomic
def appoint_assistant(
    officer: Officer, office: Office, *, by: Officer, starts_on: date, ends_on: date | None = None, order_number: str = ""
) -> Posting:
    """Name somebody who prepares notings for the signature of an office; raise ``Refusal`` or ``ValidationError`` as for a link officer."""
    charges.check_appointing(by, office)
    held = _held(office)
    charges.refuse_dates(starts_on, ends_on)
    charges.refuse_unfit(officer, held, by=by, starts_on=starts_on, ends_on=ends_on)
    if Posting.objects.filter(Posting.not_over(starts_on), officer=officer, office=held, charge=Charge.ASSISTANT).exists():
        raise ValidationError({"officer": _("%(who)s assists this office already.") % {"who": officer.name}})
    posting = join(officer, held, charge=Charge.ASSISTANT, starts_on=starts_on, ends_on=ends_on, order_number=order_number, by=by)
    _tell(posting, "made", partial(_made_words, posting))
    return posting


def post(typed: Posting, *, by: Officer) -> Posting:
    """Post by the verb of the charge; raise ``Refusal`` or ``ValidationError`` as that verb does.

    Whoever stands in or assists is judged as on the page Charges, where limits are given.
    """
    said: dict[str, Any] = {"starts_on": typed.starts_on, "ends_on": typed.ends_on, "order_number": typed.order_number, "by": by}
    if typed.charge == Charge.ASSISTANT:
        return appoint_assistant(typed.officer, typed.office, **said)
    if typed.charge == Charge.LINK:
        if typed.ends_on is None:
            raise ValidationError(_("A link officer needs a last day."))
        return appoint_link(typed.officer, typed.office, **said)
    return join(typed.officer, typed.office, charge=typed.charge, **said)


@transaction.atomic
def end_charge(posting: Posting, *, by: Officer) -> Posting:
    """End the charge of a link officer or assistant from this moment; ended twice, it stays as it was.

    Raises ``Refusal`` when ``by`` neither appointed him nor holds or administers the office.
    """
    charges.check_ending(by, posting)
    held = Posting.objects.select_for_update().get(pk=posting.pk)
    if held.ended_at is not None or (held.ends_on and held.ends_on < today()):
        return held
    held.ended_at, held.ended_by = timezone.now(), by
    # A charge that had not begun yet keeps its dates: it never was in force.
    held.ends_on = held.ends_on if held.starts_on > today() else today()
    held.save(update_fields=["ended_at", "ended_by", "ends_on"])
    derive(held.officer)
    _tell(held, "ended", partial(_ended_words, held))
    return held


def _held(office: Office) -> Office:
    """Hold the office's row to the end of the transaction, so that of two appointments at once the second sees the first."""
    related = Office.objects.select_related("designation__state", "district")
    return related.select_for_update(of=("self",)).get(pk=office.pk)


def _tell(posting: Posting, what: str, say: Callable[[], str]) -> None:
    """Tell the office that is acted for, and the offices of whoever acts for it."""
    own = Posting.objects.filter(Posting.in_force(today()), officer=posting.officer).exclude(charge__in=FOR_ANOTHER)
    for office in {posting.office, *(held.office for held in own.select_related("office__designation", "office__district"))}:
        notices.tell(NoticeKind.CHARGE, office, say, key=f"charge/{posting.pk}/{what}/{office.pk}")


def _words(posting: Posting) -> dict[str, str]:
    return {
        "who": posting.officer.name,
        "office": posting.office.name,
        "charge": posting.get_charge_display(),
        "first": posting.starts_on.strftime("%d-%m-%Y"),
        "last": posting.ends_on.strftime("%d-%m-%Y") if posting.ends_on else "",
        "limits": limits_in_words(posting),
    }


def _made_words(posting: Posting) -> str:
    said = _words(posting)
    if not posting.ends_on:
        return _("%(who)s is %(charge)s of %(office)s from %(first)s.") % said
    if not said["limits"]:
        return _("%(who)s is %(charge)s of %(office)s from %(first)s to %(last)s.") % said
    return _("%(who)s is %(charge)s of %(office)s from %(first)s to %(last)s, %(limits)s.") % said


def _ended_words(posting: Posting) -> str:
    return _("%(who)s is no longer %(charge)s of %(office)s.") % _words(posting)


def limits_in_words(posting: Posting) -> str:
    """Say within which limits a link officer acts; empty when there are none."""
    said = [_("up to %(amount)s") % {"amount": rupees(posting.upto)}] if posting.upto is not None else []
    if posting.only is not None:
        powers = ", ".join(str(Power(power).label) for power in posting.powers)
        said.append(_("only: %(powers)s") % {"powers": powers})
    return " · ".join(said)


@transaction.atomic
def derive(officer: Officer | None = None, *, on: date | None = None, repair: bool = True) -> Drift:
    """Bring guardian's grants to what postings give (of one officer, or all) until they end, and return the differences.

    A posting that begins later has its grants already: the day it begins must not hang on a worker that runs at midnight, and
    before that day they give nothing, as ``authority`` reads the dates with them.
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
    live = Posting.objects.filter(Posting.not_over(day), officer__is_active=True)
    if officer:
        live = live.filter(officer=officer)
    return {(p.officer_id, str(p.office_id), power) for p in live.select_related("office__designation") for power in p.powers}


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
    """Withdraw the grants of postings that ended, and end the sign-ins of whoever held them; run after midnight IST.

    No power hangs on it: they ended with their last day.
    """
    drift = derive(on=day or today())
    for officer in Officer.objects.filter(pk__in={user for user, _office, _power in drift.extra}):
        sign_ins.end_all(officer)
    return drift
