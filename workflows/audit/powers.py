"""Exceptions of power: acts near its border, one person in two capacities, amounts that gather below a limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import comb

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.models import Charge, Norm, Posting
from programme.models.norms import NormStatus
from programme.money import rupees
from programme.norms.ladders import Rung, rungs
from programme.zone import IST
from workflows.audit.kinds import POST, Hit, Kind, in_window, numbers, paragraphs_of, said_amount
from workflows.audit.window import Window
from workflows.flows import FLOWS, VERSIONS
from workflows.models import Movement, Noting, Outcome

EDGE = Decimal("0.95")
# Fewer amounts than these below a limit say nothing.
LEAST, CHANCE = 5, Decimal("0.05")
NOT_ONES_OWN = [Charge.LINK.value, Charge.ADDITIONAL.value, Charge.OFFICIATING.value]
APPROVALS = [outcome.value for outcome in Outcome if outcome.is_approval]
FINAL = [Outcome.SANCTION.value, Outcome.APPROVE.value]


def limits_in(window: Window) -> Iterator[tuple[Norm, Rung, Decimal]]:
    """Yield every line of the delegations of the State that has an upper limit, and the limit in rupees."""
    schemes = {flow.ladder for flow in VERSIONS.values() if flow.ladder}
    norms = Norm.objects.filter(Q(state=window.state) | Q(state=None), scheme__in=schemes).exclude(status=NormStatus.DRAFT)
    for norm in norms.order_by("pk"):
        yield from ((norm, line, line.upto) for line in rungs(norm) if line.upto)


def near_the_limit(window: Window) -> QuerySet[Movement]:
    near = Q(posting__upto__isnull=False, case__amount__gt=F("posting__upto") * EDGE)
    for norm, line, upto in limits_in(window):
        mine = Q(ladder=norm, outcome=Outcome.SANCTION, office__designation__code=line.designation)
        near |= mine & Q(case__amount__gt=upto * EDGE)
    rows = Movement.objects.filter(near, disposed__isnull=False)
    return rows.select_related("case__district", "posting", "ladder", *POST).order_by("-case__amount", "-pk")


def _told_limit(stays: list[Movement], window: Window) -> list[Hit]:
    written = paragraphs_of(stays)
    hits = []
    for stay in stays:
        noting = written.get(stay.pk)
        amount = said_amount(noting) or stay.case.amount or Decimal(0)
        limit, why = _limit_of(stay)
        share = f"{amount / limit * 100:.1f} %"
        facts = [(_("Power held"), why), (_("Limit"), rupees(limit)), (_("Share of the limit"), share), _charge(stay)]
        hits.append(Hit(stay.case, stay.office, stay.disposed, facts, numbers(noting), amount))
    return hits


def _limit_of(stay: Movement) -> tuple[Decimal, str]:
    """Return the lowest limit that held for the stay, in rupees, and what set it."""
    found = []
    if stay.posting and stay.posting.upto is not None:
        found.append((stay.posting.upto, _("as link officer")))
    if stay.ladder:
        why = _("delegation %(version)s") % {"version": stay.ladder.version}
        named = [line for line in rungs(stay.ladder) if line.designation == stay.office.designation.code]
        found += [(line.upto, why) for line in named if line.upto is not None]
    return min(found)


def _charge(stay: Movement) -> tuple[str, str]:
    return _("Charge"), str(stay.posting.get_charge_display()) if stay.posting else "—"


def through_charges(window: Window) -> QuerySet[Movement]:
    """Return the stays taken in a further charge on a file in which the same person acted, or which he opened, from another post."""
    acted = Noting.objects.filter(case=OuterRef("case"), officer=OuterRef("officer"), written_at__lt=OuterRef("disposed"))
    held = Posting.objects.filter(Q(ends_on=None) | Q(ends_on__gte=OuterRef("day")), officer=OuterRef("officer"))
    opened = held.filter(office=OuterRef("case__office"), starts_on__lte=OuterRef("day"))
    rows = Movement.objects.annotate(day=TruncDate("disposed", tzinfo=IST)).filter(
        Exists(acted.exclude(office=OuterRef("office"))) | Exists(opened.exclude(office=OuterRef("office"))),
        posting__charge__in=NOT_ONES_OWN,
        disposed__isnull=False,
    )
    return rows.select_related("case__district", "case__office__designation", "case__office__district", "posting", *POST).order_by(
        "-disposed"
    )


def _told_charges(stays: list[Movement], window: Window) -> list[Hit]:
    written = paragraphs_of(stays)
    own = _own_notings(stays)
    hits = []
    for stay in stays:
        earlier = [noting for noting in own.get((stay.case_id, stay.officer_id), []) if noting.office_id != stay.office_id]
        earlier = [noting for noting in earlier if stay.disposed and noting.written_at < stay.disposed]
        posts = list(dict.fromkeys(noting.office.name for noting in earlier if noting.office)) or [stay.case.office.name]
        facts = [_charge(stay), (_("The same person's other post"), "; ".join(posts)), (_("File opened by"), stay.case.office.name)]
        shown = [noting.paragraph for noting in earlier] + numbers(written.get(stay.pk))
        hits.append(Hit(stay.case, stay.office, stay.disposed, facts, shown, stay.case.amount))
    return hits


def _own_notings(stays: list[Movement]) -> dict[tuple[int, int | None], list[Noting]]:
    found: dict[tuple[int, int | None], list[Noting]] = {}
    rows = Noting.objects.filter(case__in={stay.case_id for stay in stays}, officer__in={stay.officer_id for stay in stays})
    for noting in rows.select_related(*POST).order_by("paragraph"):
        found.setdefault((noting.case_id, noting.officer_id), []).append(noting)
    return found


def _favoured_before() -> QuerySet[Noting]:
    same = Q(officer=OuterRef("officer")) | Q(prepared_by=OuterRef("officer")) | Q(officer=OuterRef("prepared_by"))
    return Noting.objects.filter(same, case=OuterRef("case"), paragraph__lt=OuterRef("paragraph"), outcome__in=APPROVALS)


def same_person(window: Window) -> QuerySet[Noting]:
    rows = Noting.objects.filter(Exists(_favoured_before()), outcome__in=FINAL)
    return rows.select_related("case__district", "officer", *POST).order_by("-written_at")


def _told_same(notings: list[Noting], window: Window) -> list[Hit]:
    return [_same(noting) for noting in notings]


def _same(noting: Noting) -> Hit:
    people = {noting.officer_id, noting.prepared_by_id} - {None}
    rows = Noting.objects.filter(Q(officer__in=people) | Q(prepared_by__in=people), case=noting.case_id, outcome__in=APPROVALS)
    earlier = list(rows.filter(paragraph__lt=noting.paragraph).select_related(*POST).order_by("paragraph"))
    facts = [
        (_("Paragraph %(n)s") % {"n": row.paragraph}, f"{row.get_outcome_display()} · {row.office.name if row.office else '—'}")
        for row in [*earlier, noting]
    ]
    shown = [row.paragraph for row in [*earlier, noting]]
    return Hit(noting.case, noting.office, noting.written_at, facts, shown, said_amount(noting))


# --- amounts just below a limit -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gathering:
    """How many sanctioned amounts lie in the twentieth below a limit and in the twentieth above it.

    If the limit made no difference each of them would lie on either side with equal chance; ``chance`` is how probable so many
    or more below it would then be (one-sided sign test).
    """

    kind: str
    limit: Decimal
    below: int
    above: int

    @property
    def chance(self) -> Decimal:
        together = self.below + self.above
        ways = sum(comb(together, n) for n in range(self.below, together + 1))
        return Decimal(ways) / Decimal(2**together)

    @property
    def stands_out(self) -> bool:
        return self.below >= LEAST and self.chance <= CHANCE


def gatherings(window: Window) -> list[Gathering]:
    """Return the limits below which sanctioned amounts gather, State-wide whatever district is looked at: a district has too few."""
    flows = {flow.ladder: slug for slug, flow in FLOWS.items() if flow.ladder}
    limits = {(flows[norm.scheme], upto) for norm, _line, upto in limits_in(window) if norm.scheme in flows}
    found = []
    for kind, limit in sorted(limits):
        sanctions = _sanctions(window).filter(case__kind=kind, case__state=window.state)
        below = sanctions.filter(case__amount__gt=limit * EDGE, case__amount__lte=limit).count()
        above = sanctions.filter(case__amount__gt=limit, case__amount__lte=limit * (2 - EDGE)).count()
        found.append(Gathering(kind, limit, below, above))
    return [gathering for gathering in found if gathering.stands_out]


def _sanctions(window: Window) -> QuerySet[Movement]:
    return Movement.objects.filter(in_window(window, "disposed"), outcome=Outcome.SANCTION)


def below_a_limit(window: Window) -> QuerySet[Movement]:
    near = Q(pk__in=[])
    for each in gatherings(window):
        near |= Q(case__kind=each.kind, case__amount__gt=each.limit * EDGE, case__amount__lte=each.limit)
    rows = _sanctions(window).filter(near).select_related("case__district", *POST)
    return rows.order_by("-case__amount", "-pk")


def _told_below(stays: list[Movement], window: Window) -> list[Hit]:
    written, standing = paragraphs_of(stays), gatherings(window)
    hits = []
    for stay in stays:
        amount = stay.case.amount or Decimal(0)
        near = next(each for each in standing if each.kind == stay.case.kind and each.limit * EDGE < amount <= each.limit)
        facts = [
            (_("Limit"), rupees(near.limit)),
            (_("Below it by"), rupees(near.limit - amount)),
            (_("Sanctions in the twentieth below · above"), f"{near.below} · {near.above}"),
            (_("Chance of so many below, were the limit without effect"), f"{near.chance * 100:.1f} %"),
        ]
        hits.append(Hit(stay.case, stay.office, stay.disposed, facts, numbers(written.get(stay.pk)), amount))
    return hits


KINDS = [
    Kind(
        "near-limit",
        gettext_lazy("At the edge of the power held"),
        gettext_lazy(
            "Sanctioned at 95 % or more of what the delegation gives the post, or acted on by a link officer at 95 % or more of the amount"
            " he was appointed for. The amount is the one at which the file stands now; the one of the paragraph stands beside it."
        ),
        near_the_limit,
        _told_limit,
        when="disposed",
    ),
    Kind(
        "through-charges",
        gettext_lazy("A further charge on a file of one's own post"),
        gettext_lazy(
            "Taken in an additional, officiating or link charge by a person who acted on the file before from another post, or who held the"
            " post that opened it."
        ),
        through_charges,
        _told_charges,
        when="disposed",
        rare=True,
    ),
    Kind(
        "same-person",
        gettext_lazy("The same person recommended and sanctioned"),
        gettext_lazy(
            "The person who signed or prepared the final approval had signed or prepared a favourable opinion on the file before. The steps"
            " refuse this; what stands here came past them."
        ),
        same_person,
        _told_same,
        when="written_at",
    ),
    Kind(
        "below-limit",
        gettext_lazy("Amounts that gather below a limit of the delegation"),
        gettext_lazy(
            "Sanctions in the twentieth below a limit of the delegation, where there are at least five of them in the State and so many"
            " more than in the twentieth above it that chance alone would bring it about in 5 % of cases or fewer (one-sided sign test)."
            " A ceiling of the norms gathers amounts as well: read the derivation."
        ),
        below_a_limit,
        _told_below,
    ),
]
