"""May this person do it, and why not. Every page, list, job and engine act asks here."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from guardian.models import UserObjectPermission

from programme.asking import Asked, Given
from programme.calendar import today
from programme.kept import as_set_up
from programme.models import Charge, Office, Officer, Posting
from programme.money import rupees
from programme.powers import Power
from workflows.models import AuditScope, Movement, Noting, Outcome, Question
from workflows.models.outcomes import REPAIRS

FORWARD = [outcome.value for outcome in Outcome if outcome.is_forward]
# Charges in which somebody works for an office that is not his own.
FOR_ANOTHER = frozenset({Charge.LINK.value, Charge.ASSISTANT.value})
# Whoever brought a file somewhere by a repair does not sanction it there.
BROUGHT = FORWARD + [outcome.value for outcome in REPAIRS]


class Refusal(Exception):
    """The person may not do it; the message is a sentence for the person."""


class Overtaken(Exception):
    """Somebody was faster, or the page is old; the message says who did what."""


@dataclass(frozen=True)
class Capacity:
    """One posting in force today and the powers its grants give. The posting is shared and changed by nobody."""

    posting: Posting
    powers: frozenset[str]

    def posting_of(self, officer: Officer) -> Posting:
        """Return a posting of the caller's own, which knows its officer."""
        posting = copy(self.posting)
        posting.officer = officer
        return posting

    @property
    def office(self) -> Office:
        return self.posting.office

    @property
    def charge(self) -> str:
        return self.posting.charge

    @property
    def upto(self) -> Decimal | None:
        """The amount in rupees up to which a link officer was appointed; ``None`` without such a limit."""
        return self.posting.upto

    @property
    def scope(self) -> AuditScope | None:
        """To what of the State an auditor's posting is limited; ``None`` for the whole of it."""
        return getattr(self.posting, "audit_scope", None)

    def covers(self, amount: Decimal | None) -> bool:
        """Say whether a file that stands at ``amount`` rupees lies within the limit of a link officer."""
        return self.upto is None or amount is None or amount <= self.upto


def capacities(officer: Officer, *, afresh: bool = False) -> list[Capacity]:
    """Return what the officer holds today (Indian Standard Time).

    A power counts only while a posting is in force *and* guardian holds its grant. The answer is kept on
    ``officer`` for the length of a request; writing acts ask ``afresh``.
    """
    if not officer.is_authenticated or not officer.is_active:
        return []
    if afresh or not hasattr(officer, "_capacities"):
        known = _known_capacities(officer.pk, today())
        officer._capacities = [*known]  # type: ignore[attr-defined]
    return officer._capacities  # type: ignore[attr-defined]


@as_set_up
def _known_capacities(officer: int, day: date) -> list[Capacity]:
    postings = (
        Posting.objects.filter(Posting.in_force(day), officer=officer)
        .select_related("office__designation__state", "office__designation__department", "office__district", "audit_scope")
        .order_by("starts_on", "pk")
    )
    granted: dict[str, set[str]] = {}
    grants = UserObjectPermission.objects.filter(user=officer, content_type_id=office_type_id())
    for office_pk, power in grants.values_list("object_pk", "permission__codename"):
        granted.setdefault(office_pk, set()).add(power)
    return [Capacity(p, _given(p) & frozenset(granted.get(str(p.office_id), ()))) for p in postings]


def _given(posting: Posting) -> frozenset[str]:
    """Return the powers of a posting; an auditor limited to a part of the State does not read the whole of it."""
    narrowed = {Power.SEE_STATE.value} if hasattr(posting, "audit_scope") else set()
    return frozenset(posting.powers) - narrowed


@lru_cache(maxsize=1)
def office_type_id() -> int:
    """Return the content type under which guardian keeps the grants on offices."""
    return ContentType.objects.get_for_model(Office).pk


def check(officer: Officer, power: Power | str, office: Office, *, amount: Decimal | None = None, afresh: bool = True) -> Posting:
    """Return the posting in which the officer holds ``power`` at ``office``; raise ``Refusal`` with the reason.

    ``amount`` is what the file stands at in rupees: a link officer may have been appointed up to less.
    """
    held = [c for c in capacities(officer, afresh=afresh) if c.office.pk == office.pk]
    if not held:
        raise Refusal(_("You hold no charge at %(office)s today.") % {"office": office.name})
    # Whoever also holds the office in a charge of his own acts in that one, not as link officer.
    holding = sorted((capacity for capacity in held if power in capacity.powers), key=lambda capacity: capacity.charge == Charge.LINK)
    for capacity in holding:
        if capacity.covers(amount):
            return capacity.posting_of(officer)
    if holding:
        check_limit(holding[0].posting, amount)
    raise Refusal(_("%(office)s does not hold the power: %(power)s.") % {"office": office.name, "power": Power(power).label})


