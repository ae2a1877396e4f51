"""An officer changes his own password, which is told by mail, as a stranger at his desk does not read that; or he is given one."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows import notices, sign_ins, ways_in
from workflows.models import DoorAct, DoorKind


@transaction.atomic
def change(officer: Officer, password: str) -> None:
    """Set a password that the caller has judged. Every sign-in under the earlier one opens nothing any more."""
    officer.set_password(password)
    officer.save(update_fields=["password"])
    act = DoorAct.objects.create(kind=DoorKind.PASSWORD, officer=officer, by=officer)
    if officer.email:
        with translation.override(officer.language):
            subject, text = _("Your password was changed"), _words(act)
        notices.put(f"password/{act.pk}", address=officer.email, subject=subject, text=text)


@transaction.atomic
def given(officer: Officer, *, by: Officer) -> None:
    """Note that an administrator set the officer's password, in the same transaction, and end his sign-ins.

    Raises ``Refusal`` when ``by`` does not administer for him, or may not do it alone: nothing may stand then.
    """
    Officer.objects.select_for_update().get(pk=officer.pk)
    ways_in.check_giving_password(officer, by=by)
    DoorAct.objects.create(kind=DoorKind.GIVEN, officer=officer, by=by)
    sign_ins.end_all(officer)


def last_change(officer: Officer) -> DoorAct | None:
    """Return when the officer changed his password last; ``None`` when he never did."""
    return DoorAct.objects.filter(officer=officer, kind=DoorKind.PASSWORD).order_by("-pk").first()


def _words(act: DoorAct) -> str:
    said = _("Your password was changed on %(day)s at %(clock)s, and every other sign-in was ended.") % {
        "day": timezone.localtime(act.at).strftime("%d-%m-%Y"),
        "clock": timezone.localtime(act.at).strftime("%H:%M"),
    }
    warning = _("If it was not you, tell the programme administrator at once.")
    return f"{said} {warning}\n\n{notices.sign_in_line()}"
