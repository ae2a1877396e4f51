"""Who may let somebody stand in for an office or assist it, and whom. The verbs that do it are in ``postings``."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from programme.calendar import today
from programme.models import Charge, Office, Officer, Posting
from programme.powers import Power
from workflows import ways_in
from workflows.authority import FOR_ANOTHER, Refusal, capacities

# Who is away for longer is relieved or replaced by an order of the government: that is an additional charge, not a link officer.
LONGEST_LINK = 90
FOUND_AT_ONCE = 12
# Reading and answering go with every role; what is left decides.
NEUTRAL = frozenset({Power.SEE_DISTRICT, Power.SEE_STATE, Power.ANSWER_QUESTION, Power.PREPARE_NOTING})


def check_appointing(officer: Officer, office: Office, *, afresh: bool = True) -> None:
    """Raise ``Refusal`` unless the officer holds the office in a charge of his own, or administers its State."""
    held = capacities(officer, afresh=afresh)
    here = {capacity.charge for capacity in held if capacity.office.pk == office.pk}
    if here - FOR_ANOTHER:
        return
    if here:
        raise Refusal(_("Who stands in for %(office)s or assists it cannot appoint another one.") % {"office": office.name})
    if not any(Power.ADMINISTER in capacity.powers and capacity.office.state_id == office.state_id for capacity in held):
        raise Refusal(_("Only the officer in charge of %(office)s, or the programme administrator, may do this.") % {"office": office.name})


def may_appoint(officer: Officer, office: Office) -> bool:
    try:
        check_appointing(officer, office, afresh=False)
    except Refusal:
        return False
    return True


def check_ending(officer: Officer, posting: Posting) -> None:
    """Raise ``Refusal`` unless the officer appointed him, holds the office or administers its State."""
    if posting.charge not in FOR_ANOTHER:
        raise Refusal(_("Only the charge of a link officer or an assistant is ended here."))
    if posting.made_by_id != officer.pk:
        check_appointing(officer, posting.office)


def offices_of(officer: Officer) -> list[Office]:
    """Return the offices the officer holds today in a charge of his own."""
    return list({c.office.pk: c.office for c in capacities(officer) if c.charge not in FOR_ANOTHER}.values())


def held_by(officer: Officer) -> QuerySet[Posting]:
    """Return what the officer holds today or will hold, in whatever charge."""
    mine = Posting.objects.filter(Posting.not_over(today()), officer=officer)
    return mine.select_related("officer", "office__designation", "office__district", "made_by").order_by("starts_on", "pk")


def acting_for(offices: Iterable[Office]) -> dict[int, list[Posting]]:
    """Return whoever acts or prepares for each of these offices, today or later, by the office's number; one query."""
    rows = Posting.objects.filter(Posting.not_over(today()), office__in=list(offices), charge__in=FOR_ANOTHER)
    others: dict[int, list[Posting]] = {}
    for row in rows.select_related("officer", "office__designation", "office__district", "made_by").order_by("starts_on", "pk"):
        others.setdefault(row.office_id, []).append(row)
    return others


def offices_found(officer: Officer, words: str) -> list[Office]:
    """Return the first offices that fit words of post and district, of the States that the officer administers."""
    states = {held.office.state_id for held in capacities(officer) if Power.ADMINISTER in held.powers}
    offices = Office.objects.filter(designation__state__in=states).select_related("designation__state", "district")
    for word in words.split():
        named = Q(designation__name_en__icontains=word) | Q(designation__name_hi__icontains=word)
        offices = offices.filter(named | Q(district__name_en__icontains=word) | Q(district__name_hi__icontains=word))
    return list(offices.order_by("designation__name_en", "district__name_en", "pk")[:FOUND_AT_ONCE])