def may(officer: Officer, power: Power | str, office: Office, *, amount: Decimal | None = None, afresh: bool = True) -> bool:
    try:
        check(officer, power, office, amount=amount, afresh=afresh)
    except Refusal:
        return False
    return True


def may_anywhere(officer: Officer, power: Power | str) -> bool:
    """Say whether the officer holds ``power`` at any office today."""
    return any(power in capacity.powers for capacity in capacities(officer))


def audits(officer: Officer) -> Capacity | None:
    """Return the charge in which the officer audits today, ``None`` for whoever does not. An auditor reads, and writes nothing at all."""
    return next((capacity for capacity in capacities(officer) if Power.AUDIT in capacity.powers), None)


def refuse_auditor(officer: Officer) -> None:
    """Raise ``Refusal`` for whoever audits today, whatever else he holds: what he examines he does not write."""
    if audits(officer):
        raise Refusal(_("An auditor reads everything that he was given to examine, and writes nothing here."))


def offices_with(officer: Officer, power: Power | str) -> list[Office]:
    return [capacity.office for capacity in capacities(officer) if power in capacity.powers]


def looked_after(administrator: Officer, *, afresh: bool = False) -> QuerySet[Officer]:
    """Return the officers whose way in this administrator looks after: those of his States, and those who never held anything."""
    states = {held.office.state_id for held in capacities(administrator, afresh=afresh) if Power.ADMINISTER in held.powers}
    here = Q(postings__office__designation__state__in=states) | Q(postings=None)
    return Officer.objects.filter(here, is_superuser=False).distinct() if states else Officer.objects.none()


def check_looking_after(administrator: Officer, officer: Officer) -> None:
    """Raise ``Refusal`` unless the administrator looks after the way in of this officer, who is never he himself."""
    if administrator.pk == officer.pk:
        raise Refusal(_("Another administrator has to do this for you."))
    if not looked_after(administrator, afresh=True).filter(pk=officer.pk).exists():
        raise Refusal(_("Only the programme administrator of his State does this for an officer."))


def check_limit(posting: Posting, amount: Decimal | None) -> None:
    """Raise ``Refusal`` when ``amount`` rupees are more than the link officer of this posting was appointed for."""
    if posting.upto is not None and amount is not None and amount > posting.upto:
        said = {"office": posting.office.name, "upto": rupees(posting.upto), "amount": rupees(amount)}
        raise Refusal(_("As link officer of %(office)s you act up to %(upto)s; this file stands at %(amount)s.") % said)


def check_step(officer: Officer, movement: Movement, *, afresh: bool = True) -> Posting:
    """Return the posting in which the officer may take the step; raise ``Refusal``: power first, then separation of duties."""
    posting = check(officer, movement.power, movement.office, amount=movement.case.amount, afresh=afresh)
    _refuse_conflict(officer, movement, posting.charge)
    return posting


def check_answer(officer: Officer, question: Question, *, afresh: bool = True) -> Posting:
    """Return the posting in which the officer may answer a question; raise ``Refusal``, also for whoever asked it himself."""
    posting = check(officer, Power.ANSWER_QUESTION, question.office, amount=question.case.amount, afresh=afresh)
    if question.asked_in.officer_id == officer.pk:
        raise Refusal(_("You asked this question yourself; an opinion is given by somebody else."))
    return posting


def may_answer(officer: Officer, question: Question) -> bool:
    try:
        check_answer(officer, question, afresh=False)
    except Refusal:
        return False
    return True


def open_questions(officer: Officer) -> QuerySet[Question]:
    """Return the open questions that the officer may answer today, as ``check_answer`` judges each of them."""
    mine = Q(pk__in=[])
    for capacity in capacities(officer):
        if Power.ANSWER_QUESTION in capacity.powers:
            mine |= Q(office=capacity.office) & within(capacity.upto)
    return Question.objects.filter(mine, closed_in=None).exclude(asked_in__officer=officer)


def within(upto: Decimal | None) -> Q:
    """Return the condition for rows of files that stand at no more than ``upto`` rupees, as ``Capacity.covers`` says of one."""
    return Q() if upto is None else Q(case__amount__lte=upto) | Q(case__amount=None)


def check_preparing(officer: Officer, movement: Movement, *, afresh: bool = True) -> Posting:
    """Return the posting in which the officer may prepare the step for another's signature; raise ``Refusal`` as for a step."""
    posting = check(officer, Power.PREPARE_NOTING, movement.office, afresh=afresh)
    _refuse_conflict(officer, movement, posting.charge)
    return posting


def signs(officer: Officer, movement: Movement, *, afresh: bool = True) -> bool:
    """Say whether the officer signs the step or, ``False``, only prepares it; raise ``Refusal`` when he may do neither."""
    try:
        check_step(officer, movement, afresh=afresh)
    except Refusal:
        if not may(officer, Power.PREPARE_NOTING, movement.office, afresh=False):
            raise
        check_preparing(officer, movement, afresh=False)
        return False
    return True


