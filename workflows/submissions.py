"""What a file said at each of its submissions, rebuilt from its sealed paragraphs, and two of them side by side."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programme.norms.wording import sentence
from workflows.flows import step_title
from workflows.letters.letter import field_label, named
from workflows.models import Case, Outcome
from workflows.shown import EMPTY, value_shown

SAME, CHANGED, ADDED, GONE = (gettext_lazy("same"), gettext_lazy("changed"), gettext_lazy("added"), gettext_lazy("taken away"))


@dataclass(frozen=True)
class Submission:
    """One signing of the record's page: what the record said then, facts of persons among it where they were not erased."""

    n: int
    at: datetime
    step: str
    officer_name: str
    office_name: str
    facts: dict[str, Any]
    papers: dict[str, list[str]]
    derivation: list[str]


@dataclass(frozen=True)
class Line:
    """One field or paper in two submissions; ``word`` says how they differ, so that no colour needs to."""

    label: str
    one: str
    other: str
    word: str
    # Papers are told by their digests.
    digests: bool = False

    @property
    def differs(self) -> bool:
        return self.word != str(SAME)


def submissions(case: Case) -> list[Submission]:
    """Return the submissions of a file in their order, its opening always the first; the changes of every paragraph are followed."""
    facts: dict[str, Any] = {}
    found = []
    for noting in case.notings.select_related("private").order_by("paragraph"):
        body = json.loads(noting.body)
        facts |= {name: new for name, (_old, new) in body.get("changes", {}).items()}
        if hasattr(noting, "private") and noting.private.body:
            facts |= json.loads(noting.private.body)
        if noting.paragraph == 1 or noting.outcome == Outcome.SUBMIT:
            found.append(_submission(case, noting, body, dict(facts)))
    return found


def _submission(case: Case, noting: Any, body: dict[str, Any], facts: dict[str, Any]) -> Submission:
    papers: dict[str, list[str]] = {}
    for paper in body.get("papers", []):
        papers.setdefault(paper["kind"], []).append(paper["sha256"])
    return Submission(
        n=noting.paragraph,
        at=noting.written_at,
        step=step_title(case.kind, body["flow"]["version"], noting.step),
        officer_name=named(body.get("person")),
        office_name=named(body.get("office")),
        facts=facts,
        papers=papers,
        derivation=[sentence(step) for step in (body.get("derivation") or {}).get("steps", [])],
    )


def side_by_side(case: Case, one: Submission, other: Submission) -> list[Line]:
    """Return every field, paper and the derivation that either of two submissions had, as people read them."""
    return [*_fields(case.flow_class.record, one, other), *_papers(case.flow_class.record, one, other), *_derivation(one, other)]


def _fields(record: Any, one: Submission, other: Submission) -> Iterator[Line]:
    told = [name for name in _in_order(record, {*one.facts, *other.facts}) if not name.endswith("_digest")]
    for name in told:
        before, after = one.facts.get(name), other.facts.get(name)
        if before in EMPTY and after in EMPTY:
            continue
        yield Line(field_label(record, name), value_shown(record, name, before), value_shown(record, name, after), _word(before, after))


def _in_order(record: Any, names: set[str]) -> list[str]:
    """Return the names of facts in the order in which the record has its fields; those of no field come last."""
    fields = [name for field in record._meta.get_fields() if field.concrete for name in dict.fromkeys((field.name, field.attname))]
    return [name for name in fields if name in names] + sorted(names - set(fields))


def _papers(record: Any, one: Submission, other: Submission) -> Iterator[Line]:
    for kind in dict.fromkeys([*one.papers, *other.papers]):
        before, after = ["\n".join(sorted(said.papers.get(kind, []))) for said in (one, other)]
        yield Line(field_label(record, f"paper:{kind}"), before or "—", after or "—", _word(before, after), digests=True)


def _derivation(one: Submission, other: Submission) -> Iterator[Line]:
    before, after = "\n".join(one.derivation), "\n".join(other.derivation)
    if before or after:
        yield Line(_("How the amount comes about"), before or "—", after or "—", _word(before, after))


def _word(before: Any, after: Any) -> str:
    if before == after or (before in EMPTY and after in EMPTY):
        return str(SAME)
    return str(ADDED if before in EMPTY else GONE if after in EMPTY else CHANGED)