def candidates(office: Office, words: str = "") -> list[Officer]:
    """Return the first officers who may be named for the office: found by name, post or district, or else the office's neighbours."""
    found = _of_the_state(office).exclude(Q(postings__in=_own(office)))
    if words.split():
        for word in words.split():
            found = found.filter(_named(word))
    else:
        near = Posting.objects.filter(Posting.not_over(today()), office__district=office.district_id)
        level = {} if office.district_id else {"office__designation__level": office.designation.level}
        found = found.filter(pk__in=near.filter(office__designation__state=office.state_id, **level).values("officer"))
    return list(_with_posts(found.order_by("name_en", "pk").distinct())[:FOUND_AT_ONCE])


def candidate(office: Office, pk: int) -> Officer | None:
    return _with_posts(_of_the_state(office)).filter(pk=pk).first()


def _named(word: str) -> Q:
    holds = Posting.objects.filter(Posting.not_over(today())).filter(
        Q(office__designation__name_en__icontains=word)
        | Q(office__designation__name_hi__icontains=word)
        | Q(office__district__name_en__icontains=word)
        | Q(office__district__name_hi__icontains=word)
    )
    return Q(name_en__icontains=word) | Q(name_hi__icontains=word) | Q(username__iexact=word) | Q(pk__in=holds.values("officer"))


def _own(office: Office) -> QuerySet[Posting]:
    return Posting.objects.filter(Posting.not_over(today()), office=office).exclude(charge__in=FOR_ANOTHER)


def _of_the_state(office: Office) -> QuerySet[Officer]:
    """Return active officers of the office's State: who is posted there, or who is posted nowhere and was never posted elsewhere."""
    now, ever = Posting.objects.filter(Posting.not_over(today())), Posting.objects.all()
    elsewhere = ~Q(office__designation__state=office.state_id)
    posted_elsewhere = Q(pk__in=now.filter(elsewhere).values("officer"))
    here = Q(pk__in=now.filter(office__designation__state=office.state_id).values("officer"))
    never_elsewhere = ~Q(pk__in=ever.filter(elsewhere).values("officer"))
    return Officer.objects.filter(here | never_elsewhere, is_active=True, is_superuser=False).exclude(posted_elsewhere)


def _with_posts(officers: QuerySet[Officer]) -> QuerySet[Officer]:
    held = Posting.objects.filter(Posting.in_force(today())).select_related("office__designation", "office__district").order_by("pk")
    return officers.prefetch_related(Prefetch("postings", held, to_attr="posts_today"))


def refuse_unfit(officer: Officer, office: Office, *, by: Officer, starts_on: date, ends_on: date | None) -> None:
    """Raise ``ValidationError`` at ``officer`` for somebody who may not stand in for the office or assist it in these dates."""
    said = {"who": officer.name, "office": office.name}
    if officer.pk == by.pk:
        raise ValidationError({"officer": _("You cannot name yourself.")})
    if not officer.is_active:
        raise ValidationError({"officer": _("%(who)s cannot sign in any more.") % said})
    if not _of_the_state(office).filter(pk=officer.pk).exists():
        raise ValidationError({"officer": _("%(who)s is not an officer of this State.") % said})
    held = list(_meeting(Posting.objects.filter(officer=officer), starts_on, ends_on).select_related("office__designation"))
    if any(posting.office_id == office.pk and posting.charge not in FOR_ANOTHER for posting in held):
        raise ValidationError({"officer": _("%(who)s holds %(office)s already.") % said})
    _refuse_roles(held, office)


def check_posting(
    officer: Officer, office: Office, *, by: Officer, starts_on: date, ends_on: date | None, besides: Posting | None = None
) -> None:
    """Raise ``Refusal`` unless ``by`` administers the office's State and may post this officer there alone.

    Raises ``ValidationError`` at ``officer`` when he would decide, audit or administer besides what he holds in these dates;
    ``besides`` is the posting whose dates are changed.
    """
    _check_keeping(officer, office, by)
    ways_in.check_posting(officer, office, by=by)
    others = Posting.objects.filter(officer=officer).exclude(pk__in=[besides.pk] if besides else [])
    _refuse_roles(list(_meeting(others, starts_on, ends_on).select_related("office__designation")), office)


