"""An officer changes his own password: on record, and told by mail, which a stranger at his desk does not read."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from programme.models import Officer
from workflows import notices
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
