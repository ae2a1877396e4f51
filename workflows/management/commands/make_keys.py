from django.conf import settings
from django.core.management.base import BaseCommand, no_translations
from django.utils.translation import gettext as _

from workflows.record.keys import make_seal_key, verifier_key


class Command(BaseCommand):
    help = "Make the key that signs seals, unless there is one, and print its public half for those who keep anchors."

    @no_translations
    def handle(self, **_options: object) -> None:
        if make_seal_key():
            self.stderr.write(
                _("The seal key was made: %(path)s. Keep a copy where nobody else can read it.") % {"path": settings.SEAL_KEY_FILE}
            )
        self.stdout.write(verifier_key())
