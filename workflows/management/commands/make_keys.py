from django.conf import settings
from django.core.management.base import BaseCommand, no_translations
from django.utils.translation import gettext as _

from workflows.letters.signing import make_order_key
from workflows.record.keys import make_seal_key, verifier_key


class Command(BaseCommand):
    help = "Make the key of the seals, in a demonstration also that of the orders, where there is none; print the public half of the first."

    @no_translations
    def handle(self, **_options: object) -> None:
        if make_seal_key():
            self.stderr.write(
                _("The seal key was made: %(path)s. Keep a copy where nobody else can read it.") % {"path": settings.SEAL_KEY_FILE}
            )
        if settings.DEMONSTRATION and make_order_key():
            self.stderr.write(
                _("The key that signs orders was made: %(path)s. It vouches for itself and is for the demonstration alone.")
                % {"path": settings.ORDER_KEY_FILE}
            )
        self.stdout.write(verifier_key())
