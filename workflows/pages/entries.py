"""One entry of a register: read with its history, added, changed, done to, struck off; its papers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from programme.checks import NotAllowed
from workflows import papers
from workflows.authority import Overtaken, Refusal
from workflows.forms.rows import RowsField
from workflows.pages import filling, kept
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.papers import attachment
from workflows.pages.problems import SAFE, only
from workflows.pages.registers import address_of, register_named
from workflows.record.entries import last_line, papers_of
from workflows.registers import access, writing
from workflows.registers.declaring import Register
from workflows.registers.forms import ReasonForm
from workflows.registers.showing import Words

STRIKE_OFF, PAPER = "strike-off", "paper"
# Before the name of the table of lines in which there shall be more.
MORE = "more:"


@only(*SAFE)
@for_officers
def entry(request: OfficerRequest, key: str, pk: int) -> HttpResponse:
    """Show an entry: what it says, what is linked to it, what may be done, and its history."""
    asked, found = _entry(request, key, pk)
    return _show_entry(request, asked, found)


@only(*SAFE, "POST")
@for_officers
def new_entry(request: OfficerRequest, key: str) -> HttpResponse:
    """Enter a new entry."""
    asked = register_named(request, key)
    reach = _reach(request, asked)
    if request.method != "POST":
        return _show_form(request, asked, asked.form(reach=reach, initial=_initial(request, asked)))
    if request.POST.get("action", "").startswith(MORE):
        return _show_form(request, asked, asked.form(reach=reach, initial=_as_typed(asked, request.POST)))
    form = asked.form(request.POST, reach=reach)
    if form.is_valid():
        try:
            made = writing.add(asked, form, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("It is entered."))
            return redirect(address_of(asked, made.pk))
    return _show_form(request, asked, form)


@only(*SAFE, "POST")
@for_officers
def change_entry(request: OfficerRequest, key: str, pk: int) -> HttpResponse:
    """Change an entry; whoever opened the form before another change is told so, and keeps what he typed."""
    asked, found = _entry(request, key, pk)
    reach = _reach(request, asked)
    access.check(asked, request.user, found.state_of, found.district_of)
    if bar := _bar(found):
        raise Refusal(bar)
    line = last_line(found)
    told: dict[str, Any] = {"reach": reach, "instance": found, "head": line.hash if line else "", "reasons": asked.reasons}
    if request.method != "POST":
        return _show_form(request, asked, asked.form(initial=_initial(request, asked), **told), found)
    if request.POST.get("action", "").startswith(MORE):
        # Whoever changed the entry meanwhile is still told of when the form is sent.
        initial = {**_as_typed(asked, request.POST), "seen": request.POST.get("seen", "")}
        return _show_form(request, asked, asked.form(initial=initial, **told), found)
    form = asked.form(request.POST, **told)
    if not form.is_valid():
        return _show_form(request, asked, form, found)
    try:
        changed = writing.change(asked, form, by=request.user)
    except Overtaken:
        form.add_error(None, _("The entry was changed meanwhile: read its history. What you typed stands here and is not kept yet."))
        form.data = form.data.copy()
        form.data["seen"] = told["head"]
        return _show_form(request, asked, form, found, status=409)
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return _show_form(request, asked, form, found)
    messages.success(request, _("The change is written into the history.") if changed else _("Nothing was changed."))
    return redirect(address_of(asked, pk))


@only("POST")
@for_officers
def act_on_entry(request: OfficerRequest, key: str, pk: int, act: str) -> HttpResponse:
    """Do something to an entry: an act of its register, a paper added, or striking it off."""
    asked, found = _entry(request, key, pk)
    access.check(asked, request.user, found.state_of, found.district_of)
    if act == PAPER:
        return _attach(request, asked, found)
    known = asked.act(act)
    if known is None and act != STRIKE_OFF:
        raise Http404
    form = (known.form if known else ReasonForm)(request.POST, prefix=act)
    seen = request.POST.get("seen", "")
    if form.is_valid():
        try:
            if known:
                writing.do(asked, known, found, form.cleaned_data, by=request.user, seen=seen)
            else:
                writing.strike_off(asked, found, why=form.cleaned_data["why"], by=request.user, seen=seen)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is done, and stands in the history."))
            return redirect(address_of(asked, pk))
    return _show_entry(request, asked, found, refused=(act, form))


@only(*SAFE)
@for_officers
def entry_paper(request: OfficerRequest, key: str, pk: int, paper: int) -> HttpResponseBase:
    """Give one paper of an entry as an attachment."""
    _asked, found = _entry(request, key, pk)
    row = papers_of(found).filter(pk=paper).first()
    if row is None:
        raise Http404
    return attachment(row.stored, row.name, row.content_type)


def _entry(request: OfficerRequest, key: str, pk: int) -> tuple[Register, Any]:
    """Return an entry the officer may read; for everybody else it does not exist (404)."""
    asked = register_named(request, key)
    found = access.readable(asked, request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return asked, found


def _reach(request: OfficerRequest, asked: Register) -> access.Reach:
    reach = access.reach(asked, request.user)
    if reach is None:
        raise Refusal(_("Your office reads this register and does not keep it."))
    return reach


def _bar(found: Any) -> str:
    return _("The entry is struck off and is not changed any more.") if found.is_removed else found.bar_to_change()


def _initial(request: OfficerRequest, asked: Register) -> dict[str, Any]:
    """Return what was typed before the sign-in had ended, as the form begins with it; nothing otherwise."""
    typed = kept.brought_back(request, request.path)
    return {} if typed is None else _as_typed(asked, typed)


def _as_typed(asked: Register, typed: QueryDict) -> dict[str, Any]:
    """Return what was typed as the form begins with it, with further blank lines in the table for which they were asked."""
    found: dict[str, Any] = {}
    for name, field in asked.form.base_fields.items():
        if isinstance(field, RowsField):
            lines = field.restored(name, field.typed(name, typed, more=typed.get("action") == MORE + name))
            found |= {name: lines} if lines is not None else {}
        elif name != "seen" and not field.widget.value_omitted_from_data(typed, {}, name):
            found[name] = field.widget.value_from_datadict(typed, {}, name)
    return found


def _attach(request: OfficerRequest, asked: Register, found: Any) -> HttpResponse:
    upload = request.FILES.get("paper")
    try:
        if upload is None:
            raise papers.BadPaper(_("Choose the paper."))
        writing.attach(asked, found, upload, by=request.user)
    except papers.BadPaper as bad:
        return _show_entry(request, asked, found, bad_paper=str(bad))
    messages.success(request, _("The paper is kept."))
    return redirect(address_of(asked, found.pk))


def _show_form(request: OfficerRequest, asked: Register, form: Any, found: Any = None, *, status: int = 422) -> HttpResponse:
    sections = [(title, [form[name] for name in names if not form.fields[name].disabled]) for title, names in form.ordered]
    faults = filling.faults(form)
    context = {"register": asked, "entry": found, "form": form, "sections": sections, "faults": faults}
    return show(request, "register_form.html", context, tab="registers", status=status if faults else 200)


def _show_entry(
    request: OfficerRequest, asked: Register, found: Any, *, refused: tuple[str, Any] | None = None, bad_paper: str = ""
) -> HttpResponse:
    words, line = Words(asked), last_line(found)
    may = access.may_change(asked, request.user, found)
    acts = []
    for act in asked.acts if may else ():
        if act.stands(found):
            acts.append((act.key, act.title, refused[1] if refused and refused[0] == act.key else act.form(prefix=act.key)))
    if may:
        strike = refused[1] if refused and refused[0] == STRIKE_OFF else ReasonForm(prefix=STRIKE_OFF)
        acts.append((STRIKE_OFF, _("Strike off"), strike))
    faults = filling.faults(refused[1]) if refused else []
    context = {
        "register": asked,
        "entry": found,
        "facts": list(words.facts(found, personal=may)),
        "warnings": asked.warnings(found),
        "bar": "" if may else _bar(found),
        "may": may,
        "seen": line.hash if line else "",
        "acts": acts,
        "tables": list(asked.tables(found, request.user)),
        "papers": list(papers_of(found).select_related("added_by")),
        "bad_paper": bad_paper,
        "history": words.history(found),
        "calendar": asked.key == "events",
        "faults": faults + ([filling.Fault("id_paper", bad_paper)] if bad_paper else []),
    }
    return show(request, "register_entry.html", context, tab="registers", status=422 if refused or bad_paper else 200)