def may_take(officer: Officer, movement: Movement) -> bool:
    try:
        check_step(officer, movement)
    except Refusal:
        return False
    return True


def eligible(movement: Movement) -> list[Officer]:
    """Return the officers who may take the stay today, as ``check_step`` judges each of them; four queries at most."""
    held: dict[Officer, str] = {}
    for posting in sorted(_holders(movement), key=lambda posting: posting.charge == Charge.LINK):
        if Capacity(posting, frozenset()).covers(movement.case.amount):
            held.setdefault(posting.officer, posting.charge)
    barred = {charge: _authors(conflicting_notings(movement, charge)) for charge in {_kind(charge) for charge in held.values()}}
    return [officer for officer, charge in held.items() if officer.pk not in barred[_kind(charge)]]


def _holders(movement: Movement) -> list[Posting]:
    """Return the postings of today that give the power of the stay at its office; none for a stay that asks nothing of anybody."""
    grants = UserObjectPermission.objects.filter(content_type_id=office_type_id(), object_pk=str(movement.office_id))
    granted = set(grants.filter(permission__codename=movement.power).values_list("user_id", flat=True)) if movement.power else set()
    postings = Posting.objects.filter(Posting.in_force(today()), office=movement.office_id, officer__in=granted, officer__is_active=True)
    rows = postings.select_related("officer", "office__designation").order_by("starts_on", "pk") if granted else []
    return [posting for posting in rows if movement.power in posting.powers]


def _kind(charge: str) -> str:
    """Return ``charge`` where separation of duties judges it by a rule of its own; empty for the charges of one's own office."""
    return charge if charge in FOR_ANOTHER else ""


def _authors(notings: QuerySet[Noting]) -> set[int | None]:
    return {person for row in notings.values_list("officer", "prepared_by") for person in row}


def _refuse_conflict(officer: Officer, movement: Movement, charge: str) -> None:
    known: dict[tuple[int, bool], int | None] = vars(movement).get("conflicts", {})
    asked = (officer.pk, charge in FOR_ANOTHER)
    conflict = known[asked] if asked in known else _first_conflict(movement, officer, charge)
    if conflict:
        raise Refusal(
            _("You yourself signed or prepared paragraph %(paragraph)s of this file; another officer must take this step.")
            % {"paragraph": conflict}
        )


def _first_conflict(movement: Movement, officer: Officer, charge: str) -> int | None:
    given = {"case": movement.case_id, "officer": officer.pk}
    if charge in FOR_ANOTHER:
        row = _CONFLICT.first(movement.node, Charge.LINK, **given, office=movement.office_id)
    else:
        row = _CONFLICT.first(movement.node, "", **given)
    return row.paragraph if row else None


def _of_officer(notings: QuerySet[Noting], officer: Any) -> QuerySet[Any, int]:
    return notings.filter(Q(officer=officer) | Q(prepared_by=officer)).values_list("paragraph", flat=True)


_CONFLICT = Asked(lambda node, charge: _of_officer(_conflicting(node, Given("case"), Given("office"), charge), Given("officer"))[:1])


def conflict_columns(node: Any, *, case: Any, office: Any, officer: Any) -> dict[str, Any]:
    """Return as columns what ``read_conflicts`` reads, for a question that is asked anyway of a stay at this step."""
    own, for_another = (_of_officer(_conflicting(node, case, office, charge), officer) for charge in ("", Charge.LINK))
    return {"conflict_own": Subquery(own[:1]), "conflict_for_another": Subquery(for_another[:1])}


def read_conflicts(movement: Movement, row: Any, officer: Officer) -> None:
    """Let the stay know the first paragraph of each kind that bars the officer, from a row with ``conflict_columns``."""
    movement.conflicts = {(officer.pk, False): row.conflict_own, (officer.pk, True): row.conflict_for_another}  # type: ignore[attr-defined]


def conflicting_notings(movement: Movement, charge: str = "") -> QuerySet[Noting]:
    """Return the file's notings whose authors may not take this step, through whatever charge they hold.

    A link officer may not act for another office on what he let go on from his own, and an assistant may not prepare it.
    """
    return _conflicting(movement.node, movement.case_id, movement.office_id, charge)


def _conflicting(node: Any, case: Any, office: Any, charge: str) -> QuerySet[Noting]:
    clash = Q(step__in=node.not_by_steps, outcome__in=FORWARD)
    if node.sanctions:
        clash |= Q(outcome__in=BROUGHT)
    if charge in FOR_ANOTHER:
        clash |= Q(outcome__in=FORWARD) & ~Q(office=office)
    return Noting.objects.filter(clash, case_id=case).order_by("paragraph")
