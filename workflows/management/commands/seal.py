from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.utils.translation import gettext as _

from workflows.record.sealer import BrokenSeal, seal


class Command(BaseCommand):
    help = "Seal the paragraphs written since the last seal."

    @no_translations
    def handle(self, **_options: object) -> None:
        try:
            checkpoint = seal()
        except (BrokenSeal, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        if checkpoint is None:
            self.stdout.write(_("Nothing new to seal."))
        else:
            self.stdout.write(_("%(size)s paragraphs are sealed.") % {"size": checkpoint.size})
