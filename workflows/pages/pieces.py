"""What the page of a file is put together of: the pieces that say where it stands, and the boxes in which its reader acts."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

from programme.checks import Check
from workflows import inbox
from workflows.history import Issued, Stage
from workflows.models import Case, Enclosure, Movement, Objection
from workflows.objections import Marks
from workflows.pages import filling
from workflows.pages.addresses import of_file
from workflows.pages.fields import drawn
from workflows.pages.stencil import Stencil, hole, joined, part
from workflows.templatetags.words import day, filesize, moment, paper_type

_STAGE = Stencil("parts/stage.html", "n", "title")
_FACT = Stencil("parts/fact.html", "label", "value")
_CHECK = Stencil("parts/check.html")
_ENCLOSED = Stencil("parts/enclosed.html", "address", "label", "type", "size", "name")
_RAISED = Stencil("parts/raised.html", "about", "text", "office", "n")
_IN_LIST = Stencil("parts/in_list.html", "list")
_ONWARD = Stencil("parts/onward.html", "behind")
_WHERE = Stencil("parts/where.html", "office", "moment", "why")
_PHRASES = Stencil("parts/phrases.html", "place")
_DECISION = Stencil("parts/decision.html", "address", "csrf_token", "unsigned", "draft_key", "fields", "where", "office")
_ASK = Stencil("parts/ask.html", "address", "csrf_token", "unasking", "fields")
_PULL = Stencil("parts/pull_back.html", "address", "csrf_token", "step", "office", "fields")
_WITHDRAW = Stencil("parts/withdraw.html", "address", "csrf_token", "fields")


class _Made(NamedTuple):
    """How a check is rendered: its level, and the place of its words."""

    level: str
    text: SafeString


@dataclass(frozen=True)
class Place:
    """Where the page stands in the list that its reader came from: the list, and the files before and behind; ``None`` for no list."""

    choice: inbox.Choice | None
    ahead: int | None
    behind: int | None

    @property
    def query(self) -> str:
        return f"?{self.choice.query}" if self.choice else ""

    def of(self, file: int | None) -> str:
        return f"{of_file(file)}{self.query}#main" if file else ""


def tags(standings: Iterable[Any], flags: Iterable[tuple[str, str]], ending: str) -> SafeString:
    """Return how the file stands against its clocks, what must be seen at once of it, and how it ended."""
    clocks = [(next(each).kind, text) for text, each in groupby(standings, key=lambda standing: standing.text) if text]
    shown = [f'<span class="tag {escape(kind)}">{escape(text)}</span>' for kind, text in (*clocks, *flags)]
    return joined([*shown, f'<span class="tag">{escape(ending)}</span>' if ending else ""])


def stages(strip: Iterable[Stage]) -> SafeString:
    told = (({"n": n, "title": stage.title, "office": stage.office}, stage.state) for n, stage in enumerate(strip, 1))
    return joined(_STAGE.with_optional(["office"], values, state=state) for values, state in told)


def facts(summary: Iterable[tuple[Any, Any]]) -> SafeString:
    return joined(_FACT.filled({"label": label, "value": value}) for label, value in summary)


def checks(made: Iterable[Check]) -> SafeString:
    return joined(f"<li>{_check(check)}</li>" for check in made)


def _check(check: Check) -> SafeString:
    return _CHECK.filled({"text": check.text}, check=_Made(check.level, hole("text")))


def papers(case: Case, enclosed: Iterable[Enclosure]) -> SafeString:
    """Return the enclosures with their names, types and sizes."""
    names = case.record.PAPERS
    return joined(
        _ENCLOSED.filled(
            {
                "address": reverse("paper", args=[case.pk, paper.pk]),
                "label": names.get(paper.kind) or paper.name,
                "type": paper_type(paper.content_type),
                "size": filesize(paper.size),
                "name": paper.name,
            }
        )
        for paper in enclosed
    )


def issued(case: Case, named: Iterable[tuple[Issued, str]]) -> SafeString:
    """Return the ways to papers that a file issued, each with its title."""
    return joined(f'<a href="{reverse("letter", args=[case.pk, paper.pk])}">{escape(name)}</a>\n' for paper, name in named)


def raised(named: Iterable[tuple[str, Objection]]) -> SafeString:
    """Return objections, each with the name of its field or paper, as the lines of a table."""
    return joined(_raised(about, objection) for about, objection in named)


def _raised(about: str, objection: Objection) -> SafeString:
    told = {
        "about": about,
        "kind": objection.get_code_display(),
        "text": objection.text,
        "office": objection.noting.office.name if objection.noting.office else "",
        "n": objection.noting.paragraph,
        "answer": objection.answer,
        "answered_in": str(objection.answered_in.paragraph) if objection.answered_in else "",
    }
    return _RAISED.with_optional(["kind", "answer", "answered_in"], told, said=Marks(objection.repeated, objection.late))


def in_list(place: Place) -> SafeString:
    told = {"list": reverse("inbox") + place.query, "ahead": place.of(place.ahead), "behind": place.of(place.behind)}
    return _IN_LIST.with_optional(["ahead", "behind"], told) if place.choice else SafeString("")


def boxes(case: Case, told: dict[str, Any], place: Place) -> SafeString:
    """Return the boxes beside the file in their order; ``told`` is what the page knows."""
    made = {"csrf_token": told["csrf_token"], "shown": told["shown"]}
    found = [part("parts/answer.html", {**made, "asked": asked}) for asked in told["questions"] if asked.answer]
    found += [part("parts/seating.html", {**made, "seating": seating}) for seating in told["seatings"]]
    form = told["form"]
    if form and (form.is_bound or not told["waits_for"]):
        found.append(_decision(form, told, place))
    else:
        where = _where(told) if told["mine"] and not told["refusal"] else ""
        found.append(part("parts/standing.html", {**told, "case": case, "where": where, "list_query": place.query}))
    if told["asking"]:
        found.append(_asking(told["asking"], told, made))
    if told["pulling"]:
        found.append(_pulling(case, told, made))
    if place.behind:
        found.append(_ONWARD.filled({"behind": place.of(place.behind)}))
    if told["withdrawal"]:
        found.append(_withdrawal(case, told["withdrawal"], made))
    return joined(found)


def _where(told: dict[str, Any]) -> SafeString:
    mine: Movement = told["mine"]
    values = {
        "office": mine.office.name,
        "moment": moment(mine.received),
        "day": day(mine.due),
        "resumed": told["resumed"],
        "why": told["why"],
        "destinations": joined(f"<li>{escape(outcome.verb)} → {escape(text)}</li>" for outcome, text in told["destinations"]),
    }
    return _WHERE.with_optional(["day", "resumed", "destinations"], values)


def _decision(form: Any, told: dict[str, Any], place: Place) -> SafeString:
    mine, draft = told["mine"], told["draft"]
    rows = getattr(form, "objection_rows", [])
    values = {
        "address": reverse("decide", args=[mine.pk]) + place.query,
        "csrf_token": told["csrf_token"],
        "unsigned": part("parts/unsigned.html", {"draft": draft, "prepared_by": told["prepared_by"]}) if draft else "",
        "draft_key": draft.key if draft else "",
        "shown": told["shown"],
        "fields": joined([drawn(form.hidden_fields()), *map(_plain, filling.plain_fields(form))]),
        "objections": joined(drawn(row, hide_optional=True) for row in rows),
        "where": _where(told),
        "office": mine.office.name,
    }
    flags = {"prepares": told["prepares"], "draft": bool(draft), "objects": bool(rows) and form.objects}
    return _DECISION.with_optional(["shown", "objections"], values, **flags)


def _plain(field: Any) -> SafeString:
    phrases = _PHRASES.filled({"place": field.id_for_label}) if field.name == "text" else ""
    return joined([drawn([field], hide_optional=True), phrases])


def _asking(form: Any, told: dict[str, Any], made: dict[str, Any]) -> SafeString:
    unasking = [part("parts/unask.html", {**made, "asked": asked}) for asked in told["questions"] if asked.unask]
    values = {"address": reverse("ask", args=[told["mine"].pk]), "unasking": joined(unasking), "fields": drawn(form, hide_optional=True)}
    return _ASK.with_optional(["shown"], made | values, open=_opened(form))


def _pulling(case: Case, told: dict[str, Any], made: dict[str, Any]) -> SafeString:
    sending, form = told["sending"], told["pulling"]
    values = {
        "address": reverse("pull_back", args=[case.pk]),
        "step": sending.step.title,
        "office": sending.office.name,
        "fields": drawn(form.visible_fields()),
    }
    return _PULL.with_optional(["shown"], made | values, open=form.is_bound, clock_goes_on=bool(sending.sent_from))


def _withdrawal(case: Case, form: Any, made: dict[str, Any]) -> SafeString:
    values = {"address": reverse("withdraw", args=[case.pk]), "fields": drawn(form)}
    return _WITHDRAW.with_optional(["shown"], made | values, open=_opened(form))


def _opened(form: Any) -> bool:
    return bool(form.is_bound or form.initial.get("text"))