def check_relieving(posting: Posting, *, on: date, by: Officer) -> None:
    """Raise ``Refusal`` or ``ValidationError`` as ``check_posting`` does; an earlier last day may be given by whoever administers."""
    if posting.ends_on is None or on <= posting.ends_on:
        return _check_keeping(posting.officer, posting.office, by)
    return check_posting(posting.officer, posting.office, by=by, starts_on=posting.starts_on, ends_on=on, besides=posting)


def _check_keeping(officer: Officer, office: Office, by: Officer) -> None:
    if not any(Power.ADMINISTER in held.powers and held.office.state_id == office.state_id for held in capacities(by, afresh=True)):
        raise Refusal(_("Only the programme administrator of the State posts officers to its offices."))
    if officer.pk == by.pk:
        raise Refusal(_("Another administrator has to do this for you."))


def _refuse_roles(held: Iterable[Posting], office: Office) -> None:
    roles = {_role(posting.office.designation.powers) for posting in held} | {_role(office.designation.powers)}
    if len(roles - {""}) > 1:
        raise ValidationError({"officer": _("Who decides, who audits and who keeps the set-up must stay different persons.")})


def _role(powers: Iterable[str]) -> str:
    """Return which of the three roles an office has that no person may join: to audit, to administer, to decide; empty for none."""
    for role in (Power.AUDIT.value, Power.ADMINISTER.value):
        if role in powers:
            return role
    return "decide" if set(powers) - NEUTRAL else ""


def _meeting(postings: QuerySet[Posting], starts_on: date, ends_on: date | None) -> QuerySet[Posting]:
    """Return the postings that share a day with these dates."""
    meeting = postings.filter(Posting.not_over(starts_on))
    return meeting.filter(starts_on__lte=ends_on) if ends_on else meeting


def refuse_dates(starts_on: date, ends_on: date | None) -> None:
    """Raise ``ValidationError`` at the date that is wrong; ``ends_on`` is ``None`` only for an assistant."""
    if starts_on < today():
        raise ValidationError({"starts_on": _("This day is past. The charge can begin today at the earliest.")})
    if ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})


def refuse_too_long(starts_on: date, ends_on: date) -> None:
    """Raise ``ValidationError`` when a link officer would stand in for more than ``LONGEST_LINK`` days."""
    if (ends_on - starts_on).days >= LONGEST_LINK:
        raise ValidationError(
            {"ends_on": _("A link officer stands in for at most %(days)s days; longer is an additional charge.") % {"days": LONGEST_LINK}}
        )


def refuse_powers(office: Office, only: list[str] | None) -> None:
    """Raise ``ValidationError`` when no power is given, or one that the office does not hold."""
    held = office.designation.powers
    if not (held if only is None else only):
        raise ValidationError({"only": _("Give at least one power.")})
    missing = sorted(set(only or ()) - set(held))
    if missing:
        said = {"office": office.name, "power": Power(missing[0]).label if missing[0] in Power.values else missing[0]}
        raise ValidationError({"only": _("%(office)s does not hold the power: %(power)s.") % said})


def refuse_second_link(office: Office, *, only: list[str] | None, starts_on: date, ends_on: date) -> None:
    """Raise ``ValidationError`` when another link officer has one of these powers on one of these days."""
    powers = set(office.designation.powers if only is None else only)
    links = Posting.objects.filter(office=office, charge=Charge.LINK).select_related("officer", "office__designation")
    for posting in _meeting(links, starts_on, ends_on):
        if powers & set(posting.powers):
            said = {
                "who": posting.officer.name,
                "first": posting.starts_on.strftime("%d-%m-%Y"),
                "last": posting.ends_on.strftime("%d-%m-%Y") if posting.ends_on else "",
            }
            raise ValidationError({"starts_on": _("%(who)s is link officer with these powers from %(first)s to %(last)s.") % said})
